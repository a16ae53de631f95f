"""Findings in Markdown of any shape: known by what they hold, not by an id.

What holds at least two of a place, a severity, a problem, code and a fix is a finding: a heading
or a bold line with what stands below it, an item of a list, a row of a table. Chapters, summaries,
lists of what was changed and tables of packages hold such things too, and are none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from codemods.findings.model import Code, Field, Finding, Severity
from codemods.findings.readers.blocks import Block, Kind, blocks_of
from codemods.findings.readers.document import Document
from codemods.findings.readers.fields import Start, field_of
from codemods.findings.readers.locations import locations_of, read_locations
from codemods.findings.readers.status import parse_status, related
from codemods.findings.readers.words import Heading, is_severity, severity_word
from codemods.findings.roles import Role, role_of
from codemods.findings.text import code_spans

_LABEL = re.compile(
    r"^(?P<lead>[ \t>]*(?:(?:[-*+•]|\d+[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?)"
    r"(?:(?P<mark>\*\*\*|\*\*|__|\*|_)(?P<bold>[^*_:：\n][^*:：\n]{0,60}?)"
    r"(?:[ \t]*[:：][ \t]*(?P=mark)|(?P=mark)(?:[ \t]*\([^()\n]{0,60}\))?[ \t]*(?:[:：]|[-–—](?=[ \t])|$))"
    r"|(?P<plain>[^\W\d_][^:：\n`*|]{0,40}?)[ \t]?[:：](?=[ \t]|$|[^\W\d_ -~]))[ \t]*"
)
_SHORT = frozenset(
    (
        *(Role.PLACE, Role.LINE, Role.SYMBOL, Role.SEVERITY, Role.STATUS, Role.EFFORT, Role.AREA),
        *(Role.ID, Role.RULE, Role.TITLE, Role.RELATED),
    )
)
"""Roles whose value ends at a blank line."""
_NO_FINDINGS = re.compile(
    r"\b(?:summary|overview|conclusions?|strengths?|positives?|methodology|appendix|metrics|"
    r"statistics|roadmap|action plan|timeline|next steps|checklist|what works|verified|scope|"
    r"table of contents|introduction|background|architecture|changelog|files? (?:changed|modified|"
    r"created|reviewed)|changes made|tests? (?:results?|added|coverage)|references|completed|"
    r"fixed|resolved|already|false positives?|not issues?|recommended order|priorit(?:y|ies) "
    r"(?:matrix|order|list)|implementation plan|quick wins|deployment|prevention|best practices|"
    r"lessons|glossary|resources|sign[- ]?off|dependenc(?:y|ies)|commands?|usage|how to)\b",
    re.IGNORECASE,
)
"""Titles of chapters in which nothing is a finding."""
_FINDINGS = re.compile(
    r"\b(?:findings?|issues?|bugs?|problems?|vulnerabilit(?:y|ies)|defects?|errors?|violations?|"
    r"anomal(?:y|ies)|smells?|weaknesses|risks?|gaps?|concerns?)\b|проблем|问题|problem|fehler",
    re.IGNORECASE,
)
_SAID_AS = re.compile(
    r"^\s*(?:#|//|--)\s*(?P<bad>❌|✗|before|bad|wrong|current|incorrect|old|vulnerable|change)\b|"
    r"^\s*(?:#|//|--)\s*(?P<good>✅|✓|after|good|correct|fixed|new|better|secure|to)\b",
    re.IGNORECASE,
)
_PACKAGES = frozenset(("package", "version", "dependency", "library", "current version", "cve"))
_INLINE_FIX = re.compile(r"(?:^|(?<=[.;)\s]))(?:\*\*)?(?P<name>[^\W\d_]+(?: [a-z]+)?)(?:\*\*)?:(?:\*\*)?\s+")


@dataclass(slots=True)
class Entry:
    """What may be a finding."""

    line: int
    heading: Heading
    fields: list[Field] = field(default_factory=list)
    severity: Severity | None = None
    """What stands above it."""
    place: str | None = None
    """The file that a heading above it names."""
    own_code: bool = False

    def names(self) -> set[str]:
        return {item.name for item in self.fields}

    def signs(self) -> int:
        """How many of the five things it holds."""
        names = self.names()
        place = Role.PLACE in names or self.heading.place is not None
        severity = self.heading.severity is not None or Role.SEVERITY in names
        code = any(item.blocks for item in self.fields)
        return place + severity + (Role.PROBLEM in names) + code + (Role.FIX in names)

    def is_finding(self) -> bool:
        names = self.names()
        place = Role.PLACE in names or self.heading.place is not None
        severity = self.heading.severity is not None or Role.SEVERITY in names
        told = Role.FIX in names and (Role.PROBLEM in names or Role.EVIDENCE in names)
        sure = place or severity or (self.severity is not None and told)
        return bool(self.heading.title) and sure and self.signs() >= 2


class GeneralReader:
    """Reads what nobody else has read of one report."""

    def __init__(self, document: Document, report: str, taken: Iterable[tuple[int, int]]) -> None:
        self.document = document
        self.report = report
        self.blocks = blocks_of(document.lines)
        self._taken = sorted(taken)

    def entries(self) -> list[Entry]:
        """The findings, in the order of the report."""
        found: list[Entry] = []
        self._sections(0, len(self.blocks), _Above(), found)
        return sorted(found, key=lambda item: item.line)

    def _is_taken(self, line: int) -> bool:
        return any(first <= line <= last for first, last in self._taken)

    def _sections(self, start: int, end: int, above: _Above, found: list[Entry]) -> None:
        """Everything between two blocks: what stands before the first heading, then each."""
        index = start
        while index < end and not _is_heading(self.blocks[index]):
            index += 1
        self._loose(start, index, above, found)
        while index < end:
            following = index + 1
            level = self.blocks[index].level
            while following < end and not (
                _is_heading(self.blocks[following]) and self.blocks[following].level <= level
            ):
                following += 1
            self._section(index, following, above, found)
            index = following

    def _section(self, index: int, end: int, above: _Above, found: list[Entry]) -> None:
        block = self.blocks[index]
        if self._is_taken(block.first):
            return
        heading = Heading(block.text)
        inner = above.below(block, heading)
        if inner.is_barren:
            return
        last = self.blocks[end - 1].last
        if any(block.first < first <= last for first, _ in self._taken):
            # What has findings of a known shape in it is a chapter.
            self._sections(index + 1, end, inner, found)
            return
        inside: list[Entry] = []
        first = next((i for i in range(index + 1, end) if _is_heading(self.blocks[i])), end)
        self._sections(first, end, inner, inside)
        stop = first if inside else end
        entry = Entry(block.first, heading, [], above.severity, above.place)
        entry.fields = self._fields(index + 1, stop)
        loose: list[Entry] = []
        if _is_chapter(heading, inside) or not entry.is_finding():
            self._loose(index + 1, first, inner, loose)
            found += loose + inside
            return
        found.append(entry)
        found += inside

    def _loose(self, start: int, end: int, above: _Above, found: list[Entry]) -> None:
        """Rows of tables and items of lists, where no heading is a finding."""
        for block in self.blocks[start:end]:
            if above.is_barren or self._is_taken(block.first):
                continue
            if block.kind is Kind.TABLE:
                rows = rows_of(block.rows, above.severity, above.place)
                found += [entry for entry in rows if not self._is_taken(entry.line)]
            elif block.kind is Kind.ITEM and not block.checked:
                entry = self._item(block, above)
                if entry is not None:
                    found.append(entry)

    def _item(self, block: Block, above: _Above) -> Entry | None:
        """An item of a list, where it is a finding by itself."""
        lines = self.document.lines[block.first - 1 : block.last]
        head = re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?", "", lines[0])
        bold = re.match(r"(?P<title>\*\*[^*]{2,200}\*\*)\s*(?P<rest>.*)", head)
        tagged = Heading(head)
        if bold is not None and not is_severity(bold["title"]):
            heading, rest = Heading(bold["title"]), bold["rest"].lstrip(" :–—-")
        else:
            heading, rest = tagged, ""
            first = re.split(r"(?<=[.!?])\s", tagged.title, maxsplit=1)
            if len(first) > 1:
                heading.title, rest = first[0], tagged.title
        labelled = [
            item
            for number in range(block.first + 1, block.last + 1)
            if (item := self.label(number)) is not None
        ]
        entry = Entry(block.first, heading, [], above.severity, above.place)
        fenced = any(block.first < item.line <= block.last for item in self.document.fences)
        if labelled or fenced:
            entry.fields = self._fields_between(block.first + 1, block.last)
        entry.fields += _sentence_fields(rest or heading.title, block.first)
        place = _place_in(head)
        if place and heading.place is None:
            heading.place = place
        lined = heading.place is not None and any(
            item.lines for item in locations_of(heading.place)
        )
        sure = (heading.severity is not None) + lined + bool(labelled) + (above.severity is not None)
        sure += above.of_findings and bold is not None
        return entry if entry.is_finding() and lined + (sure > 1) > 0 and sure > 1 else None

    def _fields(self, start: int, end: int) -> list[Field]:
        if start >= end:
            return []
        return self._fields_between(self.blocks[start].first, self.blocks[end - 1].last)

    def _fields_between(self, first: int, last: int) -> list[Field]:
        """The fields between two lines, as blocks and labels divide them."""
        return _Cut(self, first, last).fields()

    def label(self, number: int) -> tuple[Role | None, str, int] | None:
        """Role, name and column behind the label that a line begins with."""
        if number in self.document.literal:
            return None
        match = _LABEL.match(self.document.line(number))
        if match is None:
            return None
        name = (match["bold"] or match["plain"] or "").strip()
        role = role_of(name)
        if role is None and (match["plain"] or match["mark"] in ("*", "_")):
            return None
        return role, name, match.end()


@dataclass(frozen=True, slots=True)
class _Above:
    """What the headings above say."""

    severity: Severity | None = None
    place: str | None = None
    of_findings: bool = False
    is_barren: bool = False

    def below(self, block: Block, heading: Heading) -> _Above:
        """What holds below one more heading."""
        title = heading.title
        place = _place_in(block.text)
        severity = heading.severity or _section_severity(title)
        barren = _NO_FINDINGS.search(title) is not None and _FINDINGS.search(title) is None
        barren = barren and place is None and severity is None
        return _Above(
            severity or self.severity,
            place or self.place,
            self.of_findings or severity is not None or _FINDINGS.search(title) is not None,
            barren,
        )


@dataclass(slots=True)
class _Segment:
    """A field that is being read."""

    start: Start
    role: Role | None
    last: int
    sticky: bool = False
    """Whether it goes on over blank lines: it is a heading's."""
    is_empty: bool = True
    stop: int | None = None


