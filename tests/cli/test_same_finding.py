"""One defect that several reports have is one row, which names all of its ids."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, git

FIRST = "docs/audits/AUDIT_BACKEND_2026-03-02.md"


def twin(shop: Path, *, identifier: str = "S-7", of: str = "B-05", severity: str = "") -> None:
    """A second report with one of the findings of the first under another id."""
    text = (shop / FIRST).read_text()
    start = text.index(f"### {of}:")
    finding = text[start : text.find("\n### ", start)].replace(of, identifier)
    if severity:
        lines = finding.split("\n")
        lines = [f"- **Severity**: {severity}" if "**Severity**" in one else one for one in lines]
        finding = "\n".join(lines)
    (shop / "docs/audits/AUDIT_SECURITY_2026-03-09.md").write_text(f"# Security\n\n{finding}\n")


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("B-", "S-"))]


def test_findings_without_a_fix_stay_apart(shop: Path, autofix: Run) -> None:
    twin(shop, of="B-08")
    found = rows(autofix("list").text)
    assert sum("no-codemod" in row for row in found) == 2


def test_two_fixes_of_one_report_stay_apart(shop: Path, autofix: Run) -> None:
    assert len(rows(autofix("list").text)) == 8


def test_without_a_state_nothing_is_known_to_be_the_same(shop: Path, autofix: Run) -> None:
    twin(shop)
    assert len(rows(autofix("list", "--no-state").text)) == 9


def test_list_has_one_row_with_all_ids(shop: Path, autofix: Run) -> None:
    twin(shop)
    done = autofix("list")
    found = rows(done.text)
    assert len(found) == 8 and "4 fixable" in done.err
    (row,) = [one for one in found if "S-7" in one]
    assert row.startswith("B-05, AUDIT_SECURITY_2026-03-09:S-7")


def test_the_worst_severity_comes_first(shop: Path, autofix: Run) -> None:
    twin(shop, severity="CRITICAL")
    (row,) = [one for one in rows(autofix("list").text) if "S-7" in one]
    assert row.startswith("S-7, AUDIT_BACKEND_2026-03-02:B-05") and "CRITICAL" in row


def test_apply_makes_one_branch_and_one_row(shop: Path, autofix: Run) -> None:
    twin(shop)
    done = autofix("apply", "--all")
    branches = git(shop, "branch", "--list", "autofix/*", "--format=%(refname:short)").split()
    assert sorted(done.text.split()) == sorted(branches) and len(branches) == 4
    assert "4 fixed" in done.err
    assert "B-05, AUDIT_SECURITY_2026-03-09:S-7" in done.err


@pytest.mark.parametrize("command", [("list",), ("apply", "--all", "--dry-run")])
def test_json_keeps_each_and_names_the_others(
    shop: Path, autofix: Run, command: tuple[str, ...]
) -> None:
    twin(shop)
    document = json.loads(autofix(*command, "--output-format", "json").out)
    found = document.get("findings") or document["results"]
    also = {item.get("id") or item["finding"]: item["also"] for item in found}
    assert len(found) == 9
    assert also["B-05"] == ["AUDIT_SECURITY_2026-03-09:S-7"]
    assert also["S-7"] == ["AUDIT_BACKEND_2026-03-02:B-05"]
    assert also["B-01"] == []
