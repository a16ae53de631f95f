"""Findings in Markdown of any shape: known by what they hold, not by an id.

What holds at least two of a place, a severity, a problem, code and a fix is a finding: a heading
or a bold line with what stands below it, an item of a list, a row of a table. Chapters, summaries,
lists of what was changed and tables of packages hold such things too, and are none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from rapidfuzz import fuzz, process

from codemods.findings.model import Field, Status
from codemods.findings.readers.blocks import Block, Kind
from codemods.findings.readers.chapters import (
    below,
    is_chapter,
    is_file,
    is_heading,
    is_own,
    names_chapter,
    repeats,
    retitled,
)
from codemods.findings.readers.document import Document
from codemods.findings.readers.entries import Above, Entry, sentence_fields
from codemods.findings.readers.fenced import fenced_entries
from codemods.findings.readers.items import is_coded, item_entries
from codemods.findings.readers.labels import Cut
from codemods.findings.readers.lexicon import says, status_in
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.reading import Damage
from codemods.findings.readers.status import issues
from codemods.findings.readers.subject import subject_of
from codemods.findings.readers.tables import rows_of
from codemods.findings.readers.titles import titled
from codemods.findings.readers.words import Heading
from codemods.findings.roles import Role

_COMPARED = 500
"""How many titles are compared word by word, so that long reports do not take long."""
_ALIKE = 88
"""How alike two titles are, from 0 to 100, to be those of one finding."""


class GeneralReader:
    """Reads what nobody else has read of one report."""

    def __init__(
        self,
        document: Document,
        taken: Iterable[tuple[int, int]],
        known: Iterable[tuple[str, str]] = (),
        again: Iterable[int] = (),
    ) -> None:
        """
        Args:
            document: the report.
            taken: first and last lines of what is read already.
            known: ids and titles of what is.
            again: lines of findings of those that are to be read once more.
        """
        self.document = document
        self.blocks = titled(document)
        spans = sorted(taken)
        self._begun = [first for first, _ in spans]
        self._taken = {line for first, last in spans for line in range(first, last + 1)}
        self._known = tuple(known)
        self._again = frozenset(again)
        self._rows: list[Entry] = []
        """Rows of tables and items of lists, which may sum up what is told elsewhere."""
        self._passed: list[tuple[Block, Above]] = []
        self._spans: list[tuple[int, int]] = []
        self.damaged: list[Damage] = []
        """What looks like a finding and cannot be read as one."""

    def entries(self) -> list[Entry]:
        """The findings, in the order of the report."""
        found: list[Entry] = []
        above = Above(subject=subject_of(self.document, self.blocks))
        self._sections(0, len(self.blocks), above, found)
        found = self._settled(found)
        return sorted((*found, *self._new(found)), key=lambda item: item.line)

    def passed(self) -> list[tuple[Block, Above]]:
        """Blocks outside of all findings that were looked at and held none, with what the headings
        above them say."""
        spans = sorted(self._spans)
        begun = [first for first, _ in spans]
        reach = list(accumulate((last for _, last in spans), max))
        found: dict[int, tuple[Block, Above]] = {}
        for block, above in self._passed:
            before = bisect_right(begun, block.first)
            if not before or reach[before - 1] < block.first:
                found.setdefault(block.first, (block, above))
        return [found[first] for first in sorted(found)]

    def statuses(self, lines: Sequence[int]) -> dict[int, Status]:
        """What the chapters above headings at these lines say of all that is in them."""
        found: dict[int, Status] = {}
        above: list[tuple[int, Status | None]] = []
        wanted = set(lines)
        for block in self.blocks:
            if block.kind is not Kind.HEADING:
                continue
            while above and above[-1][0] >= block.level:
                above.pop()
            status = next((status for _, status in reversed(above) if status is not None), None)
            if block.first in wanted and status is not None:
                found[block.first] = status
            kind = status_in(block.text) if block.level > 1 and block.first not in wanted else None
            own = Status(kind, block.text, issues(block.text)) if kind is not None else None
            above.append((block.level, own))
        return found

    def _settled(self, found: list[Entry]) -> list[Entry]:
        """The findings without a log of what was changed, if there are others."""
        open_ = [item for item in found if not item.above.is_log]
        self._rows = [
            item
            for item in self._rows
            if not (item.above.is_log or item.above.status or item.status().kind.is_settled)
        ]
        whole = [item for item in self._rows if not item.above.is_summary]
        if open_ or self._known or whole:
            self._rows = whole
        if open_ or self._known:
            return open_
        return found

    def _new(self, found: list[Entry]) -> list[Entry]:
        """The rows and items that do not sum up a finding that is told elsewhere."""
        told = [*self._known, *((item.heading.id or "", item.heading.title) for item in found)]
        ids = {id.lower() for id, _ in told if id and not id.isdigit()}
        titles = [title.lower() for _, title in told]
        exact = set(titles)
        placed = bool(told) or any(Role.PLACE in item.names for item in self._rows)
        new = []
        for item in self._rows:
            if item.line in self._again:
                new.append(item)
                continue
            title = item.heading.title.lower()
            located = item.has_place or item.above.place or is_coded(item)
            if (placed and not located) or (told and item.is_weak):
                continue
            if (item.heading.id or "").lower() in ids or (told and _sums_up(item)):
                continue
            if title in exact or process.extractOne(
                title, titles[:_COMPARED], scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE
            ):
                continue
            new.append(item)
        return new

    def _is_taken(self, line: int) -> bool:
        return line in self._taken

    def _sections(self, start: int, end: int, above: Above, found: list[Entry]) -> None:
        """Everything between two blocks: what stands before the first heading, then each."""
        index = start
        while index < end and not is_heading(self.blocks[index]):
            index += 1
        self._loose(start, index, above, "")
        while index < end:
            following = index + 1
            level = self.blocks[index].level
            while following < end and not _ends(self.blocks[following], level):
                following += 1
            self._section(index, following, above, found)
            index = following

    def _section(self, index: int, end: int, above: Above, found: list[Entry]) -> None:
        block = self.blocks[index]
        if self._is_taken(block.first):
            return
        heading = Heading(block.text)
        if heading.lines is not None and heading.place is None:
            heading.place = above.place
        inner = below(above, block, heading)
        if inner is None:
            return
        if inner.is_summary:
            self._loose(index + 1, end, inner, heading.title)
            return
        last = self.blocks[end - 1].last
        if bisect_right(self._begun, last) > bisect_right(self._begun, block.first):
            # What has findings of a known shape in it is a chapter.
            self._sections(index + 1, end, inner, found)
            return
        first = next((i for i in range(index + 1, end) if is_heading(self.blocks[i])), end)
        entry = Entry(block.first, heading, above, self._fields(index, first))
        entry.look_at_code()
        if Role.VERDICT in entry.names:
            return
        if inner.severity is None:
            inner = replace(inner, severity=entry.severity()[0])
        inside: list[Entry] = []
        rows = len(self._rows)
        self._sections(first, end, inner, inside)
        if entry.is_finding() and heading.id is not None and not names_chapter(heading):
            # What has an id and says something is a finding; its parts are only its parts, unless
            # they have ids, places or severities of their own.
            inside = [item for item in inside if is_own(item, heading)]
        # The title of a report with chapters is none of a finding, unless it says so at once.
        one = entry.is_finding() or (len(self._rows) == rows and (block.level > 1 or first == end))
        if not inside and one:
            entry.fields = self._fields(index, end)
        has_parts = first < end
        several = is_file(heading) or repeats(entry)
        listed = several and self._lists(index + 1, first, inner)
        if listed or is_chapter(entry, inside, has_parts) or not self._is_finding(entry):
            self._loose(index + 1, first, inner, heading.title)
            found += inside
            return
        del self._rows[rows:]
        retitled(entry)
        if heading.id is not None and _RANGE.fullmatch(heading.id) and not entry.has_place:
            reason = "covers several findings that have no place of their own"
            self.damaged.append(Damage(block.first, block.text, reason))
            found += inside
            return
        self._spans.append((block.first, last))
        found.append(entry)
        found += inside

    def _is_finding(self, entry: Entry) -> bool:
        """Whether a heading is a finding, in a report that has known ones or has none."""
        if not entry.is_finding():
            return False
        if not self._known:
            return True
        # Those who give ids and severities to their findings give them to all.
        severe = entry.has_severity or entry.above.severity is not None
        return severe or (entry.heading.id is not None and entry.has_place)

    def _loose(self, start: int, end: int, above: Above, chapter: str) -> None:
        """Rows of tables and items of lists, where no heading is a finding."""
        told_elsewhere = says("chapter", "closed", chapter) or says("chapter", "known", chapter)
        for block in self.blocks[start:end]:
            if self._is_taken(block.first):
                continue
            rows_before = len(self._rows)
            if block.kind is Kind.TABLE:
                rows = rows_of(block.rows, above, chapter)
                self._rows += [entry for entry in rows if not self._is_taken(entry.line)]
            elif self._is_item(block, above) and not block.checked and not above.is_topic:
                self._rows += item_entries(self.document, self.blocks, block, above)
            elif block.kind is Kind.FENCE and above.of_findings:
                self._rows += fenced_entries(self.document, block, above)
            if len(self._rows) == rows_before and not told_elsewhere:
                self._passed.append((block, above))

    def _lists(self, start: int, end: int, above: Above) -> bool:
        """Whether findings stand in a list below the title of a file, and are no description."""
        rows = len(self._rows)
        self._loose(start, end, above, "")
        found = self._rows[rows:]
        del self._rows[rows:]
        return any(not item.is_weak for item in found)

    def _is_item(self, block: Block, above: Above) -> bool:
        """Whether a block is an item of a list, or a paragraph below a file that is like one."""
        if block.kind is Kind.PARAGRAPH and above.place is not None:
            return Heading(self.document.line(block.first)).lines is not None
        return block.kind is Kind.ITEM

    def _fields(self, index: int, end: int) -> list[Field]:
        """The fields of the heading ``index`` and of the blocks up to ``end``."""
        block = self.blocks[index]
        told = sentence_fields(re.sub(r"^\*\([^)]{0,80}\)\*", "", block.rest), block.first)
        if index + 1 >= end:
            return told
        first, last = self.blocks[index + 1].first, self.blocks[end - 1].last
        return [*told, *Cut(self.document, self.blocks, first, last).fields()]


def _ends(block: Block, level: int) -> bool:
    """Whether a section of a level ends with a block; ``## Recommendations`` ends ``### 7. …``."""
    return block.level <= level and (block.kind is Kind.HEADING or is_heading(block))


_RANGE = re.compile(r"#?\d{1,5}-\d{1,5}")


def _sums_up(entry: Entry) -> bool:
    """Whether a row says less than a finding with a heading: no line, and a number for its id."""
    places = [
        at for item in entry.fields if item.name == Role.PLACE for at in locations_of(item.text)
    ]
    if (
        Role.LINE in entry.names
        or any(at.lines for at in places)
        or (entry.heading.place and ":" in entry.heading.place)
    ):
        return False
    id = entry.heading.id
    return id.isdigit() if id is not None else entry.above.severity is None
