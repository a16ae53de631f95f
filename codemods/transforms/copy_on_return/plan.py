"""Which findings are about an array, list or dict that is handed out without a copy."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import assignments_in, called_on, looped_over, repeats_element
from codemods.demands.demands import Demands, Text
from codemods.demands.reported_lines import ReportedLines


@dataclass(frozen=True, kw_only=True)
class CopyPlan(Plan):
    """Returns that are to give back a copy, or slots that are to be objects of their own."""

    copied: tuple[str, ...] = ()
    """The expressions to copy: ``self.state['gains']``, ``audio``; empty for every
    returned parameter."""
    repeated: bool = False
    """Whether to replace ``[thing()] * n``, whose slots share one object."""


@dataclass(frozen=True, kw_only=True)
class CopyHints(Hints):
    """What a finding says beside what it wants copied."""

    reported: tuple[ReportedLines, ...] = ()
    """Paths, as written, and lines at which the report says that such a return stands."""


def recognise(demands: Demands) -> Match[CopyPlan] | None:
    """A claim to findings whose suggestion returns a copy, or makes one object a slot.

    A copy that is made on the way in (``x = x.copy()``) or passed on (``f(x.copy())``) is a
    suggestion that can be taken literally, and no matter of returns.
    """
    told, fix = demands.opening, demands.fix
    shown = (demands.shown_code + demands.evidence + told).raw
    if "range" in looped_over(fix.raw) and repeats_element(shown):
        return Match(plan=CopyPlan(repeated=True), strength=85)
    if not fix.says("returns-copy") or _keeps_copy(fix):
        return None
    if not told.says("hands-out") or not told.says("no-copy"):
        return None
    return Match(
        plan=CopyPlan(copied=_expressions(fix)),
        strength=90 if demands.title.says("hands-out") else 75,
        hints=CopyHints(
            scopes=_functions(told),
            reported=demands.reported,
            aspects=demands.advice.requests(but=("copies",)),
            count=demands.title.count or demands.description.count,
        ),
    )


def _keeps_copy(text: Text) -> bool:
    """Whether it binds a copy to a name: ``audio = audio.copy()``."""
    return any(
        item.value.endswith(".copy()")
        for code in text.code
        if " = " in code
        for item in assignments_in(code)
    )


def _expressions(text: Text) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for written in (name for code in text.code for name in called_on(code, "copy")):
        try:
            found[ast.unparse(ast.parse(written, mode="eval"))] = None
        except SyntaxError:
            # Prose in backticks.
            continue
    return tuple(found)


def _functions(text: Text) -> tuple[str, ...]:
    """The functions of which the finding says that they return something."""
    said = text.sentences("returns", but=("is-right",))
    names = dict.fromkeys(name for sentence in said for name in sentence.called)
    return tuple(name for name in names if not name.endswith(("copy", "no_op")) and name != "len")