class _Cut:
    """Lines of a report, cut into fields by labels, headings, fences and blank lines."""

    def __init__(self, reader: GeneralReader, first: int, last: int) -> None:
        self.reader = reader
        self.document = reader.document
        self.first, self.last = first, last
        self._segments: list[_Segment] = []
        self._cells: list[Field] = []
        inside = [item for item in reader.blocks if first <= item.first <= last]
        self._named = {
            item.first: item for item in inside if item.kind in (Kind.HEADING, Kind.BOLD)
        }
        self._tables = {item.first: item for item in inside if item.kind is Kind.TABLE}
        self._fences = {
            item.line: item for item in self.document.fences if first <= item.line <= last
        }

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
        made = [field_of(self.document, item.start, item.last) for item in self._segments]
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
            role = role_of(named.text)
            self._open(number, len(line), role, named.text, sticky=True)
            return named.last
        label = self.reader.label(number)
        if label is not None:
            self._labels(number, line, *label)
        elif re.fullmatch(r"\s*(?:[-*_]\s*){3,}|\s*</?(?:details|summary|br)[^>]*>.*", line):
            return number
        else:
            self._prose(number, line, blank)
        return number

    def _open(self, line: int, column: int, role: Role | None, name: str, *, sticky: bool) -> None:
        start = Start(line, column, role.value if role else name.lower(), None, 0, False)
        empty = not self.document.line(line)[column:].strip()
        self._segments.append(_Segment(start, role, line, sticky, empty))

    def _labels(self, number: int, line: str, role: Role | None, name: str, column: int) -> None:
        """The field of a label, and those that stand behind it on the same line."""
        self._open(number, column, role, name, sticky=False)
        spans = code_spans(line)
        for match in _NEXT_LABEL.finditer(line, column):
            following = role_of(match["name"])
            if following is None or any(item.start < match.start() < item.end for item in spans):
                continue
            current = self._segments[-1]
            current.start = replace(current.start, stop=match.start())
            self._open(number, match.end(), following, match["name"], sticky=False)

    def _code(self, first: int, last: int) -> None:
        current = self._segments[-1] if self._segments else None
        taking = current is not None and (current.sticky or current.role not in _SHORT)
        if current is not None and taking and current.role is not Role.PROBLEM:
            current.last, current.is_empty = last, False
            return
        self._segments.append(
            _Segment(Start(first, 0, Role.EVIDENCE.value, None, 0, False), Role.EVIDENCE, last)
        )
        self._segments[-1].is_empty = False

    def _table(self, block: Block) -> None:
        named = [
            (line, role, cells[1])
            for line, cells in block.rows
            if len(cells) == 2 and (role := role_of(cells[0])) is not None
        ]
        if len(named) >= 2 or (named and len(block.rows) <= 2):
            self._cells += [cell_field(role, text, line) for line, role, text in named]
        elif self._segments:
            self._segments[-1].last = block.last

    def _prose(self, number: int, line: str, blank: bool) -> None:
        current = self._segments[-1] if self._segments else None
        item = re.match(r"\s*(?:[-*+•]|\d+[.)])\s", line) is not None
        goes_on = current is not None and (
            current.sticky
            or (not blank and (current.role not in _SHORT or (not item or current.is_empty)))
            or (blank and (current.is_empty or (item and current.role not in _SHORT)))
            or current.role is Role.PROBLEM
        )
        if current is not None and goes_on:
            current.last, current.is_empty = number, False
            return
        role = Role.PLACE if _is_place(line) else Role.PROBLEM
        self._open(number, 0, role, "", sticky=False)


