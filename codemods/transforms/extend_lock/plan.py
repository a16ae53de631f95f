"""Which findings are about a statement that comes behind a lock's block."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.demands import Demands, Text
from codemods.syntax.dotted import last_part
from codemods.syntax.locks import names_lock


@dataclass(frozen=True, kw_only=True)
class ExtendPlan(Plan):
    """Calls that are to run in the block of a lock, behind which they stand."""

    calls: tuple[str, ...]
    """The calls: ``playback.seek``."""
    locks: tuple[str, ...] = ()
    """Last parts of the names of locks; empty for any."""


@dataclass(frozen=True, kw_only=True)
class ExtendHints(Hints):
    """What a finding says beside what it wants inside."""

    told: tuple[str, ...] = ()
    """What title and description say is called outside."""


def recognise(demands: Demands) -> Match[ExtendPlan] | None:
    """A claim to findings that want into the block what comes right behind it.

    State that is touched without any lock is another matter, and so is work that has to leave a
    block.
    """
    advice = demands.advice
    if not demands.account.says("released-before") or not advice.says("into-block"):
        return None
    if advice.says("out-of-block"):
        return None
    asked, told = _called(advice), _called(demands.description + demands.title)
    if not asked and not told:
        return None
    names = (demands.opening + advice).names
    locks = tuple(dict.fromkeys(last_part(name) for name in names if names_lock(name)))
    return Match(
        plan=ExtendPlan(calls=asked, locks=locks),
        strength=85 if demands.opening.says("released-before") else 60,
        hints=ExtendHints(told=told),
    )


def _called(text: Text) -> tuple[str, ...]:
    found = (*text.called, *text.names)
    return tuple(dict.fromkeys(name for name in found if not names_lock(name)))
