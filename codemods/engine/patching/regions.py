"""Which whole lines an edit touches: the smallest run of statements that stands alone on them.

libcst is slow on whole files and exact on fragments, so only these lines are given to it.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.project.source import SourceFile
from codemods.syntax.spans import Span
from codemods.syntax.tree import DEFINITIONS


class RegionError(Exception):
    """A place that cannot be edited alone; the message says why, for a person."""


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """Whole lines of a file, and the indentation of each block around them.

    ``indents`` has one entry a level, outermost (``b""``) first; the last is the region's own.
    """

    span: Span
    indents: tuple[bytes, ...]

    @property
    def depth(self) -> int:
        """How many blocks are around the region."""
        return len(self.indents) - 1

    def prefix(self, newline: bytes) -> bytes:
        """One ``if 1:`` a level, so that the region parses at its true depth.

        Each level has the file's own indentation: under a single ``if 1:`` libcst would take the
        whole depth for the unit and indent new blocks by it.
        """
        return b"".join(indent + b"if 1:" + newline for indent in self.indents[:-1])


def blocks_of(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements that are directly below a statement, handler or module."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
    for name in ("handlers", "cases"):
        for item in getattr(node, name, ()):
            yield from blocks_of(item)


def region_of(source: SourceFile, target: Span) -> Region:
    """The smallest run of statements that holds ``target`` and shares no line with others.

    Raises:
        RegionError: when no such run can be edited by itself.
    """
    if source.has_lone_carriage_return:
        raise RegionError("the file has bare carriage returns, which Python takes for newlines")
    chain = _chain(source, source.tree.module, target)
    while chain:
        block, first, last, indents = chain.pop()
        aligned = _aligned(source, block, first, last)
        if aligned is not None:
            start_line, end_line = aligned
            span = Span(_start_of(source, start_line), source.line_end(end_line))
            own = _indentation(source, start_line)
            if start_line > 1 and source.line_text(start_line - 1).endswith("\\"):
                continue
            return Region(span, (*indents, own))
    raise RegionError("the place is not a statement of its own")


_Level = tuple[list[ast.stmt], int, int, tuple[bytes, ...]]


def _chain(source: SourceFile, root: ast.AST, target: Span) -> list[_Level]:
    """Every run of sibling statements around ``target``, outermost first."""

    def span(statement: ast.stmt) -> Span:
        return source.statements_span(statement, statement)

    found: list[_Level] = []
    indents: tuple[bytes, ...] = ()
    current: ast.AST | None = root
    while current is not None:
        following: ast.AST | None = None
        for block in blocks_of(current):
            # They stand one behind the other, and an edit has to find its own among many.
            first = bisect_right(block, target.start, key=lambda item: span(item).end)
            last = bisect_left(block, target.end, key=lambda item: span(item).start) - 1
            if first > last:
                continue
            if span(block[first]).start > target.start or span(block[last]).end < target.end:
                continue
            found.append((block, first, last, indents))
            if first == last:
                following = block[first]
                if not _is_elif(source, following):
                    # An `elif` is a level of the tree only: its branch is as deep as the `if`'s.
                    indents = (*indents, _indentation(source, _first_line(block[0])))
            break
        current = following
    return found


def _is_elif(source: SourceFile, statement: ast.stmt) -> bool:
    start = source.span(statement).start
    return isinstance(statement, ast.If) and source.utf8[start : start + 4] == b"elif"


def _first_line(statement: ast.stmt) -> int:
    if isinstance(statement, DEFINITIONS) and statement.decorator_list:
        return min(statement.lineno, statement.decorator_list[0].lineno)
    return statement.lineno


def _indentation(source: SourceFile, line: int) -> bytes:
    text = source.utf8[_start_of(source, line) : source.line_end(line)]
    return text[: len(text) - len(text.lstrip(b" \t"))]


def _start_of(source: SourceFile, line: int) -> int:
    """Where a line begins for Python: a form feed in front of it counts for nothing, and libcst
    would lose it."""
    start = source.line_starts[line - 1]
    text = source.utf8[start : source.line_end(line)]
    return start + text[: len(text) - len(text.lstrip(b" \t\f"))].rfind(b"\f") + 1


def _aligned(
    source: SourceFile, block: Sequence[ast.stmt], first: int, last: int
) -> tuple[int, int] | None:
    """First and last line when the statements, with siblings that share their lines, fill them."""
    while first > 0 and block[first - 1].end_lineno == _first_line(block[first]):
        first -= 1
    while last + 1 < len(block) and _first_line(block[last + 1]) == block[last].end_lineno:
        last += 1
    start_line, end_line = _first_line(block[first]), block[last].end_lineno or 0
    start = source.statements_span(block[first], block[first]).start
    end = source.span(block[last]).end
    before = source.utf8[source.line_starts[start_line - 1] : start]
    behind = source.utf8[end : source.line_end(end_line)].strip()
    if before.strip(b" \t\f") or (behind and not behind.startswith((b"#", b";"))):
        return None
    if _is_elif(source, block[first]):
        # It is an `if` of its own only in the tree: alone it does not parse.
        return None
    return start_line, end_line
