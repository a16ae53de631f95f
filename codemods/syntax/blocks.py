"""Blocks of a file, by the indentation of its bytes: for prefilters that run before parsing.

A block may come out too long, never too short: whoever asks here wants to know where something
surely does not stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache


def headers(data: bytes, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """What ``pattern`` finds at the beginning of a line, behind its indentation.

    A pattern that begins with a letter of its own (``except\\b``) is looked for many times as fast
    as one that begins with ``^[ \\t]*``: the engine of :mod:`re` searches a literal at once.
    """
    for match in pattern.finditer(data):
        start = match.start()
        if not data[data.rfind(b"\n", 0, start) + 1 : start].strip(b" \t"):
            yield match


def blocks_under(
    data: bytes, *patterns: re.Pattern[bytes]
) -> Iterator[tuple[re.Match[bytes], bytes]]:
    """The headers that the patterns find, each with everything below it that is indented deeper.

    Args:
        data: the bytes of a file.
        patterns: as for :func:`headers`.
    """
    for pattern in patterns:
        for match in headers(data, pattern):
            yield match, block_under(data, match)


def comes_behind(
    data: bytes, first: re.Pattern[bytes], second: re.Pattern[bytes], end: bytes
) -> bool:
    """Whether ``second`` is found somewhere behind ``first`` without an ``end`` in between.

    As one expression, each place that ``first`` fits would be tried up to its end.
    """
    for part in data.split(end):
        found = first.search(part)
        if found is not None and second.search(part, found.end()) is not None:
            return True
    return False


def block_under(data: bytes, header: re.Match[bytes]) -> bytes:
    """The rest of a header's line, and everything below it that is indented deeper."""
    end_of_line = data.find(b"\n", header.end())
    if end_of_line == -1:
        end_of_line = len(data)
    indentation = header.start() - data.rfind(b"\n", 0, header.start()) - 1
    return data[header.end() : _end(data, end_of_line, indentation)]


def ends_of(word: bytes, data: bytes) -> Iterator[int]:
    """Where each of the places ends at which ``word`` stands, be it as a part of a longer one."""
    position = data.find(word)
    while position != -1:
        yield position + len(word)
        position = data.find(word, position + len(word))


def _end(data: bytes, start: int, indentation: int) -> int:
    """Where the block ends whose header's line ends at ``start``."""
    position = start
    while True:
        dedent = _dedent(indentation).search(data, position)
        if dedent is None:
            return len(data)
        block = data[start : dedent.start()]
        # Inside of a string over several lines, or of a header's parentheses, it is no end.
        if block.count(b'"""') % 2 == 0 and block.count(b"'''") % 2 == 0:
            return dedent.start()
        position = dedent.end()


@cache
def _dedent(indentation: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n[ \t]{0,%d}(?![ \t\f#\r\n)\]}])[^\\]" % indentation)
