"""Which functions a file calls, by its words, before anything is parsed.

Everything here takes too much for true, never too little: who calls whom is decided behind it.
All words are looked for in one pass over a file, however many they are.
"""

from __future__ import annotations

import re
import string
from bisect import bisect
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

_HEADER = re.compile(rb"\n([ \t]*+)[ \t\r\f\v]*+(async)?[ \t\r\f\v]*+(def|class)[ \t]+(\w+)")
_BLANKS = re.compile(rb"[ \t]*")
_NAME = re.compile(rb"\w+")
_CHAIN = f"{string.ascii_letters}{string.digits}_.".encode()


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a definition."""

    start: int
    indentation: int
    kind: str
    """``def``, ``async`` or ``class``."""
    name: str
    outer: int
    """The number of the nearest one above that is indented less, -1 where there is none."""


class Headers:
    """The definitions of a file, by the indentation of their bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._headers: list[Header] = []
        open_: list[int] = []
        # A line's first byte is its newline's there.
        for match in _HEADER.finditer(b"\n" + data):
            indentation = len(match[1])
            while open_ and self._headers[open_[-1]].indentation >= indentation:
                open_.pop()
            kind = "async" if match[2] else match[3].decode()
            outer = open_[-1] if open_ else -1
            open_.append(len(self._headers))
            self._headers.append(Header(match.start(), indentation, kind, match[4].decode(), outer))
        self._starts = [item.start for item in self._headers]
        self._line = self._behind = self._depth = 0

    def around(self, position: int) -> Iterator[Header]:
        """The definitions that hold the byte at ``position``, the innermost first; each call asks
        for a byte behind the one before it."""
        line = self._data.rfind(b"\n", self._behind, position) + 1
        if line or not self._behind:
            self._line = line
            self._depth = len(_BLANKS.match(self._data, line)[0])  # type: ignore[index]
        self._behind = position
        line, depth = self._line, self._depth
        index = bisect(self._starts, position) - 1
        while index != -1:
            header = self._headers[index]
            if header.indentation < depth or header.start >= line:
                yield header
                depth = header.indentation
            index = header.outer


class Words:
    """Names of callables that are looked for."""

    def __init__(self, names: Iterable[str]) -> None:
        from ahocorasick_rs import BytesAhoCorasick

        self._names = tuple(names)
        marks = (b"(", b" as ")
        self._search = BytesAhoCorasick(
            [name.encode() + mark for name in self._names for mark in marks]
        )

    @cached_property
    def _bare(self) -> BytesAhoCorasick:
        from ahocorasick_rs import BytesAhoCorasick

        return BytesAhoCorasick([name.encode() for name in self._names])

    def anywhere(self, data: bytes) -> set[str]:
        """Those that stand in a text, be it inside of other words."""
        found = self._bare.find_matches_as_indexes(data, overlapping=True) if data else ()
        return {self._names[number] for number, _, _ in found}

    def of(self, data: bytes) -> Spoken:
        """What a file says of them."""
        spoken = Spoken(data, defaultdict(list), defaultdict(list))
        for number, start, end in self._search.find_matches_as_indexes(data, overlapping=True):
            name = self._names[number // 2]
            if number % 2:
                spoken.renamed[name].append(end)
            else:
                spoken.written[name].append(start)
        return spoken


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where a file holds some words."""

    data: bytes
    written: Mapping[str, list[int]]
    """Where each begins that has a parenthesis behind it: the end of another word, perhaps."""
    renamed: Mapping[str, list[int]]
    """Where the name begins that the file gives to it."""

    @property
    def words(self) -> set[str]:
        """All that it holds."""
        return {*self.written, *self.renamed}

    def calls(self, words: Collection[str]) -> Iterator[tuple[Collection[str], Iterator[int]]]:
        """Where some of the words are called and not awaited, by their names and by those that
        the file gives to them; each with what is meant."""
        others: dict[str, set[str]] = defaultdict(set)
        for word in self.words.intersection(words):
            yield (word,), self._called(self.written.get(word, ()))
            for position in self.renamed.get(word, ()):
                if (found := _NAME.match(self.data, position)) is not None:
                    others[found[0].decode()].add(word)
        if others:
            for other, positions in Words(others).of(self.data).written.items():
                yield others[other], self._called(positions)

    def _called(self, positions: Iterable[int]) -> Iterator[int]:
        """Those where a whole word begins that is not awaited."""
        data = self.data
        for position in positions:
            before = data[max(0, position - 200) : position]
            if not (before[-1:].isalnum() or before.endswith(b"_")) and not before.rstrip(
                _CHAIN
            ).endswith((b"await ", b"def ")):
                yield position


@dataclass(frozen=True, slots=True)
class Held:
    """In which functions of a file some words are called."""

    functions: frozenset[str]
    """The words by which the plain functions are called: the class's for an ``__init__``."""
    coroutines: bool
    """Whether a coroutine calls one."""


def held(spoken: Spoken, words: Collection[str]) -> Held:
    """Where some of the words that were looked for are called."""
    functions: set[str] = set()
    coroutines = False
    positions = {position for _, where in spoken.calls(words) for position in where}
    headers = Headers(spoken.data if positions else b"")
    for position in sorted(positions):
        around = headers.around(position)
        function = next((item for item in around if item.kind != "class"), None)
        if function is None:
            continue
        if function.kind == "async":
            coroutines = True
        elif function.name == "__init__":
            owner = next((item.name for item in around if item.kind == "class"), "")
            functions.add(owner or function.name)
        else:
            functions.add(function.name)
    return Held(frozenset(functions), coroutines)


def called(spoken: Spoken, words: Collection[str]) -> set[str]:
    """Those of the words that a file calls."""
    return {
        word for meant, where in spoken.calls(words) if any(True for _ in where) for word in meant
    }
