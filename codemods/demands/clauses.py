"""Clauses: what a sentence asks for, one thing at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.demands.phrases import FILLERS
from codemods.findings.text import code_spans

_PARTS = re.compile(
    r"(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<=[.;])\s+|,\s+(?:and|then|but)\s+|"
    r";\s+|(?<!\s)\s+and\s+(?=[a-z]+\s+`)|\n[^\S\n]*[-*\d]"
)
_ASIDES = re.compile(r"\s\(|\)?[.;]\s|\)\s|\n")
_LEAD = re.compile(r"^\(?(?:\d|[a-e])[.)]\s+")


def clauses(text: str) -> Iterator[str]:
    """The clauses of prose, without bullets, numbers and ``also`` before them."""
    for part in _parts(text):
        words = _LEAD.sub("", part.strip(" *-\n")).split()
        while words and words[0].lower() in FILLERS:
            words.pop(0)
        if words:
            yield " ".join(words)


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
