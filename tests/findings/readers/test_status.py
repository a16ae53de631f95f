"""Severity, status and related issues."""

from __future__ import annotations

import pytest

from codemods.findings.model import Severity, StatusKind
from codemods.findings.readers.status import parse_severity, parse_status, related


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("", None),
        ("n/a (was HIGH)", None),
        ("below the threshold", None),
        ("Informational — HIGH effort", None),
        ("MEDIUM (borderline HIGH)", Severity.MEDIUM),
        ("**Critical**", Severity.CRITICAL),
        ("🟡 Med", Severity.MEDIUM),
    ],
)
def test_severity(text: str, severity: Severity | None) -> None:
    assert parse_severity(text) is severity


@pytest.mark.parametrize(
    ("text", "kind", "issues"),
    [
        ("", StatusKind.UNSTATED, ()),
        ("Newly seen", StatusKind.OTHER, ()),
        ("Carryover of DEP-6", StatusKind.OTHER, ()),
        ("NEW → Issue created", StatusKind.NEW, ()),
        ("NEW (incomplete fix of #2516)", StatusKind.NEW, ("#2516",)),
        ("`Existing: #12`, #13", StatusKind.EXISTING, ("#12", "#13")),
        ("Regression of #3", StatusKind.REGRESSION, ("#3",)),
        ("Partial-regression of #3 and #3", StatusKind.REGRESSION, ("#3",)),
    ],
)
def test_status(text: str, kind: StatusKind, issues: tuple[str, ...]) -> None:
    found = parse_status(text)
    assert (found.kind, found.text, found.issues) == (kind, text, issues)


def test_related_names_issues_and_findings() -> None:
    text = "#2080 (lock), C-01 (player), HTTP 503, float32, `x-1`, BE-NEW-3, #2080"
    assert related([text]) == ("#2080", "C-01", "BE-NEW-3")
