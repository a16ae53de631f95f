"""The reports at hand, without a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.findings.at_hand import ReportsAtHand
from codemods.findings.reports import ReportError

REPORT = """# Audit

### B-01: pay() charges twice

**Severity**: HIGH
**Location**: `shop.py:4`
**Suggested Fix**: Charge once.
"""


@pytest.fixture
def top(tmp_path: Path) -> Path:
    folder = tmp_path / "docs/audits"
    folder.mkdir(parents=True)
    (folder / "AUDIT_A.md").write_text(REPORT)
    (folder / "README.md").write_text("# Audits\n\nOne a month.\n")
    return tmp_path


def test_there_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"docs/audits/\*\.md matches nothing in"):
        ReportsAtHand(tmp_path)
    assert ReportsAtHand(tmp_path, optional=True).all() == []


def test_a_named_one_must_hold_something(top: Path) -> None:
    reports = ReportsAtHand(top, [top / "docs/audits/README.md"])
    with pytest.raises(ReportError, match="holds no finding that autofix can read"):
        reports.all()


def test_those_of_the_project_are_read_once_and_told_about(top: Path) -> None:
    told: list[str] = []
    reports = ReportsAtHand(top, tell=told.append)
    (finding,) = reports.all()
    assert (finding.id, finding.report) == ("B-01", "docs/audits/AUDIT_A.md")
    assert told == ["docs/audits/README.md: holds no findings"]
    assert reports.all() == [finding] and len(told) == 1
    assert reports.pick("B-01") == finding
    assert not reports.repeated(finding)
    assert reports.damaged() == ()


def test_a_named_one_may_lie_below_the_folder(top: Path) -> None:
    reports = ReportsAtHand(top, [Path("AUDIT_A.md")], folder=top / "docs/audits")
    assert [item.id for item in reports.all()] == ["B-01"]
