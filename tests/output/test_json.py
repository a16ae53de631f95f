"""Findings as JSON."""

from __future__ import annotations

import json

from codemods.findings.readers.markdown import read_markdown
from codemods.output.json import finding_json


def test_keys_and_values() -> None:
    text = (
        "### B-1: x\n- **Severity**: HIGH\n- **Location**: `a.py:1,3-4` (`run`)\n"
        "- **Status**: Existing: #2\n- **Related**: #3\n"
    )
    found = finding_json(read_markdown(text, "r.md").findings[0])
    assert json.loads(json.dumps(found)) == {
        "id": "B-1",
        "report": "r.md",
        "line": 1,
        "title": "x",
        "severity": "HIGH",
        "dimension": None,
        "status": "Existing: #2",
        "locations": [{"path": "a.py", "lines": [[1, 1], [3, 4]], "symbol": "run"}],
        "related": ["#3"],
    }


def test_what_is_not_said_is_null() -> None:
    text = "### B-1: x\n- **Location**: somewhere\n"
    found = finding_json(read_markdown(text, "r.md").findings[0])
    assert (found["severity"], found["status"], found["locations"]) == (None, None, [])
