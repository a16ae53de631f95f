"""One finding in one file: the body of an issue, with ``## Summary`` and its sisters."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from codemods.findings.model import Field, Finding, Severity
from codemods.findings.readers.directives import directive_in
from codemods.findings.readers.document import Document, Heading, parse_document
from codemods.findings.readers.fields import prose_field, read_fields
from codemods.findings.readers.headings import parse_heading
from codemods.findings.readers.locations import read_locations
from codemods.findings.readers.reading import Damage, Reading
from codemods.findings.readers.status import issues, parse_severity, parse_status, related

_SHOWN = frozenset(("evidence / code paths", "evidence", "code", "code paths"))
_FIXED = frozenset(("proposed fix", "suggested fix", "fix", "recommendation"))
_TOLD = frozenset(("summary", "description", "impact", "related issues", "related"))
_PARTS = frozenset(
    ("file", "files", "location", "locations", "call path", "severity", "what breaks", "when")
)
"""Named parts of a section that are fields of their own too.

The section holds them already, so that its code (``Code``) is not taken apart: it would count
twice as evidence.
"""
_TITLE = re.compile(
    r"^(?:\[(?P<date>[^\]\n]{4,20})\]\s*+)?"
    r"(?:(?P<severity>CRITICAL|HIGH|MEDIUM|LOW)(?:\s*+[-–—:]\s++|\s++))?(?P<title>.*\S)",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"^(?P<name>title|id|labels?|severity|status):\s*+(?P<value>.*\S)", re.IGNORECASE
)
_QUOTED = re.compile(r"""^(["'])(.*)\1$""")


def is_issue(text: str) -> bool:
    """Whether ``text`` is laid out as one issue and not as a report of many findings."""
    names = {item.text.strip(" *:").lower() for item in parse_document(text).headings}
    shows, fixes = bool(names & _SHOWN), bool(names & _FIXED)
    return (shows or fixes) and bool(names & _TOLD)


def read_issue(text: str, report: str) -> Reading:
    """The finding of an issue's body.

    Args:
        text: the body, with or without its title.
        report: the path of its file as it was given; its name is the id where there is no other.

    Raises nothing: an issue that says nothing is in ``damaged``.
    """
    document = parse_document(text)
    sections = _sections(document)
    fields = tuple(field for section in sections for field in section)
    front = _front(document, sections)
    first = front.get("title", ("", 1))
    found = _TITLE.match(first[0])
    title = found["title"].strip() if found is not None else ""
    stem = PurePosixPath(report.replace("\\", "/")).stem
    id, alias = front.get("id", (stem, 1))[0], None
    heading = parse_heading(title)
    if heading is not None and heading.separated and heading.title and "id" not in front:
        id, alias, title = heading.id, heading.alias, heading.title
    notes = []
    if not title:
        title = _first_sentence(fields)
        notes.append("the finding has no title: the first sentence of the summary is used")
    if not title:
        return Reading(damaged=(Damage(first[1], stem, "has neither a title nor a summary"),))
    said = {item.name: item.text for item in reversed(fields)}
    severity_text = said.get("severity") or front.get("severity", (None, 0))[0]
    severity = parse_severity(severity_text or "")
    if severity is None and found is not None and found["severity"]:
        severity_text, severity = found["severity"], Severity(found["severity"].upper())
    labels = front.get("labels", front.get("label", ("", 0)))[0]
    finding = Finding(
        id=id,
        title=title,
        report=report,
        line=first[1],
        ordinal=1,
        severity=severity or parse_severity(labels),
        severity_text=severity_text,
        dimension=said.get("dimension"),
        status=parse_status(said.get("status") or front.get("status", ("", 0))[0]),
        locations=read_locations(fields, document.lines),
        fields=fields,
        related=_related(fields),
        alias=alias,
        notes=tuple(notes),
        directive=directive_in(document, 1, len(document.lines)),
    )
    return Reading((finding,))


def _sections(document: Document) -> tuple[tuple[Field, ...], ...]:
    """Each section as a field, with the named parts of its text as fields behind it."""
    found: list[tuple[Field, ...]] = []
    headings = document.headings
    for index, heading in enumerate(headings):
        if _is_title(heading, index):
            continue
        last = headings[index + 1].line - 1 if index + 1 < len(headings) else len(document.lines)
        first = heading.line + 1
        while first <= last and not document.line(first).strip():
            first += 1
        if first > last:
            continue
        name = heading.text.strip(" *:").lower()
        parts = read_fields(document, first, last)
        named = (part for part in parts if part.name in _PARTS and part.name != name)
        found.append((prose_field(document, name, first, last), *named))
    return tuple(found)


def _is_title(heading: Heading, index: int) -> bool:
    known = _SHOWN | _FIXED | _TOLD
    return index == 0 and heading.text.strip(" *:").lower() not in known


def _front(
    document: Document, sections: tuple[tuple[Field, ...], ...]
) -> dict[str, tuple[str, int]]:
    """Title, id, labels and so on, each with its line, from what stands before the sections."""
    end = min((section[0].line for section in sections), default=len(document.lines) + 1) - 1
    found: dict[str, tuple[str, int]] = {}
    for field in read_fields(document, 1, end):
        found.setdefault(field.name, (field.text.split("\n", 1)[0], field.line))
    for number in range(1, end + 1):
        match = _FRONT.match(document.line(number))
        if match is not None:
            value = _QUOTED.sub(r"\2", match["value"])
            found.setdefault(match["name"].lower(), (value, number))
    for heading in document.headings[:1]:
        if _is_title(heading, 0):
            found.setdefault("title", (heading.text.strip(), heading.line))
    if "title" not in found:
        for number in range(1, end + 1):
            line = document.line(number).strip(" *")
            if line.startswith("[") and _TITLE.match(line):
                found["title"] = (line, number)
                break
    return found


def _first_sentence(fields: tuple[Field, ...]) -> str:
    for item in fields:
        if item.name in ("summary", "description"):
            text = " ".join(item.prose.split())
            return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    return ""


def _related(fields: tuple[Field, ...]) -> tuple[str, ...]:
    named = [item.text for item in fields if item.name in ("related issues", "related")]
    return tuple(dict.fromkeys((*related(named), *issues("\n".join(named)))))
