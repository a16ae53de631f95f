"""The block structure of a Markdown text: headings, fences and rules, with their true lines.

Only the block rules of markdown-it run; inline markup is read by :mod:`codemods.demands.text`,
because fields are kept as they were written.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import TypeVar

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, fence

_NEWLINE = re.compile(r"\r\n?")
_MARKER = re.compile(r"^[ \t>]*(`{3,}|~{3,})[ \t]*$")
_CLOSING = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*$")
"""What closes a block that stands in no list and no quotation."""
_OPENING = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*[A-Za-z]")
_BLOCK = re.compile(r"(`{3,}|~{3,})(.*)")
_HEADING_LINE = re.compile(r"^ {0,3}#{2,6}[ \t]")
"""A heading of a finding; one number sign begins a comment of code."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that is no part of a list or a quotation."""

    line: int
    level: int
    text: str
    """With its inline markup, without the number signs."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block."""

    line: int
    """The line of the opening fence, from one."""
    end: int
    """The line of the closing fence, or the last line where there is none."""
    language: str | None
    text: str
    closed: bool = True


_Lined = TypeVar("_Lined", Heading, Fence)


@dataclass(frozen=True, slots=True)
class Document:
    """A text taken apart into blocks. Lines count from one."""

    lines: tuple[str, ...]
    headings: tuple[Heading, ...]
    fences: tuple[Fence, ...]
    rules: tuple[int, ...]
    """Lines of the thematic breaks at the top level, in their order."""
    literal: frozenset[int]
    """Lines of fences, indented code and HTML: nothing there is a heading or a field."""

    def line(self, number: int) -> str:
        """The text of a line."""
        return self.lines[number - 1]

    def fences_in(self, first: int, last: int) -> Sequence[Fence]:
        """The blocks of code that begin between two lines, both included."""
        return _between(self.fences, first, last)

    def headings_in(self, first: int, last: int) -> Sequence[Heading]:
        """The headings between two lines, both included."""
        return _between(self.headings, first, last)


def _between(items: Sequence[_Lined], first: int, last: int) -> Sequence[_Lined]:
    start = bisect_left(items, first, key=lambda item: item.line)
    return items[start : bisect_right(items, last, start, key=lambda item: item.line)]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    # Only blocks are asked for: inline parsing would take nine tenths of the time.
    parser.core.ruler.enableOnly(["normalize", "block"])
    # Under ``lheading`` a paragraph followed by ``---`` would be a heading, and reports end a
    # finding's last paragraph like that; ``reference`` would swallow lines.
    parser.disable(["lheading", "reference"])
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.at("fence", _fence_rule, {"alt": ends})
    return parser


def parse_document(text: str) -> Document:
    """The blocks of ``text``; every text has some reading, so nothing is raised."""
    text = _NEWLINE.sub("\n", text.removeprefix("\ufeff"))
    lines = tuple(text.split("\n"))
    headings: list[Heading] = []
    fences: list[Fence] = []
    rules: list[int] = []
    literal: set[int] = set()
    tokens = _parser().parse(text, {_MARKS: _Marks(lines)})
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.map is None:
            continue
        first, end = token.map
        if token.type == "heading_open" and token.level == 0:
            headings.append(Heading(first + 1, int(token.tag[1]), following.content))
        elif token.type == "hr" and token.level == 0:
            rules.append(first + 1)
        elif token.type in ("code_block", "html_block"):
            literal.update(range(first + 1, end + 1))
        elif token.type == "fence":
            found: Fence = token.meta["fence"]
            fences.append(found)
            literal.update(range(found.line, found.end + 1))
    return Document(lines, tuple(headings), tuple(fences), tuple(rules), frozenset(literal))


_MARKS = "marks"
"""The key under which the parser's environment holds :class:`_Marks`."""


class _Lines:
    """Lines with a run of signs: what is the next one with a run of some length?"""

    def __init__(self, runs: Iterable[tuple[int, int]]) -> None:
        """Takes each line's index and length, in the order of the lines."""
        self.indexes: list[int] = []
        self.lengths: list[int] = []
        self._longer: list[int] = []
        """Of each, which is the next one that is longer."""
        waiting: list[int] = []
        for number, (index, length) in enumerate(runs):
            while waiting and self.lengths[waiting[-1]] < length:
                self._longer[waiting.pop()] = number
            waiting.append(number)
            self.indexes.append(index)
            self.lengths.append(length)
            self._longer.append(-1)

    def following(self, first: int, length: int) -> int | None:
        """The first line from ``first`` on with a run of at least ``length``.

        It takes no more steps than ``length``: each one is to a longer run.
        """
        number = bisect_left(self.indexes, first)
        if number == len(self.indexes):
            return None
        while self.lengths[number] < length:
            number = self._longer[number]
            if number < 0:
                return None
        return self.indexes[number]


