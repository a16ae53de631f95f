"""A Markdown text as blocks with their lines, as markdown-it reads it."""

from __future__ import annotations

import enum
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from codemods.findings.readers.html_tables import html_rows

_BOLD = re.compile(
    r"^\s{0,3}(?P<mark>\*\*|__)(?P<text>(?=[^\s*])(?:(?!(?P=mark))[^\n]){1,300})(?P=mark)(?P<colon>\s{0,3}[:：])?"
    r"(?:\s{0,3}(?:\*[^*\n]{1,80}\*|\([^()\n]{1,80}\)|(?:→|->)\s{0,3}\S{1,80}))*\s{0,8}$"
)
_CODE_BEHIND = re.compile(r"\(?`[^`\n]{1,200}`\)?\s{0,8}$")
_LINES_BEHIND = re.compile(r"\([^\W\d_]{1,10}[ ]\d[\d ,–-]{0,20}\)(?=\s{0,8}$)")
"""``**app/x.py** (line 10)``."""
_LED = re.compile(
    r"^\s{0,3}\*\*(?P<text>(?:[A-Za-z]{1,10}-?|#)\d{1,4}[a-z]?\s{0,2}[-–—:.)]\s[^\n]{1,300}?)\*\*(?=\s)"
)
"""A paragraph that begins with the id and the title of a finding."""
_SUMMARY = re.compile(r"<summary>(?P<text>[^\n]{1,300}?)</summary>", re.IGNORECASE)
_LINES_LED = re.compile(
    r"^\s{0,3}`(?P<lines>\d{1,7}(?:-\d{1,7})?)`:\s{1,3}\*\*(?P<text>[^*\n]{1,300})\*\*"
)
"""Lines and title of a review's comment on a file: ```10-12`: **Title**``."""
_FILE_SUMMARY = re.compile(r"\s{0,8}([\w./-]{1,200}\.\w{1,6})\s{0,4}(?:\(\d{1,5}\))?\s*$")
_UNDERLINED = 0.4
"""How much of its text an underline has to be long, to make it a heading."""


class Kind(enum.Enum):
    """What a block is."""

    HEADING = enum.auto()
    BOLD = enum.auto()
    """A paragraph of one line that is wholly bold: a heading of whoever likes none."""
    PARAGRAPH = enum.auto()
    ITEM = enum.auto()
    """An item of a list at its first level, with all that is in it."""
    FENCE = enum.auto()
    TABLE = enum.auto()
    RULE = enum.auto()
    QUOTE = enum.auto()
    OTHER = enum.auto()


@dataclass(frozen=True, slots=True)
class Block:
    """A block at the top of the text, or of an item."""

    kind: Kind
    first: int
    """Its first line, from one."""
    last: int
    text: str = ""
    """Of a heading, its text with inline marks."""
    level: int = 0
    """Of a heading; a bold line is below all of them."""
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Of a table: each row's line and cells; the first one is its head."""
    checked: bool = False
    """Whether an item is ticked off."""
    rest: str = ""
    """Of a bold beginning of a paragraph, what follows on its line."""
    is_label: bool = False
    """Whether a bold line ends with a colon."""


BELOW_ALL = 9
"""The level of a line that is bold, or stands for a bold one."""


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.disable(["reference"])
    return parser


def blocks_of(lines: Sequence[str], headings: Sequence[int] = ()) -> tuple[Block, ...]:
    """The blocks of a text that is given by its lines.

    Args:
        lines: the text.
        headings: lines that are headings, even where a block of code that was never closed, or
            closed too late, would swallow them.
    """
    found = _part(lines, 0)
    fences = [item for item in found if item.kind is Kind.FENCE]
    cuts = [line for line in headings if _is_in(fences, line)]
    if not cuts:
        return found
    bounds = [1, *cuts, len(lines) + 1]
    parts = pairwise(bounds)
    return tuple(
        block for start, end in parts for block in _part(lines[start - 1 : end - 1], start - 1)
    )


def _is_in(blocks: Sequence[Block], line: int) -> bool:
    """Whether a line stands below the first one of a block; the blocks are in their order."""
    at = bisect_left(blocks, line, key=lambda item: item.first)
    return at > 0 and line <= blocks[at - 1].last


def _part(lines: Sequence[str], offset: int) -> tuple[Block, ...]:
    """The blocks of lines that have ``offset`` lines before them."""
    blocks = _blocks(_parser().parse("\n".join(lines)), lines)
    return tuple(
        replace(
            block,
            first=block.first + offset,
            last=block.last + offset,
            rows=tuple((line + offset, cells) for line, cells in block.rows),
        )
        for block in blocks
    )


