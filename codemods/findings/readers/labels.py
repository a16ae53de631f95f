"""Lines of a report cut into fields: by labels, headings, fences, tables and blank lines."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codemods.findings.model import Field
from codemods.findings.readers.blocks import Block, Kind
from codemods.findings.readers.document import Document
from codemods.findings.readers.entries import cell_field
from codemods.findings.readers.fields import Start, field_of
from codemods.findings.readers.indented import is_indented, with_indented_code
from codemods.findings.readers.lexicon import names, severity_of_word
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.pairs import paired
from codemods.findings.roles import Role, role_of
from codemods.findings.text import code_spans, in_code, mentioned_lines

_LABEL = re.compile(
    r"^(?P<lead>[ \t>]{0,40}(?:(?:[-*+•]|\d{1,4}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?)"
    r"(?:[^\w\s*_`#|<\[(\"'-]{1,4}[ \t]{0,2})?"
    r"(?:(?P<mark>\*\*\*|\*\*|__|\*|_)(?P<bold>[^*_:：\n][^*:：\n]{0,60}?)"
    r"(?:[ \t]{0,3}[:：][ \t]{0,3}(?P=mark)|(?P=mark)(?:[ \t]{0,3}\([^()\n]{0,60}\))?"
    r"[ \t]{0,3}(?:[:：]|[-–—](?=[ \t])|$))"
    r"|(?P<plain>[^\W\d_][^:：\n`*|]{0,40}?)[ \t]?[:：](?=[ \t]|$|[^\W\d_ -~]))[ \t]*"
)
_DOTTED = re.compile(
    r"^(?P<lead>[ \t>]{0,40}(?:[-*+•][ \t]+)?)(?P<mark>\*\*|__|\*|_)"
    r"(?P<name>[^*_:：.\n]{2,40})\.(?P=mark)(?=[ \t])[ \t]*"
)
"""``*Suggested fix.* Use x``: only names that the lexicon has count."""
_DASHED = re.compile(r"^[ \t>]{0,12}(?P<name>[^\W\d_]{3,20}(?:[ ][a-z]{2,8})?)[ \t]+[–—][ \t]+")
_BOLD_FIX = re.compile(
    r"^[ \t>]{0,40}(?:[-*+•][ \t]+)?\*\*(?P<name>[^*:：\n]{2,30})\*\*[ \t]+(?=\w)"
)
_ARROW = re.compile(
    r"^[ \t>]{0,40}(?:[-*+•][ \t]+)?(?:→|->|=>|➡️?)[ \t]{1,4}(?=(?P<word>[^\W\d_]{2,20}))"
)
"""``→ Use x``: what is to be done where the first word asks for it, else what follows from what."""
_DASHED_ROLES = (Role.SEVERITY, Role.PLACE, Role.LINE, Role.STATUS, Role.FIX)
_BOX = re.compile(r"[ \t]{0,12}[-*+][ \t]{1,4}\[[ xX]\][ \t]")
_NEXT_LABEL = re.compile(
    r"(?:[|·•;/,]|[ \t]{2}|\.)[ \t]{0,3}(?:\*\*|__)(?P<name>[^*_:\n]{1,40}?)"
    r"(?::(?:\*\*|__)|(?:\*\*|__)[ \t]{0,3}:)[ \t]*"
)
_SKIPPED = re.compile(
    r"\s*(?:[-*_][ \t]{0,3}){3,80}$"
    r"|\s*</?(?:details|summary|blockquote|br|p|div|table|tr|td)\b[^>]{0,200}>.*"
)
_SHORT = frozenset(
    (
        *(Role.PLACE, Role.LINE, Role.SYMBOL, Role.SEVERITY, Role.PRIORITY, Role.STATUS),
        *(Role.EFFORT, Role.AREA, Role.ID, Role.RULE, Role.TITLE, Role.RELATED),
    )
)
"""Roles whose value ends at a blank line."""
VALUES = frozenset(
    (Role.SEVERITY, Role.PRIORITY, Role.STATUS, Role.EFFORT, Role.AREA, Role.LINE, Role.ID)
)
"""Roles that a heading can have with their value behind them: ``### Severity: HIGH``."""


def label_of(document: Document, number: int) -> tuple[Role | None, str, int] | None:
    """Role, name and column behind the label that a line begins with."""
    if number in document.literal:
        return None
    line = document.line(number)
    match = _LABEL.match(line)
    if match is None:
        return _apart(line)
    name = (match["bold"] or match["plain"] or "").strip()
    role = role_of(name)
    if role is None and match["bold"]:
        role = _fix_in(name)
    if role is None and (match["plain"] or match["mark"] in ("*", "_")):
        return None
    return role, name, match.end()


