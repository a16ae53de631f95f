"""Findings in JSON, YAML and CSV: objects and rows, whose keys the lexicon of roles knows.

A list of findings may be the whole document or stand anywhere in it; that of bandit, SonarQube,
DefectDojo and most scripts is one of objects with a file, a line and a message.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from codemods.findings.model import Code, Field, StatusKind
from codemods.findings.readers.entries import Entry, cell_field, findings_of
from codemods.findings.readers.lexicon import names
from codemods.findings.readers.objects import (
    Found,
    flat,
    found_objects,
    more_places,
    place_of,
    role_of_key,
    written,
)
from codemods.findings.readers.reading import Damage, FormatError, Reading
from codemods.findings.readers.words import Heading
from codemods.findings.roles import Role, role_of

LINES_OF_AN_OBJECT = 500
"""Lines behind the object before it on which one is looked for."""


def read_json(text: str, report: str) -> Reading:
    """The findings of a JSON document, or of lines that are one each.

    Raises:
        FormatError: for a text that is no JSON, or holds no findings.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        document = _json_lines(text)
        if document is None:
            raise FormatError(f"is not JSON: {error}") from None
    return read_objects(document, text, report, "JSON")


def _json_lines(text: str) -> list[Any] | None:
    """The objects of a text with one a line, ``None`` for any other text."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        return None
    try:
        found = [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return None
    return found if all(isinstance(item, dict) for item in found) else None


def read_objects(document: Any, text: str, report: str, kind: str) -> Reading:
    """The findings of a document that is parsed.

    Args:
        document: dictionaries, lists and plain values.
        text: what it was parsed from, for the lines.
        report: its path as it was given; kept in every finding.
        kind: what the format is called, for messages.

    Raises:
        FormatError: where it holds no findings.
    """
    lines = text.split("\n")
    entries = objects_in(document, lines)
    found = [entry for entry in entries if entry.is_finding()]
    if not found:
        raise FormatError(f"is {kind}, but neither a SARIF log nor a list of findings")
    return Reading(tuple(findings_of(found, report, lines)), _unread(entries))


def objects_in(document: Any, lines: Sequence[str]) -> list[Entry]:
    """What may be the findings of a parsed document, in its order.

    Args:
        document: dictionaries, lists and plain values.
        lines: the text from which it was parsed.
    """
    entries: list[Entry] = []
    line = 1
    for item in found_objects(document):
        line = _line_of(item.item, lines, line)
        entries.append(_entry(item, line))
    return entries


def _unread(entries: Iterable[Entry]) -> tuple[Damage, ...]:
    """What describes something as a finding does, and is none: it says too little."""
    reason = "says neither how bad it is nor on which line it is"
    return tuple(
        Damage(entry.line, entry.heading.title, reason)
        for entry in entries
        if entry.is_told and not entry.is_weak and not entry.is_finding()
    )


def read_csv(text: str, report: str) -> Reading:
    """The findings of a table in CSV, whose first row names the columns.

    Raises:
        FormatError: where the first row says neither a place nor a problem.
    """
    try:
        dialect = csv.Sniffer().sniff(text[:4096], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    rows = csv.reader(io.StringIO(text), dialect)
    try:
        head = next(rows, [])
        roles = {role_of(cell) for cell in head}
        if not roles & {Role.PLACE} or not roles & {Role.PROBLEM, Role.TITLE, Role.FIX}:
            raise FormatError("is a table without a place and a problem column")
        entries = [
            _entry(Found(dict(zip(head, row, strict=False))), rows.line_num - _breaks(row))
            for row in rows
        ]
    except csv.Error as error:
        raise FormatError(f"is not a table: {error}") from None
    found = [entry for entry in entries if entry.is_finding()]
    # Rows that say nothing of a finding are another table; no rows are one without findings.
    unread = _unread(entries) if found else ()
    lines = text.split("\n")
    return Reading(tuple(findings_of(found, report, lines)), unread, complete=not entries)


def _breaks(row: list[str]) -> int:
    return sum(cell.count("\n") for cell in row)


def _entry(found: Found, line: int) -> Entry:
    item = found.item
    fields: list[Field] = []
    title = ""
    id = None
    for key, value in flat(item):
        role = role_of_key(key)
        text = value.strip() if isinstance(value, str) else str(value)
        if role is Role.LINE and isinstance(value, str) and not text[:1].isdigit():
            # semgrep calls the code itself ``lines``.
            role = Role.EVIDENCE
        if role is None or not text or role in (Role.PLACE, Role.LINE):
            continue
        if role is Role.TITLE:
            title = title or text
        elif role is Role.ID:
            id = id or text
        elif role is Role.EVIDENCE or (role is Role.FIX and "\n" in text):
            code = Code(text, "python", line)
            fields.append(replace(cell_field(role, "", line), text=text, blocks=(code,)))
        else:
            fields.append(cell_field(role, text, line))
    told = next((field.text for field in fields if field.name == Role.PROBLEM), "")
    if not told and title:
        fields.append(cell_field(Role.PROBLEM, title, line))
    if found.severity and not any(field.name == Role.SEVERITY for field in fields):
        fields.append(cell_field(Role.SEVERITY, found.severity, line))
    fields[:0] = [cell_field(Role.PLACE, place, line) for place in _places(found)]
    heading = Heading(title or told.split("\n", 1)[0][:200])
    heading.id = id or heading.id
    heading.status, heading.status_text = _flagged(item)
    # A name and a file, as of a component: nothing is said of them.
    return Entry(line, heading, fields=fields, is_weak=not told)


def _places(found: Found) -> Iterator[str]:
    """The places of an object, as a report would write them."""
    path, at = place_of(found.item)
    path = path or found.place
    several = tuple(more_places(found.item))
    if several:
        yield from several
    elif path:
        yield written(path, at)


def _flagged(item: Mapping[str, Any]) -> tuple[StatusKind | None, str]:
    """The status that a tool gives by a mark: DefectDojo's ``"false_p": true``."""
    for key, value in item.items():
        for kind in StatusKind:
            if value in (True, "true") and key in _flags(kind):
                return kind, f"{key}: true"
    return None, ""


def _flags(kind: StatusKind) -> frozenset[str]:
    return names("flags", kind.value) if kind.is_settled else frozenset()


def _line_of(item: Mapping[str, Any], lines: Sequence[str], start: int) -> int:
    """The line on which an object's longest text stands, for people to look it up; it is looked
    for behind the line of the object before it, and not through all of the rest for each."""
    if len(lines) == 1:
        return 1
    said = (value for _, value in flat(item) if isinstance(value, str))
    around = range(start, min(start + LINES_OF_AN_OBJECT, len(lines) + 1))
    longest = max(said, key=len, default="")
    head = longest.split("\n", 1)[0]
    shapes = [json.dumps(longest, ensure_ascii=False), json.dumps(longest)]
    # YAML writes a text as it is, and breaks long ones.
    shapes += [head[:60]] if len(head) > 20 else []
    found = (at for at in around if any(shape in lines[at - 1] for shape in shapes))
    return next(found, start)
