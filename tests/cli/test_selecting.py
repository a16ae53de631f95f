"""A finding that `autofix list` shows is found by its id, whatever its report's format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

LOG = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "tool"}},
            "results": [
                {
                    "ruleId": "X1",
                    "message": {"text": "It sleeps."},
                    "locations": [
                        {"physicalLocation": {"artifactLocation": {"uri": "orders/invoices.py"}}}
                    ],
                }
            ],
        }
    ],
}
RANGE = "# R\n\n### DS-6 to DS-12: several\n- **Severity**: LOW\n"


@pytest.fixture
def audits(shop: Path) -> Path:
    """The folder of the reports; every file in it is one."""
    (shop / "autofix.toml").write_text('reports = ["docs/audits/*"]\n')
    return shop / "docs/audits"


@pytest.mark.parametrize("name", ["x.sarif", "x.SARIF", "x.json", "x.sarif.json"])
def test_a_log_is_found_by_the_ids_of_its_findings(autofix: Run, audits: Path, name: str) -> None:
    (audits / name).write_text(json.dumps(LOG))
    report = f"docs/audits/{name}"
    listed = json.loads(autofix("list", "--report", report, "--output-format", "json").out)
    [id] = [item["id"] for item in listed["findings"]]
    # Another report speaks of the finding, so that its bytes have the id that the log's have not.
    (audits / "SUMMARY.md").write_text(f"# S\n\n### Q-1: as {id}\n- **Severity**: LOW\n")
    stem = name.rpartition(".")[0]
    for arguments in (
        (id, "--report", report),
        (id,),
        (id.lower(),),
        (f"{stem}:{id}",),
        (f"audits/{stem}:{id}",),
        (f"{report}:{id}@1",),
    ):
        done = autofix("show", *arguments)
        assert done.text.startswith(f"{id}: It sleeps\n{report}:1\n"), (arguments, done.err)


def test_lines_of_gcc_are_findings_as_those_of_other_reports(autofix: Run, audits: Path) -> None:
    (audits / "x.txt").write_text(
        "orders/invoices.py:32: warning: writing stops the loop [offload-blocking-calls]\n"
        "orders/invoices.py:33: error: it is nobody's [no-such-rule]\n"
        "orders/invoices.py:34: error: it names none\n"
        "Found 3 errors in 1 file\n"
    )
    report = "docs/audits/x.txt"
    done = autofix("list", "--report", report, "--output-format", "json")
    loop, other, third = json.loads(done.out)["findings"]
    assert (third["title"], third["outcome"]) == ("it names none", "no-codemod")
    assert (loop["severity"], loop["title"]) == ("MEDIUM", "writing stops the loop")
    assert loop["locations"] == [
        {"path": "orders/invoices.py", "lines": [[32, 32]], "symbol": None}
    ]
    assert (loop["codemod"], loop["outcome"]) == ("offload-blocking-calls", "fixed")
    assert (other["severity"], other["outcome"]) == ("HIGH", "no-codemod")
    severe = autofix("list", "--report", report, "--severity", "HIGH", "--output-format", "json")
    assert [item["id"] for item in json.loads(severe.out)["findings"]] == [
        other["id"],
        third["id"],
    ]
    for selector in (loop["id"], loop["id"].upper(), f"x:{loop['id']}", f"{report}:{loop['id']}@1"):
        shown = autofix("show", selector)
        assert shown.text.startswith(f"{loop['id']}: writing stops the loop\n{report}:1\n")


def test_an_id_in_a_range_is_found_though_another_report_names_it(
    autofix: Run, audits: Path
) -> None:
    (audits / "a.md").write_text(RANGE)
    (audits / "b.md").write_text("# S\n\n### Q-1: as DS-7\n- **Severity**: LOW\n")
    assert "no finding 'DS-13'" in autofix("show", "DS-13").err
    assert autofix("show", "DS-7").text.startswith("DS-6..DS-12: several\n")


def test_what_stands_in_no_report_is_looked_for_in_all_of_them(autofix: Run, audits: Path) -> None:
    (audits / "b.md").write_text("# S\n\n### Q-1: as B-012\n- **Severity**: LOW\n")
    assert "no finding 'B-012' among 9; the closest are B-01" in autofix("show", "B-012").err
