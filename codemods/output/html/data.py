"""Entries as the page's script reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from codemods.output.entries import Entry, Excerpt, Other
from codemods.output.sides import FileSides, Hunk, Kind, Line, Row, sides

_KINDS: dict[Kind, str] = {"same": "=", "changed": "~", "removed": "-", "added": "+"}


def entry_data(entry: Entry) -> dict[str, Any]:
    """An entry as JSON has it."""
    return {
        "name": entry.name,
        "id": entry.id,
        "ids": entry.ids,
        "title": entry.title,
        "severity": entry.severity,
        "codemod": entry.codemod,
        "safety": entry.safety,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "report": entry.report,
        "where": entry.where,
        "said": [[item.name, item.text] for item in entry.said],
        "found": list(entry.found),
        "now": [_excerpt(item) for item in entry.now],
        "changes": [
            {
                "path": item.path,
                "line": item.line,
                "function": item.function,
                "what": item.what,
                "safety": item.safety,
                "mark": item.mark,
                "notes": list(item.notes),
            }
            for item in entry.changes
        ],
        "left": list(entry.left),
        "notes": list(entry.notes),
        "gates": list(entry.gates),
        "key": entry.key,
        "patch": entry.patch,
        "files": [_file(item) for item in sides(entry.files)],
        "also": [_other(item) for item in entry.also],
    }


def _other(other: Other) -> dict[str, Any]:
    return {
        "name": other.name,
        "severity": other.severity,
        "title": other.title,
        "report": other.report,
        "said": [[item.name, item.text] for item in other.said],
        "files": [_file(item) for item in sides(other.files)],
    }


def _file(file: FileSides) -> dict[str, Any]:
    return {
        "path": file.path,
        "status": file.status,
        "note": file.note,
        "hunks": [_hunk(item) for item in file.hunks],
    }


def _hunk(hunk: Hunk) -> dict[str, Any]:
    return {"head": hunk.head, "rows": [_row(item) for item in hunk.rows]}


def _row(row: Row) -> list[Any]:
    """``[kind, number, segments, number, segments]``; what both sides have stands there once."""
    left = [row.left.number, _segments(row.left)] if row.left else [0, None]
    right = [row.right.number, _segments(row.right)] if row.right else [0, None]
    if row.kind == "same":
        right[1] = None
    return [_KINDS[row.kind], *left, *right]


def _excerpt(item: Excerpt) -> dict[str, Any]:
    return {
        "path": item.path,
        "lines": [[line.number, _segments(line)] for line in item.lines],
    }


def _segments(line: Line) -> list[list[Any]]:
    """``[text]``, ``[text, token]`` or ``[text, token, 1]``, the last for what is marked."""
    return [list(_segment(item.text, item.token, item.marked)) for item in line.segments]


def _segment(text: str, token: str, marked: bool) -> Iterable[Any]:
    yield text
    if token or marked:
        yield token
    if marked:
        yield 1
