"""``autofix status``: the burn-down of an audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE
from .options import BaseRef, Common, with_common

if TYPE_CHECKING:
    from rich.text import Text

    from codemods.delivery.burn_down import Standing
    from codemods.engine.outcomes import Resolution
    from codemods.findings.model import Finding
    from codemods.output.finding_documents import StandingDocument
    from codemods.project.project import Project as Code

WIDTH = 40
"""Columns of the bar."""


@with_common
def status(
    common: Common,
    reports: Annotated[
        list[Path] | None,
        typer.Argument(metavar="REPORT", help="The reports, as with --report.", show_default=False),
    ] = None,
    base: BaseRef = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="Write the status of fixed findings into the reports."),
    ] = False,
) -> int:
    """Show which findings are open, which are partly or wholly fixed, and by which commit.

    Fixes that people made count too, if the evidence shows when the defect went away. Nothing is
    written, except the Status in the reports with --write.
    """
    session = Session(replace(common, reports=[*common.reports, *(reports or [])]))
    from codemods.codemod import Safety
    from codemods.delivery.burn_down import BurnDown
    from codemods.engine.same import same_fixes
    from codemods.project.state import committed

    from .progress import Progress
    from .selecting import Reports

    repository = session.need_repository()
    state = session.state(base, False)
    assert state.commit is not None, "there is a repository"
    wanted = Reports(session)
    findings = wanted.all()
    place = repository.root or repository.git_dir

    def resolve(finding: Finding, project: Code) -> Resolution:
        return session.resolve(finding, project, Safety.REVIEW)

    def project_at(commit: str) -> Code:
        return state.project if commit == state.commit else committed(place, commit).project

    history = BurnDown(repository, state.commit, project_at, resolve)
    found: list[Standing] = []
    with Progress(session.say, len(findings)) as progress:
        for finding in findings:
            progress.step(finding.id)
            today = resolve(finding, state.project)
            found.append(history.of(today, repeated=wanted.repeated(finding)))
    groups = same_fixes([item.resolution for item in found])
    if session.json:
        _write_json(found)
    else:
        _print(session, [[found[number] for number in members] for members in groups])
    if write:
        _write(session, found)
    return DONE


def _write_json(found: Sequence[Standing]) -> None:
    from codemods.delivery.burn_down import counts
    from codemods.engine.same import also
    from codemods.output.json import finding_json

    from .rendering import write_json

    others = also([item.resolution for item in found])
    told: list[StandingDocument] = [
        {
            **finding_json(item.finding),
            "also": names,
            "progress": str(item.progress),
            "outcome": item.resolution.outcome.name,
            "commit": item.by.id if item.by else None,
            "author": item.by.author if item.by else None,
            "since": item.since or None,
            "left": [
                {"what": text, "demand": None, "path": None, "line": None} for text in item.left
            ],
        }
        for item, names in zip(found, others, strict=True)
    ]
    write_json({"version": 1, "findings": told, "counts": counts(found)})


def _print(session: Session, groups: Sequence[Sequence[Standing]]) -> None:
    from codemods.delivery.burn_down import counts

    from .tables import print_table

    headers = ("id", "severity", "title", "progress", "by", "since")
    rows = [list(_cells(group)) for group in groups]
    if rows:
        print_table(session.out, headers, rows, ("title", "by"))
    shown = [group[0] for group in groups]
    for item in shown:
        for left in item.left:
            session.note(f"{item.finding.id}: left: {left}")
    numbers = counts(shown)
    done, whole = numbers["fixed"] + numbers["settled"], len(shown)
    filled = WIDTH * done // whole if whole else 0
    told = ", ".join(f"{number} {name}" for name, number in numbers.items() if number)
    session.note(f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done} of {whole} done: {told}")


def _cells(group: Sequence[Standing]) -> Iterator[Text]:
    from codemods.engine.same import names_of_row
    from codemods.output.styled import styled, told

    from .rendering import SEVERITY_STYLES, STYLES

    first = group[0]
    severity = first.finding.severity.value if first.finding.severity else ""
    yield styled(names_of_row([item.finding for item in group]))
    yield styled(severity, style=SEVERITY_STYLES.get(severity, ""))
    yield told(first.finding.title)
    yield styled(str(first.progress), style=STYLES.get(str(first.progress), ""))
    yield styled(f"{first.by.id[:10]} {first.by.author}" if first.by else "")
    yield styled(first.since)


def _write(session: Session, found: Sequence[Standing]) -> None:
    """Put the status of what is fixed into the reports; nothing else of them changes."""
    from codemods.delivery.burn_down import Progress
    from codemods.output.status import with_statuses
    from codemods.project.writing import write as write_file

    wanted: dict[str, dict[int, str]] = {}
    for item in found:
        if item.by is None or item.progress not in (Progress.FIXED, Progress.PARTLY):
            continue
        lines = [one.line for one in item.finding.fields if one.name == "status"]
        if not lines:
            session.note(f"{item.finding.id}: its report has no Status field to write to")
            continue
        word = "Fixed" if item.progress is Progress.FIXED else "Partly fixed"
        text = f"{word} in {item.by.id[:10]} ({item.by.date})"
        wanted.setdefault(item.finding.report, {})[lines[0]] = text
    for report, statuses in wanted.items():
        before = (session.top / report).read_bytes()
        after = with_statuses(before, statuses)
        if after != before:
            write_file(session.top, report, before, after)
            session.note(f"{report}: status written for {len(statuses)}")
