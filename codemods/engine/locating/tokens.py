"""Code as tokens, read leniently: what evidence and files are compared by.

Evidence in a report is seldom valid Python: it is abridged, annotated and cut out of its
statement. So both sides go through one tolerant tokeniser that knows no grammar: comments,
layout, quote style and trailing commas are gone, ``...`` stands for anything.
"""

from __future__ import annotations

import bisect
import keyword
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

ANYTHING = "..."
"""The wildcard token: whatever the report left out."""

_QUOTED = (
    r'"""(?:\\.|[^\\])*?"""'
    r"|'''(?:\\.|[^\\])*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'"
)
_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*)"
    # A quote behind a backslash opens nothing: else each of a line's would be tried to its end.
    rf"|(?P<string>\b[rRbBuUfF]{{1,2}}(?:{_QUOTED})|(?<!\\)(?:{_QUOTED}))"
    r"|(?P<newline>\n)"
    r"|(?P<space>[ \t\f\r]+|\\\r?\n)"
    r"|(?P<ellipsis>\.\.\.|…)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<arrow>[←→⇐⇒↑↓✗✓✅❌⚠])"
    r"|(?P<operator>->|:=|\*\*|//|>>|<<|[-+*/%&|^@=<>!]=|.)",
    re.DOTALL,
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_COMMON = frozenset({"self", "cls", "True", "False", "None", "return", "print", "len", "str", "e"})
_LONG_GAP = 200  # tokens that one wildcard may stand for


@dataclass(frozen=True, slots=True)
class Token:
    """One token with its line, counted from one."""

    key: str
    line: int


@dataclass(frozen=True, slots=True)
class Hit:
    """Lines of a file at which a run of tokens stands."""

    start: int
    end: int


def scan(text: str, *, annotated: bool = False) -> Iterator[tuple[str, str, int]]:
    """``(kind, key, line)`` of everything in ``text`` but blanks.

    Args:
        annotated: the text is a report's; an arrow outside a string begins a remark, and what
            follows on its line is dropped.
    """
    line = 1
    skip_line = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "operator"
        raw = match.group()
        if kind == "arrow" and annotated:
            skip_line = line
        if kind not in ("space", "arrow") and (kind == "newline" or skip_line != line):
            yield kind, _normal(raw) if kind == "string" else raw, line
        line += raw.count("\n")


def _normal(literal: str) -> str:
    """A string literal without its quote style."""
    opening = min(position for position in map(literal.find, "\"'") if position >= 0)
    prefix = "".join(sorted(literal[:opening].lower().replace("u", "")))
    quote = literal[opening : opening + 3]
    width = 3 if quote in ('"""', "'''") and len(literal) >= opening + 6 else 1
    body = literal[opening + width : -width].replace("\\'", "'").replace('\\"', '"')
    return f'{prefix}"{body.strip() if width == 3 else body}"'


def tidy(tokens: Sequence[Token]) -> list[Token]:
    """Without the commas before closing brackets: black adds and removes them."""
    return [
        token
        for token, following in zip(tokens, [*tokens, Token("", 0)][1:], strict=True)
        if token.key != "," or following.key not in _CLOSING
    ]


def weight(keys: Sequence[str]) -> int:
    """How much a run of tokens says: names, strings and numbers, the long ones more."""
    total = 0
    for key in keys:
        if key in _COMMON or keyword.iskeyword(key):
            continue
        if '"' in key:
            total += 3 if len(key) > 10 else 1
        elif key[0].isalnum() or key[0] == "_":
            # ``self.reference_data = None`` says something, ``x = None`` does not.
            total += 2 if "_" in key.strip("_") or len(key) >= 10 else 1
    return total


def bare(key: str) -> str:
    """A name without leading underscores: reports write ``self.cache`` for ``self._cache``."""
    return key.lstrip("_") or key


class TokenFile:
    """The tokens of one file, with an index, for finding runs of tokens in it."""

    def __init__(self, text: str) -> None:
        tokens: list[Token] = []
        for kind, key, line in scan(text):
            if kind not in ("comment", "newline"):
                tokens.append(Token(key, line))
        self._tokens = tidy(tokens)
        self._exact = [token.key for token in self._tokens]

    @cached_property
    def _exact_index(self) -> dict[str, list[int]]:
        return _index(self._exact)

    @cached_property
    def _bare(self) -> list[str]:
        return [bare(key) for key in self._exact]

    @cached_property
    def _bare_index(self) -> dict[str, list[int]]:
        return _index(self._bare)

    def names(self, start: int, end: int) -> set[str]:
        """The tokens on lines ``start`` to ``end``, leading underscores aside."""
        lines = self._lines
        first, last = bisect.bisect_left(lines, start), bisect.bisect_right(lines, end)
        return {bare(key) for key in self._exact[first:last]}

    @cached_property
    def _lines(self) -> list[int]:
        return [token.line for token in self._tokens]

    def find(self, keys: Sequence[str], *, renamed: bool = False) -> list[Hit]:
        """Where ``keys`` stand, wildcards included.

        Args:
            renamed: leading underscores do not count.
        """
        if renamed:
            wanted = [bare(key) for key in keys]
            return self._search(wanted, self._bare, self._bare_index)
        return self._search(list(keys), self._exact, self._exact_index)

    def _search(
        self, wanted: list[str], stream: list[str], index: dict[str, list[int]]
    ) -> list[Hit]:
        pieces = _pieces(wanted)
        if not pieces:
            return []
        first = pieces[0]
        rarest = min(range(len(first)), key=lambda place: len(index.get(first[place], ())))
        hits: dict[Hit, None] = {}
        for position in index.get(first[rarest], ()):
            start = position - rarest
            if start < 0 or stream[start : start + len(first)] != first:
                continue
            end = _end(stream, start + len(first), pieces[1:])
            if end is not None:
                hits[Hit(self._tokens[start].line, self._tokens[end - 1].line)] = None
        return list(hits)


def _index(keys: list[str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        index[key].append(position)
    return index


def _pieces(keys: list[str]) -> list[list[str]]:
    """The runs between wildcards."""
    pieces: list[list[str]] = [[]]
    for key in keys:
        if key == ANYTHING:
            pieces.append([])
        else:
            pieces[-1].append(key)
    return [piece for piece in pieces if piece]


def _end(stream: list[str], start: int, pieces: list[list[str]]) -> int | None:
    """The end of the last of ``pieces``, which follow each other with gaps."""
    end: int | None = start
    for piece in pieces:
        if end is None:
            return None
        end = _after_gap(stream, end, piece)
    return end


def _after_gap(stream: list[str], start: int, piece: list[str]) -> int | None:
    """The end of ``piece`` behind a gap from ``start`` that leaves no bracket around it."""
    depth = 0
    for position in range(start, min(start + _LONG_GAP, len(stream) - len(piece) + 1)):
        if depth == 0 and stream[position : position + len(piece)] == piece:
            return position + len(piece)
        key = stream[position]
        if key in _OPENING:
            depth += 1
        elif key in _CLOSING:
            depth -= 1
            if depth < 0:
                return None
    return None
