"""What the parts of a line of Python are, for colours: by Pygments, on the lines that are shown.

Pygments takes 0.15 ms for a line: a whole file for a diff of ten lines would be seconds for a
report. So it reads from the definition above the lines on, and of what was added those lines alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

Piece = tuple[str, str]
"""A text and what it is: ``k`` keyword, ``s`` string, ``c`` comment, ``n`` number, ``f`` the name
of a definition, ``b`` built in, ``d`` decorator, ``""`` anything else."""
_DEFINITION = re.compile(r" *(?:async def|def|class) \w+ *[(:\[]")
"""The head of a definition: whoever reads from there on is not within a string."""
FURTHEST = 400
"""Lines above the ones that are shown in which such a head is looked for."""


class Coloured:
    """The lines of a file, coloured when they are asked for."""

    def __init__(self, lines: Sequence[str], lexer: Lexer | None) -> None:
        self._lines = lines
        self._lexer = lexer
        self._known: dict[int, list[Piece]] = {}

    def line(self, index: int) -> list[Piece]:
        """The pieces of a line; ``index`` counts from zero."""
        if self._lexer is None:
            return [(self._lines[index], "")]
        if index not in self._known:
            self._read(index)
        return self._known[index]

    def _read(self, index: int) -> None:
        above = range(index, max(-1, index - FURTHEST), -1)
        start = next((n for n in above if _DEFINITION.match(self._lines[n])), None)
        if start is None:
            # Above the first definition of a file are few lines.
            start = 0 if index < FURTHEST else index
        end = min(len(self._lines), index + 40)
        pieces = _pieces(self._lexer, self._lines[start:end])
        for number, found in enumerate(pieces, start=start):
            self._known.setdefault(number, found)

    def added(self, index: int, lines: Sequence[str]) -> list[list[Piece]]:
        """The pieces of lines that stand in place of the one at ``index``, or before it."""
        if self._lexer is None or not lines:
            return [[(line, "")] for line in lines]
        around = [number for number in (index - 1, index) if 0 <= number < len(self._lines)]
        inside = [self.line(number) for number in around]
        if len(inside) == 2 and inside[0][-1:] and inside[1]:
            # Between two lines of one long string is more of it.
            last, first = inside[0][-1], inside[1][0]
            quotes = ('"""', "'''")
            if last[1] == first[1] == "s" and not last[0].endswith(quotes):
                return [[(line, "s")] for line in lines]
        return _pieces(self._lexer, lines)


@functools.lru_cache(maxsize=64)
def colours_of(path: str, lines: tuple[str, ...]) -> Coloured:
    """The lines of a file; of the same one, which many fixes may change, once."""
    if not path.endswith((".py", ".pyi")):
        return Coloured(lines, None)
    from pygments.lexers.python import PythonLexer

    return Coloured(lines, PythonLexer(stripnl=False, ensurenl=False))


def _pieces(lexer: Lexer | None, lines: Sequence[str]) -> list[list[Piece]]:
    assert lexer is not None
    found: list[list[Piece]] = [[]]
    for token, text in lexer.get_tokens("\n".join(lines)):
        name = _name(token)
        for number, part in enumerate(text.split("\n")):
            if number:
                found.append([])
            if part:
                if found[-1] and found[-1][-1][1] == name:
                    found[-1][-1] = (found[-1][-1][0] + part, name)
                else:
                    found[-1].append((part, name))
    found += [[] for _ in range(len(lines) - len(found))]
    # What the lexer lost, if it ever does, is shown without colours: no letter may be missing.
    return [
        pieces if "".join(text for text, _ in pieces) == line else [(line, "")]
        for pieces, line in zip(found, lines, strict=False)
    ]


def _name(token: object) -> str:
    text = str(token)
    for start, name in _NAMES:
        if text.startswith(start):
            return name
    return ""


_NAMES = (
    ("Token.Keyword", "k"),
    ("Token.Operator.Word", "k"),
    ("Token.Literal.String.Interpol", ""),
    ("Token.Literal.String", "s"),
    ("Token.Comment", "c"),
    ("Token.Literal.Number", "n"),
    ("Token.Name.Function.Magic", "f"),
    ("Token.Name.Function", "f"),
    ("Token.Name.Class", "f"),
    ("Token.Name.Decorator", "d"),
    ("Token.Name.Builtin", "b"),
    ("Token.Name.Exception", "b"),
)
