"""GitLab's code quality report: a list, with a fingerprint of its own for each site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.output.gitlab import as_gitlab
from tests.cli.test_scanning import SAFE


def report(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(as_gitlab(run_scan(ScanRequest(folder))))
    return found


def test_nothing_is_an_empty_list(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert report(tmp_path) == []


def test_what_was_not_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"{SAFE}\n\ndef broken(:\n")
    *_, told = report(tmp_path)
    assert (told["severity"], told["check_name"]) == ("major", "autofix")
    assert told["location"]["path"] == "a.py"


def test_a_site(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SAFE)
    (found,) = report(tmp_path)
    assert set(found) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert (found["check_name"], found["severity"]) == ("add-exc-info", "info")
    assert found["location"] == {"path": "a.py", "lines": {"begin": 12, "end": 12}}
    assert "fixable with --fix" in found["description"]


def test_fingerprints_are_unique_and_stay_when_lines_move(tmp_path: Path) -> None:
    start = SAFE.index("    try:")
    twice = f"{SAFE.rstrip()}\n{SAFE[start:].rstrip()}\n"
    (tmp_path / "a.py").write_text(twice)
    before = [item["fingerprint"] for item in report(tmp_path)]
    assert len(set(before)) == len(before) == 2
    (tmp_path / "a.py").write_text(f'"""More."""\n\n{twice}')
    assert [item["fingerprint"] for item in report(tmp_path)] == before
