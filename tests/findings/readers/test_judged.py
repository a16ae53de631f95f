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
