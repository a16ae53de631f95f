"""The fixes of a SARIF log: each alone, and only those that pass every gate."""

from __future__ import annotations

import ast
import dataclasses
import email.message
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst
import pytest

from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    DeleteFile,
    Edited,
    Node,
    Operation,
    Plan,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import baseline_of, run_scan
from codemods.findings.model import Severity
from codemods.output import home
from codemods.output.sarif import as_sarif
from tests.cli.test_scan_reports import applied


@dataclass(frozen=True)
class Renamed:
    to: str

    def edit(self, node: Node) -> Edited:
        if not isinstance(node, cst.Name):
            return None
        to = self.to
        return node.with_changes(value=to) if to.isidentifier() else cst.parse_expression(to)


def rename(
    to: str = "new", *, also: str = "", safety: Safety = Safety.SAFE, deletes: bool = False
) -> Codemod:
    """Renames ``old``; once that has been done in a file, it wants to rename ``also`` too."""

    def find(scope: Scope, _plan: Plan | None) -> Iterator[Change | Refusal]:
        for place in scope.places:
            names = place.source.tree.within(place.node, ast.Name)
            wanted = {"old", also} if any(node.id == to for node in names) else {"old"}
            for node in names:
                if node.id in wanted:
                    target = Operation(place.source.path, place.source.span(node), Renamed(to))
                    edits = (target, DeleteFile("gone.py")) if deletes else (target,)
                    yield Change(site_of(place.source, node), "renames it", edits, safety)

    return Codemod(name="rename", recognise=lambda _finding: None, find=find, triggers=(b"old",))


def fixed(top: Path, codemod: Codemod, text: str) -> list[str | None]:
    """What an editor makes of each result's fix, ``None`` where there is none."""
    (top / "a.py").write_text(text)
    log = json.loads(as_sarif(run_scan(ScanRequest(top, codemods={"rename": codemod}))))
    found: list[str | None] = []
    for result in log["runs"][0]["results"]:
        changes = [item for fix in result.get("fixes", ()) for item in fix["artifactChanges"]]
        found.append(applied(text, changes[0]["replacements"]) if changes else None)
    return found


def test_a_fix_that_a_second_run_would_change_again_is_left_out(tmp_path: Path) -> None:
    text = "def f(old):\n    print(1)\n    print(old)\n"
    assert fixed(tmp_path, rename("old, 1"), text) == [None]


def test_a_fix_after_which_another_place_would_be_changed_is_left_out(tmp_path: Path) -> None:
    text = "def f(other, old):\n    print(other)\n    return old\n"
    assert fixed(tmp_path, rename("id", also="other"), text) == [None]


def test_a_fix_that_brings_in_an_undefined_name_is_left_out(tmp_path: Path) -> None:
    assert fixed(tmp_path, rename("missing"), "new = 1\nprint(old)\n") == [None]


@pytest.mark.parametrize("to", ["(yield)", "(await x)"])
def test_a_fix_that_does_not_compile_is_left_out(tmp_path: Path, to: str) -> None:
    assert fixed(tmp_path, rename(to), "x = a = 1\nprint(x[old:])\n") == [None]


def test_a_fix_that_deletes_a_file_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "gone.py").write_text("")
    assert fixed(tmp_path, rename(deletes=True), "new = 1\nprint(old)\n") == [None]


def test_what_is_only_shown_has_no_fix(tmp_path: Path) -> None:
    assert fixed(tmp_path, rename(safety=Safety.DISPLAY), "new = 1\nprint(old)\n") == [None]


@pytest.mark.parametrize("safety", [Safety.SAFE, Safety.REVIEW])
def test_each_fix_is_alone(tmp_path: Path, safety: Safety) -> None:
    text = "new = 1\nprint(old, old)\nprint(old)\n"
    assert fixed(tmp_path, rename(safety=safety), text) == [
        "new = 1\nprint(new, old)\nprint(old)\n",
        "new = 1\nprint(old, new)\nprint(old)\n",
        "new = 1\nprint(old, old)\nprint(new)\n",
    ]


def test_what_is_known_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("new = 1\nprint(old)\n")
    codemods = {"rename": rename()}
    known = baseline_of(run_scan(ScanRequest(tmp_path, codemods=codemods)))
    (tmp_path / "a.py").write_text("new = 1\nprint(old)\nx = old\n")
    scanned = run_scan(ScanRequest(tmp_path, codemods=codemods, baseline=known))
    (result,) = json.loads(as_sarif(scanned))["runs"][0]["results"]
    assert "fixes" in result


def test_a_comment_that_keeps_a_place_out_does_not_stand_in_the_way(tmp_path: Path) -> None:
    text = "new = 1\nprint(old)  # autofix: ignore\nx = old\n"
    assert fixed(tmp_path, rename(), text) == [text.replace("x = old", "x = new")]


def rule_of(top: Path, codemod: Codemod) -> dict[str, Any]:
    (top / "a.py").write_text("print(old)\n")
    log = json.loads(as_sarif(run_scan(ScanRequest(top, codemods={"rename": codemod}))))
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert isinstance(rule, dict)
    return rule


@pytest.mark.parametrize(
    ("dimension", "impact", "tags", "score"),
    [
        ("Performance", "The loop stands still.", ["performance"], None),
        ("Error Handling", "It is not CWE-like, or XCWE-12.", ["error-handling"], None),
        ("Security", "It is weak.", ["security"], "8.0"),
        (
            "Error Handling",
            "It shows paths (CWE-209, CWE-79, CWE-209).",
            ["error-handling", "security", "external/cwe/cwe-079", "external/cwe/cwe-209"],
            "8.0",
        ),
    ],
)
def test_only_what_is_about_security_has_its_severity(
    tmp_path: Path, dimension: str, impact: str, tags: list[str], score: str | None
) -> None:
    words = AuditWords("It is wrong", Severity.HIGH, dimension, impact)
    properties = rule_of(tmp_path, dataclasses.replace(rename(), audit=words))["properties"]
    assert properties["tags"] == tags
    assert properties.get("security-severity") == score
    assert properties["problem.severity"] == "error"


def test_help_is_text_and_markdown(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, dataclasses.replace(rename(), documentation="Renames ``old``.\n"))
    assert rule["help"] == {"text": "Renames ``old``.", "markdown": "Renames `old`."}


def test_addresses_are_those_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.home() is None and "helpUri" not in rule_of(tmp_path, rename())
    told = email.message.Message()
    told["Project-URL"] = "Documentation, https://docs.example.org/autofix/"
    told["Project-URL"] = "Homepage, https://example.org/autofix"
    monkeypatch.setattr(home, "metadata", lambda _name: told)
    assert home.home() == "https://example.org/autofix"
    rule = rule_of(tmp_path, rename())
    assert rule["helpUri"] == "https://docs.example.org/autofix/codemods/rename/"


def test_a_region_ends_behind_its_last_character(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print('ü😀', old)  # so\n")
    log = json.loads(as_sarif(run_scan(ScanRequest(tmp_path, codemods={"rename": rename()}))))
    (result,) = log["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (13, 23)
    assert region["snippet"]["text"] == "old)  # so"
