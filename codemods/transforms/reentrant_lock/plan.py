"""Which findings are about a lock that one thread takes twice."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Match, Plan
from codemods.demands.demands import Demands
from codemods.syntax.locks import locks_named


@dataclass(frozen=True, kw_only=True)
class ReentrantPlan(Plan):
    """Locks that are taken twice."""

    locks: tuple[str, ...] = ()
    """Last parts of the names of locks: ``update_lock``; empty for all in the place."""


def recognise(demands: Demands) -> Match[ReentrantPlan] | None:
    """A claim to findings whose suggestion is a reentrant lock, because one is taken twice.

    An ``RLock`` for state that has no lock yet is another matter.
    """
    if not demands.fix.says("reentrant-lock") or not demands.opening.says("taken-twice"):
        return None
    locks = locks_named((demands.title + demands.fix + demands.description).names)
    strength = 95 if demands.title.says("taken-twice") else 80
    return Match(plan=ReentrantPlan(locks=locks), strength=strength)
