"""What a codemod read from a finding: a plan, how sure it is, and what was only hinted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from codemods.codemod.scope import NO_HINTS, Hints, Plan
from codemods.demands.demands import Demands
from codemods.findings.model import Finding, Location

Asked = TypeVar("Asked", bound=Plan)
Read = TypeVar("Read", bound=Plan, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Match(Generic[Read]):
    """A codemod's claim to a finding."""

    plan: Read
    strength: int
    """0 to 100: how sure the codemod is that it is meant. A tie is refused."""
    named: bool = True
    """Whether the codemod knows the pattern by name; ``apply-suggestion`` does not, and comes
    after all that do."""
    hints: Hints = NO_HINTS


@dataclass(frozen=True, kw_only=True)
class ReadPlan(Plan):
    """A plan that holds its match as well."""

    strength: int
    named: bool = True
    scopes: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    whole_files: bool = False
    locations: tuple[Location, ...] = ()
    count: int | None = None
    aspects: tuple[str, ...] = ()


Old = TypeVar("Old", bound=ReadPlan)


def reads_finding(
    read: Callable[[Finding], Old | None],
) -> Callable[[Demands], Match[Old] | None]:
    """``recognise`` of a codemod that reads the finding itself."""

    def recognise(demands: Demands) -> Match[Old] | None:
        plan = read(demands.finding)
        if plan is None:
            return None
        hints = Hints(
            scopes=plan.scopes,
            anchors=plan.anchors,
            whole_files=plan.whole_files,
            locations=plan.locations,
            count=plan.count,
            aspects=plan.aspects,
        )
        return Match(plan=plan, strength=plan.strength, named=plan.named, hints=hints)

    return recognise
