"""``autofix list``: what the reports say, and where each finding stands in today's code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE, NOT_FIXED, UserError
from .options import BaseRef, Codemods, Common, InPlace, Severities, with_common

if TYPE_CHECKING:
    from rich.text import Text

    from codemods.engine.outcomes import Resolution
    from codemods.findings.model import Finding
    from codemods.output.finding_documents import ListedDocument

    from .context import State
    from .selecting import Reports


@with_common
def list_findings(
    common: Common,
    severity: Severities = None,
    codemod: Codemods = None,
    fixable: Annotated[
        bool,
        typer.Option(
            "--fixable", help="Only findings that `autofix apply` would fix now, at least partly."
        ),
    ] = False,
    no_state: Annotated[
        bool,
        typer.Option("--no-state", help="Show only what the reports say; needs no repository."),
    ] = False,
    base: BaseRef = None,
    in_place: InPlace = False,
) -> int:
    """List the findings of the reports, with their state in today's code and the codemod.

    Exit status: 0, or 1 when a report or a part of one could not be read.
    """
    session = Session(common)
    if no_state and (fixable or base or in_place):
        option = "--fixable" if fixable else "--base" if base else "--in-place"
        raise UserError(
            f"{option} needs the state of the code: it cannot be combined with --no-state"
        )
    from .selecting import Reports, narrowed

    state = None if no_state else session.state(base, in_place)
    reports = Reports(session)
    found = narrowed(session, reports.all(), severity, codemod)
    rows: list[tuple[Finding, Resolution | None]]
    if state is None:
        rows = [(finding, None) for finding in found]
    else:
        from codemods.codemod import Safety

        from .progress import Progress

        rows = []
        with Progress(session.say, len(found)) as progress:
            for finding in found:
                progress.step(finding.id)
                rows.append((finding, session.resolve(finding, state.project, Safety.REVIEW)))
    if fixable:
        rows = [item for item in rows if item[1] and item[1].patch is not None]
    branches = _branches(session, reports, rows, state)
    if session.json:
        _write_json(rows, branches)
    else:
        _print(session, rows, branches, with_state=not no_state)
    return NOT_FIXED if reports.unread else DONE


def _branches(
    session: Session,
    reports: Reports,
    rows: Sequence[tuple[Finding, Resolution | None]],
    state: State | None,
) -> list[str | None]:
    """The branch of each finding, where it has one."""
    if session.repository is None or state is None:
        return [None] * len(rows)
    from codemods.delivery.known_branches import KnownBranches

    known = KnownBranches(session.repository, state.commit, session.settings.branch_prefix)
    return [
        known.of(resolution, repeated=reports.repeated(finding)) if resolution else None
        for finding, resolution in rows
    ]


def _write_json(
    rows: Sequence[tuple[Finding, Resolution | None]], branches: Sequence[str | None]
) -> None:
    from codemods.engine.same import also
    from codemods.output.json import listed_json

    from .rendering import write_json

    known = [resolution for _, resolution in rows if resolution is not None]
    others = also(known) if known else [[]] * len(rows)
    listed: list[ListedDocument] = [
        {**listed_json(*item), "branch": branches[n], "also": others[n]}
        for n, item in enumerate(rows)
    ]
    write_json({"version": 1, "findings": listed})


def _print(
    session: Session,
    rows: Sequence[tuple[Finding, Resolution | None]],
    branches: Sequence[str | None],
    *,
    with_state: bool,
) -> None:
    from codemods.engine.same import names_of_row
    from codemods.output.styled import styled

    from .tables import print_table

    headers = ["id", "severity", "title"]
    headers += ["where it is now", "codemod", "outcome"] if with_state else ["location"]
    shown = any(branches)
    headers += ["branch"] if shown else []
    groups = _grouped(rows)
    others = {members[0]: [rows[n][0] for n in members] for members in groups}
    cells = {n: list(_cells(*rows[n], names_of_row(others[n]))) for n in others}
    if shown:
        cells = {n: [*row, styled(branches[n] or "")] for n, row in cells.items()}
    reports = dict.fromkeys(rows[n][0].report for n in sorted(cells))
    for number, report in enumerate(reports):
        if number:
            session.out.print()
        session.out.print(styled(report, style="bold"))
        mine = [cells[n] for n in sorted(cells) if rows[n][0].report == report]
        cut = ("title", "where it is now", "location", "branch")
        print_table(session.out, headers, mine, cut)
    session.note(_summary([rows[n] for n in sorted(cells)]))


def _grouped(rows: Sequence[tuple[Finding, Resolution | None]]) -> list[tuple[int, ...]]:
    """The rows that are one: those of one fix."""
    from codemods.engine.same import same_fixes

    known = [resolution for _, resolution in rows if resolution is not None]
    if len(known) < len(rows):
        return [(number,) for number in range(len(rows))]
    return same_fixes(known)


def _cells(finding: Finding, resolution: Resolution | None, names: str) -> Iterator[Text]:
    from codemods.output.styled import styled, told

    from .rendering import SEVERITY_STYLES, outcome_text, where

    severity = finding.severity.value if finding.severity else ""
    yield styled(names)
    yield styled(severity, style=SEVERITY_STYLES.get(severity, ""))
    yield told(finding.title)
    if resolution is None:
        yield styled(_location(finding))
        return
    yield styled(where(resolution))
    yield styled(resolution.codemod or "")
    yield outcome_text(resolution.outcome.name)


def _location(finding: Finding) -> str:
    for item in finding.locations:
        if item.path:
            return f"{item.path}:{item.lines[0].start}" if item.lines else item.path
    return ""


def _summary(rows: Sequence[tuple[Finding, Resolution | None]]) -> str:
    from codemods.output.words import counted, unwritten

    many = counted(len(rows), "finding")
    names = [unwritten(resolution.outcome.name) for _, resolution in rows if resolution]
    counts = ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))
    return f"{many}: {counts}" if counts else many
