"""Findings that are items of a list: with a bold title, a severity, labels or a path in front."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from codemods.findings.readers.blocks import Block
from codemods.findings.readers.document import Document
from codemods.findings.readers.entries import (
    Above,
    Entry,
    first_sentence,
    sentence_fields,
)
from codemods.findings.readers.labels import Cut, label_of
from codemods.findings.readers.lexicon import names, severity_of_word, status_at_start
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.words import Heading, is_severity
from codemods.findings.roles import Role, role_of
from codemods.findings.text import mentioned_lines

_MARK = re.compile(
    r"^(?P<indent>[ \t]*)(?:[-*+•]|\d{1,4}[.)])[ \t]+(?:\[(?P<box>[ xX✓✔])\][ \t]+)?"
)
_BOLD = re.compile(r"(?P<title>\*\*[^*]{2,200}\*\*)[ \t]*(?P<rest>.*)", re.DOTALL)
_BARE_LINE = re.compile(r"\*\*[^\W\d_]{1,12}\s?\d{1,7}\*\*")
_DEEPEST = 8
_SHORT_LINE = re.compile(r"[Ll](\d{1,7})")
_LED = re.compile(
    r"(?P<place>`[^`]{3,200}`|\[[^\]]{3,200}\]\([^)]{3,300}\))"
    r"(?P<at>[ \t,(（]{1,3}[^\n`–—:：→]{1,80}?)??[ \t]*[-–—:：→][ \t]+(?P<rest>.*)",
    re.DOTALL,
)
_CODED = re.compile(r"[A-Z]{2,8}(?:-[A-Z0-9]{1,8}){0,3}-\d{1,4}")
"""An id that nobody gives to a remark: ``MED-API-001``."""


def item_entries(
    document: Document, blocks: Sequence[Block], block: Block, above: Above, depth: int = 0
) -> Iterator[Entry]:
    """The findings of an item: itself, or the items in it."""
    if depth > _DEEPEST:
        return
    lines = document.lines[block.first - 1 : block.last]
    label = label_of(document, block.first)
    if label is not None and label[0] is not None:
        return
    inner = list(_inner(lines, block.first))
    head = _MARK.sub("", lines[0])
    if inner and not _labelled(document, inner[0][0], block.last) and _is_group(head):
        place = place_in(head)
        below = replace(above, place=place or above.place)
        for first, last in inner:
            nested = replace(block, first=first, last=last)
            yield from item_entries(document, blocks, nested, below, depth + 1)
        return
    entry = _entry(document, blocks, block, head, above)
    if entry is not None:
        yield entry


def _is_group(head: str) -> bool:
    """Whether an item only says what its own items have in common: ``**Unused imports**:``."""
    text = head.rstrip()
    return len(text) <= 120 and text.endswith((":", "：", "**", "`")) and role_of(text) is None


def _inner(lines: Sequence[str], first: int) -> Iterator[tuple[int, int]]:
    """The first and last lines of the items one level further in."""
    starts: list[int] = []
    level: int | None = None
    for number, line in enumerate(lines[1:], first + 1):
        match = _MARK.match(line)
        if match is None:
            continue
        indent = len(match["indent"].expandtabs(4))
        level = indent if level is None else level
        if indent <= level:
            starts.append(number)
    ends = [*(start - 1 for start in starts[1:]), first + len(lines) - 1]
    return zip(starts, ends, strict=False)


def _labelled(document: Document, first: int, last: int) -> bool:
    found = (label_of(document, number) for number in range(first, last + 1))
    return any(item is not None and item[0] is not None for item in found)


def _entry(
    document: Document, blocks: Sequence[Block], block: Block, head: str, above: Above
) -> Entry | None:
    """An item that is a finding by itself."""
    box = _MARK.match(document.line(block.first))
    if box is not None and (box["box"] or " ") != " ":
        return None
    text = _joined(document, block, head)
    heading, rest = _title(text)
    entry = Entry(block.first, heading, above)
    labelled = _labelled(document, block.first + 1, block.last)
    fenced = bool(document.fences_in(block.first + 1, block.last))
    if labelled or fenced:
        entry.fields = Cut(document, blocks, block.first + 1, block.last).fields()
    entry.fields += sentence_fields(rest or heading.title, block.first)
    said = status_at_start(rest)
    if said is not None and heading.status is None:
        heading.status, heading.status_text = said[0], rest[: said[1]].strip()
    if above.place is not None and (line := _SHORT_LINE.fullmatch(heading.id or "")) is not None:
        heading.id, heading.lines = None, line[1]
    place = heading.place or place_in(head) or place_in(text) or above.place
    if place and heading.place is None:
        heading.place = place
    return entry if _is_sure(entry, labelled, bold=head.startswith("**")) else None


def _joined(document: Document, block: Block, head: str) -> str:
    """The first paragraph of an item in one line."""
    found = [head.strip()]
    for number in range(block.first + 1, block.last + 1):
        line = document.line(number)
        if not line.strip() or number in document.literal or _MARK.match(line):
            break
        if label_of(document, number) is not None:
            break
        found.append(line.strip())
    return " ".join(found)


def _title(text: str) -> tuple[Heading, str]:
    """The title of an item and what is told behind it."""
    bold = None if _BARE_LINE.match(text) else _BOLD.match(text)
    if bold is not None and not is_severity(bold["title"]) and role_of(bold["title"]) is None:
        heading, rest = Heading(bold["title"]), bold["rest"].strip().lstrip(":–—- ")
        if heading.id is not None and heading.title.strip("*` ") in ("", heading.id):
            # ``**BE-02**: what is wrong``: only the id is bold.
            heading.title = first_sentence(rest)
        if heading.severity is None and (said := severity_of_word(rest.strip("`*_()[]"))):
            heading.severity, heading.marked, rest = said, True, ""
        return heading, rest
    heading, rest = Heading(text), ""
    if (parted := _parted(heading)) is not None:
        return heading, parted
    led = _LED.match(heading.title)
    at = (led["at"] or "") if led is not None else ""
    if led is not None and locations_of(led["place"])[0].path and (not at or mentioned_lines(at)):
        heading.place = led["place"] + at if at else heading.place or led["place"]
        heading.title = led["rest"]
    rest = heading.title
    heading.title = first_sentence(rest)
    return heading, rest


def _parted(heading: Heading) -> str | None:
    """What stands behind the place of ``Title — app/x.py:3 — What to do``, whose title and place
    it gives to the heading; ``None`` for other titles."""
    parts = re.split(r"[ \t]{1,3}[—–|-][ \t]{1,3}", heading.title)
    for number, part in enumerate(parts[1:], 1):
        at = locations_of(part) if ".py" in part and " " not in part.strip() else ()
        if len(at) == 1 and at[0].path and at[0].lines:
            heading.place = heading.place or f"`{part.strip('` ')}`"
            heading.title = first_sentence(" - ".join(parts[:number]))
            return " ".join((f"{heading.title}.", *parts[number + 1 :]))
    return None


def _is_sure(entry: Entry, labelled: bool, *, bold: bool) -> bool:
    """Whether an item, of which reports are full, is a finding for more than one reason."""
    if not entry.is_finding() or entry.heading.title.endswith("?"):
        return False
    place = entry.heading.place
    lined = entry.heading.lines is not None
    lined = place is not None and (lined or any(item.lines for item in locations_of(place)))
    found = entry.names
    severe = entry.has_severity or entry.above.severity is not None
    named = entry.heading.id is not None or bold
    if labelled:
        return entry.signs() >= 3 or (entry.signs() >= 2 and severe)
    if entry.heading.marked and entry.has_place:
        return True
    if severe and (place is not None or Role.PLACE in found):
        return named or lined
    if is_coded(entry):
        return True
    entry.is_weak = True
    return entry.above.of_findings and place is not None and (lined or bold or _leads(entry))


def is_coded(entry: Entry) -> bool:
    """Whether an id says that it is one of several findings, below a title with their severity."""
    id = entry.heading.id or ""
    if entry.above.severity is None or _CODED.fullmatch(id) is None:
        return False
    return id.rpartition("-")[0].lower() not in names("title", "standards")


def _leads(entry: Entry) -> bool:
    """Whether an item begins with its place and says something of it."""
    return len(entry.heading.title.split()) >= 3


def place_in(text: str) -> str | None:
    """The first inline code or link of a text that is a path of a file."""
    for found in re.finditer(r"`[^`]{1,300}`|\[[^\]]{1,300}\]\([^)]{1,400}\)", text):
        places = locations_of(found[0])
        if any(item.path and item.path.endswith((".py", ".pyi")) for item in places):
            return found[0]
    return None
