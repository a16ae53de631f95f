"""Phase two of an audit: look, decide, open issues, cross-reference, and tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.delivery.bot.marker import read_marker
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.forge.protocol import LABEL, Forge, ForgeError
from codemods.delivery.inert import inert
from codemods.delivery.inert import inline as line
from codemods.delivery.publish.deciding import Decision, decide, published
from codemods.delivery.publish.issue_body import body, title


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a subject."""

    decision: Decision
    issue: int | None = None
    """The issue that was opened."""
    problem: str = ""

    @property
    def action(self) -> str:
        """As the summary table shows it."""
        decision = self.decision
        if self.problem:
            return f"FAILED: {self.problem}"
        if decision.action.opens:
            of = f" of #{decision.issue}" if decision.issue else ""
            return f"{decision.action}{of}"
        target = f" of #{decision.issue}" if decision.issue else ""
        return f"{decision.action}{target}{f': {decision.why}' if decision.why else ''}"


def publish(
    forge: Forge,
    subjects: Sequence[Subject],
    *,
    date: str,
    labels: Sequence[str],
    apply: bool,
) -> list[Row]:
    """Open an issue for each subject that has none.

    Args:
        date: what the titles begin with.
        labels: beside the severity's.
        apply: write; without it everything is only said.

    Raises:
        ForgeError: when the issues cannot be read, or nothing more can be written.
    """
    mine = forge.mine()
    # Every page, open and closed: what is looked for among a part is found to be new.
    labelled = {item.number: item for item in forge.issues(labels=[LABEL])}
    every = [*{**labelled, **{item.number: item for item in mine.issues}}.values()]
    before = published(mine.issues)
    pulls: dict[str, int] = {}
    for pull in mine.pulls:
        marker = read_marker(pull.body)
        if pull.open and marker is not None:
            pulls |= dict.fromkeys(marker.texts("keys"), pull.number)
    rows = []
    for subject in subjects:
        decision = decide(subject, before, every)
        if not apply or not decision.action.opens:
            rows.append(Row(decision))
            continue
        rows.append(_opened(forge, decision, date, labels, pulls))
    return rows


def _opened(
    forge: Forge, decision: Decision, date: str, labels: Sequence[str], pulls: dict[str, int]
) -> Row:
    subject = decision.subject
    severity = str(subject.severity or "")
    text = body(decision, pulls)
    mark = text.partition("\n")[0]
    named = [*([severity.lower()] if severity else []), *labels]
    try:
        # Forges show titles as they are: no markup is escaped there.
        shown = " ".join(inert(title(subject.finding, severity, date)).split())
        number = forge.create_issue(shown, text, named, mark)
        _cross_reference(forge, decision, number)
    except ForgeError as error:
        if error.trouble.is_final:
            raise
        return Row(decision, None, str(error))
    return Row(decision, number)


def _cross_reference(forge: Forge, decision: Decision, number: int) -> None:
    """The issues that the finding relates to learn of the new one; once."""
    wanted = {
        int(item[1:])
        for member in decision.subject.members
        for item in member.finding.related
        if item.startswith("#") and item[1:].isdigit()
    }
    if decision.issue is not None:
        wanted.add(decision.issue)
    mark = f"<!-- autofix:related {decision.subject.key} -->"
    brief = line(decision.subject.finding.title)
    for target in sorted(wanted - {number}):
        forge.comment(target, f"Related: #{number} — {brief}\n\n{mark}", mark)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The summary, as the procedure wants it."""
    yield "| Finding | Severity | Dimension | Action | Issue |"
    yield "|---------|----------|-----------|--------|-------|"
    for row in rows:
        finding = row.decision.subject.finding
        issue = f"#{row.issue}" if row.issue else "—"
        alike = "".join(f" (like #{number}?)" for number in row.decision.alike)
        yield (
            f"| {line(finding.title)} | {row.decision.subject.severity or '—'} "
            f"| {line(finding.dimension or '—')} | {row.action}{alike} | {issue} |"
        )
