"""``autofix show``: one finding, from what the report says to the diff or the reasons."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session, State
from .exit import DONE, NOT_FIXED
from .options import BaseRef, Common, InPlace, complete_finding, with_common

if TYPE_CHECKING:
    from codemods.findings.model import Finding
    from codemods.output.results import Result


@with_common
def show(
    common: Common,
    identifier: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="B-02, REPORT:B-02, or with its line REPORT:PTS-6@210.",
            autocompletion=complete_finding,
        ),
    ],
    base: BaseRef = None,
    in_place: InPlace = False,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Print what autofix understood, and the plan as TOML."),
    ] = False,
) -> int:
    """Show one finding: what the report says, where the code is now, and the diff or the reason."""
    session = Session(common)
    from codemods.output.json import shown_json
    from codemods.output.results import Result

    from .rendering import write_json
    from .selecting import Reports

    state = session.state(base, in_place)
    finding = Reports(session).pick(identifier)
    if plan:
        return _show_plan(session, finding, state)
    from codemods.codemod import Safety

    result = Result(session.resolve(finding, state.project, Safety.REVIEW))
    if session.json:
        write_json({"version": 1, "finding": shown_json(result)})
    else:
        from .paging import paged

        with paged(session):
            _print(session, result, state.commit)
    return DONE


def _show_plan(session: Session, finding: Finding, state: State) -> int:
    """The finding's demands, with their words, and the plan; on stdout the plan alone."""
    from codemods.codemod import Safety
    from codemods.demands.demands import Demands
    from codemods.demands.edits import edits_in
    from codemods.engine.match import Claim, claim
    from codemods.engine.planned import names_of

    from .planning import plan_text

    demands = Demands.of(finding)
    taken = claim(demands, tuple(session.codemods.values()))
    resolution = session.resolve(finding, state.project, Safety.REVIEW)
    changes = resolution.patch.changes if resolution.patch is not None else ()
    session.note(f"{finding.id}: {finding.title}", "bold")
    for demand in demands.asked:
        beside = "" if demand.obliges else " (beside the fix)"
        done = next((f" ({item.what})" for item in changes if demand.id in item.meets), "")
        session.note(f"  {demand.id}: {demand.words}{beside}{done}")
    asked = edits_in(demands.advice.raw)
    for edit in asked.edits:
        old = f"`{edit.old}` becomes " if edit.old else ""
        session.note(f"  an edit: {old}`{edit.new}`")
    for text in asked.alternatives:
        session.note(f"  an alternative: {text}")
    if not isinstance(taken, Claim):
        names = f" (claimed equally by {', '.join(taken.names)})" if taken else ""
        session.note(f"  no codemod reads a plan from it{names}")
        return NOT_FIXED
    at = names_of(resolution.places)
    session.out.print(plan_text(taken.codemod.name, at, taken.match.plan), end="", soft_wrap=True)
    return DONE


def _print(session: Session, result: Result, commit: str | None) -> None:
    from codemods.output.styled import styled, told

    from .rendering import details, outcome_text, write_diff

    out, resolution = session.out, result.resolution
    finding = resolution.finding
    out.print(told(f"{finding.id}: {finding.title}", style="bold"))
    out.print(styled(f"{finding.report}:{finding.line}", style="dim"))
    for line in _fields(finding):
        out.print(told(line))
    out.print()
    out.print(styled("Located", style="bold").append(f" in {commit or 'the work tree'}", "dim"))
    for place in resolution.places:
        evidence = ", ".join(f"{item.start}-{item.end}" for item in place.evidence)
        shown = f"  {place.source.path}:{place.lines.start}-{place.lines.end}"
        out.print(styled(shown + (f", evidence at {evidence}" if evidence else "")))
    if not resolution.places:
        out.print(styled("  nowhere"))
    for step in resolution.steps:
        out.print(told(f"  {step}"))
    out.print()
    head = styled("Outcome ", style="bold").append_text(outcome_text(result.outcome))
    if resolution.codemod:
        head.append(f" by {resolution.codemod}", style="")
    if result.patch:
        head.append(f", {result.patch.safety.value}", style="")
    out.print(head)
    for line in details(resolution):
        out.print(told(f"  {line}"))
    if result.patch is not None:
        out.print()
        write_diff(out, result.patch.files, result.diff, forced=session.forced_color)


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
