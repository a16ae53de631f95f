"""``# autofix: ignore`` and ``# autofix: ignore[name, …]``: places that are kept out."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from codemods.codemod import Refusal
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
    """Every suppression of a file, by line. A string that speaks of one is none."""
    if MARKER not in source.data:
        return ()
    found = []
    for number, text in _comments(source):
        match = _COMMENT.search(text)
        if match:
            names = (match["names"] or "").split(",")
            found.append(Suppression(number, frozenset(n.strip() for n in names if n.strip())))
    return tuple(found)


def _comments(source: SourceFile) -> Iterator[tuple[int, str]]:
    """The comments with our marker, each with its line."""
    marker = MARKER.decode()
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source.text, newline="").readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        # Newer than this Python: a line that looks like one is taken for one.
        for number in range(1, len(source.line_starts) + 1):
            text = source.line_text(number)
            if marker in text:
                yield number, text
        return
    for token in tokens:
        if token.type == tokenize.COMMENT and marker in token.string:
            yield token.start[0], token.string


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


def unused(
    source: SourceFile,
    refused: Iterable[tuple[str, Refusal]],
    ran: Collection[str],
    catalogue: Collection[str],
) -> Iterator[tuple[Suppression, tuple[str, ...]]]:
    """The suppressions of a file that kept nothing out, with the names that did not.

    Args:
        source: a file that a scan read.
        refused: what the scan left alone there, with the codemod that did.
        ran: the codemods that looked into the file. A suppression of another one may have its
            use, and so may one without names, unless all that can scan did look.
        catalogue: every codemod that can scan.
    """
    used: dict[int, set[str]] = {}
    for codemod, refusal in refused:
        if refusal.reason == "suppressed" and refusal.site is not None:
            site = refusal.site
            mark = suppressing(source, site.line, site.end_line, codemod)
            if mark is not None:
                used.setdefault(mark.line, set()).add(codemod)
    for mark in suppressions(source):
        here = used.get(mark.line, set())
        if mark.names:
            idle = tuple(sorted((mark.names & set(ran)) - here))
            if idle:
                yield mark, idle
        elif not here and set(catalogue) <= set(ran):
            yield mark, ()
