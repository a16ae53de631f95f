"""``autofix apply`` and ``autofix diff``: from findings to branches, files or a diff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session, State
from .exit import UserError
from .options import (
    BaseRef,
    Common,
    Identifiers,
    InPlace,
    Severities,
    complete_codemod,
    with_common,
)

if TYPE_CHECKING:
    from codemods.codemod import Safety
    from codemods.findings.model import Finding
    from codemods.output.results import Result

    from .selecting import Reports


@with_common
def apply(
    common: Common,
    identifiers: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID", help="The same as --finding ID.", show_default=False),
    ] = None,
    finding: Annotated[
        list[str] | None,
        typer.Option(
            "--finding",
            metavar="ID",
            help="A finding: B-02, REPORT:B-02 or REPORT:PTS-6@210; may be given several times.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every finding of the reports.")] = False,
    severity: Severities = None,
    codemod: Annotated[
        list[str] | None,
        typer.Option(
            "--codemod",
            metavar="NAME",
            help="Only findings that this codemod claims; may be given several times.",
            show_default=False,
            autocompletion=complete_codemod,
        ),
    ] = None,
    base: BaseRef = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print a diff for `git apply`; touch nothing.")
    ] = False,
    in_place: InPlace = False,
    push: Annotated[bool, typer.Option("--push", help="Push the branches to origin.")] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Write changes that are otherwise only shown, and, with --in-place, files "
            "with uncommitted changes.",
        ),
    ] = False,
    unsafe_fixes: Annotated[
        bool,
        typer.Option(
            "--unsafe-fixes",
            help="With --in-place and more findings than those you name: "
            "also changes that want a review.",
        ),
    ] = False,
) -> int:
    """Rewrite the code for a finding, on a branch of its own.

    Without --in-place nothing in your work tree changes: the code is read from the base commit,
    and the branch is made beside the one that you are on.

    Exit status: 0 when everything asked for is fixed or was already, 1 when something was not,
    2 for wrong use or an internal error.
    """
    session = Session(common)
    if push and (dry_run or in_place):
        raise UserError("--push needs branches: it does not go with --dry-run or --in-place")
    if unsafe_fixes and not in_place:
        raise UserError("--unsafe-fixes goes with --in-place: branches get these changes anyway")
    named = [*(finding or []), *(identifiers or [])]
    if not named and not (every or severity or codemod):
        raise UserError("which findings? Name some with --finding ID, or take --all of them")
    if named and every:
        raise UserError("--finding and --all exclude each other")
    if not (dry_run or in_place):
        session.need_repository("only --in-place and --dry-run do without branches")
    state = session.state(base, in_place)
    reports = _reports(session)
    chosen = _chosen(session, reports, named, severity, codemod)
    allow = _allowed(force, in_place and not named and not unsafe_fixes)
    results = _resolved(session, chosen, state, allow, stacked=in_place)
    if not dry_run:
        from .writing import write_branches, write_files

        if in_place:
            results = write_files(session, results, force)
        else:
            results = write_branches(session, reports, results, state, push)
    if dry_run and not in_place:
        _tell_overlap(session, results)
    return _report(session, results, dry_run=dry_run, several=not named or len(named) > 1)


@with_common
def diff(
    common: Common,
    identifiers: Identifiers,
    base: BaseRef = None,
    in_place: InPlace = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also changes that are otherwise only shown.")
    ] = False,
) -> int:
    """Print what apply would write, as a diff for `git apply`; the same as apply --dry-run."""
    session = Session(common)
    state = session.state(base, in_place)
    chosen = _chosen(session, _reports(session), identifiers, None, None)
    results = _resolved(session, chosen, state, _allowed(force, False), stacked=in_place)
    if not in_place:
        _tell_overlap(session, results)
    return _report(session, results, dry_run=True, several=len(identifiers) > 1)


def _allowed(force: bool, only_safe: bool) -> Safety:
    from codemods.codemod import Safety

    if force:
        return Safety.DISPLAY
    return Safety.SAFE if only_safe else Safety.REVIEW


def _reports(session: Session) -> Reports:
    from .selecting import Reports

    return Reports(session)


def _chosen(
    session: Session,
    reports: Reports,
    named: Sequence[str],
    severities: Sequence[str] | None,
    codemods: Sequence[str] | None,
) -> list[Finding]:
    from .selecting import claimed_by, named_findings, of_severity

    found = named_findings(reports, named) if named else reports.all()
    if severities:
        found = of_severity(found, severities)
    if codemods:
        found = claimed_by(session, found, codemods)
    if not found:
        session.note("no finding of the reports is meant by that")
    return found


def _resolved(
    session: Session, findings: Sequence[Finding], state: State, allow: Safety, *, stacked: bool
) -> list[Result]:
    """Each finding by itself; ``stacked``: each on what the ones before it left, since they go
    into the same files."""
    from codemods.output.results import Result

    from .progress import Progress

    results = []
    project = state.project
    with Progress(session.say, len(findings)) as progress:
        for finding in findings:
            progress.step(finding.id)
            result = Result(session.resolve(finding, project, allow))
            if stacked and result.patch is not None:
                project = project.with_changes(
                    {item.path: item.after for item in result.patch.files}
                )
            results.append(result)
    return results


def _tell_overlap(session: Session, results: Sequence[Result]) -> None:
    """Every diff is made from the base, as its branch would be: ``git apply`` takes each by
    itself, and all of them at once only where no two change the same lines."""
    fixes = [result.patch for result in results if result.patch is not None]
    changed = Counter(item.path for patch in fixes for item in patch.files)
    shared = sum(number > 1 for number in changed.values())
    if shared:
        files = "1 file is" if shared == 1 else f"{shared} files are"
        session.note(
            f"{files} changed by several findings: each diff is for a branch of its own, "
            "--in-place shows them on top of each other"
        )


def _report(session: Session, results: Sequence[Result], *, dry_run: bool, several: bool) -> int:
    from codemods.output.json import result_json

    from .rendering import (
        exit_status,
        explain,
        outcome_text,
        print_table,
        where,
        write_diff,
        write_json,
    )

    if session.json:
        write_json({"version": 1, "results": [result_json(result) for result in results]})
        return exit_status(results)
    if dry_run:
        for result in results:
            if result.diff:
                write_diff(session.out, result.diff, forced=session.forced_color)
    else:
        for result in results:
            if result.branch and not result.problem:
                # The result is the branch: `git diff main...$(autofix apply --finding B-02)`.
                session.out.print(result.branch, soft_wrap=True)
    if several:
        from codemods.output.styled import styled

        headers = ("id", "outcome", "codemod", "where", "branch or reason")
        rows = [
            (
                styled(result.resolution.finding.id),
                outcome_text(result.outcome),
                styled(result.resolution.codemod or ""),
                styled(where(result.resolution)),
                styled(result.standing),
            )
            for result in results
        ]
        if rows:
            print_table(session.say, headers, rows, ("where", "branch or reason"))
            session.note(_count(results))
    else:
        for result in results:
            explain(session.say, result, steps=session.common.verbosity > 0)
    return exit_status(results)


def _count(results: Sequence[Result]) -> str:
    """``3 fixed, 1 refused``, in the order in which they first occur."""
    names = dict.fromkeys(result.outcome for result in results)
    return ", ".join(
        f"{sum(result.outcome == name for result in results)} {name}" for name in names
    )