_NEXT_LABEL = re.compile(
    r"(?:[|·•;/,]|[ \t]{2,}|\.)[ \t]*(?:\*\*|__)(?P<name>[^*_:\n]{1,40}?)(?::(?:\*\*|__)|(?:\*\*|__)[ \t]*:)[ \t]*"
)


def _is_heading(block: Block) -> bool:
    """Whether a block is a heading or a bold line, and no name of a field."""
    return block.kind in (Kind.HEADING, Kind.BOLD) and role_of(block.text) is None


def _is_chapter(heading: Heading, inside: Sequence[Entry]) -> bool:
    return bool(inside) and heading.id is None and heading.place is None


def _section_severity(title: str) -> Severity | None:
    """The severity of ``Critical Issues (3)``, ``HIGH PRIORITY``, ``Medium``: a short title."""
    words = re.findall(r"[^\W\d_]+", title)
    if not 0 < len(words) <= 4:
        return None
    first = severity_word(words[0])
    rest = " ".join(words[1:])
    fits = not rest or re.search(r"priorit|severity|issue|finding|bug|risk|problem", rest, re.I)
    return first if fits else None


def _is_place(line: str) -> bool:
    """Whether a line says where, and nothing else: a path in code, or a link of one."""
    text = line.strip().strip("*_").strip()
    text = re.sub(r"^[-*+•]\s+", "", text)
    if not re.fullmatch(r"`[^`]+`(?:[\s,(:]*(?:lines?\s*)?[\d–-]*\)?)?|\[[^\]]+\]\([^)]+\)", text):
        return False
    return any(item.path for item in locations_of(text))