class _Marks:
    """Where blocks of code begin and end in a text, and what begins behind one left open.

    Each fence that is never closed asks for what follows; to look through the lines for each of
    them would be as many passes as there are fences.
    """

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self.headings = [at for at, line in enumerate(lines) if _HEADING_LINE.match(line)]
        self.closing = {sign: _runs(_CLOSING, lines, sign) for sign in "`~"}
        self.opening = {sign: _runs(_OPENING, lines, sign) for sign in "`~"}
        self.stops = {
            sign: [
                at
                for at, line in enumerate(lines)
                if line.lstrip().startswith((sign * 3, "##", "- **")) or _MARKER.match(line)
            ]
            for sign in "`~"
        }

    def heading(self, first: int, end: int) -> int | None:
        """The index of the first line between two that looks like a heading."""
        return _next(self.headings, first, end)

    def opens(self, markup: str, first: int, end: int) -> bool:
        """Whether a block with a language begins in between: blocks of one marker do not nest."""
        found = self.opening[markup[0]].following(first, len(markup))
        return found is not None and found < end

    def close_outside(self, markup: str, first: int) -> int | None:
        """The index of the closing fence of a block that left its list.

        Code at the margin ends the list item that holds its fence, and the block with it; what was
        meant goes on to the closing fence, unless something else begins before.
        """
        found = _next(self.stops[markup[0]], first, len(self.lines))
        marker = None if found is None else _MARKER.match(self.lines[found])
        return found if marker is not None and marker[1].startswith(markup) else None


def _runs(expression: re.Pattern[str], lines: tuple[str, ...], sign: str) -> _Lines:
    found = ((index, expression.match(line)) for index, line in enumerate(lines))
    return _Lines((at, len(item[1])) for at, item in found if item and item[1][0] == sign)


def _next(indexes: list[int], first: int, end: int) -> int | None:
    number = bisect_left(indexes, first)
    return indexes[number] if number < len(indexes) and indexes[number] < end else None


def _fence_rule(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """As markdown-it's rule, for reports: what is never closed swallows no heading of theirs, and
    what left its list is closed outside of it. The token's ``meta`` has the :class:`Fence`.

    A block in a list or a quotation ends with it, which bounds what it can swallow.
    """
    if silent or not fence(state, first, last, True):
        return fence(state, first, last, silent)
    marks: _Marks = state.env[_MARKS]
    is_open = False
    if state.level == 0:
        last, is_open = _end_at_top(state, marks, first, last)
    fence(state, first, last, False)
    token = state.tokens[-1]
    text, closed = token.content.removesuffix("\n"), not is_open
    if closed and not _is_closed(token.markup, marks.lines, first, state.line):
        close = marks.close_outside(token.markup, state.line)
        closed = close is not None
        if close is not None:
            indent = len(marks.lines[first]) - len(marks.lines[first].lstrip())
            inner = (_dedented(line, indent) for line in marks.lines[first + 1 : close])
            text, state.line = "\n".join(inner), close + 1
    words = token.info.split()
    language = words[0].lower() if words else None
    token.meta["fence"] = Fence(first + 1, state.line, language, text, closed)
    return True


def _end_at_top(state: StateBlock, marks: _Marks, first: int, last: int) -> tuple[int, bool]:
    """The index of the line behind a block at the top level, and whether it was left open before
    a heading."""
    found = _BLOCK.match(state.src, state.bMarks[first] + state.tShift[first])
    assert found is not None  # The rule says that it is a fence.
    markup, words = found[1], found[2].split()
    close = marks.closing[markup[0]].following(first + 1, len(markup))
    end = last if close is None or close >= last else close + 1
    swallowed = marks.heading(first + 1, end)
    if swallowed is None:
        return end, False
    if _is_closed(markup, marks.lines, first, end):
        # A template of a report may show blocks in its block.
        is_template = bool(words) and words[0].lower() in ("markdown", "md")
        if is_template or not marks.opens(markup, swallowed, end - 1):
            return end, False
    return swallowed, True


def _is_closed(markup: str, lines: tuple[str, ...], first: int, end: int) -> bool:
    if end - first < 2:
        return False
    last = _MARKER.match(lines[end - 1])
    return last is not None and last[1].startswith(markup)


def _dedented(line: str, indent: int) -> str:
    return line[min(indent, len(line) - len(line.lstrip())) :]
