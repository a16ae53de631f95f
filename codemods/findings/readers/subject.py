"""The one file that a whole report is about, where its head says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codemods.findings.readers.blocks import Block, Kind
from codemods.findings.readers.document import Document
from codemods.findings.readers.labels import label_of
from codemods.findings.readers.locations import locations_of
from codemods.findings.roles import Role

_LONGEST = 40
"""Lines that the head of a report has at most."""


def subject_of(document: Document, blocks: Sequence[Block]) -> str | None:
    """The path of the Python file that stands in the head of a report, above its first chapter:
    in a field such as ``File:``, or else in its title. ``None`` where none does, or several do."""
    headings = [block for block in blocks if block.kind is Kind.HEADING]
    if not headings or headings[0].first > _LONGEST:
        return None
    first = headings[0].last + 1
    end = headings[1].first if len(headings) > 1 else first
    fields = {path for number in range(first, end) for path in _files(document, number)}
    titled = set(_paths(headings[0].text))
    found = fields or titled
    return found.pop() if len(found) == 1 else None


def _files(document: Document, number: int) -> Iterator[str]:
    label = label_of(document, number)
    if label is not None and label[0] is Role.PLACE:
        yield from _paths(document.line(number)[label[2] :])


def _paths(text: str) -> Iterator[str]:
    for at in locations_of(text):
        if at.path is not None and at.path.endswith(".py") and not at.lines:
            yield at.path
