"""The files and lines that a finding names anywhere, and not in its locations alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.findings.model import Finding, LineRange, Location, LocationKind
from codemods.findings.text import line_range

_AT_LINES = re.compile(r"(?P<path>[\w./-]+)(?::(?P<lines>\d+(?:\s?[-–,]\s?\d+)*))?")
"""Any word, so that none is looked through twice; a path is one with lines and ``.py``."""
_FIRST_LINE = re.compile(r"(?<![\w./-])[\w./-]{1,200}\.py:\d+")
_LISTED = re.compile(r"`(?P<path>[\w./-]+\.py)?:(?P<lines>\d+(?:\s?[-–,/]\s?\d+)*)`")
_RANGE = re.compile(r"(\d+)(?:\s?[-–]\s?(\d+))?")

ReportedLines = tuple[str, LineRange]
"""A path as the report has it, and lines of it."""


def reported_lines(finding: Finding) -> Iterator[ReportedLines]:
    """The lines of the locations, and ``name.py:44,52`` in description and evidence."""
    for location in finding.locations:
        if location.path and not location.approximate:
            yield from ((location.path, lines) for lines in location.lines)
    for match in _AT_LINES.finditer(f"{finding.description}\n{finding.text('evidence')}"):
        if not match["lines"] or not match["path"][1:].endswith(".py"):
            continue
        for part in _RANGE.finditer(match["lines"]):
            yield match["path"], line_range(int(part[1]), int(part[2]) if part[2] else None)


def listed_places(text: str) -> tuple[Location, ...]:
    """The places at the heads of a list's items: ``- `a.py:54`, `:338` — why``."""
    found: dict[str, list[LineRange]] = {}
    for line in text.splitlines():
        head, dash, _ = line.partition(" — ")
        if not dash or not head.lstrip().startswith(("- ", "* ")):
            continue
        path = ""
        for match in _LISTED.finditer(head):
            path = match["path"] or path
            for part in _RANGE.finditer(match["lines"]):
                lines = line_range(int(part[1]), int(part[2]) if part[2] else None)
                found.setdefault(path, []).append(lines)
    return tuple(
        Location(LocationKind.FILE, path, tuple(lines)) for path, lines in found.items() if path
    )


def first_lines(text: str) -> tuple[str, ...]:
    """Files with the first line that is named of them, as they are written: ``store.py:12``."""
    return tuple(dict.fromkeys(_FIRST_LINE.findall(text)))
