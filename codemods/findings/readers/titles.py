"""Titles of people who use no headings: a line of a paragraph or a list above labelled lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from codemods.findings.readers.blocks import BELOW_ALL, Block, Kind, blocks_of
from codemods.findings.readers.document import Document
from codemods.findings.readers.labels import label_of
from codemods.findings.readers.lexicon import severity_in
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.words import Heading
from codemods.findings.roles import Role, role_of

_SIGNS = frozenset((Role.PLACE, Role.SEVERITY, Role.PROBLEM, Role.FIX, Role.LINE))
_NAMES = frozenset((Role.PROBLEM, Role.TITLE))
_LONGEST = 200
_TITLES = (Kind.HEADING, Kind.BOLD)
_FILE_LINE = re.compile(r"`(?P<path>[\w./\\-]{1,200}\.\w{1,6})`[:：]?")
_COMMENTED = re.compile(
    r"`(?P<lines>\d{1,7}(?:-\d{1,7})?)`[:：]\s{1,3}_(?P<said>[^\n]{1,200})_\s*$"
)
"""Lines and kind of a review bot's comment: ```10-12`: _Potential issue_ | _Major_``."""
_CALLOUT = re.compile(r"\s{0,3}>\s{0,3}\[!\w{2,12}\]\s*$")


def titled(document: Document) -> tuple[Block, ...]:
    """The blocks of a report, with lines that are titles as bold lines."""
    blocks = blocks_of(document.lines, [item.line for item in document.headings])
    return tuple(_titled(document, blocks))


def _titled(document: Document, blocks: tuple[Block, ...]) -> Iterator[Block]:
    index = 0
    while index < len(blocks):
        block, following = blocks[index], blocks[index + 1 : index + 3]
        before = blocks[index - 1] if index else None
        found = (
            _of_item(document, block, before, following)
            or _of_paragraph(document, block, before)
            or _of_comment(document, block, following)
            or _of_table(block, before)
            or _of_quote(document, block)
        )
        yield from found or (block,)
        # A title of two blocks: lines, and behind them what is wrong there.
        index += 2 if found and found[-1].last >= _first_of(following) else 1


def _first_of(following: Sequence[Block]) -> int:
    return following[0].first if following else 1 << 60


def _of_item(
    document: Document, block: Block, before: Block | None, following: Sequence[Block]
) -> tuple[Block, ...]:
    """``1. Title`` with ``Severity: HIGH`` in the next paragraph, or with dashes below."""
    alone = before is None or before.kind is not Kind.ITEM
    if block.kind is not Kind.ITEM or block.first != block.last or not following:
        return ()
    text = re.sub(r"^\s*[-*+]\s+", "", document.line(block.first)).strip()
    title = Block(Kind.BOLD, block.first, block.last, text, BELOW_ALL)
    rule = following[0]
    if rule.kind is Kind.RULE and rule.first == block.last + 1:
        under = document.line(rule.first).strip()
        if len(under) >= 5 and set(under) <= set("-="):
            return title, rule
    if alone and rule.kind is Kind.PARAGRAPH and _begins_with_labels(document, rule):
        return (title,)
    return ()


def _of_paragraph(document: Document, block: Block, before: Block | None) -> tuple[Block, ...]:
    """A line above labelled lines; or the first of the labelled lines between two rules."""
    if block.kind is not Kind.PARAGRAPH or block.last == block.first:
        return ()
    rest = replace(block, first=block.first + 1)
    line = document.line(block.first).strip()
    label = _label(document, block.first)
    fits = len(line) <= _LONGEST and not line.endswith((".", ":")) and "|" not in line
    if fits and label is None and _begins_with_labels(document, rest):
        return Block(Kind.BOLD, block.first, block.first, line, BELOW_ALL), rest
    if (before is None or before.kind is Kind.RULE) and label in _NAMES:
        # A record of labelled lines between two rules; the first one is its title.
        found = label_of(document, block.first)
        value = document.line(block.first)[found[2] :].strip() if found is not None else ""
        if value and _begins_with_labels(document, rest):
            return Block(Kind.BOLD, block.first, block.first, value, BELOW_ALL), rest
    return ()


def _of_comment(document: Document, block: Block, following: Sequence[Block]) -> tuple[Block, ...]:
    """The comments of a review bot: a file with a colon, and below it lines, and a bold title."""
    if block.kind is not Kind.PARAGRAPH or block.first != block.last or not following:
        return ()
    line, below = document.line(block.first).strip(), following[0]
    file, lines = _FILE_LINE.fullmatch(line), _COMMENTED.match(line)
    if file is not None and _COMMENTED.match(document.line(below.first)):
        text = f"`{file['path']}`"
        return (Block(Kind.BOLD, block.first, block.last, text, BELOW_ALL - 1),)
    if lines is not None and below.kind is Kind.BOLD:
        severity = severity_in(lines["said"])
        mark = f"[{severity.value}] " if severity is not None else ""
        text = f"Line {lines['lines']}: {mark}{below.text}"
        return (Block(Kind.BOLD, block.first, below.last, text, BELOW_ALL),)
    return ()


def _of_table(block: Block, before: Block | None) -> tuple[Block, ...]:
    """A table of names and values whose head, or a row of it, is the title of the finding."""
    if block.kind is not Kind.TABLE or any(len(cells) != 2 for _, cells in block.rows):
        return ()
    roles = {role_of(cells[0]): cells[1] for _, cells in block.rows}
    told = {Role.PROBLEM, Role.FIX} & roles.keys()
    if not told or not {Role.PLACE, Role.SEVERITY} & roles.keys():
        return ()
    first, second = (cell.strip(" *`") for cell in block.rows[0][1])
    if role_of(first) is None and role_of(second) is None and len(second.split()) > 1:
        text = f"{first}: {second}"
        if Heading(text).id is None:
            return ()
    elif Role.TITLE in roles and (before is None or before.kind not in _TITLES):
        text = f"{roles[Role.ID]}: {roles[Role.TITLE]}" if Role.ID in roles else roles[Role.TITLE]
    else:
        return ()
    line = block.rows[0][0]
    rest = replace(block, first=block.rows[1][0], rows=block.rows[1:])
    return Block(Kind.BOLD, line, line, text, BELOW_ALL), rest


def _of_quote(document: Document, block: Block) -> tuple[Block, ...]:
    """A quotation that is laid out as a finding: its title has a severity, a place stands below.

    What has less of it is quoted for another reason.
    """
    if block.kind is not Kind.QUOTE:
        return ()
    first = block.first + bool(_CALLOUT.match(document.line(block.first)))
    if first >= block.last:
        return ()
    text = document.line(first).lstrip("> ").strip()
    lines = [document.line(at).lstrip("> ") for at in range(first + 1, block.last + 1)]
    placed = any(at.path and at.lines for line in lines for at in locations_of(line))
    heading = Heading(text)
    if not placed or not heading.marked or heading.severity is None or "**" not in text:
        return ()
    rest = Block(Kind.PARAGRAPH, first + 1, block.last)
    return Block(Kind.BOLD, block.first, first, text, BELOW_ALL), rest


def _begins_with_labels(document: Document, block: Block) -> bool:
    """Whether the first line of a block, and one more, are labelled as those of a finding."""
    roles = [_label(document, number) for number in range(block.first, block.last + 1)]
    if len(roles) == 1:
        return roles[0] in (Role.PLACE, Role.SEVERITY)
    return roles[0] in _SIGNS and sum(role in _SIGNS for role in roles) > 1


def _label(document: Document, number: int) -> Role | None:
    found = label_of(document, number)
    return found[0] if found is not None else None
