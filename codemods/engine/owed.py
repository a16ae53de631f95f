"""What a patch leaves of what its finding asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codemods.codemod import Place, Refusal
from codemods.demands.demands import Demand, Demands, obliges
from codemods.engine.outcomes import Left


def left_of(
    demands: Demands,
    unaddressed: Sequence[str],
    places: Sequence[Place],
    refusals: Sequence[Refusal],
) -> tuple[Left, ...]:
    """What is owed, and not done.

    Only what the finding's places and its suggestion name is owed. What was looked at beside that
    and left alone is listed elsewhere, and so are tests, documents and measurements.

    Args:
        demands: the finding.
        unaddressed: what is asked for beside the plan, and was not done.
        places: where the finding stands.
        refusals: what was looked at there and left alone.
    """
    owed = (*_demanded(demands.asked, unaddressed), *_named(places, refusals))
    return tuple(dict.fromkeys(owed))


def _demanded(asked: Sequence[Demand], unaddressed: Sequence[str]) -> Iterator[Left]:
    known = {item.words: item for item in asked}
    for words in unaddressed:
        demand = known.get(words)
        if demand.obliges if demand is not None else obliges(words):
            yield Left(words, demand.id if demand is not None else "")


def _named(places: Sequence[Place], refusals: Sequence[Refusal]) -> Iterator[Left]:
    """The refused sites that stand on lines which the finding names or shows."""
    lines = [
        (place.source.path, item) for place in places for item in (*place.evidence, *place.reported)
    ]
    for refusal in refusals:
        site = refusal.site
        if refusal.already or refusal.asked is False or site is None:
            continue
        here = any(
            path == site.path and item.start <= site.end_line and site.line <= item.end
            for path, item in lines
        )
        if refusal.asked or here:
            yield Left(refusal.detail, site=site)
