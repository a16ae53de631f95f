"""Inline code and line numbers in a text: what readers of reports ask of it.

All of them take any text, raise nothing and give what they find in the order of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from codemods.findings.model import LineRange
from codemods.findings.roles import Role, names_of

_TICKS = re.compile(r"`+")
_BREAK = re.compile(r"\n(?=[ \t]*(?:\n|[-*+][ \t]|\d+[.)][ \t]|#{1,6}[ \t]))")
_DASH = "[-–—‑]"
_TO = rf"(?:{_DASH}|to|through|bis|à|по|至|到)"
_TO_OR_A = rf"(?:{_TO}|al?)"
"""``a`` is an article in English, and French for ``has``."""
_WITH_A = ("es", "pt", "it")
_CHINESE = "\u2e80"
"""From here on no blanks stand between words."""
_AND = r"(?:,|、|&|(?:,\s*)?(?:and|und|et|y|и|e)(?!\w)|和|及)"
_RANGE = re.compile(rf"~?(\d+)(?:\s*{_TO_OR_A}\s*~?L?(\d+))?")


@cache
def _lines() -> re.Pattern[str]:
    """Lines in words, in the languages of the lexicon: ``lines 3-5``, ``Zeile 3``, ``第 3 行``."""
    names = names_of(Role.LINE)
    with_a = frozenset[str]().union(*(names[language] for language in _WITH_A))
    # A row is one of a table.
    others = frozenset[str]().union(*names.values()) - with_a - {"row"}
    spaced = rf"\b(?:{_any_of(name for name in others if name < _CHINESE)})"
    joined = rf"(?:{_any_of(name for name in others if name >= _CHINESE)})[:：]?"
    short = r"(?<![\w/-])L(?=\d++(?![\w/]))"
    around = r"第(?=[\d\s,、~–—‑至到和及-]{1,60}行)"
    return re.compile(
        rf"(?:(?:{spaced}|{short}|{joined}|{around}){_numbers(_TO)}"
        rf"|\b(?:{_any_of(with_a)}){_numbers(_TO_OR_A)})(?![\w%.]{{0,40}}\d)",
        re.IGNORECASE,
    )


def _any_of(names: Iterable[str]) -> str:
    return "|".join(sorted(filter(str.isalpha, names), key=len, reverse=True))


def _numbers(to: str) -> str:
    """A group of the numbers of lines, and of ranges of them."""
    return (
        rf"\s*(~?\d++(?:\s*{to}\s*~?L?\d++)?"
        rf"(?:\s*{_AND}\s*~?\d++(?:\s*{_DASH}\s*~?\d++)?)*)"
    )


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """Inline code in a text; ``start`` and ``end`` include its backticks."""

    start: int
    end: int
    text: str


def code_spans(text: str) -> tuple[CodeSpan, ...]:
    """Every inline code; one that does not end in its paragraph or list item is none."""
    found: list[CodeSpan] = []
    start = 0
    for end in (*(item.start() for item in _BREAK.finditer(text)), len(text)):
        found += _spans_of_paragraph(text, start, end)
        start = end
    return tuple(found)


def in_code(spans: Sequence[CodeSpan], at: int) -> bool:
    """Whether a position is inside of one of the spans of :func:`code_spans`."""
    before = bisect_left(spans, at, key=lambda span: span.start) - 1
    return before >= 0 and at < spans[before].end


def _spans_of_paragraph(text: str, start: int, end: int) -> Iterable[CodeSpan]:
    runs = list(_TICKS.finditer(text, start, end))
    closers: dict[int, list[int]] = {}
    for index, run in enumerate(runs):
        closers.setdefault(len(run[0]), []).append(index)
    # Closers are taken from the end of their list, so that a text of many unmatched
    # backticks stays linear.
    for rest in closers.values():
        rest.reverse()
    index = 0
    while index < len(runs):
        rest = closers[len(runs[index][0])]
        while rest and rest[-1] <= index:
            rest.pop()
        if not rest:
            index += 1
            continue
        close = rest.pop()
        inner = text[runs[index].end() : runs[close].start()].replace("\n", " ")
        if inner.startswith(" ") and inner.endswith(" ") and inner.strip():
            inner = inner[1:-1]
        yield CodeSpan(runs[index].start(), runs[close].end(), inner)
        index = close + 1


def mentioned_lines(text: str) -> tuple[LineRange, ...]:
    """``line 361``, ``lines 210-226``, ``lines 44, 50 and 61``, ``(~Line 402)``, ``L12-L20``,
    ``Zeilen 3 bis 5``."""
    ranges = [
        line_range(int(part[1]), int(part[2]) if part[2] else None)
        for found in _lines().finditer(text)
        for part in _RANGE.finditer(found[1] or found[2])
        if len(part[1]) < 8 and len(part[2] or "") < 8
    ]
    return tuple(dict.fromkeys(ranges))


def line_range(start: int, end: int | None) -> LineRange:
    """A range that may be written short (``635-70`` is 635 to 670) or backwards."""
    end = start if end is None else end
    if end < start:
        short, full = str(end), str(start)
        completed = int(full[: -len(short)] + short) if len(short) < len(full) else end
        start, end = (start, completed) if completed >= start else (end, start)
    return LineRange(start, end)
