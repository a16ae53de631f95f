"""``autofix show``: one finding, from what the report says to the diff or the reasons."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE
from .options import BaseRef, Common, InPlace, with_common

if TYPE_CHECKING:
    from codemods.findings.model import Finding
    from codemods.output.results import Result


@with_common
def show(
    common: Common,
    identifier: Annotated[
        str,
        typer.Argument(metavar="ID", help="B-02, REPORT:B-02, or with its line REPORT:PTS-6@210."),
    ],
    base: BaseRef = None,
    in_place: InPlace = False,
) -> int:
    """Show one finding: what the report says, where it stands now, and the diff or why not."""
    session = Session(common)
    from codemods.codemod import Safety
    from codemods.output.json import shown_json
    from codemods.output.results import Result

    from .rendering import write_json
    from .selecting import Reports

    state = session.state(base, in_place)
    finding = Reports(session).pick(identifier)
    result = Result(session.resolve(finding, state.project, Safety.REVIEW))
    if session.json:
        write_json({"version": 1, "finding": shown_json(result)})
    else:
        _print(session, result, state.commit)
    return DONE


def _print(session: Session, result: Result, commit: str | None) -> None:
    from codemods.output.styled import styled

    from .rendering import details, outcome_text, write_diff

    out, resolution = session.out, result.resolution
    finding = resolution.finding
    out.print(styled(f"{finding.id}: {finding.title}", style="bold"))
    out.print(styled(f"{finding.report}:{finding.line}", style="dim"))
    for line in _fields(finding):
        out.print(styled(line))
    out.print()
    out.print(styled("Located", style="bold").append(f" in {commit or 'the work tree'}", "dim"))
    for place in resolution.places:
        evidence = ", ".join(f"{item.start}-{item.end}" for item in place.evidence)
        shown = f"  {place.source.path}:{place.lines.start}-{place.lines.end}"
        out.print(styled(shown + (f", evidence at {evidence}" if evidence else "")))
    if not resolution.places:
        out.print(styled("  nowhere"))
    for step in resolution.steps:
        out.print(styled(f"  {step}"))
    out.print()
    head = styled("Outcome ", style="bold").append_text(outcome_text(result.outcome))
    if resolution.codemod:
        head.append(f" by {resolution.codemod}", style="")
    if result.patch:
        head.append(f", {result.patch.safety.value}", style="")
    out.print(head)
    for line in details(resolution):
        out.print(styled(f"  {line}"))
    if result.diff:
        out.print()
        write_diff(out, result.diff, forced=session.forced_color)


def _fields(finding: Finding) -> Iterator[str]:
    """Every field as the report has it; several lines stand below its name."""
    for field in finding.fields:
        name = f"{field.name} ({field.qualifier})" if field.qualifier else field.name
        text = textwrap.dedent(field.text.rstrip("\n").lstrip("\n"))
        if "\n" not in text:
            yield f"  {name}: {text}"
            continue
        yield f"  {name}:"
        yield from (f"    {line}".rstrip() for line in text.split("\n"))
