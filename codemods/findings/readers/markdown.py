"""Findings in a Markdown report: one heading a finding, its fields below."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.findings.model import FIXES, Field, Finding, Severity
from codemods.findings.readers.completed import completed
from codemods.findings.readers.condensed import Condensed, condensed
from codemods.findings.readers.directives import directive_in
from codemods.findings.readers.document import Document, Heading, parse_document
from codemods.findings.readers.fields import prose_field, read_fields
from codemods.findings.readers.headings import Title, parse_heading
from codemods.findings.readers.locations import FIELDS, read_locations
from codemods.findings.readers.reading import Damage, FormatError, Reading
from codemods.findings.readers.status import (
    parse_severity,
    parse_status,
    related,
    section_severity,
    severity_of_id,
    severity_of_title,
)

_SIGNS = frozenset(("severity", "status", *FIELDS, *FIXES))
"""Fields of which a finding has at least one; a section of the report has none."""
_VERIFICATION = frozenset(("file checked", "fix present", "tests exist"))
_VERDICT = re.compile(r"^\W*(?:PASS(?:ED)?|FAIL(?:ED)?|PARTIAL)\b(?![- ]regression)", re.IGNORECASE)
_ALL_ARE = re.compile(
    r"^\W*All\s+(?:\d+\s+)?(?:NEW\s+)?findings\s+(?:(?:below|here|in this section)\s+)?are\W+"
    r"(CRITICAL|HIGH|MEDIUM|LOW)\b",
    re.IGNORECASE,
)
_LEVEL_NAME = re.compile(r"^(?:dimension|flow|phase|tier|domain|agent)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading with the lines that belong to it."""

    heading: Heading
    title: Title | None
    first: int
    last: int
    fields: tuple[Field, ...]
    severity: Severity | None
    """What the headings above say."""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(item.name for item in self.fields)


def read_markdown_report(text: str, report: str) -> Reading:
    """As :func:`read_markdown`, of a text that may be something else.

    Raises:
        FormatError: when it has neither findings nor headings.
    """
    reading = read_markdown(text, report)
    if not reading.findings and not reading.damaged and not _has_headings(parse_document(text)):
        raise FormatError("is not a report: it has no Markdown headings")
    return reading


def _has_headings(document: Document) -> bool:
    """Whether the text has headings; a ``#`` further down may be a comment of any language."""
    first = next(number for number, line in enumerate(document.lines, 1) if line.strip())
    return any(item.level > 1 or item.line == first for item in document.headings)


def read_markdown(text: str, report: str) -> Reading:
    """The findings of a report.

    Args:
        text: the report.
        report: its path as it was given; kept in every finding.

    Raises nothing: what looks like a finding and cannot be used is in ``damaged``.
    """
    document = parse_document(text)
    findings: list[Finding] = []
    damaged: list[Damage] = []
    sections = list(_sections(document))
    taken = {
        id
        for section in sections
        if section.title is not None and _is_finding(section)
        for id in (section.title.id, section.title.alias)
    }
    for section in sections:
        if not _is_finding(section):
            known = len(findings)
            for item in _condensed(document, section):
                # A table of findings that have sections, too, is a summary of them.
                if not _is_taken(item.title, taken):
                    taken |= {item.title.id, item.title.alias}
                    findings.append(_finding_of(document, item, section, report, len(findings) + 1))
            if len(findings) == known:
                damaged += _nearly(section)
            continue
        reason = _defect(document, section)
        if reason is not None:
            damaged.append(Damage(section.heading.line, section.heading.text, reason))
            continue
        findings.append(_finding(document, section, report, len(findings) + 1))
    spans = {item.heading.line: item.last for item in sections if _is_finding(item)}
    return completed(document, report, spans, findings, damaged)


def _sections(document: Document) -> Iterator[_Section]:
    titles = [parse_heading(item.text) for item in document.headings]
    severity: Severity | None = None
    level = 0
    for index, heading in enumerate(document.headings):
        first, last = heading.line + 1, _end(document, titles, index)
        title = titles[index]
        said = section_severity(heading.text)
        if title is None and said is None:
            said = _announced(document, first, last)
        if said is not None and (title is None or not _has_signs(document, first, last)):
            severity, level = said, heading.level
            yield _Section(heading, None, first, last, (), severity)
            continue
        fields = read_fields(document, first, last)
        if heading.level < level or (title is None and heading.level == level):
            # ``## Extends Existing Issue`` ends what ``### LOW Severity`` said.
            severity, level = None, 0
        yield _Section(heading, title, first, last, fields, severity)


def _announced(document: Document, first: int, last: int) -> Severity | None:
    """``All 32 findings below are **LOW** severity``, in the lines below a section's heading."""
    said = (_ALL_ARE.match(document.line(number)) for number in range(first, last + 1))
    return next((parse_severity(found[1]) for found in said if found is not None), None)


def _has_signs(document: Document, first: int, last: int) -> bool:
    return any(item.name in _SIGNS for item in read_fields(document, first, last))


def _end(document: Document, titles: list[Title | None], index: int) -> int:
    """The last line of a heading's own text."""
    heading = document.headings[index]
    last = len(document.lines)
    for number in range(index + 1, len(titles)):
        following = document.headings[number]
        deeper = following.level > heading.level and titles[index] is not None
        if not deeper or _begins(following, titles[number]):
            last = following.line - 1
            break
    for at in range(bisect_right(document.rules, heading.line), len(document.rules)):
        rule = document.rules[at]
        if rule > last:
            break
        if any(document.line(number).strip() for number in range(heading.line + 1, rule)):
            return rule - 1
    return last


