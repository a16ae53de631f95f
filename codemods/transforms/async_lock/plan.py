"""Which findings are about a lock of threads that coroutines take."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Match, Plan
from codemods.demands.demands import Demands
from codemods.syntax.locks import locks_named


@dataclass(frozen=True, kw_only=True)
class AsyncLockPlan(Plan):
    """Locks of threads that are to be locks of the event loop."""

    locks: tuple[str, ...] = ()
    """Last parts of the names of locks: ``_lock``; empty for all in the place."""


def recognise(demands: Demands) -> Match[AsyncLockPlan] | None:
    """A claim to findings that want ``asyncio.Lock`` in the place of ``threading.Lock``.

    The other way round, and a lock where there is none, are other matters.
    """
    told = demands.opening
    if not told.says("lock-of-threads") or not told.says("in-coroutines"):
        return None
    if not demands.fix.says("wants-lock-of-loop"):
        return None
    locks = locks_named((told + demands.fix).names)
    strength = 88 if demands.title.says("lock-of-threads") else 72
    return Match(plan=AsyncLockPlan(locks=locks), strength=strength)
