"""What headings are: titles of findings, of files, of chapters, or names of fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from codemods.findings.model import Severity
from codemods.findings.readers.blocks import Block, Kind
from codemods.findings.readers.entries import Above, Entry, first_sentence
from codemods.findings.readers.items import place_in
from codemods.findings.readers.labels import heading_field
from codemods.findings.readers.lexicon import pattern, says, status_in
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.words import Heading, is_severity, section_severity
from codemods.findings.roles import Role


def is_heading(block: Block) -> bool:
    """Whether a block is a heading or a bold line, and no name of a field."""
    bold = block.kind is Kind.BOLD
    if block.kind is not Kind.HEADING and not bold:
        return False
    name = block.text.strip(" :*")
    if block.level <= 2 and (pattern("chapter", "plural").fullmatch(name) or status_in(name)):
        return True
    if heading_field(block.text, bold=bold) is not None:
        return False
    if bold and pattern("chapter", "praise").fullmatch(name):
        return True
    words = " ".join(re.findall(r"[^\W\d_]+", name))
    if bold and says("chapter", "plural", name) and section_severity(words) is not None:
        # ``**Critical Issues:**``, above a list of them.
        return True
    # ``**Tasks:**`` is a label that the lexicon does not have.
    return not bold or not block.is_label or Heading(block.text).id is not None


def below(above: Above, block: Block, heading: Heading) -> Above | None:
    """What holds below one more heading; ``None`` where nothing is a finding."""
    title = heading.title
    severity = section_severity(re.sub(r"^[\d.]{1,9}\s", "", block.text.strip("*_ ")))
    is_log = says("chapter", "log", title)
    if heading.is_praise:
        return None
    if block.level > 1 and not is_log and _is_closed(heading, severity):
        sums_up = says("chapter", "findings", title) and says("chapter", "sums", title)
        return replace(above, is_summary=True) if sums_up else None
    place = place_in(block.text) or _bare_file(block.text)
    if severity is None and heading.id is None:
        severity = heading.severity
    is_chapter = place is None and (heading.id is None or not heading.marked)
    status = status_in(title) if is_chapter and not _is_number(heading) else None
    findings = severity is not None or says("chapter", "findings", title)
    return Above(
        severity if severity is not None or block.level <= 2 else above.severity,
        place or above.place,
        findings or (above.of_findings and block.level > 1),
        block.level > 1 and severity is None and says("chapter", "topic", title),
        status or above.status,
        title if status else above.status_text,
        is_log or above.is_log,
        subject=above.subject,
    )


def _bare_file(title: str) -> str | None:
    """The file with which a title begins that quotes nothing: ``app/main.py (210 lines)``."""
    found = re.match(r"(?=[\w.-]{1,99}/)[\w./-]{3,200}\.py(?=\s{0,3}(?:\(|$))", title)
    return f"`{found[0]}`" if found is not None else None


def _is_closed(heading: Heading, severity: Severity | None) -> bool:
    """Whether a title is that of a chapter that holds no findings: most of it are such words."""
    if heading.place is not None or (heading.id is not None and heading.marked):
        return False
    if severity is not None and says("chapter", "findings", heading.title):
        return False
    title = re.sub(r"\([^()]{0,120}\)", "", heading.title).strip()
    found = list(pattern("chapter", "closed").finditer(title))
    letters = sum(letter.isalpha() for letter in title)
    if not found or not letters:
        return False
    said = sum(letter.isalpha() for match in found for letter in match[0])
    outer = [match for match in found if match.start() == 0 or match.end() >= len(title) - 1]
    if heading.id is None and any(" " in match[0] for match in outer):
        return True
    return said >= letters * (0.4 if heading.id is None else 0.8)


def _is_number(heading: Heading) -> bool:
    return heading.id is not None and heading.id.replace(".", "").isdigit()


def is_file(heading: Heading) -> bool:
    """Whether a title is nothing but a file."""
    place = heading.place
    return place is not None and len(heading.title) <= len(place) + 8


def is_own(entry: Entry, over: Heading) -> bool:
    """Whether a heading is told apart from the parts of a finding by what it says itself; bare
    numbers below a number count the parts."""
    heading = entry.heading
    told_apart = heading.id is not None and not (heading.id.isdigit() and _is_number(over))
    own = told_apart or heading.place is not None or heading.severity is not None
    return own or any(item.name == Role.SEVERITY for item in entry.fields)


def names_chapter(heading: Heading) -> bool:
    """``3. Exception handling issues``: the title of several findings."""
    return (
        heading.place is None
        and re.search(
            rf"(?:{pattern('chapter', 'findings').pattern})\W*$", heading.title, re.IGNORECASE
        )
        is not None
    )


def is_chapter(entry: Entry, inside: Sequence[Entry], has_parts: bool) -> bool:
    """Whether a heading with findings or parts below it is none itself."""
    heading = entry.heading
    if pattern("chapter", "topic").fullmatch(heading.title) and not entry.has_severity:
        return True
    whole = not inside and entry.has_code and Role.FIX in entry.names
    if heading.id is None and heading.place is None and section_severity(heading.title or ""):
        return not whole
    if is_severity(heading.title) or pattern("chapter", "findings").fullmatch(heading.title):
        # ``#### Remarks`` with code that names its file is all that its chapter says.
        return not (entry.shows_file and Role.PROBLEM in entry.names and not inside)
    own = entry.has_place or (entry.has_code and entry.has_severity)
    if has_parts and names_chapter(heading) and not own:
        return True
    return bool(inside) and not own


def repeats(entry: Entry) -> bool:
    """Whether what one finding says once stands below a heading several times, as in a list."""
    said = Counter(item.name for item in entry.fields)
    return said[Role.SEVERITY] > 1 or (said[Role.PLACE] > 1 and said[Role.FIX] > 1)


def retitled(entry: Entry) -> None:
    """Gives a heading that is only a file the problem for its title."""
    heading = entry.heading
    named = next((item.prose for item in entry.fields if item.name == Role.TITLE), "")
    if named and pattern("title", "kinds").sub("", heading.title).strip(" #.:0123456789") == "":
        # ``## Issue 3`` with a section ``### Title``.
        number = re.search(r"\d{1,5}", heading.title)
        heading.id = heading.id or (number[0] if number is not None else None)
        heading.title = first_sentence(named)
    if pattern("chapter", "findings").fullmatch(heading.title):
        problem = next((item.prose for item in entry.fields if item.name == Role.PROBLEM), "")
        heading.title = first_sentence(problem) or heading.title
    path = next((at.path for at in locations_of(heading.place or "") if at.path), None)
    if heading.place is None or path is None or path not in heading.title:
        return
    told = next((item.prose for item in entry.fields if item.name == Role.PROBLEM), "")
    if told and len(heading.title) <= len(heading.place) + 12:
        heading.title = first_sentence(told)
