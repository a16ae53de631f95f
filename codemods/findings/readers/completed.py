"""What the general reader adds to a report that a reader of one shape has read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from codemods.findings.model import Finding, Status, StatusKind
from codemods.findings.readers.directives import directive_in
from codemods.findings.readers.document import Document
from codemods.findings.readers.entries import findings_of
from codemods.findings.readers.front import front_entry
from codemods.findings.readers.general import GeneralReader
from codemods.findings.readers.lexicon import names
from codemods.findings.readers.pairs import PATCHED, paired
from codemods.findings.readers.reading import Damage, Reading
from codemods.findings.readers.status import issues, parse_status
from codemods.findings.readers.status_tables import statuses_by_id
from codemods.findings.readers.unread import unread
from codemods.findings.readers.words import Heading
from codemods.findings.readers.yaml_lists import front_list
from codemods.findings.roles import Role, role_of

_STRUCK = re.compile(r"#{1,6}[ \t]{1,4}(?:[^\w~]{1,4})?~~[^\n]{1,400}~~[^\n]{0,80}")
_UNLABELLED = (Role.SEVERITY, Role.PLACE)


def completed(
    document: Document,
    report: str,
    spans: Mapping[int, int],
    findings: list[Finding],
    damaged: list[Damage],
) -> Reading:
    """What a reader of one shape has read, with what the general reader finds beside it.

    Args:
        document: the report.
        report: its path as it was given.
        spans: first and last lines of the sections that are findings.
        findings: what is read; one that has no place, severity, code or fix may get them.
        damaged: what looked like a finding and was not read.
    """
    weak = {item.line: item for item in findings if not _is_whole(item)}
    taken = [(first, last) for first, last in spans.items() if first not in weak]
    taken += [(item.line, item.line) for item in findings if item.line not in weak]
    known = [(item.id, item.title) for item in findings]
    reader = GeneralReader(document, taken, known, weak)
    entries = reader.entries()
    if not findings and len(entries) <= 1:
        front = front_entry(document, reader.blocks)
        listed = front_list(document.lines)
        entries = listed or (entries if front is None else [front])
    more = {item.line: item for item in findings_of(entries, report, document.lines, weak)}
    places = {item.line: number for number, item in enumerate(findings)}
    for line, item in weak.items():
        other = more.pop(line, None)
        if other is not None and _says_more(other, item):
            fuller = replace(
                item,
                severity=item.severity or other.severity,
                severity_text=item.severity_text or other.severity_text,
                locations=other.locations,
                fields=other.fields,
            )
            findings[places[line]] = fuller
    said = reader.statuses([item.line for item in findings])
    findings = [_judged(item, document.line(item.line)) for item in findings]
    findings = [_with_pairs(_with_status(item, said.get(item.line))) for item in findings]
    starts = sorted((*more, *spans))
    directed = (_with_directive(document, item, starts) for item in more.values())
    together = sorted((*findings, *directed), key=lambda item: item.line)
    tabled = statuses_by_id(reader.blocks, together)
    together = [_with_status(item, tabled.get(item.line)) for item in together]
    named = (*damaged, *reader.damaged, *unread(document, reader.passed(), together))
    return Reading(
        tuple(replace(item, ordinal=number) for number, item in enumerate(together, 1)),
        tuple(item for item in named if item.line not in more),
    )


def _with_directive(document: Document, finding: Finding, starts: Sequence[int]) -> Finding:
    """A finding under a heading, with the directive that stands below it and above what follows.

    Items of a list and rows of a table have none: a fence behind them is nobody's.
    """
    here = document.headings_in(finding.line, finding.line)
    if not here:
        return finding
    heading = here[0]
    following = bisect_right(starts, heading.line)
    end = starts[following] if following < len(starts) else len(document.lines) + 1
    below = document.headings_in(heading.line + 1, end - 1)
    last = next((item.line for item in below if item.level <= heading.level), end) - 1
    return replace(finding, directive=directive_in(document, heading.line, last))


def _with_pairs(finding: Finding) -> Finding:
    """A finding whose fix is a diff, with what the diff takes away as its evidence; one without any
    fix, with the right half of a pair as its fix.

    Where the fix is told in words, a pair may be what a commit has changed, and the fault.
    """
    code = finding.suggestion_code
    if any(item.language != "diff" for item in code) or (finding.suggestion and not code):
        return finding
    fields = [item for item in paired(list(finding.fields)) if item.name != PATCHED]
    return replace(finding, fields=tuple(fields))


def _judged(finding: Finding, heading: str) -> Finding:
    """A finding with the status that a field of another name gives it, or a line through it."""
    if finding.status.kind.is_settled:
        return finding
    if _STRUCK.fullmatch(heading.strip()):
        return replace(finding, status=Status(StatusKind.FIXED, "struck out"))
    for item in finding.fields:
        status = parse_status(item.text) if item.name in names("title", "judging") else None
        if status is not None and status.kind.is_settled:
            return replace(finding, status=status)
    return finding


def _with_status(finding: Finding, chapter: Status | None) -> Finding:
    """A finding with the status that its title or the chapters above it give."""
    if finding.status.kind is not StatusKind.UNSTATED:
        return finding
    title = Heading(finding.title)
    if title.status is not None:
        said = Status(title.status, title.status_text, issues(title.status_text))
        return replace(finding, status=said)
    return finding if chapter is None else replace(finding, status=chapter)


def _is_whole(finding: Finding) -> bool:
    """Whether a finding says how bad it is and names a place, and all that it says of it."""
    lined = any(item.lines for item in finding.locations)
    lines = any(role_of(item.name) is Role.LINE for item in finding.fields)
    # Code below ``Severity: HIGH`` is evidence, though nobody says so.
    shown = any(
        item.blocks and role_of(item.name) in _UNLABELLED and "\n" not in item.prose.strip()
        for item in finding.fields
    )
    told = bool(finding.suggestion_code or finding.evidence_code) or not shown
    return _is_placed(finding) and finding.severity is not None and (lined or not lines) and told


def _is_placed(finding: Finding) -> bool:
    return any(item.path or item.symbol for item in finding.locations)


def _says_more(other: Finding, known: Finding) -> bool:
    """Whether another reading of a finding has a place, lines or a severity that this one lacks,
    and loses neither."""
    if _is_placed(known) and not _is_placed(other):
        return False
    lines, known_lines = (
        sum(len(item.lines) for item in finding.locations) for finding in (other, known)
    )
    if lines > known_lines or (other.severity is not None and known.severity is None):
        return True
    shown = bool(known.suggestion_code or known.evidence_code)
    return not shown and bool(other.suggestion_code or other.evidence_code)
