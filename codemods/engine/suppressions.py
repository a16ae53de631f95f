"""``# autofix: ignore`` and ``# autofix: ignore[name, …]``: places that are kept out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.project.source import SourceFile

MARKER = b"autofix:"
_COMMENT = re.compile(r"#\s*autofix:\s*ignore(?:\[(?P<names>[^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment; ``names`` is empty when it stands for every codemod."""

    line: int
    names: frozenset[str]

    def covers(self, codemod: str) -> bool:
        """Whether it keeps ``codemod`` out."""
        return not self.names or codemod in self.names


def suppressions(source: SourceFile) -> tuple[Suppression, ...]:
    """Every suppression of a file, by line."""
    if MARKER not in source.data:
        return ()
    found = []
    for number in range(1, len(source.line_starts) + 1):
        match = _COMMENT.search(source.line_text(number))
        if match:
            names = (match["names"] or "").split(",")
            found.append(Suppression(number, frozenset(n.strip() for n in names if n.strip())))
    return tuple(found)


def suppressing(source: SourceFile, line: int, end_line: int, codemod: str) -> Suppression | None:
    """The suppression that keeps ``codemod`` off these lines.

    A comment counts on any of the lines, and on the first line of a definition around them.
    """
    marks = [item for item in suppressions(source) if item.covers(codemod)]
    if not marks:
        return None
    first_lines = {
        node.lineno
        for node in source.tree.definitions()
        if node.lineno <= line and (node.end_lineno or 0) >= end_line
    }
    for mark in marks:
        if line <= mark.line <= end_line or mark.line in first_lines:
            return mark
    return None
