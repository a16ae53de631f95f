"""One more name in a ``from`` statement, in the layout that the statement has."""

from __future__ import annotations

import ast
import re

from codemods.syntax.import_order import NAME_KEYS, position, source_module
from codemods.syntax.lines import Lines
from codemods.syntax.spans import Span

_COMMENT = re.compile(rb"(?:(?<!\s)\s+)?#.*")


def from_statement(
    module: str, names: list[str], indent: bytes, newline: bytes, line_length: int
) -> bytes:
    """``from module import names``: on one line, or with one name a line where that would be
    longer than ``line_length`` characters. The indent is not before the first line."""
    short = f"from {module} import {', '.join(names)}"
    if len(indent) + len(short) <= line_length:
        return short.encode()
    step = b"\t" if indent.endswith(b"\t") else b"    "
    rows = [indent + step + name.encode() + b"," for name in names]
    return newline.join([f"from {module} import (".encode(), *rows, indent + b")"])


def join_name(
    lines: Lines, statement: ast.ImportFrom, name: str, newline: bytes, line_length: int
) -> tuple[Span, bytes]:
    """The edit that adds ``name`` to ``statement``: in its place when the names are sorted, else
    at the end. Comments, commas and the layout stay; a line that gets too long is wrapped."""
    aliases = statement.names
    index = position([alias.name for alias in aliases], name, NAME_KEYS)
    if index is None:
        index = len(aliases)
    if _one_a_line(lines, statement):
        return _own_line(lines, statement, index, name.encode(), newline)
    edit = _inline(lines, aliases, index, name.encode(), b", ")
    if _fits(lines, edit, line_length):
        return edit
    if statement.lineno == statement.end_lineno:
        texts = [as_written(alias.name, alias.asname) for alias in aliases]
        texts.insert(index, name)
        return lines.span(statement), from_statement(
            source_module(statement), texts, lines.indent(statement.lineno), newline, 0
        )
    return _new_row(lines, statement, index, name.encode(), newline)


def as_written(name: str, alias: str | None) -> str:
    """``name``, or ``name as alias``."""
    return f"{name} as {alias}" if alias else name


def _one_a_line(lines: Lines, statement: ast.ImportFrom) -> bool:
    """``(`` and a newline, then each name on a line of its own with its comma behind it."""
    rows = [alias.lineno for alias in statement.names]
    opening = lines.utf8[lines.span(statement).start : lines.end(statement.lineno)]
    return (
        rows[0] > statement.lineno
        and len(set(rows)) == len(rows)
        and _COMMENT.sub(b"", opening).rstrip().endswith(b"(")
        and all(
            lines.indent(alias.lineno) == lines.raw(alias.lineno)[: alias.col_offset]
            for alias in statement.names
        )
        and all(_has_comma(lines, alias) for alias in statement.names[:-1])
    )


def _has_comma(lines: Lines, alias: ast.alias) -> bool:
    return lines.utf8[lines.span(alias).end :].lstrip(b" \t").startswith(b",")


def _own_line(
    lines: Lines, statement: ast.ImportFrom, index: int, name: bytes, newline: bytes
) -> tuple[Span, bytes]:
    aliases = statement.names
    row = lines.indent(aliases[0].lineno) + name
    # Behind the line of the name before: comments above the next one stay with that.
    line = aliases[index - 1].lineno if index else statement.lineno
    end = lines.end(line)
    if index < len(aliases) or _has_comma(lines, aliases[-1]):
        return Span(end, end), row + b"," + newline
    start = lines.span(aliases[-1]).end
    if statement.end_lineno == line:
        return Span(start, start), b"," + newline + row
    return Span(start, end), b"," + lines.utf8[start:end] + row + newline


def _inline(
    lines: Lines, aliases: list[ast.alias], index: int, name: bytes, gap: bytes
) -> tuple[Span, bytes]:
    """In front of the name that has the index, or behind the last, with ``gap`` between them."""
    if index < len(aliases):
        start = lines.span(aliases[index]).start
        return Span(start, start), name + gap
    end = lines.span(aliases[-1]).end
    return Span(end, end), gap + name


def _fits(lines: Lines, edit: tuple[Span, bytes], line_length: int) -> bool:
    """Whether the line is short enough afterwards; one that was too long before says that the
    project does not mind. A trailing comment does not count: wrapping would not shorten it."""
    span, new = edit
    start = lines.utf8.rfind(b"\n", 0, span.start) + 1
    end = lines.utf8.find(b"\n", span.start)
    line = lines.utf8[start : len(lines.utf8) if end == -1 else end].rstrip(b"\r")
    length = len(_COMMENT.sub(b"", line).decode("utf-8"))
    return length > line_length or length + len(new) <= line_length


def _new_row(
    lines: Lines, statement: ast.ImportFrom, index: int, name: bytes, newline: bytes
) -> tuple[Span, bytes]:
    """A line more in a statement that has several names on each of several lines."""
    aliases = statement.names
    beside = aliases[min(index, len(aliases) - 1)]
    column = next(alias.col_offset for alias in aliases if alias.lineno == beside.lineno)
    indent = lines.indent(beside.lineno)
    # Under the first name of the row: with tabs the row's own indent is all that is sure.
    indent += b"" if b"\t" in indent else b" " * (column - len(indent))
    turn = newline + indent
    if b"(" not in lines.utf8[lines.span(statement).start : lines.span(aliases[0]).start]:
        turn = b" \\" + turn
    return _inline(lines, aliases, index, name, b"," + turn)
