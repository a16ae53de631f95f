"""Titles of people who use no headings: a line of a paragraph or a list above labelled lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from codemods.findings.readers.blocks import BELOW_ALL, Block, Kind, blocks_of
from codemods.findings.readers.document import Document
from codemods.findings.readers.labels import label_of
from codemods.findings.roles import Role

_SIGNS = frozenset((Role.PLACE, Role.SEVERITY, Role.PROBLEM, Role.FIX, Role.LINE))
_NAMES = frozenset((Role.PROBLEM, Role.TITLE))
_LONGEST = 200


def titled(document: Document) -> tuple[Block, ...]:
    """The blocks of a report, with lines that are titles as bold lines."""
    blocks = blocks_of(document.lines, [item.line for item in document.headings])
    return tuple(_titled(document, blocks))


def _titled(document: Document, blocks: tuple[Block, ...]) -> Iterator[Block]:
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        alone = index == 0 or blocks[index - 1].kind is not Kind.ITEM
        one_line = block.kind is Kind.ITEM and block.first == block.last and alone
        if one_line and following is not None:
            # ``1. Title`` with ``Severity: HIGH`` in the next paragraph.
            if following.kind is Kind.PARAGRAPH and _begins_with_labels(document, following):
                text = re.sub(r"^\s*[-*+]\s+", "", document.line(block.first)).strip()
                yield Block(Kind.BOLD, block.first, block.last, text, BELOW_ALL)
                continue
        elif block.kind is Kind.PARAGRAPH and block.last > block.first:
            rest = replace(block, first=block.first + 1)
            line = document.line(block.first).strip()
            fits = len(line) <= _LONGEST and not line.endswith((".", ":")) and "|" not in line
            if (
                fits
                and _label(document, block.first) is None
                and _begins_with_labels(document, rest)
            ):
                yield Block(Kind.BOLD, block.first, block.first, line, BELOW_ALL)
                yield rest
                continue
            before = blocks[index - 1].kind if index else Kind.RULE
            if before is Kind.RULE and _label(document, block.first) in _NAMES:
                # A record of labelled lines between two rules; the first one is its title.
                found = label_of(document, block.first)
                value = document.line(block.first)[found[2] :].strip() if found is not None else ""
                if value and _begins_with_labels(document, rest):
                    yield Block(Kind.BOLD, block.first, block.first, value, BELOW_ALL)
                    yield rest
                    continue
        yield block


def _begins_with_labels(document: Document, block: Block) -> bool:
    """Whether the first line of a block, and one more, are labelled as those of a finding."""
    roles = [_label(document, number) for number in range(block.first, block.last + 1)]
    if len(roles) == 1:
        return roles[0] in (Role.PLACE, Role.SEVERITY)
    return roles[0] in _SIGNS and sum(role in _SIGNS for role in roles) > 1


def _label(document: Document, number: int) -> Role | None:
    found = label_of(document, number)
    return found[0] if found is not None else None
