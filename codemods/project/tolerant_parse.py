"""Reading a file that the running Python is too old for, definition by definition.

Most newer syntax has an older spelling of the same length
(:mod:`codemods.project.newer_syntax`), and then the whole file is read at once. For the rest,
libcst knows newer syntax than the running interpreter and says where each statement stands; what
of them :mod:`ast` can parse is put together to a tree with true positions, and the rest is named.
That is the slow path: libcst is imported only here.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.project.newer_syntax import older_spelling
from codemods.syntax.tree import Tree, Unread

if TYPE_CHECKING:
    import libcst as cst


class UnparsableError(Exception):
    """Text that nobody can parse; the message is ``line: reason``."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A text by its lines, which count from one."""

    text: str
    utf8: bytes
    """The same, encoded."""
    starts: Sequence[int]
    """The offset in ``utf8`` at which each line starts."""

    def of(self, first: int, last: int) -> bytes:
        """The lines from ``first`` to ``last``, with their newlines."""
        end = self.starts[last] if last < len(self.starts) else len(self.utf8)
        return self.utf8[self.starts[first - 1] : end]

    def line(self, number: int) -> str:
        """The text of one line without its newline."""
        return self.of(number, number).rstrip(b"\r\n").decode("utf-8")


def parse_partially(lines: Lines, error: Exception) -> Tree:
    """The parts of a text that the running Python can parse, and the names of the others.

    Args:
        lines: a text with which :func:`ast.parse` failed.
        error: what it failed with.

    Raises:
        UnparsableError: when libcst cannot parse the text either.
    """
    if not isinstance(error, SyntaxError):
        # Too deep for Python's parser: libcst's recurses too, and would take the process down.
        raise UnparsableError("1: nested too deeply to be parsed") from error
    line = min(error.lineno or 1, len(lines.starts))
    message = f"{line}: {error.msg}"
    if "too many" in error.msg:
        raise UnparsableError(message) from error
    older = older_spelling(lines.utf8)
    if older != lines.utf8:
        try:
            return Tree(_parsed(older.decode("utf-8")))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # Something else in it is newer too: statement by statement, then.
            pass
    import libcst as cst

    try:
        module = cst.parse_module(lines.text)
    except Exception as second:
        # Whatever libcst raises for what is no code: there is more than its ParserSyntaxError.
        # Python's own words are the clearer ones, and the file is broken for both.
        raise UnparsableError(message) from second
    reader = _Reader(lines, module)
    header = sum(_lines(module, line) for line in module.header)
    body = reader.statements(module.body, 1 + header, "")
    return Tree(ast.Module(body, []), tuple(reader.unread))


@dataclass(slots=True)
class _Reader:
    """Collects what can be parsed; ``unread`` grows by what cannot.

    Lines are counted in the code that libcst gives for each statement: its position provider
    takes twice as long as the parse, and would place every name and comma.
    """

    lines: Lines
    module: cst.Module
    unread: list[Unread] = field(default_factory=list)

    def statements(self, body: Sequence[cst.CSTNode], line: int, prefix: str) -> list[ast.stmt]:
        """The statements of one block that begins at ``line``; ``prefix`` is the qualified name
        of its class."""
        found: list[ast.stmt] = []
        for node in body:
            behind = line + _lines(self.module, node)
            first = line + len(getattr(node, "leading_lines", ()))
            found += self._statement(node, first, behind - 1, prefix)
            line = behind
        return found

    def _statement(self, node: cst.CSTNode, first: int, last: int, prefix: str) -> list[ast.stmt]:
        import libcst as cst

        try:
            return _parse(self._text(first, last), first)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if isinstance(node, cst.ClassDef) and isinstance(node.body, cst.IndentedBlock):
                entered = self._class(node, first, last, prefix)
                if entered is not None:
                    return [entered]
            reason = error.msg if isinstance(error, SyntaxError) else "nested too deeply"
            name = self._name(node, first, prefix)
            self.unread.append(Unread(name, first, self._last_code(first, last), reason))
            return []

    def _class(self, node: cst.ClassDef, first: int, last: int, prefix: str) -> ast.ClassDef | None:
        """The class with those of its statements that can be parsed, ``None`` if its header
        cannot."""
        # The block's code begins behind the colon, with the end of the header's last line.
        start = last + 1 - _lines(self.module, node.body) + 1
        header = self._text(first, start - 1)
        indent = self.lines.line(first)
        indent = indent[: len(indent) - len(indent.lstrip())]
        try:
            parsed = _parse(header + f"{indent} pass\n".encode(), first)
        except SyntaxError:
            return None
        result = parsed[0]
        if not isinstance(result, ast.ClassDef):
            return None
        name = f"{prefix}{node.name.value}."
        result.body = self.statements(node.body.body, start, name) or result.body
        end = self._last_code(first, last)
        # Only the unread part of the class says where it ends when it is the last one.
        result.end_lineno = end
        result.end_col_offset = len(self.lines.line(end).rstrip().encode("utf-8"))
        if result.body[-1].end_lineno == end:
            result.end_col_offset = result.body[-1].end_col_offset
        return result

    def _last_code(self, first: int, last: int) -> int:
        """``last`` without the blank and comment lines that libcst counts to a block's end."""
        while last > first and self.lines.line(last).strip()[:1] in ("", "#"):
            last -= 1
        return last

    def _text(self, first: int, last: int) -> bytes:
        return self.lines.of(first, last)

    def _name(self, node: cst.CSTNode, first: int, prefix: str) -> str:
        import libcst as cst

        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            return prefix + node.name.value
        words = self.lines.line(first).strip()
        return prefix + (words if len(words) <= 40 else f"{words[:39]}…")


def _lines(module: cst.Module, node: cst.CSTNode) -> int:
    """How many lines the code of ``node`` takes, its leading lines included."""
    return module.code_for_node(node).count("\n")


def _parse(text: bytes, first: int) -> list[ast.stmt]:
    """Statements whose lines begin at ``first``, whatever their indentation."""
    indented = text[:1] in (b" ", b"\t", b"\f")
    code = (b"if 1:\n" + text if indented else text).decode("utf-8")
    try:
        module = _parsed(code)
    except SyntaxError:
        older = older_spelling(code.encode("utf-8")).decode("utf-8")
        if older == code:
            raise
        module = _parsed(older)
    body = module.body
    if indented:
        holder = module.body[0]
        # ``else:`` could follow a fragment only if the fragment were no whole statement.
        body = holder.body if isinstance(holder, ast.If) else []
    for statement in body:
        ast.increment_lineno(statement, first - (2 if indented else 1))
    return body


def _parsed(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)
