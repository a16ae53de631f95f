"""What ``apply`` and ``diff`` have in common: which findings, and what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codemods.codemod import Safety
from codemods.engine.run import resolve_all
from codemods.engine.same import also, names_of_row, same_fixes
from codemods.findings.model import Finding
from codemods.output.json import result_json
from codemods.output.results import Result
from codemods.output.styled import styled
from codemods.output.words import unwritten

from .context import Session, State
from .progress import Progress
from .rendering import (
    exit_status,
    explain,
    outcome_text,
    quote,
    where,
    write_diff,
    write_json,
)
from .selecting import Reports, named_findings, narrowed
from .tables import print_table

if TYPE_CHECKING:
    from codemods.output.finding_documents import ResultDocument


def allowed(force: bool, only_safe: bool) -> Safety:
    """The weakest safety that is written."""
    if force:
        return Safety.DISPLAY
    return Safety.SAFE if only_safe else Safety.REVIEW


def chosen(
    session: Session,
    reports: Reports,
    named: Sequence[str],
    severities: Sequence[str] | None = None,
    codemods: Sequence[str] | None = None,
) -> list[Finding]:
    """The findings that are meant."""
    found = named_findings(reports, named) if named else reports.all()
    found = narrowed(session, found, severities, codemods)
    if not found:
        session.note("no finding in the reports matches")
    return found


def resolved(
    session: Session, findings: Sequence[Finding], state: State, allow: Safety, *, stacked: bool
) -> list[Result]:
    """Each finding by itself; ``stacked``: each on what the ones before it left, since they go
    into the same files."""
    with Progress(session.say, len(findings)) as progress:
        found = resolve_all(
            findings,
            state.project,
            lambda finding, project: session.resolve(finding, project, allow),
            stacked=stacked,
            begin=lambda finding: progress.step(finding.id),
        )
        return [Result(resolution) for resolution in found]


def tell_overlap(session: Session, results: Sequence[Result]) -> None:
    """Every diff is made from the base, as its branch would be: ``git apply`` takes each by
    itself, and all of them at once only where no two change the same lines."""
    fixes = [result.patch for result in results if result.patch is not None]
    changed = Counter(item.path for patch in fixes for item in patch.files)
    shared = sum(number > 1 for number in changed.values())
    if shared:
        files = "1 file is" if shared == 1 else f"{shared} files are"
        session.note(
            f"{files} changed by several findings: each diff is for its own branch; --in-place "
            "shows them on top of each other"
        )


def report(session: Session, results: Sequence[Result], *, dry_run: bool, several: bool) -> int:
    """Print what became of the findings; the exit status."""
    if session.json:
        others = also([item.resolution for item in results])
        told: list[ResultDocument] = [
            {**result_json(item), "also": names}
            for item, names in zip(results, others, strict=True)
        ]
        write_json({"version": 1, "results": told})
        return exit_status(results)
    if dry_run:
        from .paging import paged

        with paged(session):
            for result in results:
                if result.patch is not None:
                    files = result.patch.files
                    write_diff(session.out, files, result.diff, forced=session.forced_color)
    else:
        made = (item.branch for item in results if item.branch and not item.problem)
        for branch in dict.fromkeys(made):
            # The result is the branch: `git diff main...$(autofix apply --finding B-02)`.
            session.out.print(branch, soft_wrap=True)
    if several:
        headers = ("id", "outcome", "codemod", "where", "branch or reason")
        groups = [
            [results[number] for number in members]
            for members in same_fixes([item.resolution for item in results])
        ]
        rows = [
            (
                styled(names_of_row([item.resolution.finding for item in group])),
                outcome_text(group[0].outcome, written=not dry_run),
                styled(group[0].resolution.codemod or ""),
                styled(where(group[0].resolution)),
                styled(group[0].branch_or_reason),
            )
            for group in groups
        ]
        if rows:
            print_table(session.say, headers, rows, ("where", "branch or reason"))
            session.note(_count([group[0] for group in groups], written=not dry_run))
        tell_failed(results, session)
    else:
        for result in results:
            steps = session.common.verbosity > 0
            explain(session.say, result, steps=steps, written=not dry_run)
    return exit_status(results)


def tell_failed(results: Sequence[Result], session: Session) -> None:
    """Which branches the project's command does not let pass, and the end of what it printed."""
    for result in results:
        if result.checked is not None and not result.checked.passed:
            session.note(f"{result.resolution.finding.id}: {result.checked.summary}", "bold")
            quote(session.say, result)


def _count(results: Sequence[Result], *, written: bool) -> str:
    """``3 fixed, 1 refused``, in the order in which they first occur."""
    names = Counter(result.outcome for result in results)
    return ", ".join(
        f"{number} {name if written else unwritten(name)}" for name, number in names.items()
    )
