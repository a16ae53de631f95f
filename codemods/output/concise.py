"""The sites of a scan, one a line."""

from __future__ import annotations

from codemods.engine.scanning.sites import Scanned
from codemods.output.styled import one_line


def as_concise(scanned: Scanned) -> str:
    """``path:line:column: codemod message [safety]``."""
    shown = scanned.request.shown
    return "".join(
        f"{one_line(shown(site.change.site.path))}"
        f":{site.change.site.line}:{site.change.site.column}: "
        f"{site.codemod} {one_line(site.message)} [{site.change.safety}]\n"
        for site in scanned.sites
    )