def _place_in(text: str) -> str | None:
    """The first inline code or link of a text that is a path of a file."""
    for found in re.finditer(r"`[^`]+`|\[[^\]]+\]\([^)]+\)", text):
        places = locations_of(found[0])
        if any(item.path and item.path.endswith((".py", ".pyi")) for item in places):
            return found[0]
    return None


def _sentence_fields(text: str, line: int) -> list[Field]:
    """Description and fix of prose in one line: ``…. Fix: use x``."""
    for match in _INLINE_FIX.finditer(text):
        if role_of(match["name"]) is Role.FIX:
            told, fix = text[: match.start()].strip(), text[match.end() :].strip()
            fields = [cell_field(Role.PROBLEM, told, line)] if told else []
            return [*fields, cell_field(Role.FIX, fix, line)] if fix else fields
    sentences = re.split(r"(?<=[^.\s]{2}[.!?])\s+(?=[A-Z`])", text.strip())
    asks = _ASKS.match(sentences[-1]) is not None and len(sentences) > 1
    told = " ".join(sentences[:-1]) if asks else text.strip()
    fields = [cell_field(Role.PROBLEM, told, line)]
    return [*fields, cell_field(Role.FIX, sentences[-1], line)] if asks else fields


_ASKS = re.compile(
    r"(?:add|use|wrap|remove|replace|return|log|iterate|move|delete|call|set|make|pass|raise|catch|"
    r"convert|switch|change|avoid|validate|close|handle|rename|import|should|consider)\b",
    re.IGNORECASE,
)


