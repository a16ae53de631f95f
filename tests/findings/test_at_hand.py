"""The reports at hand, without a command line."""

from __future__ import annotations

import os
import re
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
    with pytest.raises(ReportError, match="contains no finding that autofix can read"):
        reports.all()


@pytest.mark.parametrize("bad", ["README.md", "latin.md", "missing.md"])
def test_a_bad_one_of_several_is_left_out(top: Path, bad: str) -> None:
    folder = top / "docs/audits"
    (folder / "latin.md").write_bytes("# Prüfung\n".encode("latin-1"))
    told: list[str] = []
    reports = ReportsAtHand(top, [folder / bad, folder / "AUDIT_A.md"], tell=told.append)
    assert [item.id for item in reports.all()] == ["B-01"]
    (line,) = told
    assert line.startswith(f"left out: docs/audits/{bad}: ")
    assert reports.unread and not reports.complete


def test_one_of_several_must_be_readable(top: Path) -> None:
    folder = top / "docs/audits"
    reports = ReportsAtHand(top, [folder / "README.md", folder / "missing.md"])
    with pytest.raises(ReportError, match="none of the reports could be read"):
        reports.all()
    assert len(reports.left_out) == 2


def test_those_of_the_project_are_read_once_and_told_about(top: Path) -> None:
    told: list[str] = []
    reports = ReportsAtHand(top, tell=told.append)
    (finding,) = reports.all()
    assert (finding.id, finding.report) == ("B-01", "docs/audits/AUDIT_A.md")
    assert told == ["docs/audits/README.md: contains no findings"]
    assert reports.all() == [finding] and len(told) == 1
    assert reports.pick("B-01") == finding
    assert not reports.repeated(finding)
    assert reports.damaged() == ()


def test_a_named_one_may_lie_below_the_folder(top: Path) -> None:
    reports = ReportsAtHand(top, [Path("AUDIT_A.md")], folder=top / "docs/audits")
    assert [item.id for item in reports.all()] == ["B-01"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("out.md", "leads out of"),
        ("zero.md", "leads out of"),
        ("loop.md", "cannot be read|no such file"),
        ("broken.md", "no such file"),
        ("pipe.md", "is not a regular file"),
        ("large.md", "is larger than 67,108,864 bytes"),
        ("inner.md", "is not a regular file"),
    ],
)
def test_what_is_none_of_the_project_s_is_left_out(top: Path, name: str, reason: str) -> None:
    """A link can be committed; the others are read."""
    folder = top / "docs/audits"
    (top.parent / "secret.md").write_text(REPORT.replace("B-01", "B-99"))
    os.mkfifo(top / "pipe")
    path = folder / name
    match name:
        case "pipe.md":
            os.mkfifo(path)
        case "large.md":
            path.touch()
            os.truncate(path, 2**32)
        case _:
            targets = {
                "out.md": str(top.parent / "secret.md"),
                "zero.md": "/dev/zero",
                "loop.md": "loop.md",
                "broken.md": "nowhere",
                "inner.md": "../../pipe",
            }
            path.symlink_to(targets[name])
    told: list[str] = []
    reports = ReportsAtHand(top, tell=told.append)
    assert [item.id for item in reports.all()] == ["B-01"]
    (line,) = (line for line in told if name in line)
    assert line.startswith("left out: ") and re.search(reason, line)
    assert reports.unread


@pytest.mark.parametrize("pattern", ["../*.md", "/etc/*", "docs/../../secret.md"])
def test_a_pattern_that_leads_out_is_told(top: Path, pattern: str) -> None:
    (top.parent / "secret.md").write_text(REPORT.replace("B-01", "B-99"))
    told: list[str] = []
    reports = ReportsAtHand(top, patterns=[pattern, "docs/audits/A*.md"], tell=told.append)
    assert [item.id for item in reports.all()] == ["B-01"]
    assert told == [f"left out: reports: {pattern} leads out of {top}"]
    assert reports.unread


def test_a_link_within_the_project_is_a_report(top: Path) -> None:
    (top / "docs/audits/AUDIT_A.md").rename(top / "AUDIT_A.md")
    (top / "docs/audits/AUDIT_A.md").symlink_to("../../AUDIT_A.md")
    assert [item.id for item in ReportsAtHand(top).all()] == ["B-01"]
