"""The table of report formats: what is recognised, what is read, and which ids may be where."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.findings.model import Finding, Status, StatusKind
from codemods.findings.readers import formats
from codemods.findings.readers.formats import Format, Ids, formats_of, may_hold, read_text
from codemods.findings.readers.reading import FormatError, Reading

MARKDOWN = "# R\n\n### B-01: x\n- **Severity**: LOW\n"
ISSUE = "## Summary\nIt blocks.\n\n## Proposed Fix\nWrap.\n"
GCC = "app/cache.py:25: warning: it is shared [lock-shared-state]\n"
SARIF = '{"version": "2.1.0", "runs": []}'


@pytest.mark.parametrize(
    ("text", "suffix", "message"),
    [
        ("import os\n\n# comment\n", ".md", "is not a report: it has no Markdown headings"),
        (SARIF, ".md", "is not a report: it has no Markdown headings"),
        (SARIF, "", "is not a report: it has no Markdown headings"),
        (SARIF, ".txt", "is not a report: it has no Markdown headings"),
        (MARKDOWN, ".sarif", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (MARKDOWN, ".JSON", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"runs": 3}', ".json", "is JSON but not a SARIF log: it has no runs"),
    ],
)
def test_no_report(text: str, suffix: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_text(text, suffix, "r")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "suffix", "ids"),
    [
        (MARKDOWN, ".md", ["B-01"]),
        (MARKDOWN, ".txt", ["B-01"]),
        ("text\n\n" + MARKDOWN[5:].replace("###", "#"), "", ["B-01"]),
        (f"{MARKDOWN}\n```\n{GCC}```\n", ".txt", ["B-01"]),
        ("# R\n\n## Summary\n\nNothing.\n", ".txt", []),
        (ISSUE, ".md", ["r"]),
        (ISSUE, ".txt", ["r"]),
        (GCC, ".txt", ["lock-shared-state-4121cd"]),
        (GCC, ".md", ["lock-shared-state-4121cd"]),
        (GCC, "", ["lock-shared-state-4121cd"]),
        (f"# by hand\n{GCC}", ".TXT", ["lock-shared-state-4121cd"]),
        ("# Summary\nIt blocks.\n\n# Fix\nWrap.\n", ".md", ["r"]),
        ("Some words.\n# Summary\nIt blocks.\n\n# Fix\nWrap.\n", ".md", ["r"]),
        ("# R\n\n## Summary\n\nNothing.\n", ".md", []),
        (SARIF, ".sarif", []),
    ],
)
def test_a_report(text: str, suffix: str, ids: list[str]) -> None:
    assert [item.id for item in read_text(text, suffix, f"r{suffix}").findings] == ids


@pytest.mark.parametrize(
    ("name", "text", "id", "may"),
    [
        ("a.md", MARKDOWN, "B-02", False),
        ("a.md", MARKDOWN, "b-01", True),
        ("slow-job.md", ISSUE, "other-job", False),
        ("slow-job.md", ISSUE, "Slow-Job", True),
        ("lines.txt", GCC, "lock-shared-state-000000", True),
        ("log.sarif", SARIF, "X1-000000", True),
        ("log.json", SARIF, "X1-000000", True),
        ("log.sarif.json", SARIF, "X1-000000", True),
        ("log.SARIF", SARIF, "X1-000000", True),
    ],
)
def test_where_an_id_may_be(tmp_path: Path, name: str, text: str, id: str, may: bool) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert may_hold(path, id) is may


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        may_hold(tmp_path / "gone.md", "B-01")


def _lines(text: str, report: str) -> Reading:
    if not text.startswith("["):
        raise FormatError("is no list")
    status = Status(StatusKind.UNSTATED, "")
    finding = Finding("L-1", "t", report, 1, 1, None, None, None, status, (), ())
    return Reading((finding,))


def test_a_new_format_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shares its suffix with a format that is tried before it and refuses the text."""
    row = Format(_lines, Ids.WRITTEN, (".json", ".list"))
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, row))
    assert row in formats_of(".json") and row not in formats_of(".md")
    assert [item.id for item in read_text("[]", ".json", "r").findings] == ["L-1"]
    assert read_text(SARIF, ".json", "r").findings == ()
    with pytest.raises(FormatError, match=r"^is no list$"):
        read_text("{}", ".list", "r")
    with pytest.raises(FormatError, match="is JSON, but"):
        read_text("{}", ".json", "r")
    (tmp_path / "a.list").write_text("[]")
    assert not may_hold(tmp_path / "a.list", "L-1")


def test_a_text_that_fits_no_format(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Format(_lines, Ids.WRITTEN, (".list",), fits=lambda text: "[" in text)
    monkeypatch.setattr(formats, "FORMATS", (row,))
    with pytest.raises(FormatError, match=r"^is not in a known \.list format$"):
        read_text("{}", ".list", "r")
