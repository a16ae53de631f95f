"""Who calls what in a file, told by its words before anything is parsed.

Everything here takes too much for true, never too little: who calls whom is decided behind it.
"""

from __future__ import annotations

import re
import string
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_HEADER = re.compile(rb"(def|class)[ \t]+(\w+)")


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a definition."""

    start: int
    indentation: int
    kind: str
    """``def``, ``async`` or ``class``."""
    name: str


class Headers:
    """The definitions of a file, by the indentation of their bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._headers = list(_headers(data))
        self._starts = [item.start for item in self._headers]

    def around(self, position: int) -> Iterator[Header]:
        """The definitions that hold the byte at ``position``, the innermost first."""
        data = self._data
        line = data.rfind(b"\n", 0, position) + 1
        depth = _indentation(data, line)
        for index in range(bisect(self._starts, position) - 1, -1, -1):
            header = self._headers[index]
            if header.indentation < depth or header.start >= line:
                yield header
                depth = header.indentation
            if depth == 0:
                return


def _headers(data: bytes) -> Iterator[Header]:
    for match in _HEADER.finditer(data):
        start = data.rfind(b"\n", 0, match.start()) + 1
        before = data[start : match.start()]
        bare = before.strip()
        if bare in (b"", b"async"):
            kind = "async" if bare else match[1].decode()
            yield Header(start, _indentation(data, start), kind, match[2].decode())


def _indentation(data: bytes, start: int) -> int:
    end = start
    while data[end : end + 1] in (b" ", b"\t"):
        end += 1
    return end - start


def hits(data: bytes, word: bytes) -> Iterator[int]:
    """Where ``word`` is called and not awaited: it begins there as a whole word, and a parenthesis
    follows."""
    called = word + b"("
    position = data.find(called)
    while position != -1:
        if not (data[position - 1 : position].isalnum() or data[position - 1 : position] == b"_"):
            chain = data[max(0, position - 200) : position].rstrip(_NAMES)
            if not chain.endswith((b"await ", b"def ")):
                yield position
        position = data.find(called, position + len(called))


_NAMES = f"{string.ascii_letters}{string.digits}_.".encode()


def renamed(data: bytes, word: bytes) -> Iterator[bytes]:
    """The other names that a file gives to ``word``."""
    mark = word + b" as "
    position = data.find(mark)
    while position != -1:
        found = _NAME.match(data, position + len(mark))
        if found is not None:
            yield found[0]
        position = data.find(mark, position + len(mark))


_NAME = re.compile(rb"\w+")


@dataclass(frozen=True, slots=True)
class Held:
    """In which functions of a file some words are called."""

    functions: frozenset[str]
    """The words by which the plain functions are called: the class's for an ``__init__``."""
    coroutines: bool
    """Whether a coroutine calls one."""


def held(data: bytes, words: Iterable[str]) -> Held:
    """Look for words in a file.

    Args:
        data: the bytes of the file.
        words: the last words of callables.
    """
    functions: set[str] = set()
    coroutines = False
    headers: Headers | None = None
    for word in words:
        for written in (word.encode(), *renamed(data, word.encode())):
            for position in hits(data, written):
                headers = headers or Headers(data)
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


def is_called(data: bytes, word: str) -> bool:
    """Whether a file calls something by a word, or by the name that it gives to it."""
    written = (word.encode(), *renamed(data, word.encode()))
    return any(True for item in written for _ in hits(data, item))
