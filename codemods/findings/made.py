"""Findings that nobody reported: they give what is asked for by hand a name."""

from __future__ import annotations

from collections.abc import Sequence

from codemods.findings.model import Finding, Location, LocationKind, Status, StatusKind


def finding_of_plan(codemod: str, at: Sequence[str], written_in: str = "") -> Finding:
    """A finding that stands for a plan: ``codemod`` at the places ``PATH::SYMBOL``, and the file
    that it was written in."""
    locations = []
    for written in at:
        path, _, symbol = written.partition("::")
        locations.append(Location(LocationKind.FILE, path, symbol=symbol or None))
    return Finding(
        id=codemod,
        title=f"{codemod} at {', '.join(at)}",
        report=written_in,
        line=0,
        ordinal=1,
        severity=None,
        severity_text=None,
        dimension=None,
        status=Status(StatusKind.UNSTATED, ""),
        locations=tuple(locations),
        fields=(),
    )
