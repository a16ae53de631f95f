"""``autofix check``: what a report says to autofix, for whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE, NOT_FIXED
from .options import BaseRef, Common, InPlace, with_common

if TYPE_CHECKING:
    from codemods.engine.outcomes import Resolution
    from codemods.findings.reports import Damage


@with_common
def check(
    common: Common,
    reports: Annotated[
        list[Path],
        typer.Argument(metavar="REPORT", help="The reports, as with --report.", show_default=False),
    ],
    base: BaseRef = None,
    in_place: InPlace = False,
) -> int:
    """Show for each finding what was read, where the code is, and what is missing for a fix.

    Exit status: 0 when every finding can be wholly fixed or is, 1 when one cannot, or when
    something looks like a finding and was not read, 2 for wrong use.
    """
    session = Session(replace(common, reports=[*common.reports, *reports]))
    from codemods.codemod import Safety
    from codemods.output.json import checked_json
    from codemods.project.redaction import redacted

    from .progress import Progress
    from .rendering import write_json
    from .selecting import Reports

    state = session.state(base, in_place)
    wanted = Reports(session, quiet=True)
    findings = wanted.all()
    found: list[Resolution] = []
    with Progress(session.say, len(findings)) as progress:
        for finding in findings:
            progress.step(finding.id)
            found.append(session.resolve(finding, state.project, Safety.REVIEW))
    damaged = wanted.damaged()
    if session.json:
        write_json(
            {
                "version": 1,
                "findings": [checked_json(item) for item in found],
                "unread": [
                    {
                        "report": report,
                        "line": item.line,
                        "text": redacted(item.text),
                        "reason": item.reason,
                    }
                    for report, item in damaged
                ],
            }
        )
    else:
        _print(session, found, damaged)
    acted = all(item.outcome.name in ("fixed", "already-fixed") for item in found)
    return DONE if acted and (found or wanted.complete) and not damaged else NOT_FIXED


def _print(
    session: Session, found: list[Resolution], damaged: tuple[tuple[str, Damage], ...]
) -> None:
    from codemods.output.styled import one_line, styled, told
    from codemods.project.redaction import redacted

    from .rendering import outcome_text

    for resolution in found:
        finding = resolution.finding
        session.out.print(told(f"{finding.id}: {finding.title}", style="bold"))
        for line in _read(resolution):
            session.out.print(told(f"  {one_line(line)}"))
        head = styled("  ").append_text(outcome_text(resolution.outcome.name))
        by = f" by {resolution.codemod}" if resolution.codemod else ""
        reason = one_line(redacted(resolution.outcome.reason))
        session.out.print(head.append(f"{by}: {reason}", style=""))
    for report, item in damaged:
        session.out.print(told(f"{report}:{item.line}: {item.text}", style="bold"))
        session.out.print(styled(f"  not read: {item.reason}"))
    fine = sum(item.outcome.name in ("fixed", "already-fixed") for item in found)
    partly = sum(item.outcome.name == "partly-fixed" for item in found)
    in_part = f", {partly} in part" if partly else ""
    session.note(
        f"{fine} of {len(found)} findings can be acted on{in_part}; {len(damaged)} could not be "
        "read"
    )


def _read(resolution: Resolution) -> Iterator[str]:
    """What was read of a finding, and what it lacks."""
    finding = resolution.finding
    severity = finding.severity.value if finding.severity else "no severity was read"
    named = ", ".join(_written(item.path, item.lines) for item in finding.locations if item.path)
    yield f"{finding.report}:{finding.line}: {severity}; {named or 'no place was read'}"
    if finding.directive is not None:
        yield "its directive is used, not its prose"
        return
    if not finding.suggestion:
        yield "no fix was read: describe it under `Suggested Fix`"
    for place in resolution.places:
        yield f"found in {place.source.path}:{place.lines.start}-{place.lines.end}, by {place.by}"


def _written(path: str, lines: tuple[object, ...]) -> str:
    first = next(iter(lines), None)
    return f"{path}:{getattr(first, 'start', '')}" if first is not None else path
