"""Which findings are about an ``await`` that may take for ever, and for how long it may."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import passed
from codemods.demands.demands import Demands, Text
from codemods.syntax.dotted import last_part

WRAPPERS = frozenset({"to_thread", "run_in_executor", "run_in_threadpool", "gather", "shield"})
_NOT_MEANT = WRAPPERS | {"wait_for", "timeout", "asyncio", "sleep", "TimeoutError", "await"}

TIMEOUT_ERROR = "the handling of TimeoutError"


@dataclass(frozen=True, kw_only=True)
class TimeoutPlan(Plan):
    """Awaited calls that are to have a timeout."""

    calls: tuple[str, ...]
    """The awaited functions, also those awaited in a thread: ``processor.process_chunk``."""
    timeout: str | int | float | None = None
    """Seconds, or the name of a constant."""


@dataclass(frozen=True, kw_only=True)
class TimeoutHints(Hints):
    """What a finding says beside what it wants timed."""

    less_sure: tuple[tuple[str, ...], ...] = ()
    """What may be meant where the calls of the plan are not there, the surest group first."""
    wrapped: frozenset[str] = frozenset()
    """Of ``to_thread`` and its kin those that the finding names: what runs in them is meant."""


def recognise(demands: Demands) -> Match[TimeoutPlan] | None:
    """A claim to findings that miss a timeout on something that is awaited.

    A call that blocks, and wants a thread and a timeout, is for ``offload-blocking-calls``.
    """
    fix = demands.fix
    if not demands.title.says("no-timeout") or not fix.says("timeout-around"):
        return None
    if any(_offloads(argument) for call in fix.calls for argument in call.arguments[:1]):
        return None
    groups = [_awaited(text) for text in (fix, demands.title, _shown(demands))]
    surest, *less_sure = [names for names in groups if names] or [()]
    shown = fix + demands.description
    wrapped = WRAPPERS & set(map(last_part, (*shown.names, *shown.called)))
    last = {last_part(name) for group in groups for name in group}
    value = next(iter(passed(fix.raw, "timeout")), None)
    if value is None and fix.durations:
        value = f"{fix.durations[0]:g}"
    hints = TimeoutHints(
        anchors=(*sorted(last), *sorted(wrapped), "wait_for"),
        count=fix.count or demands.description.count,
        aspects=(
            *((TIMEOUT_ERROR,) * fix.says("timeout-handling")),
            *demands.advice.requests(but=("timeout",)),
        ),
        less_sure=tuple(less_sure),
        wrapped=wrapped,
    )
    return Match(plan=TimeoutPlan(calls=surest, timeout=value), strength=95, hints=hints)


def _offloads(argument: str) -> bool:
    return last_part(argument.partition("(")[0]) == "to_thread"


def _shown(demands: Demands) -> Text:
    return demands.description + demands.shown_code


def _awaited(text: Text) -> tuple[str, ...]:
    """Names of what could be awaited: called ones, what runs in threads, and inline code."""
    threads = (call for call in text.calls if last_part(call.name) == "to_thread")
    found = [
        *text.called,
        *(call.arguments[0] for call in threads if call.arguments),
        *(code.partition("(")[0] for code in text.code if code.count("(") < 2),
    ]
    return tuple(
        dict.fromkeys(
            name
            for name in found
            if name.replace(".", "").isidentifier()
            if last_part(name) not in _NOT_MEANT and not last_part(name).isupper()
        )
    )
