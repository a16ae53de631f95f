"""One finding in one file: ``key: value`` lines between two rules, and what stands below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codemods.findings.model import Field
from codemods.findings.readers.blocks import Block, Kind
from codemods.findings.readers.document import Document
from codemods.findings.readers.entries import Entry, cell_field
from codemods.findings.readers.labels import Cut
from codemods.findings.readers.words import Heading
from codemods.findings.roles import Role, role_of

_PAIR = re.compile(r"^(?P<name>[\w -]{1,40}):[ \t]{0,8}(?P<value>\S.{0,400})$")
_ITEM = re.compile(r"^[ \t]{0,8}-[ \t]{1,4}(?P<value>\S.{0,300})$")
_LONGEST = 60


def front_entry(document: Document, blocks: Sequence[Block]) -> Entry | None:
    """The finding of a file that begins with such lines and says in them what it is."""
    end = _end(document)
    if end is None:
        return None
    said = list(_front(document, end))
    roles = {item.name for item in said}
    title = next((item.text for item in said if item.name == Role.TITLE), None)
    first = next((item for item in blocks if item.kind is Kind.HEADING and item.first > end), None)
    if title is None and first is not None and first.level == 1:
        title = first.text
    if title is None or not roles & {Role.SEVERITY, Role.PRIORITY, Role.PLACE, Role.ID}:
        return None
    heading = Heading(title)
    heading.id = next((item.text for item in said if item.name == Role.ID), heading.id)
    fields = [item for item in said if item.name not in (Role.TITLE, Role.ID)]
    entry = Entry(1, heading, fields=fields)
    start = first.last + 1 if first is not None and first.level == 1 else end + 1
    if start <= len(document.lines):
        entry.fields += Cut(document, blocks, start, len(document.lines)).fields()
    return entry if entry.is_finding() and (entry.has_place or entry.has_severity) else None


def _end(document: Document) -> int | None:
    """The line of the rule that ends the lines, if there are any."""
    if document.line(1).strip() != "---":
        return None
    last = min(len(document.lines), _LONGEST)
    return next((n for n in range(2, last + 1) if document.line(n).strip() == "---"), None)


def _front(document: Document, end: int) -> Iterator[Field]:
    role: Role | None = None
    for number in range(2, end):
        line = document.line(number)
        pair, item = _PAIR.match(line), _ITEM.match(line)
        if pair is not None and (role := role_of(pair["name"])) is not None:
            yield cell_field(role, pair["value"].strip().strip("\"'"), number)
        elif re.match(r"[\w -]{1,40}:\s*$", line):
            role = role_of(line.partition(":")[0])
        elif item is not None and role is not None:
            yield cell_field(role, item["value"].strip().strip("\"'"), number)
