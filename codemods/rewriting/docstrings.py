"""A docstring without its entries of some parameters: Google's, NumPy's and Sphinx' styles."""

from __future__ import annotations

import re
from collections.abc import Iterable

_GOOGLE = re.compile(
    r"^(?P<indent>\s*)(?:Args|Arguments|Parameters|Params|Keyword Args|Keyword Arguments|"
    r"Other Parameters)\s*:\s*$"
)
_NUMPY = re.compile(r"^(?P<indent>\s*)(?:Other )?Parameters\s*$")
_RULE = re.compile(r"^\s*-{3,}\s*$")


def without_parameters(literal: str, names: Iterable[str]) -> str:
    """The source text of a docstring without the entries of ``names``.

    Args:
        literal: with its quotes; what stands on the lines of the quotes is never an entry.
        names: the parameters; those without an entry change nothing.
    """
    lines = literal.splitlines(keepends=True)
    if len(lines) < 3:
        return literal
    first, body, last = lines[0], lines[1:-1], lines[-1]
    opened = not first.strip().strip("rRuU\"'")
    for name in names:
        body = _without_field(body, name)
        body = _without_google(body, name)
        body = _without_numpy(body, name)
    if opened and body and not body[0].strip() and lines[1].strip():
        # The section was the first thing in it.
        body = body[1:]
    return first + "".join(_closed(body, last)) + last


def _closed(body: list[str], last: str) -> list[str]:
    """``body`` without blank lines in front of the quotes that the entries left there."""
    if last.strip() in ('"""', "'''"):
        while body and not body[-1].strip():
            body = body[:-1]
    return body


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end(body: list[str], start: int) -> int:
    """Where the entry that starts on a line ends: behind the deeper lines that follow."""
    depth = _indent(body[start])
    end = start + 1
    while end < len(body):
        following = next((line for line in body[end:] if line.strip()), None)
        if following is None or _indent(following) <= depth:
            break
        end += 1
    return end


def _without_field(body: list[str], name: str) -> list[str]:
    """``:param x:`` and ``:type x:``."""
    field = re.compile(
        rf"^\s*:(?:param|parameter|arg|argument|key|keyword)\s+(?:[^:]*\s)?{re.escape(name)}\s*:"
        rf"|^\s*:type\s+{re.escape(name)}\s*:"
    )
    number = 0
    while number < len(body):
        if field.match(body[number]):
            body = body[:number] + body[_end(body, number) :]
        else:
            number += 1
    return body


def _without_google(body: list[str], name: str) -> list[str]:
    entry = re.compile(rf"^\s+{re.escape(name)}\s*(?:\([^)]*\)|\[[^\]]*\])?\s*:")
    for number, line in enumerate(body):
        header = _GOOGLE.match(line)
        if header is None:
            continue
        end = _end(body, number)
        inner = number + 1
        depth = next((_indent(item) for item in body[inner:end] if item.strip()), 0)
        made = _without_entry(body, (number, inner, end), depth, entry)
        if made is not None:
            return made
    return body


def _without_numpy(body: list[str], name: str) -> list[str]:
    entry = re.compile(rf"^\s*{re.escape(name)}\s*(?::.*)?$")
    for number, line in enumerate(body[:-1]):
        header = _NUMPY.match(line)
        if header is None or not _RULE.match(body[number + 1]):
            continue
        depth = _indent(line)
        inner = number + 2
        end = inner
        while end < len(body) and not (
            (_indent(body[end]) < depth and body[end].strip())
            or (end + 1 < len(body) and _RULE.match(body[end + 1]))
        ):
            end += 1
        made = _without_entry(body, (number, inner, end), depth, entry)
        if made is not None:
            return made
    return body


def _without_entry(
    body: list[str], section: tuple[int, int, int], depth: int, entry: re.Pattern[str]
) -> list[str] | None:
    """``body`` without one entry of a section (its header, its first entry, its end), and without
    the section where nothing else is in it; ``None`` where the section has no such entry."""
    header, inner, end = section
    for start in range(inner, end):
        if _indent(body[start]) == depth and entry.match(body[start].rstrip("\r\n")):
            stop = min(_end(body, start), end)
            if any(item.strip() for item in (*body[inner:start], *body[stop:end])):
                return body[:start] + body[stop:]
            return _without_section(body, header, end)
    return None


def _without_section(body: list[str], start: int, end: int) -> list[str]:
    """``body`` without lines, and without one of the blank lines around them."""
    while end < len(body) and not body[end].strip():
        end += 1
    while start > 0 and not body[start - 1].strip():
        start -= 1
    newline = "\r\n" if body[end - 1].endswith("\r\n") else "\n"
    between = [newline] if end < len(body) else []
    return body[:start] + between + body[end:]
