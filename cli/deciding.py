"""Decisions about fixes: what can be decided, and what becomes of what was."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from codemods.codemod import Codemod, Safety
from codemods.delivery.branch_names import selector
from codemods.delivery.identity import patch_id
from codemods.delivery.review.candidates import Candidate, Stale, about, candidate, printable
from codemods.delivery.review.choosing import chosen
from codemods.delivery.review.decisions import Decision, Decisions, Verdict, read_decisions
from codemods.engine.outcomes import Resolution
from codemods.findings.model import Finding
from codemods.output.results import Result
from codemods.project.project import Project

from .context import Session, State
from .exit import UserError
from .progress import Progress
from .selecting import Reports
from .writing import Verify


@dataclass(frozen=True, slots=True)
class Item:
    """A finding of a review, with its fix where there is one."""

    name: str
    """Its selector."""
    result: Result
    candidate: Candidate | None
    """``None``: nothing is to be decided."""
    others: tuple[Item, ...] = ()
    """The same defect, as other findings tell it: one fix, and so one decision."""

    @property
    def shared(self) -> tuple[Item, ...]:
        """Those of the others that have the very same patch: the branch names them."""
        mine = self.candidate
        return tuple(
            one
            for one in self.others
            if mine and one.candidate and one.candidate.patch_id == mine.patch_id
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How fixes that were accepted are written."""

    in_place: bool = False
    push: bool = False
    force: bool = False
    """Also what is otherwise only shown, and into files with uncommitted changes."""
    verify: Verify | None = None

    @property
    def allow(self) -> Safety:
        """The weakest safety that is written: somebody has read what they accept."""
        return Safety.DISPLAY if self.force else Safety.REVIEW


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a decision."""

    decision: Decision
    result: Result | None
    """``None``: it was skipped, or the finding is in none of the reports."""
    stale: str = ""
    """Why it was not followed."""
    others: tuple[Result, ...] = ()
    """The other findings that the same patch fixes."""
    apart: tuple[str, ...] = ()
    """Findings that had the same fix when it was decided, and have not any more."""

    @property
    def accepted(self) -> bool:
        """Whether something was to be written."""
        return self.decision.decision is Verdict.ACCEPT

    @property
    def outcome(self) -> str:
        """``skipped`` for what nobody wanted, ``stale`` for what is another fix by now."""
        if not self.accepted:
            return "skipped"
        return "stale" if self.stale or self.result is None else self.result.outcome

    @property
    def reason(self) -> str:
        """The branch, or why there is none."""
        told = self.stale or (self.result.branch_or_reason if self.result else "")
        return f"{told}; the fix has changed since: {', '.join(self.apart)}" if self.apart else told

    @property
    def done(self) -> bool:
        """Whether the decision was followed."""
        if not self.accepted:
            return True
        # What a person accepted is written, whatever the finding asks for besides.
        result = self.result
        return not self.stale and result is not None and not result.problem and bool(result.patch)


def items(
    session: Session, reports: Reports, findings: Sequence[Finding], state: State, allow: Safety
) -> list[Item]:
    """Every finding with its fix, as it is today."""
    found = []
    names = finding_names(reports)
    with Progress(session.say, len(findings)) as progress:
        for finding in findings:
            progress.step(finding.id)
            found.append(item(session, names[finding.key], finding, state.project, allow))
    return found


def finding_names(reports: Reports) -> dict[tuple[str, str, int], str]:
    """What decisions call each finding of the reports, by the finding's key: its selector. Where
    two reports of one name lie in two folders, their findings are called by the paths."""
    plain = {
        one.key: printable(selector(one, repeated=reports.repeated(one))) for one in reports.all()
    }
    times = Counter(plain.values())
    return {
        key: name if times[name] == 1 else printable("{}:{}@{}".format(*key))
        for key, name in plain.items()
    }


def decided_items(
    session: Session,
    reports: Reports,
    decisions: Iterable[Decision],
    state: State,
    allow: Safety,
) -> list[Item]:
    """The findings that something was accepted of; all of them where one is not there by its name:
    a report that was renamed is known by the keys of its fixes alone."""
    accepted = [one for one in decisions if one.decision is Verdict.ACCEPT]
    wanted = {name for one in accepted for name in (one.finding, *one.also)}
    findings = reports.all()
    names = finding_names(reports)
    if {one.finding for one in accepted} <= set(names.values()):
        findings = [one for one in findings if names[one.key] in wanted]
    return items(session, reports, findings, state, allow)


def item(session: Session, name: str, finding: Finding, project: Project, allow: Safety) -> Item:
    """One finding, called ``name``, with its fix in a state of the code."""
    result = Result(session.resolve(finding, project, allow))
    if result.patch is None:
        return Item(name, result, None)
    identity = patch_id(session.need_repository(), result.diff)
    return Item(name, result, candidate(name, result.resolution, result.patch, identity, project))


def own_file(session: Session, reports: Iterable[str]) -> Path:
    """Where the terminal keeps its decisions about some reports: in git's folder, so that they are
    nobody's commit."""
    import hashlib

    text = "\0".join(sorted(reports)).encode("utf-8", "surrogateescape")
    name = f"autofix-review-{hashlib.sha256(text).hexdigest()[:12]}.json"
    return session.need_repository().git_dir / name


