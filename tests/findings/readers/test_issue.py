"""One finding in one file."""

from __future__ import annotations

import pytest

from codemods.findings.model import Finding, Severity
from codemods.findings.readers.issue import is_issue, read_issue

BODY = """\
## Summary
`run()` is async and calls `load()`. It blocks.

## Evidence / Code Paths
- **File**: `web/engine.py:34-43`
- **Code**:
  ```python
  load(path)
  ```
- **Call path**: `POST /jobs` → `run`

## Impact
- **Severity**: HIGH
- **What breaks**: all of it
- **When**: always

## Related Issues
- #23 — same pattern

## Proposed Fix
Wrap it:
```python
await asyncio.to_thread(load, path)
```
"""


def read(text: str, report: str = "issues/slow-job.md") -> Finding:
    reading = read_issue(text, report)
    assert reading.damaged == ()
    return reading.findings[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Report\n\n## Summary\n\nNothing.\n",
        "# Audit\n\n## Executive Summary\n\n## Findings\n\n## Impact\n",
        "```\n## Summary\n## Proposed Fix\n```\n",
    ],
)
def test_is_no_issue(text: str) -> None:
    assert not is_issue(text)


def test_the_whole_of_an_issue() -> None:
    assert is_issue(BODY)
    finding = read(f"# [2026-02-16] MEDIUM - B-02: Engine blocks\n\n{BODY}")
    assert (finding.id, finding.title, finding.line) == ("B-02", "Engine blocks", 1)
    assert finding.severity is Severity.HIGH
    assert [(item.path, item.line) for item in finding.locations] == [("web/engine.py", 7)]
    assert finding.description == "`run()` is async and calls `load()`. It blocks."
    assert [code.text for code in finding.evidence_code] == ["load(path)"]
    assert finding.suggestion_code[0].line == 25
    assert finding.suggestion_prose == "Wrap it:"
    assert finding.related == ("#23",)
    assert finding.text("call path") == "`POST /jobs` → `run`"


@pytest.mark.parametrize(
    ("front", "id", "title"),
    [
        ("[2026-02-16] HIGH - Engine blocks\n\n", "slow-job", "Engine blocks"),
        ("**Title**: [2026-02-16] HIGH - Engine blocks\n\n", "slow-job", "Engine blocks"),
        ("**ID**: B-9\n**Title**: Engine blocks\n\n", "B-9", "Engine blocks"),
        ("---\ntitle: 'Engine blocks'\nid: B-9\n---\n", "B-9", "Engine blocks"),
        ("# Engine blocks\n\n", "slow-job", "Engine blocks"),
        ("", "slow-job", "`run()` is async and calls `load()`."),
    ],
)
def test_where_id_and_title_come_from(front: str, id: str, title: str) -> None:
    finding = read(front + BODY)
    assert (finding.id, finding.title) == (id, title)


def test_severity_of_title_and_labels() -> None:
    rest = "## Summary\nx\n\n## Proposed Fix\ny\n"
    assert read(f"# [2026-01-01] LOW - T\n{rest}").severity is Severity.LOW
    assert read(f"# T\n**Labels**: backend, high\n\n{rest}").severity is Severity.HIGH
    assert read(f"# T\n{rest}").severity is None


def test_an_issue_that_says_nothing_is_damaged() -> None:
    assert read_issue("## Proposed Fix\nx\n", "a.md").damaged[0].text == "a"
