"""Which findings are about a call that may wait for ever, and for how long it may."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.analysis.blocking.timeouts import LAST_NAMES
from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import passed
from codemods.demands.demands import Demands, Text
from codemods.syntax.dotted import last_part
from codemods.tables import words

RULES = ("S113", "B113", "request-without-timeout", "request_without_timeout", "W3101")
_VAGUE = frozenset({"get", "put", "run", "wait", "request", "call", "head", "options", "patch"})
"""Words of English, and methods of much else: they count only with what they are called on."""
_SPOKEN = frozenset(
    words(
        "requests httpx aiohttp urllib smtplib ftplib subprocess urlopen as_completed check_output"
    )
)
"""Packages and functions that a title names without a call: "httpx client has no timeout"."""


@dataclass(frozen=True, kw_only=True)
class CallTimeoutPlan(Plan):
    """Calls that are to be told how long to wait."""

    calls: tuple[str, ...] = ()
    """The calls: ``requests.get``, ``future.result``, ``httpx`` for all of a package; none:
    whatever waits at the place."""
    timeout: str | int | float | None = None
    """Seconds, or the name of a constant."""


def recognise(demands: Demands) -> Match[CallTimeoutPlan] | None:
    """A claim to findings that miss a timeout on a call that has a parameter for it.

    What is awaited, and wants ``asyncio.wait_for``, is for ``await-with-timeout``.
    """
    fix = demands.fix
    named = demands.rule is not None and demands.rule.upper() in RULES
    if not named:
        if not demands.opening.says("no-timeout") or not (fix + demands.title).says("timeout"):
            return None
        if fix.says("timeout-around", "moves-to-thread") or demands.title.says("at-a-timeout"):
            return None
    groups = (_called(text) for text in (demands.title, fix, demands.account))
    calls = next((group for group in groups if group), ()) or _spoken(demands.title)
    if not calls and not named:
        return None
    value: str | None = next((item for item in passed(fix.raw, "timeout") if item != "..."), None)
    if value is not None and f"{value}(" in fix.raw:
        # What the client wants in place of a number: aiohttp's has the number in it, and another
        # one is code of the finding's own, which apply-suggestion takes as it is.
        total = passed(fix.raw, "total") if last_part(value) == "ClientTimeout" else ()
        if not total and not named:
            return None
        value = next(iter(total), None)
    if value is None and fix.durations:
        value = f"{fix.durations[0]:g}"
    titled = demands.title.says("no-timeout")
    if not named and not titled and value is None:
        return None
    hints = Hints(
        anchors=tuple(sorted({last_part(name) for name in calls})),
        count=fix.count or demands.opening.count,
        aspects=demands.advice.requests(but=("timeout", "no-timeout")),
    )
    plan = CallTimeoutPlan(calls=calls, timeout=value)
    strength = 95 if named else 90 if titled else 78
    return Match(plan=plan, strength=strength, hints=hints)


def _spoken(title: Text) -> tuple[str, ...]:
    """The packages and functions that a title speaks of."""
    return tuple(
        dict.fromkeys(word for token in title.words.tokens if (word := token.word) in _SPOKEN)
    )


def _called(text: Text) -> tuple[str, ...]:
    """The names in a text that may be called with a timeout."""
    written = (*text.called, *(code.partition("(")[0] for code in text.code), *text.dotted)
    return tuple(
        dict.fromkeys(
            name
            for name in written
            if last_part(name) in LAST_NAMES
            and name.split(".")[0].isidentifier()
            and ("." in name or name not in _VAGUE)
        )
    )