def read_for(session: Session, path: Path) -> tuple[Session, Decisions]:
    """The decisions of a file, and the session that reads the reports that they are about.

    Raises:
        DecisionsError: when it holds none.
        UserError: when it names a report outside of the project: a file that came from elsewhere
            chooses nothing to read there.
    """
    decisions = read_decisions(path, str(path))
    if session.common.reports:
        return session, decisions
    top = session.root.resolve()
    found = []
    for name in decisions.reports:
        report = (top / name).resolve()
        if not report.is_relative_to(top):
            raise UserError(f"{path}: {name} is outside {top}: pass it with --report")
        found.append(report)
    return Session(dataclasses.replace(session.common, reports=found)), decisions


def is_own(session: Session, path: Path) -> bool:
    """Whether a file is one that the terminal wrote: only there edited Changes count."""
    parent = path.resolve().parent
    mine = session.need_repository().git_dir.resolve()
    return parent == mine and path.name.startswith("autofix-review-")


def decided_rows(
    session: Session,
    found: Sequence[Item],
    decisions: Iterable[Decision],
    project: Project,
    allow: Safety,
    *,
    edits: bool,
) -> list[Row]:
    """Each decision with the fix that it stands for; nothing is written.

    Args:
        edits: whether Changes that somebody edited count.
    """
    known = [one for item in found for one in (item, *item.others)]
    today = [item.candidate for item in known if item.candidate is not None]
    ends = [(item.name, item.result.resolution) for item in known]
    results = {item.name: item.result for item in known}
    rows = []
    for decision in decisions:
        if decision.decision is Verdict.SKIP:
            rows.append(Row(decision, None))
            continue
        now = about(decision, today, ends)
        if isinstance(now, Stale):
            rows.append(Row(decision, results.get(decision.finding), now.reason))
            continue
        result = Result(now.resolution)
        if decision.edited and not edits:
            reason = "holds an edited Change, which only the terminal's own file may"
            rows.append(Row(decision, result, reason))
            continue
        taken = chosen(now, decision, project, again(session, now, project, allow))
        if isinstance(taken, Stale):
            rows.append(Row(decision, result, taken.reason))
        elif taken is None:
            rows.append(Row(decision, result))
        else:
            others, apart = _others(session, now, decision, today, taken, project, allow)
            rows.append(Row(decision, Result(taken), others=others, apart=apart))
    return rows


def _others(
    session: Session,
    now: Candidate,
    decision: Decision,
    today: Sequence[Candidate],
    taken: Resolution,
    project: Project,
    allow: Safety,
) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """The other findings that a decision is about, each with the very patch that is written, and
    the names of those that have another one by now."""
    named = {one.name: one for one in today}
    same, apart = [], []
    for name in decision.also:
        other = named.get(name)
        mine = (
            chosen(other, decision, project, again(session, other, project, allow))
            if other is not None and other.patch_id == now.patch_id
            else None
        )
        files = mine.patch.files if isinstance(mine, Resolution) and mine.patch else None
        if isinstance(mine, Resolution) and taken.patch and files == taken.patch.files:
            same.append(Result(mine))
        elif name != now.name:
            apart.append(name)
    return tuple(same), tuple(apart)


def again(
    session: Session, now: Candidate, project: Project, allow: Safety
) -> Callable[[Callable[[Codemod], Codemod]], Resolution]:
    """Resolves a finding anew with other codemods."""
    finding = now.resolution.finding

    def resolved(change: Callable[[Codemod], Codemod]) -> Resolution:
        return session.resolve(finding, project, allow, change)

    return resolved


def write_decided(
    session: Session,
    reports: Reports,
    rows: Sequence[Row],
    state: State,
    how: How,
) -> list[Row]:
    """Write what was accepted: each to its branch, or all into the work tree."""
    from .writing import write_branches, write_files

    meant = [row for row in rows if row.accepted and not row.stale and row.result is not None]
    results = [row.result for row in meant if row.result is not None]
    if how.in_place:
        written = write_files(session, results, how.force)
    else:
        # The others go behind: where two have one severity, the branch is the decided one's.
        others = [one for row in meant for one in row.others]
        written = write_branches(
            session, reports, [*results, *others], state, how.push, how.verify, reviewed=True
        )
    done = dict(zip(map(id, meant), written, strict=False))
    return [
        dataclasses.replace(row, result=done[id(row)]) if id(row) in done else row for row in rows
    ]


def stacked(
    session: Session,
    rows: Sequence[Row],
    project: Project,
    allow: Safety,
    *,
    edits: bool,
) -> list[Row]:
    """For the work tree: each accepted fix anew, on what the ones before it left."""
    changed = []
    for row in rows:
        if row.accepted and not row.stale and row.result is not None:
            finding = row.result.resolution.finding
            now = item(session, row.decision.finding, finding, project, allow)
            if now.candidate is None:
                row = dataclasses.replace(row, stale=_in_the_way(now.result.reason))
            else:
                moved = structs.replace(row.decision, patch=now.candidate.patch_id)
                taken = decided_rows(session, [now], [moved], project, allow, edits=edits)[0]
                row = dataclasses.replace(
                    row, result=taken.result, stale=_in_the_way(taken.stale) if taken.stale else ""
                )
            patch = row.result.patch if row.result and not row.stale else None
            if patch is not None:
                project = project.with_changes({file.path: file.after for file in patch.files})
        changed.append(row)
    return changed


def _in_the_way(reason: str) -> str:
    return f"does not apply on top of the fixes before it: {reason}"
