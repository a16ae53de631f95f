"""Naming one finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.findings.readers.markdown import read_markdown
from codemods.findings.reports import (
    SelectionError,
    UnknownFindingError,
    reports_mentioning,
    select,
)

FIRST = """\
### B-02: one
- **Severity**: LOW
### PTS-6: two
- **Severity**: LOW
### PTS-6 (additional): three
- **Severity**: LOW
### HIGH-1 (DSP-3): four
- **Severity**: LOW
### TD8-02..05: five
- **Severity**: LOW
"""
SECOND = "### B-02: other\n- **Severity**: LOW\n### C-1: last\n- **Severity**: LOW\n"
READINGS = [
    read_markdown(FIRST, "docs/audits/AUDIT_A.md"),
    read_markdown(SECOND, "docs/audits/AUDIT_B.md"),
]


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("", "'' is not a finding id: use one like B-02"),
        ("AUDIT_A:", "'AUDIT_A:' is not a finding id: use one like B-02"),
        ("b-02", "'b-02' matches 2 findings: AUDIT_A:B-02, AUDIT_B:B-02"),
        ("AUDIT_A:PTS-6", "'AUDIT_A:PTS-6' matches 2 findings: AUDIT_A:PTS-6@3, AUDIT_A:PTS-6@5"),
        ("AUDIT_C:C-1", "no finding 'AUDIT_C:C-1', but AUDIT_B:C-1 exists"),
        ("C-1@9", "no finding 'C-1@9', but AUDIT_B:C-1 exists"),
        ("AUDIT_B:B-22", "no finding 'AUDIT_B:B-22' among 2; the closest are B-02"),
        ("ZZZ", "no finding 'ZZZ' among 7"),
    ],
)
def test_no_single_finding(selector: str, message: str) -> None:
    with pytest.raises(SelectionError) as caught:
        select(READINGS, selector)
    assert str(caught.value) == message


def test_nothing_at_hand() -> None:
    with pytest.raises(SelectionError, match="contain no findings"):
        select([], "B-02")


@pytest.mark.parametrize(
    ("selector", "title"),
    [
        ("c-1", "last"),
        ("AUDIT_B:B-02", "other"),
        ("audit_b:b-02", "other"),
        ("docs/audits/AUDIT_A.md:B-02", "one"),
        ("AUDIT_A.md:B-02", "one"),
        ("AUDIT_A:PTS-6@5", "three"),
        ("PTS-6@3", "two"),
        ("DSP-3", "four"),
        ("TD8-04", "five"),
    ],
)
def test_one_finding(selector: str, title: str) -> None:
    findings = [item for reading in READINGS for item in reading.findings]
    assert select(READINGS, selector).title == title
    assert select(findings, selector).title == title


def test_reports_of_one_name_are_told_apart_by_their_path() -> None:
    readings = [read_markdown(SECOND, f"{folder}/AUDIT.md") for folder in ("new", "old")]
    with pytest.raises(SelectionError) as caught:
        select(readings, "AUDIT:C-1")
    assert caught.value.candidates == ("new/AUDIT.md:C-1", "old/AUDIT.md:C-1")
    assert select(readings, "old/AUDIT.md:C-1").report == "old/AUDIT.md"


@pytest.mark.parametrize("suffix", ["md", "txt", "sarif", "sarif.json"])
def test_a_report_is_named_with_or_without_its_suffix(suffix: str) -> None:
    path = f"docs/audits/NEW.{suffix}"
    readings = [*READINGS, read_markdown(SECOND, path)]
    stem = path.rpartition(".")[0]
    for name in ("audits/OLD", "its/NEW", "audits/NEW.", f"x/{path}"):
        with pytest.raises(UnknownFindingError):
            select(readings, f"{name}:C-1")
    for name in (path, stem, stem.upper(), stem.removeprefix("docs/"), path.replace("/", "\\")):
        assert select(readings, f"{name}:C-1").report == path


def test_candidates_name_what_they_stand_for() -> None:
    with pytest.raises(SelectionError) as caught:
        select(READINGS, "PTS-6")
    assert [select(READINGS, name).line for name in caught.value.candidates] == [3, 5]


def test_reports_mentioning(tmp_path: Path) -> None:
    first, second, issue = (tmp_path / name for name in ("A.md", "B.md", "slow-job.md"))
    first.write_text(FIRST)
    second.write_text(SECOND)
    issue.write_text("## Summary\n")
    gone = tmp_path / "gone.md"
    paths = [first, second, issue, gone]
    assert reports_mentioning(paths, "X-9") == (gone,)
    assert reports_mentioning(paths, "pts-6@5") == (first, gone)
    assert reports_mentioning(paths, "B:B-02") == (second,)
    assert reports_mentioning(paths, "slow-job") == (issue, gone)


MADE = """\
# R

### Mail is sent on the event loop
**Severity:** HIGH
**File:** `shop/mail.py:3`
**Fix:** Move it.

### Bug #7: Rates are fetched on the event loop
**Severity:** HIGH
**File:** `shop/rates.py:3`
**Fix:** Move it.

### CRIT-API-001: A path is read
- **Severity**: HIGH

### CRIT-API-002: A file is read
- **Severity**: HIGH
"""


def test_ids_that_were_made_or_are_numbers() -> None:
    readings = [read_markdown(MADE, "docs/M.md")]
    made, number, first, _ = readings[0].findings
    assert made.id.startswith("f-")
    assert select(readings, made.id[:4]) is made
    assert select(readings, made.id[:4].upper()) is made
    assert select(readings, "#7") is number
    assert select(readings, "7") is number
    assert select(readings, "crit-api-001") is first
    with pytest.raises(SelectionError) as caught:
        select(readings, "CRIT-API")
    assert caught.value.candidates == ("M:CRIT-API-001", "M:CRIT-API-002")
    for wrong in ("f-", "CRIT-API-0", "CRIT-A", "f-zzz"):
        with pytest.raises(UnknownFindingError):
            select(readings, wrong)


def test_a_made_id_stands_in_no_report(tmp_path: Path) -> None:
    path = tmp_path / "M.md"
    path.write_text(MADE)
    assert reports_mentioning([path], "f-12") == (path,)
    assert reports_mentioning([path], "#7") == (path,)
    assert reports_mentioning([path], "B-99") == ()
