"""The block structure of a Markdown text: headings, fences and rules, with their true lines.

Only the block rules of markdown-it run; inline markup is read by :mod:`codemods.demands.text`,
because fields are kept as they were written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from markdown_it import MarkdownIt
from markdown_it.token import Token

_NEWLINE = re.compile(r"\r\n?")
_MARKER = re.compile(r"^[ \t>]*(`{3,}|~{3,})[ \t]*$")
_HEADING_LINE = re.compile(r"^ {0,3}#{1,6}[ \t]")


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


@dataclass(frozen=True, slots=True)
class Document:
    """A text taken apart into blocks. Lines count from one."""

    lines: tuple[str, ...]
    headings: tuple[Heading, ...]
    fences: tuple[Fence, ...]
    rules: frozenset[int]
    """Lines of the thematic breaks at the top level."""
    literal: frozenset[int]
    """Lines of fences, indented code and HTML: nothing there is a heading or a field."""

    def line(self, number: int) -> str:
        """The text of a line."""
        return self.lines[number - 1]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    # Only blocks are asked for: inline parsing would take nine tenths of the time.
    parser.core.ruler.enableOnly(["normalize", "block"])
    # Under ``lheading`` a paragraph followed by ``---`` would be a heading, and reports end a
    # finding's last paragraph like that; ``reference`` would swallow lines.
    parser.disable(["lheading", "reference"])
    return parser


def parse_document(text: str) -> Document:
    """The blocks of ``text``; every text has some reading, so nothing is raised."""
    text = _NEWLINE.sub("\n", text.removeprefix("\ufeff"))
    lines = tuple(text.split("\n"))
    headings: list[Heading] = []
    fences: list[Fence] = []
    rules: set[int] = set()
    literal: set[int] = set()
    again: int | None = 0
    while again is not None:
        # An unclosed fence would swallow all that follows: parsing starts again behind it.
        start, again = again, None
        tokens = _parser().parse("\n".join(lines[start:]))
        for token, following in zip_longest(tokens, tokens[1:]):
            if token.map is None:
                continue
            first, end = token.map[0] + start, token.map[1] + start
            if token.type == "heading_open" and token.level == 0:
                headings.append(Heading(first + 1, int(token.tag[1]), following.content))
            elif token.type == "hr" and token.level == 0:
                rules.add(first + 1)
            elif token.type in ("code_block", "html_block"):
                literal.update(range(first + 1, end + 1))
            elif token.type == "fence":
                fence, again = _fence(token, lines, first, end)
                fences.append(fence)
                literal.update(range(fence.line, fence.end + 1))
                if again is not None:
                    break
    return Document(lines, tuple(headings), tuple(fences), frozenset(rules), frozenset(literal))


def _fence(token: Token, lines: tuple[str, ...], first: int, end: int) -> tuple[Fence, int | None]:
    """A fenced block, and the index of the line behind it where parsing must start again."""
    words = token.info.split()
    language = words[0].lower() if words else None
    text = token.content.removesuffix("\n")
    if _is_closed(token, lines, first, end):
        swallowed = _next_heading(lines, first + 1, end)
        # A template of a report may show blocks in its block.
        if language in ("markdown", "md"):
            swallowed = None
        if swallowed is None or not _opens_again(token.markup, lines, swallowed, end):
            return Fence(first + 1, end, language, text), None
    else:
        close = _close_outside(token.markup, lines, end)
        if close is not None:
            indent = len(lines[first]) - len(lines[first].lstrip())
            inner = (_dedented(line, indent) for line in lines[first + 1 : close])
            return Fence(first + 1, close + 1, language, "\n".join(inner)), close + 1
        swallowed = _next_heading(lines, first + 1, end)
    if swallowed is None:
        return Fence(first + 1, end, language, text, closed=False), None
    text = "\n".join(text.split("\n")[: swallowed - first - 1])
    return Fence(first + 1, swallowed, language, text, closed=False), swallowed


def _is_closed(token: Token, lines: tuple[str, ...], first: int, end: int) -> bool:
    if end - first < 2:
        return False
    last = _MARKER.match(lines[end - 1])
    return last is not None and last[1].startswith(token.markup)


def _next_heading(lines: tuple[str, ...], first: int, end: int) -> int | None:
    """The index of the first line that looks like a heading and not like a comment of code.

    Comments begin with one number sign, headings of findings with at least two.
    """
    for index in range(first, end):
        if _HEADING_LINE.match(lines[index]) and lines[index].lstrip().startswith("##"):
            return index
    return None


def _opens_again(markup: str, lines: tuple[str, ...], first: int, end: int) -> bool:
    """Whether a block with a language begins in between: blocks of one marker do not nest."""
    opening = re.compile(rf"^[ \t]*{markup}{markup[0]}*[ \t]*[A-Za-z]")
    return any(opening.match(lines[index]) for index in range(first, end - 1))


def _close_outside(markup: str, lines: tuple[str, ...], first: int) -> int | None:
    """The index of the closing fence of a block that left its list.

    Code at the margin ends the list item that holds its fence, and the block with it; what was
    meant goes on to the closing fence, unless something else begins before.
    """
    for index in range(first, len(lines)):
        line = lines[index]
        marker = _MARKER.match(line)
        if marker is not None:
            return index if marker[1].startswith(markup) else None
        if line.lstrip().startswith((markup[:3], "##", "- **")):
            return None
    return None


def _dedented(line: str, indent: int) -> str:
    return line[min(indent, len(line) - len(line.lstrip())) :]
