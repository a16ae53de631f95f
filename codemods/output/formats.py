"""The formats that a scan is written in, all of them in one table."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from codemods.engine.scanning.sites import Scanned


class ScanFormat(enum.StrEnum):
    """How the sites of a scan are written; the command line offers these."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    RDJSON = "rdjson"
    AUDIT = "audit"
    HTML = "html"

    @property
    def shows_fixes(self) -> bool:
        """Whether each site has its fix beside it."""
        return self in (ScanFormat.SARIF, ScanFormat.RDJSON, ScanFormat.HTML)


def document(format: ScanFormat, scanned: Scanned, seconds: float) -> bytes:
    """The whole document in one of the formats, as it goes to stdout or into a file.

    Args:
        format: which one.
        scanned: what is written.
        seconds: how long it took.
    """
    # Each writer is imported when it writes: the command line asks for the names alone.
    match format:
        case ScanFormat.TEXT:
            from codemods.output.text import as_text

            text = as_text(scanned)
        case ScanFormat.CONCISE:
            from codemods.output.concise import as_concise

            text = as_concise(scanned)
        case ScanFormat.JSON:
            from codemods.output.json import as_json

            text = as_json(scanned, seconds)
        case ScanFormat.SARIF:
            from codemods.output.sarif import as_sarif

            text = as_sarif(scanned)
        case ScanFormat.GITHUB:
            from codemods.output.github import as_github

            text = as_github(scanned)
        case ScanFormat.GITLAB:
            from codemods.output.gitlab import as_gitlab

            text = as_gitlab(scanned)
        case ScanFormat.RDJSON:
            from codemods.output.rdjson import as_rdjson

            text = as_rdjson(scanned)
        case ScanFormat.AUDIT:
            from codemods.output.audit import as_audit

            text = as_audit(scanned)
        case ScanFormat.HTML:
            from codemods.output.html.scan import as_html

            return as_html(scanned)
        case _:
            assert_never(format)
    return text.encode("utf-8", "backslashreplace")
