"""Clauses: what a sentence asks for, one thing at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from codemods.demands.phrases import FILLERS
from codemods.findings.text import code_spans, in_code

_PARTS = re.compile(
    r"(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<=[.;])\s+|,\s+(?:and|then|but)\s+|"
    r";\s+|(?<!\s)\s+and\s+(?=[a-z]+\s+`)|\n[^\S\n]*[-*\d]"
)
_ASIDES = re.compile(r"\s\(|\)?[.;]\s|\)\s|\n")
_OR = re.compile(r"[,;]\s+or\s", re.IGNORECASE)
_LEAD = re.compile(r"^\(?(?:\d|[a-e])[.)]\s+")


class Clause(NamedTuple):
    """One thing that a sentence says."""

    lead: str
    """The words before it that do not count: ``Also``, ``Optionally``."""
    words: str
    is_alternative: bool = False
    """Whether it is the second of two ways: "Remove it, or move it and drop `x`" asks for one."""


def clauses(text: str) -> Iterator[Clause]:
    """The clauses of prose, without bullets and numbers before them."""
    alternative = False
    for part, ends in _parts(text):
        words = _LEAD.sub("", part.strip(" *-\n")).split()
        lead = 0
        while lead < len(words) and words[lead].lower() in FILLERS:
            lead += 1
        leading = " ".join(words[:lead])
        alternative = alternative or "or" in leading.lower().split()
        if words[lead:]:
            yield Clause(leading, " ".join(words[lead:]), alternative)
        alternative = not ends and (alternative or _offers(part))


def _offers(part: str) -> bool:
    """Whether another way is offered in a part, outside of its code."""
    spans = code_spans(part)
    return any(not in_code(spans, found.start()) for found in _OR.finditer(part))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The parts, and whether a sentence ends with each."""
    spans = code_spans(text)
    start = 0
    for end in _PARTS.finditer(text):
        if not in_code(spans, end.start()):
            yield text[start : end.start()], text[end.start() - 1] == "." or "\n" in end[0]
            start = end.end()
    yield text[start:], True


def remarks(text: str) -> Iterator[str]:
    """The sentences of prose, line by line, and what stands in brackets by itself."""
    yield from filter(None, map(str.strip, _ASIDES.split(text)))
