"""What a scan sees where a finding stands for which no plan could be read.

The exact lines of the finding, its evidence or the code that it quotes have to overlap the site,
and its words have to name what the codemod is about: then the site is what the finding means. A fix
that it asks for has to be about the same: one that asks for a separate query, where a scan would
load by another strategy, asks for something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from codemods.codemod import Codemod, Hints, Match, Place, Plan, Safety
from codemods.demands.demands import Demands
from codemods.engine.attempt import outcome_at
from codemods.engine.locating.locate import Located
from codemods.engine.match import Claim
from codemods.engine.options import Options
from codemods.engine.outcomes import Fixed, PartlyFixed, Resolution
from codemods.engine.tool_findings import focused
from codemods.findings.model import LineRange
from codemods.project.project import Project

_EXACT = 3
"""Lines that point at a site, and not at a function."""


def seen_by_scan(
    demands: Demands,
    project: Project,
    codemods: Sequence[Codemod],
    located: Located,
    options: Options,
    allow: Safety,
) -> Resolution | None:
    """The fix of what a scan sees at the place; ``None`` where no codemod sees anything there, or
    several do.

    Args:
        demands: of a finding that no codemod claims.
        project: the state of the code base.
        codemods: the catalogue, or a part of it.
        located: where the finding stands.
        options: gives the settings of a codemod by its name.
        allow: the weakest safety that is written.
    """
    places = tuple(_regions(located))
    hints = Hints(aspects=demands.advice.requests())
    found: list[Resolution] = []
    for codemod in about(demands, codemods) if places else ():
        if not codemod.scans or not _asks_for_nothing_else(demands, codemod):
            continue
        claim = Claim(focused(codemod), Match(plan=Plan(), strength=0, hints=hints))
        at = replace(located, places=places)
        outcome = outcome_at(demands.finding, project, claim, at, options(codemod.name), allow)
        if isinstance(outcome, (Fixed, PartlyFixed)):
            said = (
                f"no plan could be read from the finding: a scan with {codemod.name} found this "
                "site"
            )
            patch = replace(outcome.patch, notes=(said, *outcome.patch.notes))
            seen = replace(outcome, patch=patch)
            found.append(
                Resolution(demands.finding, seen, codemod.name, located.places, located.steps)
            )
    return found[0] if len(found) == 1 else None


def _asks_for_nothing_else(demands: Demands, codemod: Codemod) -> bool:
    if not demands.advice and not demands.suggested:
        return True
    return not demands.suggested and demands.advice.says(*codemod.subjects)


def about(demands: Demands, codemods: Sequence[Codemod]) -> Iterator[Codemod]:
    """The codemods that are about what the words of a finding name."""
    for codemod in codemods:
        if codemod.subjects and demands.account.says(*codemod.subjects):
            yield codemod


def _regions(located: Located) -> Iterator[Place]:
    """The places as regions of their files: where the evidence stands, or else the lines that are
    exact and in the definition that was found."""
    regions: dict[str, list[LineRange]] = {}
    sources = {}
    for place in located.places:
        exact = (
            lines
            for lines in place.reported
            if lines.end - lines.start < _EXACT and lines.overlaps(place.lines)
        )
        sources[place.source.path] = place
        regions.setdefault(place.source.path, []).extend(place.evidence or exact)
    for path, lines in regions.items():
        if lines:
            place = sources[path]
            yield replace(place, node=place.source.tree.module, evidence=tuple(lines))
