"""Which findings are about something that is opened and not closed on every way."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.demands import Demands
from codemods.syntax.dotted import last_part

RULES = ("SIM115", "open-file-with-context-handler", "R1732", "consider-using-with")
CLOSERS = ("close", "dispose", "shutdown", "aclose", "release", "terminate", "stop", "cleanup")


@dataclass(frozen=True, kw_only=True)
class ClosePlan(Plan):
    """Resources that are to be closed on every way."""

    names: tuple[str, ...] = ()
    """Variables, or the functions that open them: ``handle``, ``open``; empty for all files in the
    place."""
    method: str = ""
    """The method that closes them in a ``finally``: ``dispose``; empty for a ``with``."""


def recognise(demands: Demands) -> Match[ClosePlan] | None:
    """A claim to findings that say that a resource is not closed, or not when something fails."""
    named = demands.rule is not None and demands.rule.upper() in RULES
    titled = demands.title.says("unclosed-resource")
    told = demands.opening.says("unclosed-resource")
    if not named and not (told and demands.fix.says("closes-resource")):
        return None
    fix = demands.fix
    closed = [
        (name.rpartition(".")[0], last_part(name))
        for name in fix.called
        if "." in name and last_part(name) in CLOSERS
    ]
    opened = [
        name
        for text in (demands.title, fix, demands.account)
        for name in text.called
        if last_part(name) not in CLOSERS
    ]
    plain = fix.says("holds-by-with")
    names = [owner for owner, _ in closed if owner.isidentifier()]
    if not names:
        names = [code for code in demands.title.code if code.isidentifier()]
        names += [last_part(name) for name in opened]
    if not names and not named:
        # What is to be closed is not said.
        return None
    hints = Hints(
        anchors=tuple(dict.fromkeys((*names, *map(last_part, opened)))),
        count=fix.count or demands.opening.count,
        aspects=demands.advice.requests(but=("closes-resource", "holds-by-with")),
    )
    method = "" if plain or not closed else closed[0][1]
    plan = ClosePlan(names=tuple(dict.fromkeys(names)), method=method)
    return Match(plan=plan, strength=95 if named else 86 if titled else 76, hints=hints)
