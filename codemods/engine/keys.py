"""The key of a fix: made of the code that it changes, and of nothing that a report says.

A report is renamed, its findings are numbered anew, three audits find the same defect: the key
stays. It is :func:`codemods.engine.scanning.baseline.fingerprint` over a set of places, so it stays
too when lines above come or go, and is another one when the line itself is edited.
"""

from __future__ import annotations

import hashlib

from codemods.codemod import Site
from codemods.engine.outcomes import Patch
from codemods.engine.scanning.baseline import first_line
from codemods.project.source import SourceError, SourceFile

LENGTH = 12
"""Hexadecimal digits."""


def patch_key(codemod: str, patch: Patch) -> str:
    """The key of what ``codemod`` does: 12 hexadecimal digits.

    Two changes of one definition that begin with the same text count once, so that their number
    does not matter; the same text in another definition or file is another place.
    """
    sources = {file.path: SourceFile(file.path, file.before) for file in patch.files}
    places = sorted(
        {
            (site.path, site.function, _first_line(site, sources.get(site.path)))
            for site in sites(patch)
        }
    )
    parts = (codemod, *(part for place in places for part in place))
    text = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:LENGTH]


def sites(patch: Patch) -> tuple[Site, ...]:
    """Where a patch changes something, first by path."""
    found = (change.site for change in patch.changes)
    return tuple(sorted(found, key=lambda site: (site.path, site.line, site.column)))


def _first_line(site: Site, source: SourceFile | None) -> str:
    try:
        # A site may lie in a file that the patch leaves alone, or be a new file.
        known = source is not None and 0 < site.line <= len(source.line_starts)
        return first_line(site, source) if source is not None and known else ""
    except SourceError:
        # A file that is deleted need not be readable.
        return ""
