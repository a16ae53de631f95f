"""Reports as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.findings.reports import ReportError, find_reports, read_report

REPORT = "# R\n\n### B-01: x\n- **Severity**: LOW\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "r.md: is empty"),
        (b" \n\t\n", "r.md: is empty"),
        (b"# R\n\ncaf\xe9\n", "r.md: is not UTF-8 text: byte 0xe9 at offset 8, line 3"),
        (b"\xef\xbb\xbf# R\xff", "r.md: is not UTF-8 text: byte 0xff at offset 6, line 1"),
        (b"# R\n\0", "r.md: is not text: it has a null byte at offset 4"),
        (b"import os\n\n# comment\n", "r.md: is not a report: it has no Markdown headings"),
        (b'{"runs": []}\n', "r.md: is not a report: it has no Markdown headings"),
    ],
)
def test_unreadable(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "r.md"
    path.write_bytes(data)
    with pytest.raises(ReportError) as caught:
        read_report(path, "r.md")
    assert str(caught.value) == message


def test_missing_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"x\.md: there is no such file"):
        read_report(tmp_path / "x.md")
    with pytest.raises(ReportError, match="is a folder, not a report"):
        read_report(tmp_path)
    with pytest.raises(ReportError, match="cannot be read"):
        read_report(tmp_path / ("x" * 5000))


def test_a_report_without_findings_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    path.write_text("# Regression audit\n\n### R-01: y\n- **Status**: PASS\n")
    assert read_report(path).findings == ()


def test_the_reader_is_chosen_by_content(tmp_path: Path) -> None:
    report, issue = tmp_path / "r.md", tmp_path / "slow-job.md"
    report.write_bytes(b"\xef\xbb\xbf" + REPORT.replace("\n", "\r\n").encode())
    issue.write_text("## Summary\nIt blocks.\n\n## Proposed Fix\nWrap.\n")
    assert [item.key for item in read_report(report, "docs/r.md").findings] == [
        ("docs/r.md", "B-01", 3)
    ]
    assert [item.id for item in read_report(issue).findings] == ["slow-job"]


def test_find_reports(tmp_path: Path) -> None:
    for name in ("docs/audits/b.md", "docs/audits/a.md", "docs/x.txt", "docs/audits/old/c.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(REPORT)
    (tmp_path / "docs/audits/folder.md").mkdir()

    def names(*patterns: str) -> list[str]:
        return [path.name for path in find_reports(tmp_path, patterns)]

    assert names("nowhere/*.md") == []
    assert names("docs/audits/*.md", "docs/audits/a.md") == ["a.md", "b.md"]
    assert names("docs/**/*.md") == ["a.md", "b.md", "c.md"]
    assert names(str(tmp_path / "docs" / "audits" / "a.md")) == ["a.md"]
