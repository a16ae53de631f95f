"""Findings in JSON, CSV and the texts of tools, by the names of their fields."""

from __future__ import annotations

import json

import pytest

from codemods.findings.model import Finding, Severity
from codemods.findings.readers.formats import read_text
from codemods.findings.readers.reading import FormatError


def only(text: str, suffix: str) -> Finding:
    (found,) = read_text(text, suffix, "docs/r").findings
    return found


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("{}", ".json"),
        ("[]", ".json"),
        ("3", ".json"),
        ('{"total": 3, "passed": 3}', ".json"),
        ('[{"name": "x", "version": "1"}]', ".json"),
        ('[{"file": "a.py", "lines": 30, "coverage": 0.5}]', ".json"),
        ("[" * 100_000, ".json"),
        ("name,version\nx,1\n", ".csv"),
        ("file,lines\na.py,30\n", ".csv"),
        ("", ".csv"),
    ],
)
def test_no_findings(text: str, suffix: str) -> None:
    with pytest.raises(FormatError):
        read_text(text, suffix, "docs/r")


SHAPES = {
    "a list": [
        {"file": "shop/q.py", "line": 3, "severity": "high", "issue": "A race", "fix": "Lock it."}
    ],
    "an object": {
        "meta": {"total": 1},
        "findings": [
            {
                "title": "A race",
                "severity": "HIGH",
                "file_path": "shop/q.py",
                "line": 3,
                "mitigation": "Lock it.",
            }
        ],
    },
    "bandit": {
        "errors": [],
        "results": [
            {
                "filename": "./shop/q.py",
                "line_number": 3,
                "issue_severity": "HIGH",
                "issue_text": "A race",
                "test_id": "B999",
            }
        ],
    },
    "SonarQube": {
        "issues": [
            {
                "key": "AX1",
                "rule": "python:S1",
                "severity": "MAJOR",
                "component": "shop:shop/q.py",
                "line": 3,
                "message": "A race",
            }
        ]
    },
    "nested places": [
        {"message": "A race", "severity": "P1", "location": {"path": "shop/q.py", "line": 3}}
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_json(shape: str) -> None:
    found = only(json.dumps(SHAPES[shape], indent=1), ".json")
    assert found.title == "A race"
    assert found.severity is Severity.HIGH
    (place,) = found.locations
    assert (place.path or "").removeprefix("./") == "shop/q.py"
    assert [item.start for item in place.lines] == [3]
    assert found.suggestion_prose in ("Lock it.", "")


@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_csv(comma: str) -> None:
    head = comma.join(("ID", "Severity", "File", "Line", "Issue", "Recommendation"))
    row = comma.join(("Q-1", "High", "shop/q.py", "3", "A race", "Lock it."))
    found = only(f"{head}\n{row}\n", ".csv")
    assert (found.id, found.title, found.severity) == ("Q-1", "A race", Severity.HIGH)
    assert found.locations[0].path == "shop/q.py"
    assert found.suggestion_prose == "Lock it."


def test_bandits_text() -> None:
    found = only(
        "Test results:\n>> Issue: [B110:try_except_pass] Pass in the handler.\n"
        "   Severity: Low   Confidence: High\n   CWE: CWE-703\n   Location: ./shop/q.py:3:4\n"
        "2\t    try:\n3\t    except Exception:\n\n",
        ".txt",
    )
    assert (found.title, found.severity, found.rule) == (
        "Pass in the handler",
        Severity.LOW,
        "B110",
    )
    assert found.locations[0].path == "shop/q.py"
