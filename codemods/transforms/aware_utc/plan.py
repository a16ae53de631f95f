"""Which findings are about naive UTC times."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.demands import Demands

RULES = (
    *("DTZ003", "call-datetime-utcnow", "DTZ004", "call-datetime-utcfromtimestamp"),
    *("W4902", "deprecated-datetime-utcnow"),
)


@dataclass(frozen=True, kw_only=True)
class UtcPlan(Plan):
    """Naive UTC times that are to have their zone."""

    constant: str = "timezone.utc"
    """How the time zone is written: ``timezone.utc``, or ``UTC`` for Python 3.11 and later."""


def recognise(demands: Demands) -> Match[UtcPlan] | None:
    """A claim to findings that want ``datetime.now(timezone.utc)`` for ``datetime.utcnow()``."""
    named = demands.rule is not None and demands.rule.upper() in RULES
    if not named:
        if not (demands.account + demands.fix).says("naive-utc"):
            return None
        if not (demands.fix if demands.fix else demands.opening).says("aware-utc"):
            return None
    plain = demands.fix.says("zone-as-utc") and not demands.fix.says("zone-as-timezone-utc")
    hints = Hints(
        anchors=("utcnow", "utcfromtimestamp"),
        whole_files=True,
        count=demands.fix.count or demands.opening.count,
        aspects=demands.advice.requests(but=("aware-utc", "naive-utc", "zone-as-utc")),
    )
    plan = UtcPlan(constant="UTC" if plain else "timezone.utc")
    titled = demands.title.says("naive-utc")
    return Match(plan=plan, strength=95 if named or titled else 84, hints=hints)
