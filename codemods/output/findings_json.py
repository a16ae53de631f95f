"""Findings as JSON, for ``autofix list --output-format json``."""

from __future__ import annotations

from typing import Any

from codemods.findings.model import Finding, LocationKind


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """What the report says of a finding, in values that :mod:`json` writes.

    ``status`` is the report's own text. A location that is only prose is none for a program.
    """
    return {
        "id": finding.id,
        "report": finding.report,
        "line": finding.line,
        "title": finding.title,
        "severity": None if finding.severity is None else finding.severity.value,
        "dimension": finding.dimension,
        "status": finding.status.text or None,
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
