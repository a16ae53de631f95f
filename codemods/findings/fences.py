"""Fenced code with the words that stand right before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.findings.model import Code, Field

_FENCE = re.compile(r"^[^\S\n]*(`{3,}|~{3,})", re.MULTILINE)


def fences_with_words(field: Field) -> Iterator[tuple[Code, str]]:
    """Each fence of a field with the last paragraph before it, ``""`` where there is none."""
    pieces: list[str] = []
    position, opening = 0, ""
    for match in _FENCE.finditer(field.text):
        mark = match.group(1)
        if not opening:
            opening = mark
            pieces.append(field.text[position : match.start()])
        elif mark.startswith(opening):
            opening = ""
            end = field.text.find("\n", match.end())
            position = len(field.text) if end < 0 else end
    for number, block in enumerate(field.blocks):
        before = pieces[number] if number < len(pieces) else ""
        paragraphs = [part for part in re.split(r"\n\s*\n", before) if part.strip()]
        yield block, paragraphs[-1] if paragraphs else ""
