"""Findings in JSON and CSV: objects and rows, whose keys the lexicon of roles knows.

A list of findings may be the whole document or stand anywhere in it; that of bandit, SonarQube,
DefectDojo and most scripts is one of objects with a file, a line and a message.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from codemods.findings.model import Code, Field
from codemods.findings.readers.entries import Entry, cell_field, findings_of
from codemods.findings.readers.reading import FormatError, Reading
from codemods.findings.readers.words import Heading
from codemods.findings.roles import Role, role_of

_DEEPEST = 40
_PLACES = ("path", "file", "filename", "file_path", "uri", "component")


def read_json(text: str, report: str) -> Reading:
    """The findings of a JSON document.

    Raises:
        FormatError: for a text that is no JSON, or holds no findings.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is not JSON: {error}") from None
    lines = text.split("\n")
    entries = [_entry(item, _line_of(item, lines)) for item in _objects(document, 0)]
    found = [entry for entry in entries if entry.is_finding()]
    if not found:
        raise FormatError("is JSON, but neither a SARIF log nor a list of findings")
    return Reading(tuple(findings_of(found, report, lines)))


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
            raise FormatError("is a table without columns for place and problem")
        entries = [
            _entry(dict(zip(head, row, strict=False)), rows.line_num - _breaks(row)) for row in rows
        ]
    except csv.Error as error:
        raise FormatError(f"is no table: {error}") from None
    found = [entry for entry in entries if entry.is_finding()]
    # Rows that say nothing of a finding are another table; no rows are one without findings.
    empty = not entries
    return Reading(tuple(findings_of(found, report, text.split("\n"))), complete=empty)


def _breaks(row: list[str]) -> int:
    return sum(cell.count("\n") for cell in row)


def _objects(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """The objects that may be findings: those with a file and something that is said of it."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        roles = {role_of(key) for key in value}
        told = roles & {Role.PROBLEM, Role.TITLE, Role.FIX}
        if told and (Role.PLACE in roles or set(value) & set(_PLACES) or Role.SEVERITY in roles):
            yield value
            return
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from _objects(item, depth + 1)


def _entry(item: Mapping[str, Any], line: int) -> Entry:
    fields: list[Field] = []
    title = ""
    id = None
    place, at = _place(item)
    for key, value in _flat(item):
        role = role_of(key)
        text = value.strip() if isinstance(value, str) else str(value)
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
    if place:
        fields.insert(0, cell_field(Role.PLACE, f"`{place}:{at}`" if at else f"`{place}`", line))
    heading = Heading(title or told.split("\n", 1)[0][:200])
    heading.id = id or heading.id
    return Entry(line, heading, fields=fields)


def _flat(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Keys and values; those of objects in it, too, and the items of lists of texts."""
    for key, value in item.items():
        if isinstance(value, dict):
            yield from _flat(value)
        elif isinstance(value, list):
            said = [part for part in value if isinstance(part, str)]
            if said:
                yield key, "\n".join(said)
        elif value is not None and not isinstance(value, bool):
            yield key, value


def _place(item: Mapping[str, Any]) -> tuple[str, str]:
    """The file and the line that an object names."""
    path = line = ""
    for key, value in _flat(item):
        role = role_of(key)
        if not path and isinstance(value, str) and (role is Role.PLACE or key in _PLACES):
            # SonarQube writes ``project:src/app.py``.
            head, colon, tail = value.strip().partition(":")
            path = tail if colon and "/" not in head and tail.endswith(".py") else value.strip()
        elif not line and (role is Role.LINE or key in ("startLine", "line_number", "lineno")):
            line = str(value).strip()
    return path, line if line[:1].isdigit() else ""


def _line_of(item: Mapping[str, Any], lines: list[str]) -> int:
    """The line on which an object's longest text stands, for people to look it up."""
    texts = sorted((v for v in item.values() if isinstance(v, str)), key=len, reverse=True)
    for text in texts[:2]:
        written = json.dumps(text, ensure_ascii=False)
        plain = json.dumps(text)
        for number, line in enumerate(lines, 1):
            if written in line or plain in line:
                return number
    return 1
