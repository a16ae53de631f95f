"""Reports as files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codemods.findings.reports import ReportError, read_report

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
    with pytest.raises(ReportError, match=r"x\.md: no such file"):
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


@pytest.mark.parametrize("suffix", [".md", ".sarif", ".json", ".csv", ".txt"])
def test_what_is_larger_than_a_person_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = tmp_path / f"large{suffix}"
    path.touch()
    os.truncate(path, 64 * 1024 * 1024 + 1)
    with pytest.raises(ReportError, match=f"large{suffix}: is larger than 67,108,864 bytes"):
        read_report(path)


def test_what_no_report_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(ReportError, match=r"pipe\.md: is not a regular file"):
        read_report(tmp_path / "pipe.md")
    with pytest.raises(ReportError, match="zero: is larger than"):
        read_report(Path("/dev/zero"))


def test_what_another_program_hands_over(tmp_path: Path) -> None:
    out, into = os.pipe()
    with os.fdopen(into, "w") as stream:
        stream.write(REPORT)
    try:
        reading = read_report(Path(f"/dev/fd/{out}"))
    finally:
        os.close(out)
    assert [item.id for item in reading.findings] == ["B-01"]