def _apart(line: str) -> tuple[Role | None, str, int] | None:
    """The label of a line that has a full stop or a dash behind it, in place of a colon."""
    dotted, dashed = _DOTTED.match(line), _DASHED.match(line)
    if dotted is not None and (role := role_of(dotted["name"])) is not None:
        return role, dotted["name"], dotted.end()
    fix, arrow = _BOLD_FIX.match(line), _ARROW.match(line)
    if fix is not None and role_of(fix["name"]) is Role.FIX:
        return Role.FIX, fix["name"], fix.end()
    if arrow is not None and arrow["word"].lower() in names("asks", "words"):
        return Role.FIX, "→", arrow.end()
    if dashed is not None and (role := role_of(dashed["name"])) in _DASHED_ROLES:
        return role, dashed["name"], dashed.end()
    return None


def _fix_in(name: str) -> Role | None:
    """The role of ``Fix requires two changes``."""
    words = name.split()
    return Role.FIX if len(words) > 2 and role_of(words[0]) is Role.FIX else None


def heading_field(text: str, *, bold: bool = False) -> tuple[Role | None, int] | None:
    """Role and beginning of the value of a heading that is the name of a field, or names one with
    its value; ``None`` for other headings. A bold line can name any field with its value."""
    role = role_of(text) or (_fix_in(text) if bold and text.endswith(":") else None)
    if role is not None:
        return role, len(text)
    label, colon, value = text.partition(":")
    role = role_of(label) if colon and value.strip(" *_") else None
    fits = role in VALUES or (bold and role is not None and role in _SHORT)
    # ``### File: app/x.py`` begins what is told of a file.
    named = label.strip(" *#").lower() in names("title", "locations")
    fits = fits or (named and any(item.path for item in locations_of(value)))
    return (role, len(label) + 1) if fits else None


@dataclass(slots=True)
class _Segment:
    """A field that is being read."""

    start: Start
    role: Role | None
    last: int
    sticky: bool = False
    """Whether it goes on over blank lines: it is a heading's."""
    is_empty: bool = True
    is_list: bool = False
    """Whether its value is the list below its name: more than one place, say."""


