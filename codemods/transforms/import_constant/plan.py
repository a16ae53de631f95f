"""Which findings want a constant imported that stands in a file a second time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.clauses import remarks
from codemods.demands.code import (
    constants_in,
    imports_in,
    is_constant,
    literal_of,
    modules_in,
    numbers_given,
    python_files,
)
from codemods.demands.demands import Demands, Text
from codemods.demands.reported_lines import ReportedLines


@dataclass(frozen=True, kw_only=True)
class ConstantPlan(Plan):
    """Constants of which a file has copies."""

    names: tuple[str, ...] = ()
    """The constants: ``CHUNK_SECONDS``; empty for the one in ``modules`` that has the value and a
    matching name."""
    values: tuple[str, ...] = ()
    """Literals to replace by a constant: ``30.0``."""
    modules: tuple[str, ...] = ()
    """Dotted names and files in which they may be defined, the surest first; empty where one file
    alone defines them."""
    different: bool = False
    """Whether copies with another value are removed too."""


@dataclass(frozen=True, kw_only=True)
class ConstantHints(Hints):
    """Which literals a finding means."""

    literals: tuple[str, ...] = ()
    """The values that it shows, as written: ``30.0``."""
    shown: frozenset[tuple[str, str]] = frozenset()
    """Of those the ones that are given to something: ``("timeout", "30.0")``."""
    reported: tuple[ReportedLines, ...] = ()
    """Where it says that a copy stands."""
    words: frozenset[str] = frozenset()
    """What it says, where it does not name the constant."""


def recognise(demands: Demands) -> Match[ConstantPlan] | None:
    """A claim to findings that want an existing constant imported.

    One constant for another is an edit that the suggestion spells out, and a constant that is
    still to be made is nobody's to import.
    """
    title, fix, told = demands.title, demands.fix, demands.opening
    if not title.says("copied-value") or not fix.says("starts-with-using"):
        return None
    if any(_is_swap(pair.old, pair.new) for text in (title, fix) for pair in text.pairs):
        return None
    first = Text(fix.raw.partition(";")[0])
    names = tuple(dict.fromkeys(_named(first)))
    if not names and first.says("constant"):
        names = constants_in(told.raw)
    files = python_files(told.raw)
    modules = tuple(dict.fromkeys((*modules_in(fix.raw), *files)))
    literals = tuple(dict.fromkeys(filter(None, map(literal_of, told.code))))
    by_value = not names and first.says("constant") and len(literals) == 1 and bool(modules)
    if not names and not by_value:
        return None
    plan = ConstantPlan(
        names=names,
        values=literals * by_value,
        modules=modules,
        different=told.says("values-differ"),
    )
    hints = ConstantHints(
        whole_files=True,
        count=title.count,
        aspects=demands.advice.requests(but=("uses-what-is-there",)),
        literals=literals,
        shown=frozenset(given for code in told.code for given in numbers_given(code)),
        reported=demands.reported,
        words=stems(token.word for token in told.words.tokens) if by_value else frozenset(),
    )
    return Match(plan=plan, strength=85, hints=hints)


def stems(names: Iterable[str]) -> frozenset[str]:
    """The words of names and of a text, of a plural the singular."""
    parts = (part.removesuffix("s") for name in names for part in name.lower().split("_"))
    return frozenset(filter(None, parts))


def _is_swap(old: str, new: str) -> bool:
    return all(is_constant(name) and len(name) > 3 for name in (old, new))


def _named(text: Text) -> list[str]:
    """The constants that are a whole inline code, but those of an alternative: "use
    `processed[OVERLAP * rate :]`" is an edit that the suggestion spells out."""
    found: list[str] = []
    for remark in map(Text, remarks(text.raw)):
        for code in remark.code if not remark.says("alternative") else ():
            imported = [item.name or "" for item in imports_in(code)]
            parts = imported or [part.strip() for part in code.replace("/", ",").split(",")]
            if all(map(is_constant, parts)):
                found += constants_in(" ".join(parts))
    return found
