"""Clauses: what a sentence asks for, one thing at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from codemods.demands.phrases import FILLERS
from codemods.findings.text import code_spans

_PARTS = re.compile(
    r"(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<=[.;])\s+|,\s+(?:and|then|but)\s+|"
    r";\s+|(?<!\s)\s+and\s+(?=[a-z]+\s+`)|\n[^\S\n]*[-*\d]"
)
_ASIDES = re.compile(r"\s\(|\)?[.;]\s|\)\s|\n")
_LEAD = re.compile(r"^\(?(?:\d|[a-e])[.)]\s+")


class Clause(NamedTuple):
    """One thing that a sentence says."""

    lead: str
    """The words before it that do not count: ``Also``, ``Optionally``."""
    words: str


def clauses(text: str) -> Iterator[Clause]:
    """The clauses of prose, without bullets and numbers before them."""
    for part in _parts(text):
        words = _LEAD.sub("", part.strip(" *-\n")).split()
        lead = 0
        while lead < len(words) and words[lead].lower() in FILLERS:
            lead += 1
        if words[lead:]:
            yield Clause(" ".join(words[:lead]), " ".join(words[lead:]))


def _parts(text: str) -> Iterator[str]:
    spans = code_spans(text)
    start = 0
    for end in _PARTS.finditer(text):
        if not any(span.start < end.start() < span.end for span in spans):
            yield text[start : end.start()]
            start = end.end()
    yield text[start:]


def remarks(text: str) -> Iterator[str]:
    """The sentences of prose, line by line, and what stands in brackets by itself."""
    yield from filter(None, map(str.strip, _ASIDES.split(text)))