class Cut:
    """Cuts the lines between two of a report."""

    def __init__(self, document: Document, blocks: Sequence[Block], first: int, last: int) -> None:
        self.document = document
        self.first, self.last = first, last
        self._segments: list[_Segment] = []
        self._cells: list[Field] = []
        start = bisect_left(blocks, first, key=lambda item: item.first)
        inside = blocks[start : bisect_right(blocks, last, key=lambda item: item.first)]
        self._named = {
            item.first: item for item in inside if item.kind in (Kind.HEADING, Kind.BOLD)
        }
        self._tables = {item.first: item for item in inside if item.kind is Kind.TABLE}
        self._fences = {item.line: item for item in document.fences_in(first, last)}

    def fields(self) -> list[Field]:
        """The fields, in their order; pairs of wrong and right code are taken apart."""
        number, blank = self.first, True
        while number <= self.last:
            line = self.document.line(number)
            if not line.strip():
                blank = True
                number += 1
                continue
            number = self._line(number, line, blank) + 1
            blank = False
        read = (field_of(self.document, item.start, item.last) for item in self._segments)
        made = map(with_indented_code, read)
        said = [item for item in (*made, *self._cells) if item.text or item.blocks]
        return paired(sorted(said, key=lambda item: item.line))

    def _line(self, number: int, line: str, blank: bool) -> int:
        """Takes one line, or all lines of a fence or a table; the last one."""
        if (fence := self._fences.get(number)) is not None:
            self._code(number, fence.end)
            return max(number, fence.end)
        if (table := self._tables.get(number)) is not None:
            self._table(table)
            return table.last
        if (named := self._named.get(number)) is not None:
            self._heading(named, line)
            return named.last
        label = label_of(self.document, number) or self._side(number, line)
        if label is not None and not (label[0] is None and self._is_in_a_fix(line)):
            self._labels(number, line, *label)
        elif not _SKIPPED.match(line):
            self._prose(number, line, blank)
        return number

    def _side(self, number: int, line: str) -> tuple[Role | None, str, int] | None:
        """``Replace`` and ``with`` on lines of their own, each above a block of code."""
        name = line.strip(" \t:：*_").lower()
        after = next((at for at in (number + 1, number + 2) if at in self._fences), None)
        if after is None or (after == number + 2 and self.document.line(number + 1).strip()):
            return None
        if name in names("pair", "from"):
            return Role.EVIDENCE, name, len(line)
        return (Role.FIX, name, len(line)) if name in names("pair", "into") else None

    def _is_in_a_fix(self, line: str) -> bool:
        """Whether a line is one of the numbered steps of what is to be done."""
        is_fix = bool(self._segments) and self._segments[-1].role is Role.FIX
        return is_fix and re.match(r"\s*\d{1,3}[.)]\s", line) is not None

    def _heading(self, block: Block, line: str) -> None:
        found = heading_field(block.text, bold=block.kind is Kind.BOLD)
        role, start = found if found is not None else (None, len(block.text))
        column = line.find(block.text[start:]) if start < len(block.text) else len(line)
        name = block.text[:start].strip(" :*")
        # Below a bold label that the lexicon does not have, code is evidence.
        sticky = role not in VALUES and (role is not None or block.kind is Kind.HEADING)
        self._open(block.first, max(column, 0), role, name, sticky=sticky)

    def _open(self, line: int, column: int, role: Role | None, name: str, *, sticky: bool) -> None:
        start = Start(line, column, role.value if role else name.lower(), None, 0, False)
        if role is Role.EVIDENCE and name.lower() in names("asks", "code") and self._ticked():
            start = replace(start, name=Role.FIX.value)
            role = Role.FIX
        empty = not self.document.line(line)[column:].strip()
        self._segments.append(_Segment(start, role, line, sticky, empty))

    def _ticked(self) -> bool:
        """Whether tasks to tick off stand above and no fix does; then they are the fix, and the
        code behind them is, too. Steps without boxes may lead to the fault."""
        tasks = names("asks", "tasks")
        for item in self._segments:
            inside = range(item.start.line + 1, item.last + 1)
            if item.role is Role.FIX:
                return False
            if item.start.name in tasks and any(
                _BOX.match(self.document.line(at)) for at in inside
            ):
                item.role, item.start = Role.FIX, replace(item.start, name=Role.FIX.value)
                return True
        return False

    def _labels(self, number: int, line: str, role: Role | None, name: str, column: int) -> None:
        """The field of a label, and those that stand behind it on the same line."""
        if role is None and (both := _both(name, line[column:])):
            self._cells += [cell_field(one, text, number) for one, text in both]
            return
        self._open(number, column, role, name, sticky=False)
        spans = code_spans(line)
        for match in _NEXT_LABEL.finditer(line, column):
            following = role_of(match["name"])
            if following is None or in_code(spans, match.start()):
                continue
            current = self._segments[-1]
            current.start = replace(current.start, stop=match.start())
            self._open(number, match.end(), following, match["name"], sticky=False)

    def _code(self, first: int, last: int) -> None:
        current = self._segments[-1] if self._segments else None
        taking = current is not None and (
            current.sticky or (current.role not in _SHORT and current.role is not None)
        )
        if current is not None and taking and current.role is not Role.PROBLEM:
            current.last, current.is_empty = last, False
            return
        # A review's ``suggestion`` is what is to stand there.
        suggests = self._fences[first].language == "suggestion"
        role = Role.FIX if suggests else Role.EVIDENCE
        start = Start(first, 0, role.value, None, 0, False)
        self._segments.append(_Segment(start, role, last, is_empty=False))

    def _table(self, block: Block) -> None:
        named = [
            (line, role, cells[1])
            for line, cells in block.rows
            if len(cells) == 2 and (role := role_of(cells[0])) is not None
        ]
        if len(named) >= 2 or (named and len(block.rows) <= 2):
            self._cells += [cell_field(role, text, line) for line, role, text in named]
            return
        if self._segments:
            self._segments[-1].last = block.last
        else:
            self._open(block.first, 0, Role.PROBLEM, "", sticky=False)
            self._segments[-1].last = block.last

    def _is_code(self, segment: _Segment) -> bool:
        """Whether what is read of a field are indented lines below its name."""
        lines = [self.document.line(at) for at in range(segment.start.line + 1, segment.last + 1)]
        head = self.document.line(segment.start.line)[segment.start.column :]
        coded = segment.role in (Role.EVIDENCE, Role.FIX) and not head.strip()
        return coded and bool(lines) and all(map(is_indented, lines))

    def _prose(self, number: int, line: str, blank: bool) -> None:
        current = self._segments[-1] if self._segments else None
        item = re.match(r"\s*(?:[-*+•]|\d{1,4}[.)])\s", line) is not None
        goes_on = current is not None and (
            current.sticky
            or (not blank and (current.role not in _SHORT or not item or current.is_empty))
            or (not blank and current.is_list)
            or (blank and (current.is_empty or (item and current.role not in _SHORT)))
            or (blank and is_indented(line) and self._is_code(current))
            or current.role is Role.PROBLEM
        )
        rated = _RATED_PROSE.match(line) if current is None or blank else None
        word = (rated["word"] or rated["plain"]) if rated is not None else ""
        if rated is not None and _is_severity(word):
            # What a field says of it counts more.
            self._cells.append(cell_field(Role.PRIORITY, word, number))
            self._open(number, rated.end(), Role.PROBLEM, "", sticky=False)
            return
        stamped = stamp_of(line) if current is None or current.role is not Role.EVIDENCE else ()
        if stamped:
            self._cells += [cell_field(role, text, number) for role, text in stamped]
            return
        if current is not None and goes_on:
            current.is_list = current.is_list or (current.is_empty and item)
            current.last, current.is_empty = number, False
            return
        self._open(number, 0, Role.PLACE if _is_place(line) else Role.PROBLEM, "", sticky=False)


