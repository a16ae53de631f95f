"""The sites of a scan in the Reviewdog Diagnostic Format, with suggestions for pull requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codemods.codemod import Safety
from codemods.engine.outcomes import Patch
from codemods.engine.scanning.fixes import NoFix, fixes_of
from codemods.engine.scanning.sites import Scanned, ScanSite
from codemods.output.home import given, home, page_of
from codemods.output.json import json_text
from codemods.output.regions import end_column, lines_of, utf8_column
from codemods.output.words import HINTS
from codemods.project.project import Project
from codemods.project.source import SourceFile

MOST_LINES = 30
"""Lines that a suggestion takes the place of. Of a fix that changes places further apart a part
would be suggested, or half of the file: neither is what a person may accept by one click."""


def as_rdjson(scanned: Scanned) -> str:
    """The whole result."""
    source = {"name": "autofix", **given("url", home())}
    diagnostics = [
        _diagnostic(scanned.project, site, fix)
        for site, fix in zip(scanned.sites, fixes_of(scanned), strict=True)
    ]
    diagnostics += [
        {
            "message": item.reason,
            "location": {"path": item.path, **_at(item.line)},
            "severity": "ERROR",
        }
        for item in scanned.unread
    ]
    return json_text({"source": source, "severity": "WARNING", "diagnostics": diagnostics})


def _diagnostic(project: Project, site: ScanSite, fix: Patch | NoFix) -> dict[str, Any]:
    place, safety = site.change.site, site.change.safety
    source = project.source(place.path)
    start = {"line": place.line, "column": utf8_column(source, place.line, place.column)}
    last = end_column(source, place.end_line)
    end = {"line": place.end_line, "column": utf8_column(source, place.end_line, last)}
    suggestion = None if isinstance(fix, NoFix) else _suggestion(place.path, fix)
    return {
        "message": f"{site.message} ({HINTS[safety]})",
        "location": {"path": place.path, "range": {"start": start, "end": end}},
        "severity": "INFO" if safety is Safety.DISPLAY else "WARNING",
        "code": {"value": site.codemod, **given("url", page_of(site.codemod))},
        **({"suggestions": [suggestion]} if suggestion else {}),
    }


def _suggestion(path: str, fix: Patch) -> dict[str, Any] | None:
    """A fix as one run of whole lines, as a forge takes it; ``None`` where it is more than that."""
    (file, *others) = fix.files
    if others or file.path != path or file.after is None:
        return None
    old, new = lines_of(SourceFile(path, file.before)), lines_of(SourceFile(path, file.after))
    first = _alike(old, new)
    behind = _alike(old[first:][::-1], new[first:][::-1])
    last, end = len(old) - behind, len(new) - behind
    if first == last:
        # What is only added takes the line before it along, else the one behind it.
        first, last, end = (first - 1, last, end) if first else (first, last + 1, end + 1)
    if not 0 < last - first <= MOST_LINES or last > len(old):
        return None
    text = "".join(new[first:end])
    ending = "\r\n" if text.endswith("\r\n") else "\n"
    return {
        "range": {"start": {"line": first + 1}, "end": {"line": last}},
        "text": text.removesuffix(ending),
    }


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """With how many equal lines both begin."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(old), len(new)))


def _at(line: int | None) -> dict[str, Any]:
    return {"range": {"start": {"line": line}}} if line else {}
