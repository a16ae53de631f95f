"""What a scan writes for other programs: SARIF by the schema, an audit that apply takes again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Run, git
from tests.cli.test_scanning import FIXED, REVIEW, SAFE, project

__all__ = ["project"]

SCHEMA = Path(__file__).parent.parent / "sarif" / "sarif-2.1.0-rtm.5.json"


def valid(text: str) -> dict[str, Any]:
    """The one run of a log that the schema takes."""
    document = json.loads(text)
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft4Validator(schema).validate(document)
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def applied(text: str, replacements: list[dict[str, Any]]) -> str:
    """What an editor makes of the replacements of a fix."""
    lines = [f"{line}\n" for line in text.split("\n")]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for item in reversed(replacements):
        region = item["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + item.get("insertedContent", {"text": ""})["text"] + text[end:]
    return text


def test_sarif(autofix: Run, project: Path) -> None:
    (project / "app/broken.py").write_text(f"{SAFE}\n\ndef broken(:\n")
    (project / "app/ü b.py").write_text(SAFE)
    run = valid(autofix("scan", "--output-format", "sarif").text)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        "add-exc-info",
        "offload-blocking-calls",
    ]
    found = run["results"]
    uris = [item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in found]
    assert uris == ["app/prices.py", "app/waiting.py", "app/%C3%BC%20b.py"]
    assert found[0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "load"
    assert found[0]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 12,
        "startColumn": 9,
        "endLine": 12,
        "endColumn": 47,
        "snippet": {"text": 'logger.error("cannot read: %s", error)'},
    }
    assert len({item["partialFingerprints"]["autofix/v1"] for item in found}) == 3
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["level"] == "error"


def test_sarif_of_nothing(autofix: Run, project: Path) -> None:
    assert valid(autofix("scan", "app/clean.py", "--output-format", "sarif").text)["results"] == []


@pytest.mark.parametrize("text", [SAFE, REVIEW, SAFE.rstrip("\n"), SAFE.replace("\n", "\r\n")])
def test_the_fixes_of_a_log_are_those_that_fix_writes(
    autofix: Run, project: Path, text: str
) -> None:
    path = project / "app/prices.py"
    path.write_bytes(text.encode())
    log = autofix("scan", "app/prices.py", "--output-format", "sarif").text
    (change,) = valid(log)["results"][0]["fixes"][0]["artifactChanges"]
    autofix("scan", "app/prices.py", "--fix", "--unsafe-fixes")
    assert applied(text, change["replacements"]).encode() == path.read_bytes() != text.encode()


def test_display_sites_are_notes_without_fixes(autofix: Run, project: Path) -> None:
    # In a thread it would change what the loop uses, too.
    (project / "app/prices.py").write_text(
        "class Prices:\n"
        "    async def go(self):\n"
        "        self.count += 1\n"
        "        self.load()\n"
        "        self.count += 1\n\n"
        "    def load(self):\n"
        "        self.count += 1\n"
        "        with open('prices.txt') as file:\n"
        "            self.text = file.read()\n"
    )
    run = valid(autofix("scan", "app/prices.py", "--output-format", "sarif").text)
    (found,) = run["results"]
    assert (found["level"], "fixes" in found) == ("note", False)


def test_our_own_log_is_a_report_too(autofix: Run, project: Path) -> None:
    autofix("scan", "--output-format", "sarif", "--output-file", "own.sarif")
    done = autofix("list", "--report", "own.sarif", "--in-place", "--output-format", "json")
    found = json.loads(done.out)["findings"]
    assert [(item["codemod"], item["outcome"]) for item in found] == [
        ("add-exc-info", "fixed"),
        ("offload-blocking-calls", "fixed"),
    ]
    done = autofix("apply", "--report", "own.sarif", "--in-place", found[0]["id"])
    assert done.status == 0, done.err
    assert (project / "app/prices.py").read_text() == FIXED


def audit(autofix: Run, project: Path) -> list[str]:
    """Write a report; the ids in it."""
    (project / "docs/audits").mkdir(parents=True, exist_ok=True)
    report = "docs/audits/scan.md"
    assert autofix("scan", "--output-format", "audit", "--output-file", report).status == 1
    listed = json.loads(autofix("list", "--no-state", "--output-format", "json").out)
    return [item["id"] for item in listed["findings"]]


def test_an_audit_s_ids_are_taken_again(autofix: Run, project: Path) -> None:
    blocking, traceback = audit(autofix, project)
    assert (blocking[:4], traceback[:4]) == ("OBC-", "AEI-")
    done = autofix("apply", "--finding", traceback)
    assert done.status == 0, done.err
    branch = done.text.strip()
    assert branch.startswith("autofix/add-exc-info/load-")
    message = git(project, "log", "-1", "--format=%B", branch)
    assert f"Autofix-Finding: scan:{traceback}\n" in message
    assert git(project, "show", f"{branch}:app/prices.py") == FIXED.rstrip("\n")
    assert git(project, "diff", "--name-only", "main", branch) == "app/prices.py"
    assert autofix("apply", "--all").status == 0


def test_an_audit_s_ids_stay_when_lines_move(autofix: Run, project: Path) -> None:
    before = audit(autofix, project)
    path = project / "app/prices.py"
    path.write_text(SAFE.replace("\n\n\ndef", "\n\nLIMIT = 3\n\n\ndef"))
    assert audit(autofix, project) == before


def test_an_audit_finds_its_places_after_lines_moved(autofix: Run, project: Path) -> None:
    _, traceback = audit(autofix, project)
    path = project / "app/prices.py"
    path.write_text(SAFE.replace('"""Prices."""', '"""Prices."""\n\n# One.\n# Two.\n# Three.'))
    done = autofix("apply", "--in-place", "--force", "--finding", traceback)
    assert done.status == 0, done.err
    assert "exc_info=True" in path.read_text()
    again = autofix("apply", "--in-place", "--force", "--finding", traceback)
    assert (again.status, "already-fixed" in again.err) == (0, True)


def test_two_equal_places_have_two_ids(autofix: Run, project: Path) -> None:
    twice = (
        f"{SAFE}    try:\n        path.stat()\n    except OSError as error:\n"
        '        logger.error("cannot read: %s", error)\n'
    )
    (project / "app/prices.py").write_text(twice)
    ids = audit(autofix, project)
    assert len(ids) == len(set(ids)) == 3
    assert ids[2] == f"{ids[1]}-2"


@pytest.mark.parametrize(
    "command", [["apply", "--all"], ["list"], ["apply", "--all", "--in-place"]]
)
def test_a_tool_that_found_nothing_is_no_mistake(
    autofix: Run, project: Path, command: list[str]
) -> None:
    empty = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": []}]}
    (project / "clean.sarif").write_text(json.dumps(empty))
    done = autofix(*command, "--report", "clean.sarif")
    assert (done.status, "can be read" in done.err) == (0, False), done.err
    done = autofix("check", "clean.sarif")
    assert done.status == 0, done.err


def test_a_log_that_is_damaged_did_not_find_nothing(autofix: Run, project: Path) -> None:
    damaged = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": [1]}]}
    (project / "bad.sarif").write_text(json.dumps(damaged))
    assert autofix("apply", "--all", "--report", "bad.sarif").status == 2