_RATED_PROSE = re.compile(
    r"^[ \t]{0,12}\*\*\[?(?P<word>[^\W\d_]{3,20})\]?:?\*\*[:：–—-]?[ \t]{1,3}(?=\S)"
    r"|^(?P<plain>[A-Z][a-z]{2,11}|[A-Z]{3,12}):[ \t](?=\S)"
)
"""A paragraph that begins with its severity: ``**[HIGH]** The till stays open``."""


def _is_severity(word: str) -> bool:
    return severity_of_word(word) is not None and word.lower() not in names("title", "remarks")


def _both(name: str, value: str) -> tuple[tuple[Role, str], ...]:
    """Two fields in one: ``Severity / Location: HIGH / `app/x.py:3```."""
    for mark in (" / ", " & ", " | ", ", "):
        roles = [role_of(part) for part in name.split(mark)]
        parts = [part.strip() for part in value.split(" / " if mark == " & " else mark)]
        if len(roles) == 2 == len(parts) and roles[0] is not None and roles[1] is not None:
            return (roles[0], parts[0]), (roles[1], parts[1])
    return ()


_STAMP = re.compile(r"[ \t]{1,4}[·|•—–][ \t]{1,4}|,[ \t]{1,4}")


def stamp_of(line: str) -> tuple[tuple[Role, str], ...]:
    """Place and severity of a line that says nothing else: ```app/x.py` L10 · **HIGH**``."""
    text = line.strip().lstrip("> ")
    if len(text) > 200 or not _STAMP.search(text):
        return ()
    found: list[tuple[Role, str]] = []
    for part in _STAMP.split(text):
        bare = part.strip(" *_")
        word, _, of = bare.strip("`").partition(" ")
        word = word if of.lower() in names("chapter", "severity_only") else bare.strip("`")
        if severity_of_word(re.sub(r"^\W{1,4}", "", word)) or severity_of_word(word):
            found.append((Role.SEVERITY, word))
        elif mentioned_lines(bare) and len(bare.split()) < 3 and "." not in bare:
            found.append((Role.LINE, bare))
        elif not _is_bare_place(bare):
            return ()
        else:
            found.append((Role.PLACE, bare))
    said = {role for role, _ in found}
    return tuple(found) if Role.SEVERITY in said and len(said) > 1 else ()


def _is_bare_place(text: str) -> bool:
    """Whether a text is a file with its lines, marked as code or not, and no more."""
    at = locations_of(text)
    words = [word for word in text.split() if ".py" not in word and word.strip("`(),:").isalpha()]
    return len(at) == 1 and at[0].path is not None and len(words) < 2


def _is_place(line: str) -> bool:
    """Whether a line says where, and nothing else: a path in code, or a link of one."""
    text = re.sub(r"^(?:[-*+•]\s{1,4})?(?:in\s)?", "", line.strip().strip("*_").strip())
    if not re.fullmatch(
        r"`[^`]+`(?:[\s,(:]{0,4}(?:lines?\s{0,3})?[\d–-]{0,20}\)?)?|\[[^\]]+\]\([^)]+\)", text
    ):
        return False
    return any(item.path for item in locations_of(text))
