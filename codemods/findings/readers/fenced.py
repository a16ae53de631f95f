"""Findings that are lines of a block of code without a language: ``MED-7: app/x.py - no limit``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.findings.model import Code, Field
from codemods.findings.readers.blocks import Block
from codemods.findings.readers.document import Document
from codemods.findings.readers.entries import Above, Entry, cell_field
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.words import Heading
from codemods.findings.roles import Role

_LINE = re.compile(
    r"^[ \t]{0,12}(?:[-*][ \t]{1,3})?"
    r"(?P<id>[A-Z][A-Z0-9]{0,9}(?:-[A-Z0-9]{1,9}){0,3}[ \t]{0,2}:[ \t]{1,4})?"
    r"(?P<place>[\w./\\-]{1,200}\.pyi?(?::\d{1,7})?(?::\d{1,7})?)"
    r"[ \t]{0,4}[-–—:][ \t]{1,4}(?P<text>\S.{0,400})$"
)


def fenced_entries(document: Document, block: Block, above: Above) -> Iterator[Entry]:
    """The findings of a block, where every line of it is one."""
    found_here = document.fences_in(block.first, block.first)
    fence = found_here[0] if found_here else None
    if fence is None or fence.language not in (None, "", "text", "txt"):
        return
    lines = [(number, line) for number, line in enumerate(fence.text.split("\n"), fence.line + 1)]
    found = [(number, _LINE.match(line)) for number, line in lines if line.strip()]
    if not found or not all(match is not None for _, match in found):
        return
    for number, match in found:
        assert match is not None
        heading = Heading(match["text"])
        heading.id = (match["id"] or "").strip(": \t") or heading.id
        fields: list[Field] = [cell_field(Role.PROBLEM, match["text"], number)]
        place = match["place"]
        if any(at.path for at in locations_of(place)):
            code = Code(place, None, number, inline=True)
            fields.append(Field(Role.PLACE.value, f"`{place}`", number, inline=(code,)))
        yield Entry(number, heading, above, fields)
