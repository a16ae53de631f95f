"""Which findings are about tracebacks that a log call loses, and which call they mean."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.analysis.logs.levels import METHODS
from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import Call, calls_in, text_of
from codemods.demands.demands import Demands
from codemods.syntax.dotted import last_part

RULES = ("TRY400", "error-instead-of-exception")

_LEVELS = frozenset((*METHODS, "log"))


@dataclass(frozen=True, kw_only=True)
class ExcInfoPlan(Plan):
    """Log calls that are to log the traceback."""

    messages: tuple[str, ...] = ()
    """The texts of log calls, with `{}` for each value."""
    levels: tuple[str, ...] = ()
    """The methods of log calls: ``error``, ``warning``."""


def recognise(demands: Demands) -> Match[ExcInfoPlan] | None:
    """A claim to findings that say that a log call loses the traceback.

    A finding about texts for clients suggests ``exc_info`` as well, and is not meant; neither is
    one about tracebacks that leak, nor one whose evidence has no log call in it.
    """
    strength = _strength(demands)
    if not strength:
        return None
    shown = [block.text for block in demands.shown]
    if not shown:
        shown = [code for text in (demands.account, demands.advice) for code in text.code]
    calls = [call for text in shown for call in _log_calls(text)]
    if demands.shown and not calls:
        return None
    plan = ExcInfoPlan(
        messages=tuple(dict.fromkeys(message for _, message in calls if message)),
        levels=tuple(dict.fromkeys(level for level, _ in calls)),
    )
    return Match(plan=plan, strength=strength, hints=Hints(count=demands.opening.count))


def _strength(demands: Demands) -> int:
    if demands.rule in ("add-exc-info", *RULES):
        return 95
    if demands.title.says("reaches-clients"):
        return 0
    if demands.title.says("traceback-lost"):
        return 90
    return 75 * (demands.description.says("traceback-lost") and demands.fix.says("traceback"))


def _log_calls(code: str) -> list[tuple[str, str]]:
    """Level and message of each log call in a piece of code, which need not parse."""
    return [
        (last_part(call.name), message_of(call))
        for call in calls_in(code)
        if "." in call.name and last_part(call.name) in _LEVELS
    ]


def message_of(call: Call) -> str:
    """The text of a log call, behind the level if it is given one, with ``{}`` for what an f-string
    puts in; ``""`` where it does not begin with a string."""
    has_level = bool(call.arguments) and call.arguments[0].replace(".", "_").isidentifier()
    given = call.arguments[has_level : has_level + 1]
    return " ".join(text_of(given[0]).split()) if given else ""
