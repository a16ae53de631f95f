"""The sites of a scan as GitLab's code quality report."""

from __future__ import annotations

import hashlib
from collections import Counter

from codemods.engine.scanning.sites import Scanned
from codemods.findings.model import Severity
from codemods.output.audit import words_of
from codemods.output.json import json_text
from codemods.output.words import HINTS

_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "major",
    Severity.MEDIUM: "minor",
    Severity.LOW: "info",
}


def as_gitlab(scanned: Scanned) -> str:
    """What a merge request shows: a list, whose fingerprints tell new sites from known ones."""
    seen: Counter[str] = Counter()
    found = []
    for site in scanned.sites:
        place = site.change.site
        # Equal lines of one definition are told apart by their order: GitLab drops a second one.
        name = f"{site.codemod}\0{site.fingerprint}"
        text = f"{name}\0{seen[name]}"
        seen[name] += 1
        severity = words_of(scanned.request.codemods[site.codemod]).severity
        found.append(
            {
                "description": f"{site.message} ({HINTS[site.change.safety]})",
                "check_name": site.codemod,
                "fingerprint": hashlib.sha256(text.encode()).hexdigest(),
                "severity": _SEVERITIES[severity],
                "location": {
                    "path": place.path,
                    "lines": {"begin": place.line, "end": place.end_line},
                },
            }
        )
    found += [
        {
            "description": item.reason,
            "check_name": "autofix",
            "fingerprint": hashlib.sha256(
                f"{item.path}\0{item.reason}".encode("utf-8", "surrogateescape")
            ).hexdigest(),
            "severity": "major",
            "location": {"path": item.path, "lines": {"begin": item.line or 1}},
        }
        for item in scanned.unread
    ]
    return json_text(found)
