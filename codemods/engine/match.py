"""Which codemod a finding asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codemods.codemod import Codemod, Plan
from codemods.findings.model import Finding


@dataclass(frozen=True, slots=True)
class Match:
    """A codemod that claims a finding, and what it read from it."""

    codemod: Codemod
    plan: Plan


@dataclass(frozen=True, slots=True)
class Tie:
    """Several codemods claim a finding with the same strength: none of them is taken."""

    names: tuple[str, ...]


def match(finding: Finding, codemods: Iterable[Codemod]) -> Match | Tie | None:
    """The codemod for ``finding``: named ones first, then the greatest strength."""
    claims = []
    for codemod in codemods:
        plan = codemod.recognise(finding)
        if plan is not None:
            claims.append(Match(codemod, plan))
    if not claims:
        return None
    best = max((claim.plan.named, claim.plan.strength) for claim in claims)
    first = [claim for claim in claims if (claim.plan.named, claim.plan.strength) == best]
    if len(first) > 1:
        return Tie(tuple(claim.codemod.name for claim in first))
    return first[0]
