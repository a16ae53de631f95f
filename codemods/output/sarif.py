"""The sites of a scan as a SARIF 2.1.0 log, with their fixes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from codemods.codemod import Codemod, Safety
from codemods.engine.outcomes import Patch
from codemods.engine.scanning.fixes import NoFix, fixes_of
from codemods.engine.scanning.sites import Scanned, ScanSite
from codemods.findings.model import Severity
from codemods.output.audit import words_of
from codemods.output.home import given, home, page_of
from codemods.output.json import json_text
from codemods.output.regions import end_column, lines_of
from codemods.project.project import Project
from codemods.project.source import SourceFile

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_SEVERE = {
    # GitHub's own bounds: critical from 9.0, high from 7.0, medium from 4.0, low above 0.
    Severity.CRITICAL: ("error", "9.5"),
    Severity.HIGH: ("error", "8.0"),
    Severity.MEDIUM: ("warning", "5.5"),
    Severity.LOW: ("recommendation", "2.5"),
}
"""What GitHub sorts by: the severity of a problem, and of a hole in security."""
_CWE = re.compile(r"\bCWE-([0-9]{1,5})\b")
_LEVELS = {Safety.SAFE: "warning", Safety.REVIEW: "warning", Safety.DISPLAY: "note"}


def as_sarif(scanned: Scanned) -> str:
    """The log."""
    return json_text(_log(scanned))


def _log(scanned: Scanned) -> dict[str, Any]:
    codemods = scanned.request.codemods
    names = sorted({site.codemod for site in scanned.sites})
    rules = {name: number for number, name in enumerate(names)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "autofix",
                        "semanticVersion": version("autofix-codemods"),
                        **given("informationUri", home()),
                        "rules": [_rule(codemods[name]) for name in names],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [
                            {
                                "level": "error",
                                "message": {"text": item.reason},
                                "locations": [_location(item.path, _line(item.line))],
                            }
                            for item in scanned.unread
                        ],
                    }
                ],
                "results": [
                    _result(scanned.project, site, codemods[site.codemod], rules[site.codemod], fix)
                    for site, fix in zip(scanned.sites, fixes_of(scanned), strict=True)
                ],
            }
        ],
    }


def _rule(codemod: Codemod) -> dict[str, Any]:
    words = words_of(codemod)
    told = codemod.documentation.strip() or codemod.summary
    level, score = _SEVERE[words.severity]
    holes = sorted(set(_CWE.findall(words.impact)), key=int)
    security = bool(holes) or words.dimension == "Security"
    tags = [words.dimension.lower().replace(" ", "-"), *(["security"] if security else [])]
    return {
        "id": codemod.name,
        "shortDescription": {"text": words.defect},
        "fullDescription": {"text": codemod.summary},
        **given("helpUri", page_of(codemod.name)),
        # A docstring says ``code`` where Markdown has one mark.
        "help": {"text": told, "markdown": told.replace("``", "`")},
        "defaultConfiguration": {"level": "warning"},
        "properties": {
            "tags": [*dict.fromkeys(tags), *(f"external/cwe/cwe-{int(hole):03}" for hole in holes)],
            "problem.severity": level,
            # Without it GitHub does not take a rule for one about security, whatever its tags.
            **({"security-severity": score} if security else {}),
        },
    }


def _result(
    project: Project, site: ScanSite, codemod: Codemod, index: int, fix: Patch | NoFix
) -> dict[str, Any]:
    place = site.change.site
    source = project.source(place.path)
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": end_column(source, place.end_line),
        "snippet": {"text": _text(source, place.line, place.end_line, place.column)},
    }
    location = _location(place.path, region)
    if place.function:
        location["logicalLocations"] = [{"fullyQualifiedName": place.function, "kind": "function"}]
    result: dict[str, Any] = {
        "ruleId": site.codemod,
        "ruleIndex": index,
        "level": _LEVELS[site.change.safety],
        "message": {"text": f"{words_of(codemod).defect}: {site.message}"},
        "locations": [location],
        "partialFingerprints": {"autofix/v1": site.fingerprint},
        "properties": {"safety": str(site.change.safety), "fixable": site.fixable},
    }
    changes = [] if isinstance(fix, NoFix) else _changes(fix)
    if changes:
        result["fixes"] = [{"description": {"text": site.change.what}, "artifactChanges": changes}]
    return result


def _location(path: str, region: Mapping[str, Any] | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if region:
        physical["region"] = region
    return {"physicalLocation": physical}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": _ROOT}


def _line(number: int | None) -> dict[str, int] | None:
    return {"startLine": number} if number else None


def _text(source: SourceFile, line: int, end_line: int, column: int = 1) -> str:
    lines = [source.line_text(number) for number in range(line, end_line + 1)]
    lines[0] = lines[0][column - 1 :]
    return "\n".join(lines)


def _changes(fix: Patch) -> list[dict[str, Any]]:
    """The edits of a fix; none where a file goes: SARIF's fixes replace text."""
    if any(item.after is None for item in fix.files):
        return []
    return [
        {
            "artifactLocation": _artifact(item.path),
            "replacements": list(_replacements(item.path, item.before, item.after or b"")),
        }
        for item in fix.files
    ]


def _replacements(path: str, before: bytes, after: bytes) -> Iterator[dict[str, Any]]:
    """The lines that differ, as regions of the file before."""
    old, new = lines_of(SourceFile(path, before)), lines_of(SourceFile(path, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        inserted = "".join(new[start:end])
        if last > first and last == len(old):
            # The last line may have no newline behind it, so that there is no next one to end at.
            final = old[last - 1]
            region = _region(first + 1, last, len(final.rstrip("\r\n")) + 1)
            if final.endswith("\n"):
                inserted = inserted.removesuffix("\n").removesuffix("\r")
        else:
            region = _region(first + 1, last + 1, 1)
        change: dict[str, Any] = {"deletedRegion": region}
        if inserted:
            change["insertedContent"] = {"text": inserted}
        yield change


def _region(line: int, end_line: int, end_column: int) -> dict[str, int]:
    return {"startLine": line, "startColumn": 1, "endLine": end_line, "endColumn": end_column}
