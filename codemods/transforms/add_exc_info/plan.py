"""Which findings are about tracebacks that a log call loses, and which call they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.analysis.logs.levels import METHODS
from codemods.codemod import Hints, Match, Plan
from codemods.demands.demands import Demands

RULES = ("TRY400", "error-instead-of-exception")

_LEVELS = "|".join((*METHODS, "log"))
_LOG_CALL = re.compile(
    rf"[\w.]*?\.?\b(?P<level>{_LEVELS}|exception)\(\s*(?:[\w.]+\s*,\s*)?(?P<arguments>.*)",
    re.DOTALL,
)
_STARTS = re.compile(rf"(?=(?<![\w.])[\w.]+\.(?:{_LEVELS})\()")
_STRING = re.compile(
    r"(?P<prefix>[rbuRBUfF]{0,2})(?P<quote>\"\"\"|'''|\"|')(?P<text>(?:\\.|(?!(?P=quote))[^\\])*)"
    r"(?P=quote)",
    re.DOTALL,
)
_PLACEHOLDER = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")


@dataclass(frozen=True, kw_only=True)
class ExcInfoPlan(Plan):
    """Log calls that are to log the traceback."""

    messages: tuple[str, ...] = ()
    """Their texts, as :func:`message_of` gives them."""
    levels: tuple[str, ...] = ()
    """The methods that they call: ``error``, ``warning``."""


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
    found = []
    for part in _STARTS.split(code)[1:]:
        call = _LOG_CALL.match(part)
        if call is not None:
            found.append((call["level"], message_of(part)))
    return found


def message_of(call: str) -> str:
    """The text of a log call's first string, with ``{}`` for what an f-string puts in.

    ``""`` where the call does not begin with a string.
    """
    match = _LOG_CALL.match(call)
    if match is None:
        return ""
    string = _STRING.match(match["arguments"])
    if string is None:
        return ""
    text = string["text"]
    if "f" in string["prefix"].lower():
        text = _PLACEHOLDER.sub("{}", text)
    return " ".join(text.split())