def cell_field(role: Role, text: str, line: int) -> Field:
    """A field that is a cell, a value or a part of a line."""
    inline = tuple(Code(span.text, None, line, inline=True) for span in code_spans(text))
    return Field(role.value, text.strip(), line, inline=inline, prose=text.strip())


def paired(fields: list[Field]) -> list[Field]:
    """The fields, with wrong and right code that share a fence, or a diff, taken apart."""
    found: list[Field] = []
    has_fix = any(item.name == Role.FIX and item.blocks for item in fields)
    for item in fields:
        parts = [_halves(block) for block in item.blocks]
        if item.name == Role.FIX or has_fix or not any(good for _, good in parts):
            found.append(item)
            continue
        wrong = tuple(bad for bad, _ in parts if bad is not None)
        right = tuple(good for _, good in parts if good is not None)
        found.append(replace(item, blocks=wrong))
        text = "\n".join(f"```python\n{block.text}\n```" for block in right)
        found.append(Field(Role.FIX.value, text, right[0].line, blocks=right))
    return found


def _halves(block: Code) -> tuple[Code | None, Code | None]:
    """What is wrong and what is right in one piece of code."""
    lines = block.text.split("\n")
    if block.language == "diff":
        old = [line[1:] for line in lines if line[:1] in "- " and not line.startswith("---")]
        new = [line[1:] for line in lines if line[:1] in "+ " and not line.startswith("+++")]
        if not any(line.startswith("-") for line in lines):
            return block, None
        return (
            replace(block, text="\n".join(old), language="python"),
            replace(block, text="\n".join(new), language="python"),
        )
    marks = [(number, match) for number, line in enumerate(lines) if (match := _SAID_AS.match(line))]
    good = next((number for number, match in marks if match["good"]), None)
    bad = next((number for number, match in marks if match["bad"]), None)
    if good is None or bad is None or good < bad:
        return block, None
    before = "\n".join(lines[bad + 1 : good]).strip("\n")
    after = "\n".join(lines[good + 1 :]).strip("\n")
    return replace(block, text=before, line=block.line + bad + 1), replace(
        block, text=after, line=block.line + good + 1
    )


