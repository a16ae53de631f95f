"""Which findings are about a loop over a collection that others change meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import looped_over
from codemods.demands.demands import Demands, Text
from codemods.syntax.dotted import last_part

COPY_OF = "a copy of "
"""How an aspect begins that asks for the copy of a collection."""
_VIEWS = (".items()", ".values()", ".keys()")


@dataclass(frozen=True, kw_only=True)
class IterationPlan(Plan):
    """Loops that are to go over a copy."""

    copied: tuple[str, ...] = ()
    """The collections to copy: ``self.active_connections``; empty for every loop that needs it."""
    threads: bool = False
    """Whether threads change it during the loop, not only the tasks of one event loop."""


@dataclass(frozen=True, kw_only=True)
class IterationHints(Hints):
    """What a finding says beside what it wants copied."""

    looped: tuple[str, ...] = ()
    """What the evidence loops over."""
    raises: bool = False
    """Whether the finding says that a ``RuntimeError`` comes of it, which is not true of lists."""


def recognise(demands: Demands) -> Match[IterationPlan] | None:
    """A claim to findings whose suggestion is to loop over a copy.

    Where the suggestion starts with a lock, the lock is what is asked for; an eviction through
    ``next(iter(cache))`` has no loop.
    """
    fix = demands.fix
    copied = tuple(dict.fromkeys(_copied(fix)))
    if not fix.says("loops-over-copy") and not (copied and fix.says("over-list-of")):
        return None
    makes_lock = any(last_part(name) in ("Lock", "RLock") for name in fix.called)
    if makes_lock or fix.says("lock-first") or _evicts(demands.title + demands.shown_code):
        return None
    about = demands.story + fix + demands.evidence + demands.prose
    if not about.says("iterates") or not about.says("changes"):
        return None
    return Match(
        plan=IterationPlan(copied=copied, threads=about.says("threads")),
        strength=90 if demands.title.says("iterates") else 75,
        hints=IterationHints(
            aspects=tuple(COPY_OF + name for name in copied),
            looped=looped_over(demands.shown_code.raw),
            raises=about.says("raises-runtime-error"),
        ),
    )


def _copied(text: Text) -> Iterator[str]:
    """``self.jobs`` of ``list(self.jobs)`` and of ``list(self.jobs.items())``."""
    for call in text.calls:
        if call.name in ("list", "tuple") and len(call.arguments) == 1:
            name = call.arguments[0]
            for view in _VIEWS:
                name = name.removesuffix(view)
            if name.replace(".", "").isidentifier():
                yield name


def _evicts(text: Text) -> bool:
    return any(call.name == "next" and "iter(" in "".join(call.arguments) for call in text.calls)
