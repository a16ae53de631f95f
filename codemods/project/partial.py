"""Reading a file that the running Python is too old for, definition by definition.

libcst knows newer syntax than the running interpreter and says where each statement stands; what
of them :mod:`ast` can parse is put together to a tree with true positions, and the rest is named.
This is the slow path: libcst is imported only here.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.project.source import SourceError, SourceFile
from codemods.syntax.tree import Tree, Unread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import libcst as cst
    from libcst.metadata import CodeRange


def parse_partially(source: SourceFile, error: Exception) -> Tree:
    """The parts of ``source`` that the running Python can parse, and the names of the others.

    Args:
        source: a file with which :func:`ast.parse` failed.
        error: what it failed with.

    Raises:
        SourceError: when libcst cannot parse the file either; the message is
            ``path:line: reason``.
    """
    if not isinstance(error, SyntaxError):
        # Too deep for Python's parser: libcst's recurses too, and would take the process down.
        raise SourceError(f"{source.path}:1: nested too deeply to be parsed") from error
    line = min(error.lineno or 1, len(source.line_starts))
    message = f"{source.path}:{line}: {error.msg}"
    if "too many" in error.msg:
        raise SourceError(message) from error
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider

    try:
        module = cst.parse_module(source.text)
    except (cst.ParserSyntaxError, RecursionError, ValueError) as second:
        # Python's own words are the clearer ones, and the file is broken for both.
        raise SourceError(message) from second
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    reader = _Reader(source, wrapper.resolve(PositionProvider))
    body = reader.statements(module.body, "")
    return Tree(ast.Module(body, []), tuple(reader.unread))


@dataclass(slots=True)
class _Reader:
    """Collects what can be parsed; ``unread`` grows by what cannot."""

    source: SourceFile
    ranges: Mapping[cst.CSTNode, CodeRange]
    unread: list[Unread] = field(default_factory=list)

    def statements(self, body: Sequence[cst.CSTNode], prefix: str) -> list[ast.stmt]:
        """The statements of one block; ``prefix`` is the qualified name of its class."""
        found: list[ast.stmt] = []
        for node in body:
            found += self._statement(node, prefix)
        return found

    def _statement(self, node: cst.CSTNode, prefix: str) -> list[ast.stmt]:
        import libcst as cst

        first, last = self._lines(node)
        try:
            return _parse(self._text(first, last), first)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if isinstance(node, cst.ClassDef) and isinstance(node.body, cst.IndentedBlock):
                entered = self._class(node, first, prefix)
                if entered is not None:
                    return [entered]
            reason = error.msg if isinstance(error, SyntaxError) else "nested too deeply"
            self.unread.append(Unread(self._name(node, prefix), first, last, reason))
            return []

    def _class(self, node: cst.ClassDef, first: int, prefix: str) -> ast.ClassDef | None:
        """The class with those of its statements that can be parsed, ``None`` if its header
        cannot."""
        body = node.body.body
        start = self._lines(body[0])[0]
        header = bytearray(self._text(first, start - 1))
        if node.type_parameters is not None:
            # ``class Box[T](Base)``: blanks in place of the brackets keep the columns true.
            place = self.ranges[node.type_parameters]
            low, high = (
                self._offset(point.line, point.column) - self.source.line_starts[first - 1]
                for point in (place.start, place.end)
            )
            header[low:high] = bytes(
                character if character in b"\r\n" else 0x20 for character in header[low:high]
            )
        if not header.strip():
            return None
        indent = self.source.line_text(start)
        indent = indent[: len(indent) - len(indent.lstrip())]
        try:
            parsed = _parse(bytes(header) + f"{indent}pass\n".encode(), first)
        except SyntaxError:
            return None
        result = parsed[0]
        if not isinstance(result, ast.ClassDef):
            return None
        name = f"{prefix}{node.name.value}."
        result.body = self.statements(body, name) or result.body
        result.end_lineno, column = self._end(node)
        result.end_col_offset = column
        return result

    def _lines(self, node: cst.CSTNode) -> tuple[int, int]:
        """First (decorators included) and last line."""
        place = self.ranges[node]
        decorators = getattr(node, "decorators", ())
        first = min([place.start.line, *(self.ranges[item].start.line for item in decorators)])
        return first, self._end(node)[0]

    def _end(self, node: cst.CSTNode) -> tuple[int, int]:
        """Last line, and the column in UTF-8 bytes behind its last character."""
        end = self.ranges[node].end
        line, column = end.line, self._offset(end.line, end.column)
        if end.column == 0 and end.line > self.ranges[node].start.line:
            # libcst ends a block at the start of the line behind it.
            line -= 1
            text = self.source.utf8[self.source.line_starts[line - 1] : column].rstrip(b"\r\n")
            return line, len(text)
        return line, column - self.source.line_starts[line - 1]

    def _offset(self, line: int, column: int) -> int:
        """The byte offset of libcst's line and column, which counts characters."""
        before = self.source.line_text(line)[:column]
        return self.source.line_starts[line - 1] + len(before.encode("utf-8"))

    def _text(self, first: int, last: int) -> bytes:
        return self.source.utf8[self.source.line_starts[first - 1] : self.source.line_end(last)]

    def _name(self, node: cst.CSTNode, prefix: str) -> str:
        import libcst as cst

        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            return prefix + node.name.value
        words = self.source.line_text(self.ranges[node].start.line).strip()
        return prefix + (words if len(words) <= 40 else f"{words[:39]}…")


def _parse(text: bytes, first: int) -> list[ast.stmt]:
    """Statements whose lines begin at ``first``, whatever their indentation."""
    indented = text[:1] in (b" ", b"\t", b"\f")
    code = (b"if 1:\n" + text if indented else text).decode("utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = ast.parse(code)
    body = module.body
    if indented:
        holder = module.body[0]
        # ``else:`` could follow a fragment only if the fragment were no whole statement.
        body = holder.body if isinstance(holder, ast.If) else []
    for statement in body:
        ast.increment_lineno(statement, first - (2 if indented else 1))
    return body
