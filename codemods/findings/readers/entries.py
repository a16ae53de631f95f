"""What may be a finding, whatever block it stands in, and findings made of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from codemods.findings.model import (
    Code,
    Field,
    Finding,
    LineRange,
    Location,
    Severity,
    Status,
    StatusKind,
)
from codemods.findings.readers.lexicon import names, says
from codemods.findings.readers.locations import begins_with_path, locations_of, read_locations
from codemods.findings.readers.made_ids import title_id
from codemods.findings.readers.pairs import PATCHED
from codemods.findings.readers.status import issues, parse_status, related
from codemods.findings.readers.table_places import places_in_tables
from codemods.findings.readers.words import Heading, severity_word
from codemods.findings.roles import Role, role_of
from codemods.findings.text import code_spans, mentioned_lines

_INLINE_LABEL = re.compile(
    r"(?:^|(?<=[.;)\s→]))(?:\*\*|_)?(?P<name>[^\W\d_]{2,20}(?: [a-z]{1,12})?)"
    r"(?:\*\*|_)?[:：](?:\*\*|_)?\s+"
)
_BLANK = re.compile(r"\[[^\]]{1,80}\]|\$?\{{1,2}[^}]{1,80}\}{1,2}|<[^>]{1,80}>")
"""A title that a template leaves open."""
_ONLY_FILE = re.compile(
    r"(?:(?:in|from|file|datei|fichier|archivo|в|файл|在|文件)[:：]?\s)?[\w./-]{2,200}\.py[\s:,(–—-]{0,4}(?:[^\W\d_]{1,6}\s?)?[\d\s,–—-]{0,40}\)?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[^.\s]{2}[.!?])\s+(?=[A-ZА-Я`*])")


@dataclass(frozen=True, slots=True)
class Above:
    """What the headings above say."""

    severity: Severity | None = None
    place: str | None = None
    of_findings: bool = False
    is_topic: bool = False
    """Whether it is about a subject, and only what says how bad it is counts."""
    status: StatusKind | None = None
    status_text: str = ""
    is_log: bool = False
    is_summary: bool = False
    """Whether it sums up findings, which may be all that there is of them."""
    subject: str | None = None
    """The file that the head of the report says it is about."""


@dataclass(slots=True)
class Entry:
    """What may be a finding."""

    line: int
    heading: Heading
    above: Above = Above()
    fields: list[Field] = field(default_factory=list)
    is_weak: bool = False
    """Whether it is a finding only where a report has no better ones."""
    shows_file: bool = False
    """Whether code right below its title begins with the name of its file."""

    def look_at_code(self) -> None:
        """Looks whether its code, as it is now, says where it stands."""
        told = (item for item in self.fields if item.name not in (Role.RELATED, Role.IMPACT))
        shown = (block for item in told for block in item.blocks)
        about = says("chapter", "topic", self.heading.title)
        self.shows_file = not about and any(map(_is_of_a_file, shown))

    @property
    def names(self) -> set[str]:
        """The roles and names of its fields."""
        return {item.name for item in self.fields}

    @property
    def has_place(self) -> bool:
        """Whether a field or the title names a file."""
        if self.heading.place is not None or any(at.path for at in self._places):
            return True
        if self.shows_file:
            return True
        return self.above.subject is not None and bool(self.subject_lines)

    @property
    def subject_lines(self) -> tuple[LineRange, ...]:
        """The lines that it names, without a file, in its place or in its title."""
        told = (item.text for item in self.fields if item.name == Role.PLACE)
        titled = f"{self.heading.title}; line {self.heading.lines or ''}"
        found = (lines for text in (*told, titled) for lines in mentioned_lines(text))
        return tuple(dict.fromkeys(found))

    @property
    def is_lined(self) -> bool:
        """Whether it names lines, too."""
        title = locations_of(self.heading.place) if self.heading.place is not None else ()
        if self.heading.lines is not None or Role.LINE in self.names:
            return True
        return any(at.lines for at in (*title, *self._places))

    @property
    def _places(self) -> list[Location]:
        told = [item.text for item in self.fields if item.name == Role.PLACE]
        return [at for text in told for at in locations_of(text)]

    @property
    def has_severity(self) -> bool:
        """Whether it says itself how bad it is."""
        return self.heading.severity is not None or any(
            item.name in (Role.SEVERITY, Role.PRIORITY) and severity_word(item.text)
            for item in self.fields
        )

    def severity(self) -> tuple[Severity | None, str | None]:
        """How bad it is, and the words of its field."""
        text = {item.name: item.text for item in reversed(self.fields)}
        said = text.get(Role.SEVERITY)
        own = severity_word(said) if said else None
        if own is None and self.heading.marked:
            own = self.heading.severity
        if own is None and (ranked := text.get(Role.PRIORITY)):
            own, said = severity_word(ranked), said or ranked
        return own or self.heading.severity or self.above.severity, said

    @property
    def is_told(self) -> bool:
        """Whether it describes something at a place."""
        found = self.names
        return Role.PROBLEM in found and bool({Role.PLACE, Role.SEVERITY} & found)

    @property
    def has_code(self) -> bool:
        """Whether a fenced block stands in it."""
        return any(item.blocks for item in self.fields)

    def signs(self) -> int:
        """How many of the five things it holds."""
        found = self.names
        told = (Role.PROBLEM in found) + (Role.FIX in found)
        return self.has_place + self.has_severity + told + self.has_code

    def is_finding(self) -> bool:
        """Whether it holds enough, in the chapter in which it stands."""
        found = self.names
        if not self.heading.title or self.heading.is_praise or Role.VERDICT in found:
            return False
        if _BLANK.fullmatch(self.heading.title):
            return False
        said = any(item.name == Role.SEVERITY for item in self.fields)
        if self.above.is_topic and self.heading.severity is None and not said:
            return False
        announced = self.above.severity is not None or self.above.of_findings
        if self.has_severity and self.signs() >= 2:
            return True
        if (
            self.has_place
            and self.signs() >= 2
            and (announced or self.is_lined or Role.FIX in found)
        ):
            # Without any of these it is a page about a file.
            return True
        if self.heading.marked and self.heading.id is not None:
            return True
        if announced and self.heading.id is not None:
            return self.signs() >= 1
        if announced and self.heading.is_called:
            return self.signs() >= 2
        told = Role.FIX in found and (Role.PROBLEM in found or Role.EVIDENCE in found)
        return self.above.severity is not None and told

    def status(self) -> Status:
        """What a field, the title or a chapter says of it."""
        text = next((item.text for item in self.fields if item.name == Role.STATUS), "")
        status = parse_status(text)
        if status.kind.is_settled or (text and self.heading.status is None):
            return status
        if self.heading.status is not None:
            said = self.heading.status_text
            return Status(self.heading.status, said, issues(said))
        if self.above.status is not None and not text:
            said = self.above.status_text
            return Status(self.above.status, said, issues(said))
        if self.above.is_log and not text:
            return Status(StatusKind.FIXED, "it is in a log of fixes")
        return status


def cell_field(role: Role, text: str, line: int) -> Field:
    """A field that is a cell, a value or a part of a line."""
    inline = tuple(Code(span.text, None, line, inline=True) for span in code_spans(text))
    return Field(role.value, text.strip(), line, inline=inline, prose=text.strip())


@cache
def _asks() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(sorted(names('asks', 'words')))})\b", re.IGNORECASE)


def sentence_fields(text: str, line: int) -> list[Field]:
    """Description, fix and whatever else has a label in prose of one line: ``… Fix: use x``."""
    found: list[Field] = []
    role, start = Role.PROBLEM, 0
    for match in _INLINE_LABEL.finditer(text):
        following = role_of(match["name"])
        if following is None or (following is role and match.start() > 0):
            continue
        found += _part(role, text[start : match.start()], line)
        role, start = following, match.end()
    if found or role is not Role.PROBLEM:
        return [*found, *_part(role, text[start:], line)]
    sentences = _SENTENCE.split(text.strip())
    if len(sentences) > 1 and _asks().match(sentences[-1]):
        told = " ".join(sentences[:-1])
        return [cell_field(Role.PROBLEM, told, line), cell_field(Role.FIX, sentences[-1], line)]
    return _part(Role.PROBLEM, text, line)


def _part(role: Role, text: str, line: int) -> list[Field]:
    text = text.strip().strip("*_").strip(" -–—→")
    return [cell_field(role, text, line)] if text else []


def first_sentence(text: str) -> str:
    """What can be a title of a text."""
    line = " ".join(text.split("\n\n", 1)[0].split())
    said = _SENTENCE.split(line, maxsplit=1)[0].strip().rstrip(".;:")
    return said if len(said) <= 200 else f"{said[:199]}…"


def findings_of(
    entries: Iterable[Entry], report: str, lines: Sequence[str], labelled: Container[int] = ()
) -> Iterator[Finding]:
    """The entries as findings; one without an id gets one of its title and its file.

    Args:
        entries: in the order of the report.
        report: its path as it was given.
        lines: the lines of the report.
        labelled: lines of entries whose prose gives no place, only a field or the title does.
    """
    same: Counter[str] = Counter()
    for ordinal, entry in enumerate(entries, start=1):
        fields = _with_fix(_with_place(entry, told=entry.line not in labelled))
        text = {item.name: item.text for item in reversed(fields)}
        locations = read_locations(fields, lines)
        severity, said = entry.severity()
        id = entry.heading.id
        if id is None:
            path = next((item.path for item in locations if item.path), "") or ""
            id = title_id(entry.heading.title, path, same=same)
        yield Finding(
            id=id,
            title=entry.heading.title,
            report=report,
            line=entry.line,
            ordinal=ordinal,
            severity=severity,
            severity_text=said,
            dimension=text.get(Role.AREA),
            status=entry.status(),
            locations=locations,
            fields=tuple(fields),
            related=related(item.text for item in fields if item.name == Role.RELATED),
            alias=entry.heading.alias,
            rule=text.get(Role.RULE, "").strip("` ") or None,
        )


def _with_fix(fields: list[Field]) -> list[Field]:
    """The fields, where the tasks of a finding are its fix if nothing else is."""
    if any(item.name == Role.FIX for item in fields):
        return fields
    tasks = names("asks", "tasks")
    return [replace(item, name=Role.FIX.value) if item.name in tasks else item for item in fields]


def _with_place(entry: Entry, *, told: bool) -> list[Field]:
    """The fields with the place in one: file and lines may stand in two, or in the title."""
    fields = [item for item in entry.fields if item.name != PATCHED]
    places = [item for item in fields if item.name == Role.PLACE]
    if not any(at.path or at.symbol for item in places for at in locations_of(item.text)):
        written = entry.heading.place or entry.above.place
        if written is not None:
            written = _with_lines(written, entry.heading.lines)
            places = [cell_field(Role.PLACE, written, entry.line)]
            fields.append(places[0])
    if entry.above.subject is not None and not any(at.path for at in _at(places)):
        told_of = _told_place(fields) if told and not places else []
        if told_of or any(at.symbol for at in _at(places)):
            return [*fields, *told_of]
        ranges = ", ".join(f"{item.start}-{item.end}" for item in entry.subject_lines)
        path = entry.above.subject
        written = f"`{path}:{ranges}`" if ranges else f"`{path}`"
        kept = [item for item in fields if item not in places]
        return [*kept, cell_field(Role.PLACE, written, entry.line)]
    if not places:
        # ``Area: app/x.py``
        areas = [item for item in fields if item.name == Role.AREA]
        named = [item for item in areas if any(at.path for at in locations_of(item.text))]
        if named:
            return [*fields, replace(named[0], name=Role.PLACE.value)]
        told_of = _told_place(fields) if told else []
        patched = (item for item in entry.fields if item.name == PATCHED)
        changed = [replace(item, name=Role.PLACE.value) for item in patched]
        return [*fields, *(told_of or _titled_place(entry) or changed)]
    lines = next((item for item in fields if item.name == Role.LINE), None)
    at = locations_of(places[0].text)
    paths = [item.path for item in at if item.path]
    if lines is None or len(places) > 1 or len(paths) != 1 or any(item.lines for item in at):
        return fields
    number = re.sub(r"^\W{0,20}(?:lines?|l)?\W{0,20}(?=\d)", "", lines.text, flags=re.IGNORECASE)
    if not number[:1].isdigit():
        return fields
    joined = cell_field(Role.PLACE, f"`{paths[0]}:{number}`", places[0].line)
    return [joined if item is places[0] else item for item in fields]


def _at(places: Iterable[Field]) -> list[Location]:
    return [at for item in places for at in locations_of(item.text)]


def _with_lines(place: str, lines: str | None) -> str:
    """The place of a file's heading with the lines that an entry below it names."""
    at = locations_of(place)
    if lines is None or len(at) != 1 or at[0].path is None or at[0].lines:
        return place
    return f"`{at[0].path}:{lines}`"


