"""Which findings ask for a rollback when a commit or a query fails."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.demands import Demands
from codemods.findings.model import Location


@dataclass(frozen=True, kw_only=True)
class RollbackPlan(Plan):
    """Commits whose failure is to be rolled back."""

    queries: bool = False
    """Whether a failing query is treated like a failing commit."""


@dataclass(frozen=True, kw_only=True)
class RollbackHints(Hints):
    """Where the finding says that the commits stand."""

    listed: tuple[Location, ...] = ()
    """Its locations that have lines, if there are several."""


def recognise(demands: Demands) -> Match[RollbackPlan] | None:
    """A claim to findings that miss a rollback and suggest one.

    A finding that wants a savepoint, or the services of a program rolled back, is not meant.
    """
    told = demands.opening
    if demands.fix.says("savepoint") or not told.says("database-session"):
        return None
    if not told.says("lacks-rollback"):
        return None
    # One that only says that the guard should be added shows it in its own words.
    shown = "rollback()" in demands.description.raw and demands.fix.says("guard")
    if not shown and not demands.fix.says("rolls-back"):
        return None
    queries = told.says("query-fails")
    listed = tuple(item for item in demands.locations if item.lines)
    return Match(
        plan=RollbackPlan(queries=queries),
        strength=90 if demands.title.says("lacks-rollback") else 80,
        hints=RollbackHints(
            anchors=("commit", "rollback", *(("query", "execute", "scalar") if queries else ())),
            count=told.count,
            listed=listed if len(listed) > 1 else (),
        ),
    )
