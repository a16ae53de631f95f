"""Which findings say that one name stands where another one should, and which names these are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import imports_in, is_constant
from codemods.demands.demands import Demands, Text
from codemods.syntax.dotted import last_part

_NEAR = 30
"""Characters between a wrong name and the right one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """``old`` becomes ``new``."""

    old: str
    new: str
    module: str = ""
    """Where the new one is imported from; empty where the old one comes from."""

    @property
    def anchors(self) -> tuple[str, str]:
        """Both names as they stand in code."""
        if self.is_constant:
            return self.old, self.new
        return f'"{self.old}"', f'"{self.new}"'

    @property
    def is_constant(self) -> bool:
        """Whether both are constants, and no strings."""
        return all(is_constant(name) and "_" in name for name in (self.old, self.new))


@dataclass(frozen=True, kw_only=True)
class RenamePlan(Plan):
    """Names that are wrong, and the right ones."""

    pairs: tuple[Pair, ...]
    ceiling: bool = False
    """Whether ``int(a / b) + 1`` becomes ``math.ceil(a / b)``."""


def recognise(demands: Demands) -> Match[RenamePlan] | None:
    """A claim to findings that give the wrong name and the right one.

    Constants (``Replace `A_B` with `C_D```), and names of attributes and keys that stand in
    strings (``a`` (should be ``b``)). Everything else is another kind of suggestion.
    """
    modules = {item.name: item.module for item in imports_in(demands.suggested_code.raw)}
    named = [Pair(old, new, modules.get(new, "")) for old, new in dict.fromkeys(_pairs(demands))]
    pairs = tuple(pair for pair in named if pair.old != pair.new)
    if not pairs or len({pair.old for pair in pairs}) != len(pairs):
        return None
    ceiling = any(last_part(call.name) == "ceil" for call in demands.fix.calls)
    anchors = tuple(name for pair in pairs for name in pair.anchors)
    return Match(
        plan=RenamePlan(pairs=pairs, ceiling=ceiling), strength=80, hints=Hints(anchors=anchors)
    )


def _pairs(demands: Demands) -> Iterator[tuple[str, str]]:
    asked = [pair for pair in demands.fix.pairs if not pair.described]
    told = [pair for pair in demands.title.pairs if pair.described]
    for pair in (*asked, *told):
        if Pair(pair.old, pair.new).is_constant:
            yield pair.old, pair.new
    for old, between, new in (demands.description + demands.fix).joined_code():
        names = old.strip("'\""), new.strip("'\"")
        said = len(between) < _NEAR and Text(between).says("should-be")
        if said and all(name.isidentifier() for name in names):
            yield names
