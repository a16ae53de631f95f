"""Lines and byte offsets of a file's UTF-8 text, for edits at the level of whole lines."""

from __future__ import annotations

import ast
import re

from codemods.syntax.spans import Span


class Lines:
    """The text of a file in UTF-8, split at ``\\n`` only, as Python's tokenizer does.

    Lines count from one, columns are UTF-8 bytes from zero, as in :mod:`ast`.
    """

    def __init__(self, utf8: bytes) -> None:
        self.utf8 = utf8
        self._starts = [0, *(newline.end() for newline in re.finditer(rb"\n", utf8))]

    def __len__(self) -> int:
        return len(self._starts)

    def start(self, line: int) -> int:
        """The offset of the first byte of ``line``; behind the last line, the end of the text."""
        return self._starts[line - 1] if line <= len(self._starts) else len(self.utf8)

    def end(self, line: int) -> int:
        """The offset behind the newline of ``line``."""
        return self.start(line + 1)

    def raw(self, line: int) -> bytes:
        """A line without its newline."""
        return self.utf8[self.start(line) : self.end(line)].rstrip(b"\r\n")

    def is_blank(self, line: int) -> bool:
        """Whether the line has nothing but white space, or lies behind the end."""
        return not self.raw(line).strip()

    def blank_around(self, first: int, last: int) -> tuple[int, int]:
        """How many blank lines stand right above the one line, and right below the other."""
        above = below = 0
        while first - above > 1 and self.is_blank(first - above - 1):
            above += 1
        while last + below < len(self) and self.is_blank(last + below + 1):
            below += 1
        return above, below

    def is_comment(self, line: int) -> bool:
        """Whether the line holds a comment and nothing else."""
        return self.raw(line).lstrip().startswith(b"#")

    def span(self, node: ast.stmt | ast.expr | ast.alias) -> Span:
        """Where a node stands."""
        return Span(
            self.start(node.lineno) + node.col_offset,
            self.start(node.end_lineno or node.lineno) + (node.end_col_offset or 0),
        )

    def indent(self, line: int) -> bytes:
        """The white space at the start of a line."""
        raw = self.raw(line)
        return raw[: len(raw) - len(raw.lstrip())]

    def behind(self, node: ast.stmt) -> bytes:
        """What stands behind a statement on its last line, without the newline."""
        last = node.end_lineno or node.lineno
        return self.utf8[self.span(node).end : self.end(last)].rstrip(b"\r\n")


def byte_lines(data: bytes) -> list[bytes]:
    """Split after line feeds only: ``bytes.splitlines`` splits at a lone carriage return too."""
    lines = data.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])
