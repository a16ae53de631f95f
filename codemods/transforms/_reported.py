"""The files and lines that a finding names anywhere, and not in its locations alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.codemod import Scope
from codemods.findings.model import Finding, LineRange
from codemods.findings.text import line_range
from codemods.project.source import SourceError, SourceFile

_AT_LINES = re.compile(r"(?P<path>[\w./-]+\.py):(?P<lines>\d+(?:\s?[-–,]\s?\d+)*)")
_RANGE = re.compile(r"(\d+)(?:\s?[-–]\s?(\d+))?")

Reported = tuple[str, LineRange]
"""A path as the report has it, and lines of it."""


def reported_lines(finding: Finding) -> Iterator[Reported]:
    """The lines of the locations, and ``name.py:44,52`` in description and evidence."""
    for location in finding.locations:
        if location.path and not location.approximate:
            yield from ((location.path, lines) for lines in location.lines)
    for match in _AT_LINES.finditer(f"{finding.description}\n{finding.text('evidence')}"):
        for part in _RANGE.finditer(match["lines"]):
            yield match["path"], line_range(int(part[1]), int(part[2]) if part[2] else None)


def source_named(scope: Scope, written: str) -> SourceFile | None:
    """The one file that a path in a report can mean: by its end, and of several the one beside
    a place of the finding. ``None`` where there is none, or where it cannot be parsed."""
    project = scope.project
    paths = [path for path in project.python_paths if f"/{path}".endswith(f"/{written}")]
    if len(paths) > 1:
        folders = {place.source.path.rpartition("/")[0] for place in scope.places}
        paths = [path for path in paths if path.rpartition("/")[0] in folders]
    if len(paths) != 1:
        return None
    source = project.source(paths[0])
    try:
        return source if source.tree is not None else None
    except SourceError:
        # Nothing was located there; a file that cannot be read gives nothing either.
        return None
