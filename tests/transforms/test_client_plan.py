"""Which findings are about exception text for clients, and what they want instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.demands.demands import Demands
from codemods.findings.reports import read_report
from codemods.transforms.hide_exception_text.plan import HidePlan, recognise

EVIDENCE = 'raise HTTPException(status_code=500, detail=f"Failed to load: {e}")'


def _finding(folder: Path, title: str, description: str = "", suggestion: str = "") -> Demands:
    report = folder / "report.md"
    report.write_text(
        f"### B-1: {title}\n- **Severity**: LOW\n- **Location**: `app/a.py:3`\n"
        f"- **Description**: {description}\n- **Evidence**:\n  ```python\n  {EVIDENCE}\n  ```\n"
        f"- **Suggested Fix**: {suggestion}\n"
    )
    return Demands.of(read_report(report).findings[0])


@pytest.mark.parametrize(
    "title",
    [
        "Scan worker exception handler loses stack trace",
        "No global exception handler for unhandled errors",
        "Disconnect is detected by substring of str(e) in the response",
        "Error details are logged twice by the client",
        "Exception text is silently discarded",
        "Missing lock around the cache",
        "Broad handler swallows HTTPException and returns error details",
    ],
)
def test_findings_about_something_else(tmp_path: Path, title: str) -> None:
    assert recognise(_finding(tmp_path, title)) is None


@pytest.mark.parametrize(
    "title",
    [
        "WebSocket sends raw exception messages to client",
        "Raw exception strings in HTTP 500 `detail`",
        "Information disclosure via `str(e)`",
        "`upload` embeds `FileNotFoundError` in 404 detail and leaks a path",
        "Error details reflected verbatim into HTTP bodies",
    ],
)
def test_findings_about_exception_text(tmp_path: Path, title: str) -> None:
    match = recognise(_finding(tmp_path, title))
    assert match is not None and match.strength == 90
    assert match.hints.anchors == ("HTTPException",)


def test_the_text_that_is_wanted(tmp_path: Path) -> None:
    suggestion = '`raise HTTPException(status_code=500, detail="Track not loaded")`'
    match = recognise(_finding(tmp_path, "Raw exception strings in `detail`", "", suggestion))
    assert match is not None
    assert match.plan.texts == (("Failed to load: {}", "'Track not loaded'"),)


@pytest.mark.parametrize(
    "suggestion",
    [
        'Return `"Failed (ref <hex8>)"`.',
        'Return `detail="Error"`.',
        "Use `_safe_error_message(e)`.",
        'Set `"code": "STREAMING ERROR"`.',
        "Log it.",
    ],
)
def test_suggestions_without_a_text(tmp_path: Path, suggestion: str) -> None:
    match = recognise(_finding(tmp_path, "Raw exception strings in `detail`", "", suggestion))
    assert match is not None and match.plan == HidePlan()