def _head_place(block: Code) -> str:
    """The file that the comment names with which a block of code begins."""
    head = block.text.lstrip().split("\n", 1)[0]
    if not head.startswith(("#", "//")):
        return ""
    said = head.lstrip("#/ ")
    return said if any(at.path and at.path.endswith(".py") for at in locations_of(said)) else ""


def _is_of_a_file(block: Code) -> bool:
    """Whether a block of code begins with nothing but its file: ``# app/main.py:12``."""
    return _ONLY_FILE.fullmatch(_head_place(block)) is not None


def _told_place(fields: list[Field]) -> list[Field]:
    """The place of a finding that names it in its prose or in the first line of its code."""
    told = [item for item in fields if item.name in (Role.PROBLEM, Role.EVIDENCE, Role.FIX)]
    for item in told:
        if any(at.path and at.lines for at in locations_of(item.prose)):
            return [replace(item, name=Role.PLACE.value, blocks=())]
    for item in told:
        for block in item.blocks:
            if head := _head_place(block):
                return [cell_field(Role.PLACE, head, block.line)]
    for item in told[:1]:
        if any(at.path and at.path.endswith(".py") for at in locations_of(item.prose)):
            return [replace(item, name=Role.PLACE.value, blocks=())]
    for item in fields:
        if tabled := places_in_tables(item.text):
            return [cell_field(Role.PLACE, tabled, item.line)]
    for item in fields:
        lines = [line for line in item.prose.split("\n") if line.strip()]
        bullets = all(line.lstrip().startswith(("- ", "* ", "+ ", "• ")) for line in lines)
        placed = sum(_names_a_place(line) for line in lines)
        if role_of(item.name) is None and bullets and placed * 2 > len(lines):
            return [replace(item, name=Role.PLACE.value, blocks=())]
    return []


def _titled_place(entry: Entry) -> list[Field]:
    """The one file or folder in which something is, as the title says: ``No limit in `a.py```.

    ``Move it to `a.py``` names a file, too, and the finding is not there.
    """
    title = entry.heading.title
    named = [span for span in code_spans(title) if locations_of(f"`{span.text}`")]
    if len(named) != 1 or not named[0].text.endswith((".py", "/")):
        return []
    words = title[: named[0].start].lower().split()
    apart = title[named[0].start - 1 : named[0].start] + title[named[0].end : named[0].end + 1]
    if apart != "()" and (not words or words[-1] not in names("title", "where")):
        return []
    return [cell_field(Role.PLACE, f"`{named[0].text}`", entry.line)]


def _names_a_place(bullet: str) -> bool:
    return begins_with_path(bullet) or any(at.path and at.lines for at in locations_of(bullet))
