"""Findings without a section of their own: rows of a table, and members of a range of ids.

A row is a finding only where its table says the id, the place and the matter: tables of verdicts
on earlier findings and summaries have no column for the place or for the matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.findings.model import Field
from codemods.findings.readers.document import Document
from codemods.findings.readers.fields import Start, field_of
from codemods.findings.readers.headings import Title, in_range, parse_heading

_SEPARATOR = re.compile(r"^\s*(?:\|\s*)?:?-+:?\s*(?:\|\s*:?-+:?\s*)*(?:\|\s*)?$")
_CELL = re.compile(r"(?:[^|\\`]|\\.|`[^`|]*`|`)*")
_MEMBER = re.compile(r"^[ \t]*[-*+][ \t]+\*\*(?P<id>[^*\n]+?)(?::\*\*|\*\*\s*[:–—-])[ \t]+(?=\S)")
_IDS = frozenset(("id", "finding id"))
_PLACES = frozenset(("location", "locations", "file", "files"))
_MATTERS = frozenset(("title", "issue", "description", "finding", "problem"))
_FIXES = frozenset(("fix", "suggested fix", "recommendation"))
_NAMES = {
    **dict.fromkeys(_PLACES, "location"),
    **dict.fromkeys(_MATTERS, "description"),
    **dict.fromkeys(_FIXES, "suggested fix"),
    "severity": "severity",
    "dimension": "dimension",
    "status": "status",
}
_OTHER_REPORT = re.compile(
    r"\b(?:prior|previous|existing|verified|duplicates?|false positives?|fixed|dismissed|"
    r"rejected|dropped|disproved|summary)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[^.\s]{2}[.;])\s+(?=[A-Z`*])")


@dataclass(frozen=True, slots=True)
class Condensed:
    """A finding that is one line of the report."""

    line: int
    title: Title
    fields: tuple[Field, ...]


def condensed(
    document: Document, first: int, last: int, heading: str, over: Title | None
) -> Iterator[Condensed]:
    """The findings in the lines below a heading that is none itself.

    Args:
        document: the report.
        first: the first line, from one.
        last: the last line.
        heading: the text of the heading: what was verified or rejected is no finding.
        over: its id, if it has one: only a range of ids has members.
    """
    if over is None and _OTHER_REPORT.search(heading):
        return
    yield from _rows(document, first, last)
    if over is not None and over.is_range:
        yield from _members(document, first, last, over)


def _rows(document: Document, first: int, last: int) -> Iterator[Condensed]:
    columns: list[str] = []
    for number in range(first, last + 1):
        line = document.line(number)
        if number in document.literal or not line.lstrip().startswith("|"):
            columns = []
        elif number < last and not columns and _SEPARATOR.match(document.line(number + 1)):
            columns = [line[start:end].strip(" *").lower() for start, end in _cells(line)]
        elif columns and not _SEPARATOR.match(line):
            row = _row(document, number, columns)
            if row is not None:
                yield row


def _cells(line: str) -> list[tuple[int, int]]:
    """Where the cells of a row begin and end, without the blanks around them."""
    found: list[tuple[int, int]] = []
    position = line.index("|") + 1
    while position < len(line):
        match = _CELL.match(line, position)
        end = match.end() if match else position
        text = line[position:end]
        if end >= len(line) and not text.strip():
            break
        start = position + len(text) - len(text.lstrip())
        found.append((start, start + len(text.strip())))
        position = end + 1
    return found


def _row(document: Document, number: int, columns: list[str]) -> Condensed | None:
    names = set(columns)
    if not (names & _IDS and names & _PLACES and names & _MATTERS):
        return None
    line = document.line(number)
    cells = _cells(line)
    if len(cells) != len(columns):
        return None
    title: Title | None = None
    fields: list[Field] = []
    for name, (start, end) in zip(columns, cells, strict=True):
        if name in _IDS:
            title = parse_heading(line[start:end].replace("**", "").replace("`", ""))
        elif name in _NAMES and start < end:
            fields.append(
                field_of(document, Start(number, start, _NAMES[name], None, 0, False, end), number)
            )
    told = next((item.text for item in fields if item.name == "description"), "")
    if title is None or title.title or title.is_range or not told:
        return None
    return Condensed(number, _titled(title, told), tuple(fields))


def _members(document: Document, first: int, last: int, over: Title) -> Iterator[Condensed]:
    for number in range(first, last + 1):
        line = document.line(number)
        match = None if number in document.literal else _MEMBER.match(line)
        title = parse_heading(match["id"]) if match else None
        if match is None or title is None or title.title:
            continue
        if not in_range(over.id, title.id):
            continue
        text = line[match.end() :]
        fields = tuple(
            field_of(document, Start(number, match.end(), name, None, 0, False, len(line)), number)
            for name in ("location", "description")
        )
        yield Condensed(number, _titled(title, text), fields)


def _titled(title: Title, text: str) -> Title:
    """The id with the first sentence of what is told."""
    said = _SENTENCE.split(text.replace("**", "").strip())[0].rstrip(".;")
    return Title(title.id, said, title.alias, title.note, separated=True)
