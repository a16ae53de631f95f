"""``# autofix: ignore`` and ``# autofix: ignore[name, …]``: places that are kept out."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from codemods.codemod import Refusal
from codemods.project.source import SourceFile
from codemods.syntax.tree import DEFINITIONS

MARKER = b"autofix:"
COMMENT = re.compile(r"#\s*autofix:\s*ignore(?:\[(?P<names>[^\]]*)\])?")
"""A suppression in the text of a comment; without ``names`` it stands for every codemod."""


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
    return tuple(_by_line(source).values())


def _by_line(source: SourceFile) -> dict[int, Suppression]:
    if not source.holds(MARKER):
        return {}
    if source not in _READ:
        _READ[source] = {item.line: item for item in _suppressions(source)}
    return _READ[source]


_READ: WeakKeyDictionary[SourceFile, dict[int, Suppression]] = WeakKeyDictionary()


def _suppressions(source: SourceFile) -> Iterator[Suppression]:
    for number, text in _comments(source):
        match = COMMENT.search(text)
        if match:
            names = (match["names"] or "").split(",")
            yield Suppression(number, frozenset(n.strip() for n in names if n.strip()))


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
    marks = _by_line(source)
    if not marks:
        return None
    definitions = source.tree.definitions()
    index = bisect(definitions, line, key=lambda item: item.lineno) - 1
    node: ast.AST | None = definitions[index] if index >= 0 else None
    numbers = list(range(line, end_line + 1))
    while node is not None:
        if isinstance(node, DEFINITIONS) and (node.end_lineno or 0) >= end_line:
            numbers.insert(0, node.lineno)
        node = source.tree.parent(node)
    found = (marks[number] for number in numbers if number in marks)
    return next((mark for mark in found if mark.covers(codemod)), None)


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
