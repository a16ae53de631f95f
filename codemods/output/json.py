"""Results as JSON. A key stands for one thing, whichever command writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from codemods.codemod import Codemod
from codemods.engine.outcomes import Left, Resolution
from codemods.engine.scanning.silencing import silenced
from codemods.engine.scanning.sites import Scanned
from codemods.findings.model import Finding, LocationKind
from codemods.output.results import Checked, Result, refusals, sites
from codemods.project.redaction import redacted

if TYPE_CHECKING:
    from codemods.output.documents import CodemodDocument, ScanDocument, SkippedDocument
    from codemods.output.finding_documents import (
        CheckedDocument,
        FindingDocument,
        FixDocument,
        LeftDocument,
        LocatedDocument,
        ShownDocument,
        StateDocument,
        VerifyDocument,
    )

_UNSEEN = re.compile(r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What turns the direction of text, breaks its line or does not show: people read JSON, too."""


def json_text(document: Mapping[str, Any] | Sequence[Any]) -> str:
    """One document.

    Bytes of files that are not UTF-8 stand in a diff as lone surrogates, as Python's
    ``surrogateescape`` has them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2)
    # Outside of strings there are none, and in them that is how JSON writes any character.
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def plain(value: Any) -> Any:
    """A setting in the types that JSON has: defaults are immutable, and it has no tuples."""
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return sorted(value) if isinstance(value, (set, frozenset)) else value


def as_json(scanned: Scanned, seconds: float) -> str:
    """The sites of a scan, and what it did not read."""
    skipped: list[SkippedDocument] = [
        {"path": item.path, "reason": item.reason} for item in scanned.unread
    ]
    skipped += [
        {"path": item.path, "reason": str(item.reason)} for item in scanned.selection.left_out
    ]
    document: ScanDocument = {
        "version": 1,
        "sites": [
            {
                "path": site.change.site.path,
                "line": site.change.site.line,
                "column": site.change.site.column,
                "end_line": site.change.site.end_line,
                "function": site.change.site.function,
                "codemod": site.codemod,
                "safety": site.change.safety,
                "message": site.message,
                "fixable": site.fixable,
            }
            for site in scanned.sites
        ],
        "files": scanned.files,
        "parsed": scanned.parsed,
        "skipped": sorted(skipped, key=lambda item: item["path"]),
        "silenced": [
            {
                "origin": item.settings,
                "not_run": list(item.codemods),
                "excluded": item.excluded,
            }
            for item in silenced(scanned.request, scanned.selection)
        ],
        "seconds": round(seconds, 3),
    }
    return json_text(document)


def finding_json(finding: Finding) -> FindingDocument:
    """What the report says of a finding.

    ``status`` is the report's own text. A location that is only prose is none for a program.
    """
    return {
        "id": finding.id,
        "report": finding.report,
        "line": finding.line,
        "title": redacted(finding.title),
        "severity": finding.severity,
        "dimension": finding.dimension,
        "status": redacted(finding.status.text) or None,
        "locations": [
            {
                "path": location.path,
                "lines": [[lines.start, lines.end] for lines in location.lines],
                "symbol": location.symbol,
            }
            for location in finding.locations
            if location.kind is not LocationKind.PROSE
        ],
        "related": list(finding.related),
    }


def listed_json(finding: Finding, resolution: Resolution | None) -> StateDocument:
    """A finding with its state in today's code; ``None``: nobody has looked."""
    return {
        **finding_json(finding),
        "codemod": resolution.codemod if resolution else None,
        "outcome": resolution.outcome.name if resolution else None,
        "reason": redacted(resolution.outcome.reason) if resolution else None,
        "left": _left(resolution.patch.left if resolution and resolution.patch else ()),
    }


def _left(left: Iterable[Left]) -> list[LeftDocument]:
    """What a patch leaves of its finding."""
    return [
        {
            "what": redacted(item.what),
            "demand": redacted(item.demand) or None,
            "path": item.site.path if item.site else None,
            "line": item.site.line if item.site else None,
        }
        for item in left
    ]


def checked_json(resolution: Resolution) -> CheckedDocument:
    """What was read of a finding, and what can be done about it."""
    finding = resolution.finding
    return {
        **listed_json(finding, resolution),
        "directive": finding.directive is not None,
        "has_fix": bool(finding.suggestion),
        "has_evidence": bool(finding.evidence_code),
        "located": _located(resolution),
    }


def _located(resolution: Resolution) -> list[LocatedDocument]:
    return [
        {
            "path": place.source.path,
            "lines": [place.lines.start, place.lines.end],
            "evidence": [[lines.start, lines.end] for lines in place.evidence],
            "by": place.by,
        }
        for place in resolution.places
    ]


def result_json(result: Result) -> FixDocument:
    """What became of a finding."""
    finding, patch = result.resolution.finding, result.patch
    told: FixDocument = {
        "finding": finding.id,
        "report": finding.report,
        "title": redacted(finding.title),
        "severity": finding.severity,
        "outcome": result.outcome,
        "reason": redacted(result.reason),
        "codemod": result.resolution.codemod,
        "safety": patch.safety if patch else None,
        "branch": result.branch,
        "commit": result.commit,
        "sites": [
            {
                "path": site.path,
                "line": site.line,
                "end_line": site.end_line,
                "function": site.function,
                "what": redacted(what),
            }
            for site, what in sites(result.resolution)
        ],
        "refused": [
            {
                "path": item.site.path if item.site else None,
                "line": item.site.line if item.site else None,
                "reason": item.reason,
                "detail": redacted(item.detail),
            }
            for item in refusals(result.resolution)
        ],
        "left": _left(result.left),
        "unaddressed": _told(patch.unaddressed) if patch else [],
        "notes": _told(patch.notes) if patch else [],
        "diff": result.diff.decode("utf-8", "surrogateescape"),
    }
    if result.checked:
        told["verify"] = _checked_json(result.checked)
    return told


def _told(texts: Iterable[str]) -> list[str]:
    """What is said in words; a diff is code, and stays as it is."""
    return [redacted(text) for text in texts]


def _checked_json(checked: Checked) -> VerifyDocument:
    return {
        "command": checked.command,
        "passed": checked.passed,
        "summary": redacted(checked.summary),
        "output": redacted(checked.output),
    }


def shown_json(result: Result) -> ShownDocument:
    """All that is known of a finding: what the report says, where it stands, what became of it."""
    resolution = result.resolution
    return {
        **finding_json(resolution.finding),
        "fields": [
            {"name": field.name, "line": field.line, "text": redacted(field.text)}
            for field in resolution.finding.fields
        ],
        "located": _located(resolution),
        "trail": _told(resolution.steps),
        "result": result_json(result),
    }


def codemod_json(codemod: Codemod) -> CodemodDocument:
    """An entry of the catalogue."""
    return {
        "name": codemod.name,
        "area": codemod.area,
        "summary": codemod.summary,
        "scans": codemod.scans,
        "options": [
            {"name": item.name, "default": plain(item.default), "help": item.help}
            for item in codemod.options
        ],
        "documentation": codemod.documentation,
    }
