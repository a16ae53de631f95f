"""What ``re`` makes of an expression before it compiles it: trees, and what matches one letter."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

parser: Any = importlib.import_module("re._parser")
_compiler: Any = importlib.import_module("re._compiler")
Tree = Any
"""What ``re._parser.parse`` gives: it has no public type."""

UNBOUNDED = int(parser.MAXREPEAT)
# As numbers: what ``re`` has for them is slow to reckon with.
ASCII, IGNORECASE, MULTILINE = int(re.ASCII), int(re.IGNORECASE), int(re.MULTILINE)
_SINGLE = frozenset({parser.LITERAL, parser.NOT_LITERAL, parser.ANY, parser.IN})
_REPEATS = frozenset({parser.MAX_REPEAT, parser.MIN_REPEAT, parser.POSSESSIVE_REPEAT})


def parse(pattern: str | bytes, flags: int) -> Tree:
    """The tree of an expression."""
    return parser.parse(pattern, int(flags))


@dataclass(eq=False)
class Atom:
    """What matches one character: a literal, a class, a dot."""

    accepts: Callable[[Any], object]
    known: dict[Any, bool] = field(default_factory=dict)

    def __call__(self, letter: Any) -> bool:
        answer = self.known.get(letter)
        if answer is None:
            answer = self.known[letter] = self.accepts(letter) is not None
        return answer


_ATOMS: dict[tuple[str, int], Atom] = {}


def atom_of(node: Tree, flags: int) -> Atom:
    """The atom of a single-character node under ``flags``: ``re`` itself is asked."""
    key = (repr(node), flags)
    if key not in _ATOMS:
        state = parser.State()
        state.flags = flags
        tree = parser.SubPattern(state, [node])
        _ATOMS[key] = Atom(_compiler.compile(tree, flags).fullmatch)
    return _ATOMS[key]


def is_single(node: Tree) -> bool:
    """Whether the node takes exactly one character."""
    return node[0] in _SINGLE


def is_repeat(node: Tree) -> bool:
    """Whether the node is a repeat of any kind."""
    return node[0] in _REPEATS


def local_flags(flags: int, added: int, removed: int) -> int:
    """The flags inside of ``(?i:…)``."""
    return int((flags | added) & ~removed)


def is_word(letter: Any, flags: int) -> bool:
    r"""Whether ``\b`` takes ``letter`` for a part of a word."""
    if isinstance(letter, bytes):
        return letter.isalnum() or letter == b"_"
    if flags & ASCII and not letter.isascii():
        return False
    return bool(letter.isalnum() or letter == "_")


def holds(where: Tree, flags: int, text: Any, position: int) -> bool:
    """Whether an anchor holds."""
    end, newline = len(text), b"\n" if isinstance(text, bytes) else "\n"
    lines = bool(flags & MULTILINE)
    if where is parser.AT_BEGINNING_STRING or (where is parser.AT_BEGINNING and not lines):
        return position == 0
    if where is parser.AT_BEGINNING:
        return position == 0 or bool(text[position - 1 : position] == newline)
    if where is parser.AT_END_STRING:
        return position == end
    if where is parser.AT_END:
        at_newline = bool(text[position : position + 1] == newline)
        return position == end or (at_newline and (lines or position == end - 1))
    before = position > 0 and is_word(text[position - 1 : position], flags)
    behind = position < end and is_word(text[position : position + 1], flags)
    if where is parser.AT_BOUNDARY:
        return before != behind
    # CPython 3.11 to 3.13: ``\B`` does not hold in an empty text.
    return end > 0 and before == behind