def _begins(heading: Heading, title: Title | None) -> bool:
    """Whether a deeper heading begins something of its own inside a finding."""
    return (
        title is not None
        or section_severity(heading.text) is not None
        or _LEVEL_NAME.match(heading.text) is not None
    )


def _is_finding(section: _Section) -> bool:
    """Whether a heading with an id stands over a finding and not over a chapter or a check."""
    title = section.title
    if title is None or not section.names & _SIGNS or _is_verification(section):
        return False
    if "-" not in title.id and section.names & _SIGNS == {"status"}:
        # ``## A05 — Security Misconfiguration`` with a status is a chapter of the report.
        return False
    # ``B-14 Scan worker fails`` without a colon is as likely ``P0 blockers``: more is asked of it.
    return title.separated or len(section.names & _SIGNS) > 1


def _is_verification(section: _Section) -> bool:
    return bool(section.names & _VERIFICATION) or _has_verdict(section.fields)


def _has_verdict(fields: tuple[Field, ...]) -> bool:
    return any(item.name == "status" and _VERDICT.match(item.text) for item in fields)


def _nearly(section: _Section) -> Iterator[Damage]:
    """What looks like a finding, and cannot be named or told apart."""
    if section.title is not None and section.title.is_range and not section.fields:
        reason = "covers several findings that have no fields of their own"
        yield Damage(section.heading.line, section.heading.text, reason)
    if (
        section.title is None
        and any(item.name == "severity" and parse_severity(item.text) for item in section.fields)
        and len(section.names & _SIGNS) > 1
        and not _is_verification(section)
    ):
        reason = "has the fields of a finding, but its heading has no id"
        yield Damage(section.heading.line, section.heading.text, reason)


def _defect(document: Document, section: _Section) -> str | None:
    for fence in document.fences_in(section.first, section.last):
        if not fence.closed:
            return f"the code block on line {fence.line} is never closed"
    if section.title is not None and not section.title.title:
        told = {"description", "summary", "impact", "issue", "problem"} & section.names
        if not told and _lead(document, section) is None:
            return "has neither a title nor a description"
    return None


def _finding(document: Document, section: _Section, report: str, ordinal: int) -> Finding:
    title = section.title
    assert title is not None
    fields = _with_lead(document, section)
    text = {item.name: item.text for item in reversed(fields)}
    notes: list[str] = []
    severity = parse_severity(text.get("severity", ""))
    if "severity" in text and severity is None:
        notes.append(f"unknown severity {_short(text['severity'])!r}")
    elif "severity" not in text:
        severity = section.severity or severity_of_id(title.id) or severity_of_title(title.title)
        if severity is not None:
            notes.append("the severity comes from the section, the id or the title")
    if title.is_range:
        notes.append(f"the heading covers several findings: {title.id}")
    if title.note is not None:
        notes.append(f"the heading says: {title.note}")
    return Finding(
        id=title.id,
        title=title.title,
        report=report,
        line=section.heading.line,
        ordinal=ordinal,
        severity=severity,
        severity_text=text.get("severity"),
        dimension=text.get("dimension"),
        status=parse_status(text.get("status", "")),
        locations=read_locations(fields, document.lines),
        fields=fields,
        related=related(item.text for item in fields if item.name in ("related", "related issues")),
        alias=title.alias,
        rule=_rule(text.get("rule", "")),
        directive=directive_in(document, section.first, section.last),
        notes=tuple(notes),
    )


def _condensed(document: Document, section: _Section) -> tuple[Condensed, ...]:
    """The findings of a section that is none: its table, or the members of its range."""
    over, text = section.title, section.heading.text
    if _is_verification(section):
        return ()
    found = condensed(document, section.first, section.last, text, over)
    return tuple(item for item in found if not _has_verdict(item.fields))


def _is_taken(title: Title, taken: set[str | None]) -> bool:
    return title.id in taken or (title.alias is not None and title.alias in taken)


def _finding_of(
    document: Document, item: Condensed, section: _Section, report: str, ordinal: int
) -> Finding:
    """A finding that is one line of the report."""
    heading = Heading(item.line, section.heading.level + 1, item.title.title)
    own = _Section(heading, item.title, item.line, item.line, item.fields, section.severity)
    return _finding(document, own, report, ordinal)


def _rule(text: str) -> str | None:
    """The rule that a tool's report names in a field of its own: one name, in backticks."""
    found = re.fullmatch(r"`([\w./-]+)`", text.strip())
    return found[1] if found else None


def _with_lead(document: Document, section: _Section) -> tuple[Field, ...]:
    """The fields; prose before the first of them is the description, if there is no other."""
    if section.names & {"description", "summary"}:
        return section.fields
    said = _lead(document, section)
    return section.fields if said is None else (said, *section.fields)


def _lead(document: Document, section: _Section) -> Field | None:
    last = section.fields[0].line - 1 if section.fields else section.last
    for first in range(section.first, last + 1):
        if document.line(first).strip():
            return prose_field(document, "description", first, last)
    return None


def _short(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= 40 else f"{line[:39]}…"
