"""Which codemod a finding asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codemods.codemod import Codemod, Match, Plan
from codemods.demands.demands import Demands


@dataclass(frozen=True, slots=True)
class Claim:
    """A codemod that claims a finding, and what it read from it."""

    codemod: Codemod
    match: Match[Plan]


@dataclass(frozen=True, slots=True)
class Tie:
    """Several codemods claim a finding with the same strength: none of them is taken."""

    names: tuple[str, ...]


def claim(demands: Demands, codemods: Iterable[Codemod]) -> Claim | Tie | None:
    """The codemod for a finding: named ones first, then the greatest strength."""
    claims = []
    for codemod in codemods:
        match = codemod.recognise(demands)
        if match is not None:
            claims.append(Claim(codemod, match))
    if not claims:
        return None
    best = max((item.match.named, item.match.strength) for item in claims)
    first = [item for item in claims if (item.match.named, item.match.strength) == best]
    if len(first) > 1:
        return Tie(tuple(item.codemod.name for item in first))
    return first[0]
