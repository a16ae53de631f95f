"""`autofix list`, on the sample project."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from codemods.output.words import unwritten
from tests.cli.conftest import Run, git

REPORT = "docs/audits/AUDIT_BACKEND_2026-03-02.md"
OUTCOMES = {
    "B-01": "fixed",
    "B-02": "fixed",
    "B-03": "refused",
    "B-04": "fixed",
    "B-05": "fixed",
    "B-06": "already-fixed",
    "B-07": "not-found",
    "B-08": "no-codemod",
}
KEYS = [
    "id",
    "report",
    "line",
    "title",
    "severity",
    "dimension",
    "status",
    "locations",
    "related",
    "codemod",
    "outcome",
    "reason",
    "left",
    "branch",
    "also",
]


def test_json_has_the_shape_of_the_contract(autofix: Run, shop: Path) -> None:
    done = autofix("list", "--output-format", "json")
    document = json.loads(done.out)
    assert (done.status, list(document), document["version"]) == (0, ["version", "findings"], 1)
    findings = document["findings"]
    assert all(list(item) == KEYS for item in findings)
    assert {item["id"]: item["outcome"] for item in findings} == OUTCOMES
    assert findings[0]["locations"] == [
        {"path": "orders/invoices.py", "lines": [[29, 34]], "symbol": None}
    ]
    assert findings[0]["report"] == REPORT
    assert all(item["reason"] for item in findings)


def test_no_state_needs_no_repository_and_no_git(
    autofix: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", "")
    done = autofix("list", "--no-state", "--output-format", "json", "--report", shop / REPORT)
    findings = json.loads(done.out)["findings"]
    assert done.status == 0
    assert [item["id"] for item in findings] == list(OUTCOMES)
    assert {item["outcome"] for item in findings} == {None}


def test_outside_of_git_the_files_are_read(
    autofix: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(shop, "checkout-index", "--all", f"--prefix={tmp_path / 'plain'}/")
    monkeypatch.chdir(tmp_path / "plain")
    done = autofix("list", "--output-format", "json")
    found = {item["id"]: item["outcome"] for item in json.loads(done.out)["findings"]}
    assert (done.status, found) == (0, OUTCOMES)


def test_the_base_commit_is_read_and_not_the_work_tree(autofix: Run, shop: Path) -> None:
    (shop / "orders/main.py").unlink()
    base = json.loads(autofix("list", "--output-format", "json").out)["findings"]
    files = json.loads(autofix("list", "--in-place", "--output-format", "json").out)["findings"]
    assert {item["id"]: item["outcome"] for item in base}["B-05"] == "fixed"
    assert {item["id"]: item["outcome"] for item in files}["B-05"] == "not-found"


def test_text_has_one_row_a_finding(autofix: Run, shop: Path) -> None:
    done = autofix("list")
    report, header, *rows = done.text.splitlines()
    assert report == REPORT
    assert header.split()[:3] == ["id", "severity", "title"]
    assert [row.split()[0] for row in rows] == list(OUTCOMES)
    assert all(row.endswith(unwritten(OUTCOMES[row.split()[0]])) for row in rows)
    assert "8 findings: 4 fixable" in done.err


def test_a_row_is_never_cut_in_a_pipe(autofix: Run, shop: Path, tmp_path: Path) -> None:
    title = "a title " + "that goes on " * 40 + "to its end"
    report = shop / "long.md"
    report.write_text(
        f"### X-1: {title}\n\n- **Severity**: LOW\n- **Location**: `orders/main.py:1`\n"
        "- **Suggested Fix**: None.\n"
    )
    assert title in autofix("list", "--no-state", "--report", report).text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--severity", "LOW"], ["B-07", "B-08"]),
        (["--severity", "low", "--severity", "HIGH"], ["B-01", "B-02", "B-03", "B-07", "B-08"]),
        (["--severity", "CRITICAL"], []),
        (["--severity", "high+"], ["B-01", "B-02", "B-03"]),
        (["--severity", "MEDIUM+", "--severity", "HIGH"], [f"B-0{n}" for n in range(1, 7)]),
        (["--codemod", "add-exc-info"], ["B-05"]),
        (["--codemod", "add_exc_info", "--severity", "HIGH"], []),
        (["--fixable"], ["B-01", "B-02", "B-04", "B-05"]),
        (["--fixable", "--severity", "MEDIUM"], ["B-04", "B-05"]),
    ],
)
def test_filters(autofix: Run, shop: Path, arguments: list[str], expected: list[str]) -> None:
    done = autofix("list", "--output-format", "json", *arguments)
    assert [item["id"] for item in json.loads(done.out)["findings"]] == expected
    assert done.status == 0


def test_from_a_folder_below_the_top(
    autofix: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop / "orders")
    assert "B-08" in autofix("list", "--no-state").text


def test_a_report_is_found_from_here_and_from_the_project(
    autofix: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for report in (REPORT, f"{shop.name}/{REPORT}"):
        done = autofix("list", "-C", shop, "--report", report, "--no-state")
        assert (done.status, done.text.splitlines()[0]) == (0, REPORT)


def test_the_setting_reports_counts(autofix: Run, shop: Path) -> None:
    (shop / "autofix.toml").write_text('reports = ["audits/*.md"]\n')
    assert "audits/*.md matches nothing" in autofix("list").err


def test_two_reports_are_two_tables(autofix: Run, shop: Path) -> None:
    second = shop / "docs/audits/AUDIT_BACKEND_2026-03-09.md"
    second.write_bytes((shop / REPORT).read_bytes())
    text = autofix("list", "--no-state").text
    assert text.count("severity  title") == 2
    done = autofix("show", "B-01")
    assert (done.status, len(done.lines)) == (2, 1)
    assert "AUDIT_BACKEND_2026-03-02:B-01, AUDIT_BACKEND_2026-03-09:B-01" in done.err
    assert autofix("show", "AUDIT_BACKEND_2026-03-09:B-01").status == 0


def test_a_bare_repository_is_listed(autofix: Run, shop: Path, tmp_path: Path) -> None:
    bare = tmp_path / "origin.git"
    done = autofix("list", "-C", bare, "--report", shop / REPORT, "--fixable")
    assert (done.status, len(done.text.splitlines())) == (0, 6)


def test_a_detached_head_is_no_obstacle(autofix: Run, shop: Path) -> None:
    subprocess.run(["git", "checkout", "-q", "--detach"], cwd=shop, check=True)
    assert "4 fixable" in autofix("list").err
