"""A source file as bytes: encoding, BOM and newlines kept, positions in one coordinate system.

Everything that decides or edits speaks of :class:`~codemods.syntax.spans.Span`, byte offsets into
``SourceFile.utf8``. ``ast`` columns are UTF-8 bytes of a line too, so no conversion is lossy;
lines are split at ``\\n`` only, as the tokenizer does (``str.splitlines`` also splits at form
feeds and U+2028).
"""

from __future__ import annotations

import ast
import bisect
import codecs
import io
import itertools
import re
import tokenize
import warnings
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import ClassVar

from codemods.syntax.spans import Span
from codemods.syntax.tree import Tree

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class SourceError(Exception):
    """A file that cannot be read as Python source; the message is one line for a person."""


class EncodingError(SourceError):
    """Text that cannot be written in a file's encoding, or bytes that would not stay the same."""


class SourceFile:
    """One file of the project.

    Args:
        path: relative to the root of the repository, with forward slashes.
        data: the file's bytes.

    Raises:
        SourceError: from the properties that need text, when the bytes are not text in the
            encoding that the file declares (PEP 263).
    """

    bytes_parsed: ClassVar[int] = 0
    """How much of all files was parsed so far."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self._failure: str | None = None
        self._holds: dict[bytes, bool] = {}

    def __repr__(self) -> str:
        return f"SourceFile({self.path!r})"

    def holds(self, literal: bytes) -> bool:
        """Whether the literal stands somewhere in the file; it is looked for once, whoever asks
        and for however many places."""
        if literal not in self._holds:
            self._holds[literal] = literal in self.data
        return self._holds[literal]

    @property
    def is_parsed(self) -> bool:
        """Whether a tree is held."""
        return "tree" in self.__dict__

    @cached_property
    def encoding(self) -> str:
        """The encoding by BOM or cookie, ``utf-8`` without either."""
        if self.data.startswith(_WIDE):
            # Python reads none of them either.
            raise SourceError(f"{self.path}: UTF-16 and UTF-32 are not supported")
        try:
            name, _ = tokenize.detect_encoding(io.BytesIO(self.data).readline)
        except (SyntaxError, UnicodeDecodeError) as error:
            raise SourceError(f"{self.path}: unknown encoding: {error}") from error
        return "utf-8" if name == "utf-8-sig" else name

    @cached_property
    def bom(self) -> bytes:
        """The byte order mark, ``b""`` without one."""
        return codecs.BOM_UTF8 if self.data.startswith(codecs.BOM_UTF8) else b""

    @cached_property
    def text(self) -> str:
        """The decoded text, newlines as they are, without the BOM."""
        if b"\0" in self.data:
            raise SourceError(f"{self.path}: has null bytes, so it is not Python source")
        try:
            if self.encoding == "utf-8":
                return self.data[len(self.bom) :].decode("utf-8")
            with warnings.catch_warnings():
                # "unicode_escape" warns of what it does not know.
                warnings.simplefilter("ignore")
                return self.data.decode(self.encoding)
        except (ValueError, LookupError) as error:
            # Not only UnicodeDecodeError: "undefined" and "punycode" raise what is above it.
            raise SourceError(f"{self.path}: cannot be decoded as {self.encoding}") from error

    @cached_property
    def utf8(self) -> bytes:
        """The text in UTF-8: what spans point into."""
        if self.encoding == "utf-8" and not self.bom:
            # Decoded all the same, so that broken text is reported here and not later.
            return self.data if self.text is not None else b""
        try:
            return self.text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise SourceError(
                f"{self.path}: contains half of a surrogate pair, read as {self.encoding}"
            ) from error

    @cached_property
    def is_faithful(self) -> bool:
        """Whether the text, encoded again, is the file's bytes: cp932 and big5 have two ways to
        write some characters, and ``unicode_escape`` has a hundred. No other file is edited."""
        if self.encoding == "utf-8":
            return True
        try:
            return self.text.encode(self.encoding) == self.data
        except ValueError:
            return False

    @cached_property
    def newline(self) -> bytes:
        """The newline that most lines end with, for text that is added."""
        windows = self.utf8.count(b"\r\n")
        return b"\r\n" if windows * 2 > self.utf8.count(b"\n") else b"\n"

    @cached_property
    def is_ascii(self) -> bool:
        """Whether a byte is a character throughout."""
        return self.utf8.isascii()

    @cached_property
    def has_lone_carriage_return(self) -> bool:
        """A bare CR ends a line for Python and for no editor: such a file is not edited."""
        return b"\r" in self.utf8.replace(b"\r\n", b"")

    @cached_property
    def line_starts(self) -> list[int]:
        """Byte offset of the start of each line; line 1 is at index 0."""
        return [0, *itertools.accumulate(len(line) + 1 for line in self.utf8.split(b"\n")[:-1])]

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a line (from one) and column (UTF-8 bytes, from zero)."""
        return self.line_starts[line - 1] + column

    def line_of(self, offset: int) -> int:
        """The line, from one, that holds the byte ``offset``."""
        return bisect.bisect_right(self.line_starts, offset)

    def line_end(self, line: int) -> int:
        """The offset behind the newline of ``line``."""
        return self.line_starts[line] if line < len(self.line_starts) else len(self.utf8)

    def line_text(self, line: int) -> str:
        """The text of a line without its newline."""
        raw = self.utf8[self.line_starts[line - 1] : self.line_end(line)]
        return raw.rstrip(b"\r\n").decode("utf-8")

    def span(self, node: ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.keyword) -> Span:
        """Where ``node`` stands. Decorators are not part of it, as in :mod:`ast`."""
        if node.end_lineno is None or node.end_col_offset is None:
            raise ValueError("the node has no position")
        return Span(
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def statements_span(self, first: ast.stmt, last: ast.stmt) -> Span:
        """From the start of one statement (its decorators included) to the end of another."""
        start = self.span(first).start
        for decorator in getattr(first, "decorator_list", ()):
            start = min(start, self.utf8.rfind(b"@", 0, self.span(decorator).start))
        return Span(start, self.span(last).end)

    def segment(self, node: ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.keyword) -> str:
        """The source text of ``node``."""
        return self.slice(self.span(node))

    def slice(self, span: Span) -> str:
        """The source text of ``span``."""
        return self.utf8[span.start : span.end].decode("utf-8")

    @cached_property
    def tree(self) -> Tree:
        """The syntax tree, read definition by definition where the file is newer than Python.

        Raises:
            SourceError: when neither :mod:`ast` nor libcst can parse the file.
        """
        if self._failure is not None:
            raise SourceError(self._failure)
        SourceFile.bytes_parsed += len(self.data)
        try:
            return self._parsed()
        except SourceError as error:
            # Kept, so that a file that libcst had to judge is not judged again.
            self._failure = str(error)
            raise

    def _parsed(self) -> Tree:
        if self.has_lone_carriage_return:
            # Python ends a line there and nothing else does, so that no line number would be true.
            line = self.line_of(re.search(rb"\r(?!\n)", self.utf8).start())  # type: ignore[union-attr]
            raise SourceError(
                f"{self.path}:{line}: has a carriage return without a newline, "
                "which is not supported"
            )
        try:
            # What the parser thinks of the project's escape sequences is not for our users.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return Tree(ast.parse(self.text))
        except TabError as error:
            # libcst would read it, as one of the things that it may mean.
            raise SourceError(f"{self.path}:{error.lineno}: {error.msg}") from error
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            from codemods.project.tolerant_parse import Lines, UnparsableError, parse_partially

            try:
                return parse_partially(Lines(self.text, self.utf8, self.line_starts), error)
            except UnparsableError as failure:
                raise SourceError(f"{self.path}:{failure}") from failure

    def replaced(self, edits: Iterable[tuple[Span, bytes]]) -> SourceFile:
        """The file with each span replaced by UTF-8 bytes; spans must not overlap.

        All other bytes are those of the file, whatever its encoding.

        Raises:
            EncodingError: when new text has a character that the file's encoding does not know,
                or when the file's bytes are not what its text is written as.
            ValueError: when two spans overlap.
        """
        ordered = sorted(edits)
        pieces: list[bytes] = []
        position = 0
        for span, new in ordered:
            if span.start < position:
                raise ValueError("edits overlap")
            pieces += (self.utf8[position : span.start], new)
            position = span.end
        pieces.append(self.utf8[position:])
        if self.encoding == "utf-8":
            return SourceFile(self.path, self.bom + b"".join(pieces))
        result = SourceFile(self.path, self._spliced(ordered))
        try:
            same = result.utf8 == b"".join(pieces)
        except SourceError:
            same = False
        if not same:
            raise self._unfaithful()
        return result

    def _spliced(self, edits: Sequence[tuple[Span, bytes]]) -> bytes:
        """The bytes around ordered edits as they are, with the new text encoded between them."""
        if not self.is_faithful:
            raise self._unfaithful()
        pieces: list[bytes] = []
        read = position = 0
        for span, new in (*edits, (Span(len(self.utf8), len(self.utf8)), b"")):
            kept = len(self._encoded(self.utf8[position : span.start]))
            gone = len(self._encoded(self.utf8[span.start : span.end]))
            pieces += (self.data[read : read + kept], self._encoded(new))
            read += kept + gone
            position = span.end
        if read != len(self.data):
            raise self._unfaithful()
        return b"".join(pieces)

    def _encoded(self, utf8: bytes) -> bytes:
        try:
            return utf8.decode("utf-8").encode(self.encoding)
        except UnicodeEncodeError as error:
            raise EncodingError(
                f"{self.path}: {error.object[error.start : error.end]!r} does not "
                f"exist in the file's encoding {self.encoding}"
            ) from error
        except UnicodeError as error:
            raise self._unfaithful() from error

    def _unfaithful(self) -> EncodingError:
        return EncodingError(
            f"{self.path}: reading it as {self.encoding} and writing it again does not give "
            "the same bytes"
        )


def readable(source: SourceFile) -> Tree | None:
    """The tree of a file, ``None`` where it cannot be parsed."""
    try:
        return source.tree
    except SourceError:
        # Whoever reads the file for its own sake reports it; here it only answers nothing.
        return None
