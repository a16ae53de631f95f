"""Phase two of an audit: look, decide, open issues, cross-reference, and tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.delivery.bot.events import WRITERS
from codemods.delivery.bot.marker import Marker, read_marker, spliced
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.forge.protocol import LABEL, Forge, ForgeError, Issue, Trouble
from codemods.delivery.inert import inert
from codemods.delivery.inert import inline as line
from codemods.delivery.publish.deciding import Decision, decide, published
from codemods.delivery.publish.issue_body import REFER, body, title


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
        decision, problem = self.decision, line(self.problem)
        if problem and decision.action.opens and self.issue is None:
            return f"FAILED: {problem}"
        target = f" of #{decision.issue}" if decision.issue else ""
        why = f": {decision.why}" if decision.why and not decision.action.opens else ""
        return f"{decision.action}{target}{why}{f' ({problem})' if problem else ''}"


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
    facts, mine, account = forge.repository(), forge.mine(), forge.account()
    trusted: dict[str, bool] = {}
    # Every page, open and closed: what is looked for among a part is found to be new.
    labelled = {item.number: item for item in forge.issues(labels=[LABEL])}
    every = [*{**labelled, **{item.number: item for item in mine.issues}}.values()]
    before = published(
        item for item in every if item.author == account or _is_trusted(item, trusted, forge)
    )
    pulls: dict[str, int] = {}
    for pull in mine.pulls:
        marker = read_marker(pull.body)
        if pull.open and marker is not None:
            pulls |= dict.fromkeys(marker.texts("keys"), pull.number)
    rows = []
    for subject in subjects:
        decision = decide(subject, before, every, facts.name)
        if apply and decision.action.opens:
            rows.append(_opened(forge, decision, date, labels, pulls))
        elif apply and decision.known is not None and decision.known.marker.notes.get(REFER):
            # A run that was cut off behind the new issue.
            rows.append(_referred(forge, decision, decision.known.issue.number, None))
        else:
            rows.append(Row(decision))
    return rows


def _is_trusted(issue: Issue, known: dict[str, bool], forge: Forge) -> bool:
    """Whether an issue that another account opened was published, by somebody of the team: anyone
    can write our marker into an issue."""
    if not published([issue]):
        return False
    if issue.author not in known:
        try:
            known[issue.author] = forge.permission(issue.author) in WRITERS
        except ForgeError as error:
            if error.trouble.is_final:
                raise
            known[issue.author] = False
    return known[issue.author]


def _opened(
    forge: Forge, decision: Decision, date: str, labels: Sequence[str], pulls: dict[str, int]
) -> Row:
    subject = decision.subject
    severity = str(subject.severity or "")
    refer = _related(decision)
    text = body(decision, pulls, refer)
    mark = text.partition("\n")[0]
    named = [*([severity.lower()] if severity else []), *labels]
    try:
        # Forges show titles as they are: no markup is escaped there.
        shown = " ".join(inert(title(subject.finding, severity, date)).split())
        number = forge.create_issue(shown, text, named, mark)
    except ForgeError as error:
        if error.trouble.is_final:
            raise
        return Row(decision, None, str(error))
    return _referred(forge, decision, number, number) if refer else Row(decision, number)


def _referred(forge: Forge, decision: Decision, number: int, opened: int | None) -> Row:
    """Tell the issues that the finding relates to of its own, once; what is told is noted down."""
    problems = []
    try:
        issue = forge.issue(number)
        marker = read_marker(issue.body) or Marker()
        targets = marker.notes.get(REFER)
        targets = [item for item in targets if isinstance(item, int)] if targets else []
        mark = f"<!-- autofix:related {decision.subject.key} -->"
        brief = line(decision.subject.finding.title)
        for target in targets:
            try:
                forge.comment(target, f"Related: #{number} — {brief}\n\n{mark}", mark)
            except ForgeError as error:
                if error.trouble not in (Trouble.GONE, Trouble.DISABLED):
                    raise
                # There is no such issue, or it is locked: tomorrow, too.
                problems.append(str(error))
        noted = marker.with_notes({REFER: None})
        if noted != marker:
            forge.edit(number, body=spliced(issue.body, noted))
    except ForgeError as error:
        if error.trouble.is_final:
            raise
        problems.append(str(error))
    return Row(decision, opened, "; ".join(problems))


def _related(decision: Decision) -> list[int]:
    """The issues that are to learn of a new one."""
    wanted = {
        int(item[1:])
        for member in decision.subject.members
        for item in member.finding.related
        if item.startswith("#") and item[1:].isdigit()
    }
    if decision.issue is not None:
        wanted.add(decision.issue)
    return sorted(wanted)


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
