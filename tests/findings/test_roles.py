"""What the fields of reports are for, in any language; what a name says, and what it does not."""

from __future__ import annotations

import pytest

from codemods.findings.model import Severity, StatusKind
from codemods.findings.readers.lexicon import (
    severity_in,
    severity_of_word,
    status_at_start,
    status_in,
)
from codemods.findings.roles import Role, role_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("", None),
        ("x" * 200, None),
        ("Purpose", None),
        ("the file", None),
        ("Fixture", None),
        ("Location", Role.PLACE),
        ("**File(s):**", Role.PLACE),
        ("📍 Location", Role.PLACE),
        ("Recommended Fix", Role.FIX),
        ("How to fix", Role.FIX),
        ("Should be", Role.FIX),
        ("Fix (proposed)", Role.FIX),
        ("issue_text", Role.PROBLEM),
        ("What's wrong", Role.PROBLEM),
        ("What’s wrong", Role.PROBLEM),
        ("Priority", Role.PRIORITY),
        ("File checked", Role.VERDICT),
        ("Gravité", Role.SEVERITY),
        ("Schweregrad", Role.SEVERITY),
        ("Línea", Role.LINE),
        ("Решение", Role.FIX),
        ("修复建议", Role.FIX),
        ("位置：", Role.PLACE),
    ],
)
def test_roles(name: str, role: Role | None) -> None:
    assert role_of(name) is role


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("highlights", None),
        ("followed", None),
        ("high", Severity.HIGH),
        ("🟢 MEDIUM", Severity.MEDIUM),
        ("P1 - CRITICAL", Severity.CRITICAL),
        ("P2", Severity.MEDIUM),
        ("Критическая", Severity.CRITICAL),
        ("严重", Severity.CRITICAL),
    ],
)
def test_severities(text: str, severity: Severity | None) -> None:
    assert severity_in(text) is severity


def test_a_word_for_a_severity_is_all_of_the_text() -> None:
    assert severity_of_word("[HIGH]:") is Severity.HIGH
    assert severity_of_word("high load") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("not fixed", None),
        ("unresolved", None),
        ("fixing", None),
        ("✅ Fixed in #3", StatusKind.FIXED),
        ("Won't fix", StatusKind.WONT_FIX),
        ("by design", StatusKind.ACCEPTED),
        ("not a bug", StatusKind.FALSE_POSITIVE),
    ],
)
def test_statuses(text: str, kind: StatusKind | None) -> None:
    found = status_at_start(text)
    assert (found[0] if found is not None else None) is kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("To be fixed", None),
        ("Must be fixed before the release", None),
        ("Locks", None),
        ("Fixed issues", StatusKind.FIXED),
        ("False positives", StatusKind.FALSE_POSITIVE),
        ("Accepted risks", StatusKind.ACCEPTED),
        ("Not Issues (False Positives)", StatusKind.FALSE_POSITIVE),
        ("Reviewed: not a bug", StatusKind.FALSE_POSITIVE),
        ("Non-issues", StatusKind.FALSE_POSITIVE),
        ("Not fixed (accepted is none of them)", None),
        ("Not yet fixed", None),
    ],
)
def test_statuses_of_chapters(title: str, kind: StatusKind | None) -> None:
    assert status_in(title) is kind
