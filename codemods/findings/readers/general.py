"""Findings in Markdown of any shape: known by what they hold, not by an id.

What holds at least two of a place, a severity, a problem, code and a fix is a finding: a heading
or a bold line with what stands below it, an item of a list, a row of a table. Chapters, summaries,
lists of what was changed and tables of packages hold such things too, and are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from codemods.findings.model import Field
from codemods.findings.readers.blocks import Block, Kind, blocks_of
from codemods.findings.readers.document import Document
from codemods.findings.readers.entries import Above, Entry, first_sentence
from codemods.findings.readers.items import item_entries, place_in
from codemods.findings.readers.labels import Cut, heading_field
from codemods.findings.readers.lexicon import says, status_in
from codemods.findings.readers.tables import rows_of
from codemods.findings.readers.words import Heading, section_severity
from codemods.findings.roles import Role

_ALIKE = 88
"""How alike two titles are, from 0 to 100, to be those of one finding."""


class GeneralReader:
    """Reads what nobody else has read of one report."""

    def __init__(
        self,
        document: Document,
        taken: Iterable[tuple[int, int]],
        known: Iterable[tuple[str, str]] = (),
    ) -> None:
        """
        Args:
            document: the report.
            taken: first and last lines of what is read already.
            known: ids and titles of that.
        """
        self.document = document
        self.blocks = blocks_of(document.lines)
        self._taken = sorted(taken)
        self._known = tuple(known)
        self._rows: list[Entry] = []
        """Rows of tables and items of lists, which may sum up what is told elsewhere."""

    def entries(self) -> list[Entry]:
        """The findings, in the order of the report."""
        found: list[Entry] = []
        self._sections(0, len(self.blocks), Above(), found)
        found = self._settled(found)
        return sorted((*found, *self._new(found)), key=lambda item: item.line)

    def _settled(self, found: list[Entry]) -> list[Entry]:
        """The findings without a log of what was changed, if there are others."""
        open_ = [item for item in found if not item.above.is_log]
        rows = [item for item in self._rows if not item.above.is_log]
        if open_ or rows or self._known:
            self._rows = rows
            return open_
        return found

    def _new(self, found: list[Entry]) -> list[Entry]:
        """The rows and items that do not sum up a finding that is told elsewhere."""
        told = [*self._known, *((item.heading.id or "", item.heading.title) for item in found)]
        ids = {id.lower() for id, _ in told if id and not id.isdigit()}
        titles = [title.lower() for _, title in told]
        placed = bool(told) or any(item.has_place for item in self._rows)
        new = []
        for item in self._rows:
            title = item.heading.title.lower()
            if placed and not (item.has_place or item.above.place):
                continue
            if (item.heading.id or "").lower() in ids:
                continue
            if process.extractOne(title, titles, scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE):
                continue
            new.append(item)
        return new

    def _is_taken(self, line: int) -> bool:
        return any(first <= line <= last for first, last in self._taken)

    def _sections(self, start: int, end: int, above: Above, found: list[Entry]) -> None:
        """Everything between two blocks: what stands before the first heading, then each."""
        index = start
        while index < end and not _is_heading(self.blocks[index]):
            index += 1
        self._loose(start, index, above, "")
        while index < end:
            following = index + 1
            level = self.blocks[index].level
            while following < end and not (
                _is_heading(self.blocks[following]) and self.blocks[following].level <= level
            ):
                following += 1
            self._section(index, following, above, found)
            index = following

    def _section(self, index: int, end: int, above: Above, found: list[Entry]) -> None:
        block = self.blocks[index]
        if self._is_taken(block.first):
            return
        heading = Heading(block.text)
        inner = _below(above, block, heading)
        if inner is None:
            return
        last = self.blocks[end - 1].last
        if any(block.first < first <= last for first, _ in self._taken):
            # What has findings of a known shape in it is a chapter.
            self._sections(index + 1, end, inner, found)
            return
        first = next((i for i in range(index + 1, end) if _is_heading(self.blocks[i])), end)
        entry = Entry(block.first, heading, above, self._fields(index + 1, first))
        if Role.VERDICT in entry.names:
            return
        inside: list[Entry] = []
        rows = len(self._rows)
        self._sections(first, end, inner, inside)
        if not inside and len(self._rows) == rows:
            entry.fields = self._fields(index + 1, end)
        if _is_chapter(entry, inside) or not entry.is_finding():
            self._loose(index + 1, first, inner, heading.title)
            found += inside
            return
        del self._rows[rows:]
        _retitled(entry)
        found.append(entry)
        found += inside

    def _loose(self, start: int, end: int, above: Above, chapter: str) -> None:
        """Rows of tables and items of lists, where no heading is a finding."""
        for block in self.blocks[start:end]:
            if self._is_taken(block.first):
                continue
            if block.kind is Kind.TABLE:
                rows = rows_of(block.rows, above, chapter)
                self._rows += [entry for entry in rows if not self._is_taken(entry.line)]
            elif block.kind is Kind.ITEM and not block.checked and not above.is_topic:
                self._rows += item_entries(self.document, self.blocks, block, above)

    def _fields(self, start: int, end: int) -> list[Field]:
        if start >= end:
            return []
        first, last = self.blocks[start].first, self.blocks[end - 1].last
        return Cut(self.document, self.blocks, first, last).fields()


def _is_heading(block: Block) -> bool:
    """Whether a block is a heading or a bold line, and no name of a field."""
    return block.kind in (Kind.HEADING, Kind.BOLD) and heading_field(block.text) is None


def _below(above: Above, block: Block, heading: Heading) -> Above | None:
    """What holds below one more heading; ``None`` where nothing is a finding."""
    title = heading.title
    place = place_in(block.text)
    severity = section_severity(re.sub(r"^[\d.]+\s", "", block.text.strip("*_ ")))
    own = heading.place is not None or heading.marked or severity is not None
    is_log = says("chapter", "log", title)
    if (heading.is_praise or says("chapter", "closed", title)) and not own and not is_log:
        if (block.level > 1 and heading.id is None) or heading.is_praise:
            return None
    numbered = heading.id is not None and heading.id.replace(".", "").isdigit()
    chapter = severity is not None or place is not None or not heading.marked
    status = status_in(title) if chapter and not numbered else None
    findings = severity is not None or says("chapter", "findings", title)
    return Above(
        severity if severity is not None or block.level <= 2 else above.severity,
        place or above.place,
        findings or (above.of_findings and block.level > 1),
        says("chapter", "topic", title) if block.level > 1 else False,
        status or above.status,
        title if status else above.status_text,
        is_log or above.is_log,
    )


def _is_chapter(entry: Entry, inside: Sequence[Entry]) -> bool:
    """Whether a heading with findings below it is none itself."""
    if not inside:
        return False
    own = entry.has_place or (entry.has_code and entry.has_severity)
    return not own


def _retitled(entry: Entry) -> None:
    """Gives a heading that is only a file the problem for its title."""
    heading = entry.heading
    if heading.place is None or heading.place.strip("`*[] ") not in heading.title:
        return
    told = next((item.prose for item in entry.fields if item.name == Role.PROBLEM), "")
    if told and len(heading.title) <= len(heading.place) + 12:
        heading.title = first_sentence(told)
