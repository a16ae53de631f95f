"""The sites of a scan, one a line."""

from __future__ import annotations

from codemods.engine.scanning.sites import Scanned


def as_concise(scanned: Scanned) -> str:
    """``path:line:column: codemod message [safety]``."""
    return "".join(
        f"{site.change.site.path}:{site.change.site.line}:{site.change.site.column}: "
        f"{site.codemod} {site.message} [{site.change.safety}]\n"
        for site in scanned.sites
    )
