"""The Reviewdog Diagnostic Format: columns count bytes; a suggestion is the whole fix or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codemods.codemod import Safety
from codemods.engine.outcomes import FilePatch, Patch
from codemods.engine.scanning.fixes import NoFix, fixes_of
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.output.rdjson import _suggestion, as_rdjson
from tests.cli.test_scanning import SAFE
from tests.output.test_sarif import rename


def taken(text: str, suggestion: dict[str, Any]) -> str:
    """The file after somebody accepted a suggestion of whole lines, as a forge does it."""
    first, last = suggestion["range"]["start"]["line"], suggestion["range"]["end"]["line"]
    assert set(suggestion["range"]["start"]) == {"line"}
    lines = text.split("\n")
    assert 1 <= first <= last <= len(lines)
    return "\n".join([*lines[: first - 1], *suggestion["text"].split("\n"), *lines[last:]])


def patch(before: str, after: str | None, path: str = "a.py") -> Patch:
    return Patch((FilePatch(path, before.encode(), None if after is None else after.encode()),), ())


LONG = "".join(f"line_{number} = {number}\n" for number in range(60))


@pytest.mark.parametrize(
    "fix",
    [
        patch("x = 1\n", None),
        patch("x = 1\n", "x = 2\n", "b.py"),
        Patch((*patch("x\n", "y\n").files, *patch("x\n", "y\n", "b.py").files), ()),
        # An import at the top and the call far below: neither half is the fix.
        patch(LONG, "import asyncio\n" + LONG.replace("line_50 =", "line_51 =")),
        patch("", "x = 1\n"),
    ],
)
def test_what_is_no_run_of_lines_is_not_suggested(fix: Patch) -> None:
    assert _suggestion("a.py", fix) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\nb\nc\n", "a\nb\nb\nc\n"),
        ("a\nb\nc\n", "x\na\nb\nc\n"),
        ("a\nb\nc\n", "a\nc\n"),
        ("a\nb\nc\n", "a\nb\nc\nd\n"),
        ("a\nb", "a\nB"),
        ("a\r\nb\r\nc\r\n", "a\r\nB\r\nB\r\nc\r\n"),
        ("a\na\na\n", "a\na\n"),
        ("x = '\u2028'\ny\n", "x = '\u2028'\nz\n"),
        (LONG, LONG.replace("line_5 =", "lines =").replace("line_20 =", "other =")),
    ],
)
def test_a_suggestion_is_the_fix(before: str, after: str) -> None:
    made = _suggestion("a.py", patch(before, after))
    assert made is not None
    # A line that goes leaves its end: forges take an empty suggestion for a line that goes.
    got = taken(before.replace("\r\n", "\n"), made | {"text": made["text"].replace("\r\n", "\n")})
    assert got.replace("\n\n", "\n") == after.replace("\r\n", "\n").replace("\n\n", "\n")


def test_columns_count_bytes_and_end_behind_the_last_one(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(old):\n    return 'ü😀', old\n")
    request = ScanRequest(tmp_path, codemods={"rename": rename(safety=Safety.DISPLAY)})
    document = json.loads(as_rdjson(run_scan(request)))
    (found,) = document["diagnostics"]
    assert found["location"] == {
        "path": "a.py",
        "range": {"start": {"line": 2, "column": 22}, "end": {"line": 2, "column": 25}},
    }
    assert (found["severity"], found["code"]) == ("INFO", {"value": "rename"})
    assert "suggestions" not in found


def test_the_whole_result(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SAFE)
    (tmp_path / "b.py").write_text(f"{SAFE}\n\ndef broken(:\n")
    scanned = run_scan(ScanRequest(tmp_path))
    document = json.loads(as_rdjson(scanned))
    assert set(document) == {"source", "severity", "diagnostics"}
    *found, unread = document["diagnostics"]
    assert unread["severity"] == "ERROR" and unread["location"]["path"] == "b.py"
    fixes = [fix for fix in fixes_of(scanned) if not isinstance(fix, NoFix)]
    assert [taken(SAFE, item["suggestions"][0]) for item in found] == [
        (fix.files[0].after or b"").decode() for fix in fixes
    ]
