"""Newer syntax spelled so that an older Python's parser takes it, byte for byte in place.

Only what changes nothing that a codemod decides by: type parameters become blanks, ``type X = …``
the assignment that it is for whoever reads names, quotes in the fields of an f-string the other
kind, and a backslash there some other character. Every position stays true. What cannot be
spelled so stays as it is, and the parser says no to it.
"""

from __future__ import annotations

import re
import sys

_HEADER = re.compile(rb"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*(\[)", re.MULTILINE)
_ALIAS = re.compile(rb"^[ \t]*type([ \t])[ \t]*\w+[ \t]*(?:(\[)|=)", re.MULTILINE)
_FIELDS = re.compile(
    rb"(?<![\w\"'])(?:[fF][rR]?|[rR][fF])"
    rb"(?:\"(?!\"\")(?=[^\"\n]*\{[^{}\"\n]*[\"\\])|'(?!'')(?=[^'\n]*\{[^{}'\n]*['\\]))"
)
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_LINE_END = re.compile(rb" (\r?\n)")
_OPENING, _CLOSING = b"([{", b")]}"
_OTHER = {0x22: 0x27, 0x27: 0x22}
_BACKSLASH, _NEWLINE = 0x5C, 0x0A


def older_spelling(text: bytes) -> bytes:
    """``text`` (UTF-8) with newer syntax in an older spelling of the same length."""
    data = bytearray(text)
    if sys.version_info < (3, 12):
        for match in _HEADER.finditer(text):
            _blank(data, match.start(1))
        for match in _ALIAS.finditer(text):
            if match[2] and not _blank(data, match.start(2)):
                continue
            # Two statements, of which the first does nothing: the target keeps its column.
            data[match.start(1)] = 0x3B
        behind = 0
        for match in _FIELDS.finditer(text):
            if match.start() >= behind:
                behind = _fields(data, match.end() - 1)
    return bytes(data)


def _blank(data: bytearray, start: int) -> bool:
    """Blank out the brackets that open at ``start``, and continue the lines in them."""
    end = _closing(data, start)
    if end is None:
        return False
    inside = bytes(data[start : end + 1])
    if _EMPTY_LINE.search(inside):
        # No room for the backslash that continues the line.
        return False
    data[start : end + 1] = _LINE_END.sub(rb"\\\1", re.sub(rb"[^\r\n]", b" ", inside))
    return True


def _closing(data: bytearray, start: int) -> int | None:
    """Where the bracket at ``start`` closes; strings in between are skipped."""
    depth, position = 0, start
    while position < len(data):
        byte = data[position]
        if byte in _OPENING:
            depth += 1
        elif byte in _CLOSING:
            depth -= 1
            if depth == 0:
                return position
        elif byte in _OTHER:
            end = data.find(bytes((byte,)), position + 1)
            if end == -1:
                return None
            position = end
        position += 1
    return None


def _fields(data: bytearray, start: int) -> int:
    """Change the quotes in the replacement fields of the f-string whose only quote is at
    ``start``; gives where it ends.

    Nothing is changed where the string does not end on its line as expected.
    """
    quote = data[start]
    changed: list[tuple[int, int]] = []
    position, depth = start + 1, 0
    while position < len(data):
        byte = data[position]
        if byte == _NEWLINE:
            return position
        if depth == 0:
            if byte == quote:
                for place, new in changed:
                    data[place] = new
                return position
            if byte == _BACKSLASH:
                position += 1
            elif byte == 0x7B:
                if data[position + 1 : position + 2] == b"{":
                    position += 1
                else:
                    depth = 1
        elif byte in _OPENING:
            depth += 1
        elif byte in _CLOSING:
            depth -= 1
        elif byte in _OTHER:
            end = _inner(data, position, quote, changed)
            if end is None:
                return position
            position = end
        position += 1
    return position


def _inner(data: bytearray, start: int, outer: int, changed: list[tuple[int, int]]) -> int | None:
    """The end of the string at ``start`` in a replacement field, ``None`` if it is a harder one.

    An f-string in it, or a quote of the other kind, cannot be spelled in the older way.
    """
    quote = data[start]
    other = _OTHER[quote]
    end = start + 1
    while end < len(data) and data[end] != quote:
        if data[end] in (_NEWLINE, other) or (quote == outer and data[end] in b"{}"):
            return None
        if data[end] == _BACKSLASH:
            # Which character is escaped says nothing to anybody who looks for calls.
            changed += ((end, 0x5F), (end + 1, 0x5F))
            end += 1
        end += 1
    if quote == outer:
        changed += ((start, other), (end, other))
    return end
