"""The files and lines that a finding names anywhere, and not in its locations alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.findings.model import Finding, LineRange
from codemods.findings.text import line_range

_AT_LINES = re.compile(r"(?P<path>[\w./-]+)(?::(?P<lines>\d+(?:\s?[-–,]\s?\d+)*))?")
"""Any word, so that none is looked through twice; a path is one with lines and ``.py``."""
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
