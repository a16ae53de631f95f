"""What a report says came of a finding, in whatever field, line or chapter, is its status."""

from __future__ import annotations

import pytest

from codemods.findings.model import StatusKind
from codemods.findings.readers.markdown import read_markdown

FINDING = """# Audit

## {chapter}

### {before}B-01: The till is open{after}
- **Severity**: LOW
- **Location**: `app/till.py:3`
{field}- **Description**: Nobody closes it.
"""


def status(chapter: str = "Findings", field: str = "", before: str = "", after: str = "") -> str:
    text = FINDING.format(chapter=chapter, field=field, before=before, after=after)
    (found,) = read_markdown(text, "report.md").findings
    return found.status.kind


@pytest.mark.parametrize(
    "field",
    [
        "- **Verdict**: Confirmed, not fixed\n",
        "- **Resolution**: Close it when the shop closes\n",
        "- **Action**: Fixing it takes a day\n",
        "- **Impact**: Fixed costs rise\n",
    ],
)
def test_fields_that_settle_nothing(field: str) -> None:
    assert not StatusKind(status(field=field)).is_settled


@pytest.mark.parametrize("chapter", ["To be fixed", "Not yet fixed (accepted)", "Open", "Unfixed"])
def test_chapters_that_settle_nothing(chapter: str) -> None:
    assert not StatusKind(status(chapter)).is_settled


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("- **Verdict**: Not a bug\n", StatusKind.FALSE_POSITIVE),
        ("- **Resolution**: Accepted risk, the till is guarded\n", StatusKind.ACCEPTED),
        ("- **Assessment**: False positive: somebody does\n", StatusKind.FALSE_POSITIVE),
        ("- **Action**: No action needed\n", StatusKind.WONT_FIX),
    ],
)
def test_fields_that_settle_it(field: str, kind: StatusKind) -> None:
    assert status(field=field) == kind


def test_chapters_and_lines_that_settle_it() -> None:
    assert status("Accepted risks (not to be changed)") == StatusKind.ACCEPTED
    assert status("Known issues (won't fix)") == StatusKind.WONT_FIX
    assert status("Investigated and ruled out") == StatusKind.FALSE_POSITIVE
    assert status(before="~~", after="~~") == StatusKind.FIXED


TABLED = """# Audit

## Progress

| ID | Description | Status |
|----|-------------|--------|
| {id} | {what} | {said} |

## Findings

### B-01: The till is open while nobody looks
- **Severity**: LOW
- **Location**: `app/till.py:3`
- **Description**: Nobody closes it.
"""


def tabled(id: str = "B-01", what: str = "Open till", said: str = "FIXED") -> StatusKind:
    text = TABLED.format(id=id, what=what, said=said)
    (found,) = read_markdown(text, "report.md").findings
    return StatusKind(found.status.kind)


@pytest.mark.parametrize(
    ("id", "what", "said"),
    [
        ("B-02", "Open till", "FIXED"),
        ("01", "Open till", "FIXED"),
        ("B-01", "No receipt is printed", "FIXED"),
        ("B-01", "Receipts are printed while the drawer of another clerk is open", "FIXED"),
        ("B-01", "Open till", "OPEN"),
        ("B-01", "Open till", "To be fixed"),
        ("B-01", "Open till", "Partially fixed"),
        ("B-01", "Open till", "FIXED |\n| B-01 | Open till | OPEN"),
    ],
)
def test_tables_that_settle_nothing(id: str, what: str, said: str) -> None:
    assert not tabled(id, what, said).is_settled


@pytest.mark.parametrize("said", ["FIXED", "**CORREGIDO**", "✅ Resolved"])
def test_tables_settle_by_id(said: str) -> None:
    assert tabled(said=said) is StatusKind.FIXED
    assert tabled(what="Nobody looks after it", said=said) is StatusKind.FIXED


@pytest.mark.parametrize(
    ("issue", "is_settled"),
    [
        ("B-01: Open till", True),
        ("**B-01**: Open till", True),
        ("B-01: No receipt is printed", False),
        ("B-02: Open till", False),
        ("Open till", False),
        ("Open till: B-01", False),
    ],
)
def test_an_id_and_its_title_may_share_a_cell(issue: str, is_settled: bool) -> None:
    table = f"| Issue | Status | Files |\n|---|---|---|\n| {issue} | ✅ FIXED | `app/till.py` |\n"
    finding = TABLED[TABLED.index("### B-01") :]
    (found,) = read_markdown(f"# Audit\n\n{finding}\n## Applied\n\n{table}", "r.md").findings
    assert found.status.kind.is_settled is is_settled


def test_a_finding_says_itself_what_it_is() -> None:
    text = TABLED.format(id="B-01", what="Open till", said="FIXED")
    (found,) = read_markdown(text + "- **Status**: Regression\n", "report.md").findings
    assert found.status.kind is StatusKind.REGRESSION