def rows_of(
    rows: Sequence[tuple[int, Sequence[str]]], severity: Severity | None, place: str | None
) -> Iterator[Entry]:
    """The findings of a table, where its head says what they are."""
    if len(rows) < 2:
        return
    roles = [role_of(cell) for cell in rows[0][1]]
    heads = {cell.strip(" *").lower() for cell in rows[0][1]}
    has_place = Role.PLACE in roles or place is not None
    told = {Role.PROBLEM, Role.TITLE, Role.FIX} & set(roles)
    sure = has_place or {Role.ID, Role.SEVERITY} <= set(roles)
    if not told or not sure or len(heads & _PACKAGES) > 1 or roles.count(Role.SEVERITY) > 1:
        return
    for line, cells in rows[1:]:
        fields = [
            cell_field(role, cell.strip(), line)
            for role, cell in zip(roles, cells, strict=False)
            if role is not None and cell.strip(" -–—*") and role not in (Role.ID, Role.TITLE)
        ]
        said = dict(zip(roles, (cell.strip() for cell in cells), strict=False))
        title = said.get(Role.TITLE) or said.get(Role.PROBLEM) or said.get(Role.FIX) or ""
        heading = Heading(re.split(r"(?<=[^.\s]{2}[.;])\s+(?=[A-Z`*])", title)[0].rstrip(".;"))
        own = said.get(Role.ID, "").strip("*` ")
        heading.id = own or heading.id
        if Role.PROBLEM not in said and title:
            fields.append(cell_field(Role.PROBLEM, title, line))
        entry = Entry(line, heading, fields, severity, place)
        if entry.is_finding():
            yield entry


def findings_of(
    entries: Iterable[Entry], report: str, lines: Sequence[str], first: int
) -> Iterator[Finding]:
    """The entries as findings; one without an id gets one of its title and its file."""
    taken: set[str] = set()
    for ordinal, entry in enumerate(entries, start=first):
        fields = _with_place(entry)
        text = {item.name: item.text for item in reversed(fields)}
        said = text.get(Role.SEVERITY)
        severity = severity_word(said) if said else None
        severity = severity or entry.heading.severity or entry.severity
        locations = read_locations(fields, lines)
        id = entry.heading.id
        if id is None:
            path = next((item.path for item in locations if item.path), "") or ""
            key = f"{path.rpartition('/')[2]}\0{' '.join(entry.heading.title.lower().split())}"
            id = _made(key, taken)
        rule = text.get(Role.RULE, "").strip("` ") or None
        yield Finding(
            id=id,
            title=entry.heading.title,
            report=report,
            line=entry.line,
            ordinal=ordinal,
            severity=severity,
            severity_text=said,
            dimension=text.get(Role.AREA),
            status=parse_status(text.get(Role.STATUS, "")),
            locations=locations,
            fields=tuple(fields),
            related=related(item.text for item in fields if item.name == Role.RELATED),
            alias=entry.heading.alias,
            rule=rule,
        )


def _made(key: str, taken: set[str]) -> str:
    """An id of six characters that stays while file and title do."""
    number = 0
    while True:
        digest = hashlib.sha256(f"{key}\0{number}".encode("utf-8", "surrogatepass")).hexdigest()
        id = f"f-{digest[:5]}"
        if id not in taken:
            taken.add(id)
            return id
        number += 1


def _with_place(entry: Entry) -> list[Field]:
    """The fields with the place in one: file and lines may stand in two, or in the title."""
    fields = list(entry.fields)
    places = [item for item in fields if item.name == Role.PLACE]
    lines = next((item for item in fields if item.name == Role.LINE), None)
    if not places:
        written = entry.heading.place or entry.place
        if written is not None:
            places = [cell_field(Role.PLACE, written, entry.line)]
            fields.append(places[0])
    if not places:
        told = [item for item in fields if item.name in (Role.PROBLEM, Role.EVIDENCE, Role.FIX)]
        named = [item for item in told if any(at.lines for at in locations_of(item.prose))]
        if named:
            fields.append(replace(named[0], name=Role.PLACE.value, blocks=()))
        return fields
    if lines is not None and len(places) == 1 and not any(
        item.lines for item in locations_of(places[0].text)
    ):
        number = re.sub(r"^\W*(?:lines?|l)?\W*(?=\d)", "", lines.text, flags=re.IGNORECASE)
        path = next((item.path for item in locations_of(places[0].text) if item.path), None)
        if path is not None and number[:1].isdigit():
            joined = cell_field(Role.PLACE, f"`{path}:{number}`", places[0].line)
            fields = [joined if item is places[0] else item for item in fields]
    return fields
