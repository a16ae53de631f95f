"""Lines and columns of a file before and after a fix, as formats for programs count them."""

from __future__ import annotations

from codemods.project.source import SourceFile


def lines_of(source: SourceFile) -> list[str]:
    """Lines end at a line feed, and nowhere else; each with its end."""
    lines = [f"{part}\n" for part in source.text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def end_column(source: SourceFile, line: int) -> int:
    """The column behind the last character of a line, from one."""
    return len(source.line_text(line)) + 1


def utf8_column(source: SourceFile, line: int, column: int) -> int:
    """A column as a count of bytes in UTF-8, from one."""
    before = source.line_text(line)[: column - 1]
    return len(before.encode("utf-8", "surrogateescape")) + 1