def _blocks(tokens: list[Token], lines: Sequence[str]) -> Iterator[Block]:
    index = 0
    while index < len(tokens):
        token = tokens[index]
        end = _closing(tokens, index)
        first, last = _lines_of(token, lines)
        if token.type == "heading_open":
            text = tokens[index + 1].content
            if token.markup in "-=" and not _is_heading(text, lines[last - 1]):
                yield Block(Kind.PARAGRAPH, first, max(first, last - 1))
                yield Block(Kind.RULE, last, last)
            else:
                # A line of signs above the title is as much of a frame as that below it.
                title = re.sub(r"^[=\-*#]{3,200}\n", "", text)
                yield Block(Kind.HEADING, first, last, title, int(token.tag[1:]))
        elif token.type == "paragraph_open":
            bold = _BOLD.match(lines[first - 1])
            if bold is not None:
                text = bold["text"].strip()
                line = lines[first - 1]
                behind = _LINES_BEHIND.search(line) or _CODE_BEHIND.search(line)
                if behind is not None:
                    text = f"{text} {behind[0]}"
                label = bold["colon"] is not None or text.endswith((":", "："))
                yield Block(Kind.BOLD, first, first, text, BELOW_ALL, is_label=label)
                if first < last:
                    yield Block(Kind.PARAGRAPH, first + 1, last)
            elif led := _LED.match(lines[first - 1]) or _LINES_LED.match(lines[first - 1]):
                rest = " ".join((lines[first - 1][led.end() :], *lines[first:last])).strip()
                at_lines = led.groupdict().get("lines")
                text = f"Line {at_lines}: {led['text']}" if at_lines else led["text"]
                yield Block(Kind.BOLD, first, last, text, BELOW_ALL, rest=rest)
            else:
                yield Block(Kind.PARAGRAPH, first, last)
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            yield from _items(tokens[index + 1 : end], lines)
        elif token.type == "fence":
            yield Block(Kind.FENCE, first, last, token.info.strip())
        elif token.type == "table_open":
            yield Block(Kind.TABLE, first, last, rows=tuple(_rows(tokens[index:end])))
        elif token.type == "html_block" and (summary := _SUMMARY.search(token.content)):
            title = re.sub(r"</?(?:b|strong)>", "**", summary["text"]).strip()
            title = title.replace("<code>", "`").replace("</code>", "`")
            at = first + token.content.count("\n", 0, summary.start())
            title = re.sub(r"<[^<>]{1,80}>", "", title)
            # A file with what is told of it: ``<summary>app/x.py (2)</summary>``.
            file = _FILE_SUMMARY.match(title)
            text, level = (f"`{file[1]}`", BELOW_ALL - 1) if file else (title, BELOW_ALL)
            yield Block(Kind.BOLD, at, at, text, level)
        elif token.type == "html_block" and (rows := html_rows(token.content, first)):
            yield Block(Kind.TABLE, first, last, rows=rows)
        elif token.type == "blockquote_open":
            yield Block(Kind.QUOTE, first, last)
        elif token.type == "hr":
            yield Block(Kind.RULE, first, last)
        else:
            yield Block(Kind.OTHER, first, last)
        index = end + 1


def _closing(tokens: list[Token], index: int) -> int:
    """The index of the token that closes the one at ``index``; itself, where nothing does."""
    if tokens[index].nesting != 1:
        return index
    level = tokens[index].level
    for end in range(index + 1, len(tokens)):
        if tokens[end].nesting == -1 and tokens[end].level == level:
            return end
    return len(tokens) - 1


def _lines_of(token: Token, lines: Sequence[str]) -> tuple[int, int]:
    first, end = token.map or (0, 1)
    while end > first + 1 and not lines[end - 1].strip():
        end -= 1
    return first + 1, end


def _is_heading(text: str, underline: str) -> bool:
    """Whether an underlined paragraph is a heading, and no paragraph above a rule."""
    title = re.sub(r"^[=\-*#]{3,200}\n", "", text.strip())
    long_enough = len(underline.strip()) >= max(3, _UNDERLINED * min(len(title), 60))
    return "\n" not in title and long_enough and len(title) <= 160 and not title.endswith(".")


def _items(tokens: list[Token], lines: Sequence[str]) -> Iterator[Block]:
    index = 0
    while index < len(tokens):
        if tokens[index].type == "list_item_open":
            first, last = _lines_of(tokens[index], lines)
            box = re.match(r"^\s*(?:[-*+]|\d+[.)])\s+\[([xX✓✔ ])\]", lines[first - 1])
            yield Block(Kind.ITEM, first, last, checked=box is not None and box[1] != " ")
        index = _closing(tokens, index) + 1


def _rows(tokens: list[Token]) -> Iterator[tuple[int, tuple[str, ...]]]:
    cells: list[str] = []
    line = 0
    for token in tokens:
        if token.type == "tr_open":
            cells, line = [], (token.map or (0, 0))[0] + 1
        elif token.type == "inline":
            cells.append(token.content)
        elif token.type == "tr_close":
            yield line, tuple(cells)
