"""Codemods of other distributions that fail: told in one line each, and everything else goes on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codemods.engine.scanning import scan
from codemods.transforms import catalogue
from tests.cli.conftest import Run
from tests.cli.test_plugins import HOUSE, install

__all__ = ["install"]

Install = Callable[[str], Path]

PLUGIN = "autofix: plug-in house of house-style 1.0 "
RAISING = HOUSE.replace("    for place in", "    raise ValueError('no\\nway')\n    for place in")
BROKEN = "import nowhere"
PAINT = """\
import time


async def paint():
    time.sleep(1)
    print(colour)
"""
SITE = "paint.py:5:5: offload-blocking-calls time.sleep() blocks the event loop [review]"
WHY = "not looked at by house-style: ValueError: no way"


@pytest.fixture
def painted(install: Install) -> Install:
    """Installs a plug-in; the project has something for it and something for one of ours."""

    def make(code: str) -> Path:
        project = install(code)
        (project / "paint.py").write_text(PAINT)
        return project

    return make


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (BROKEN, "ModuleNotFoundError: No module named 'nowhere'"),
        ("codemod = 1", "house_style:codemod is no Codemod but of type int"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise ValueError('one\\ntwo')", "ValueError: one two"),
        ("", "AttributeError: module 'house_style' has no attribute 'codemod'"),
        (
            HOUSE.replace("house-style", "unused-name"),
            "a codemod named unused-name already exists",
        ),
        (
            "from codemods.project.index import Index",
            "ModuleNotFoundError: No module named 'codemods.project.index' "
            "(only the names of codemods.__all__ and codemods.kit stay where they are)",
        ),
        (
            HOUSE % "sieve=None,",
            "TypeError: Codemod.__init__() got an unexpected keyword argument 'sieve' "
            "(edit(node) is a method of an operation's payload now, ",
        ),
        (
            "from codemods import Gone",
            "ImportError: cannot import name 'Gone' from 'codemods' ",
        ),
    ],
)
def test_one_that_cannot_be_used_is_left_out(
    autofix: Run, install: Install, code: str, why: str
) -> None:
    install(code.replace("%s", ""))
    done = autofix("codemods", "-q")
    (line,) = done.lines
    assert line.startswith(f"{PLUGIN}is left out: {why}")
    names = {text.split()[0] for text in done.text.splitlines()[1:]}
    assert (done.status, names & {"house-style", *catalogue()}) == (0, set(catalogue()))
    assert "house-style" not in names and "unused-name" in names


def test_of_two_with_one_name_the_first_is_taken(
    autofix: Run, install: Install, tmp_path: Path
) -> None:
    install(HOUSE % "")
    points = tmp_path / "site/house_style-1.0.dist-info/entry_points.txt"
    points.write_text(points.read_text() + "other = house_style:codemod\n")
    done = autofix("codemods", "house-style")
    assert done.status == 0
    assert done.lines == [
        "autofix: plug-in other of house-style 1.0 is left out: "
        "a codemod named house-style already exists"
    ]


def test_its_settings_are_no_mistake(autofix: Run, painted: Install) -> None:
    project = painted(BROKEN)
    (project / "autofix.toml").write_text('ignore = ["house"]\n[house]\ncolours = true\n')
    done = autofix("scan", "--output-format", "concise")
    assert (done.status, done.text) == (1, f"{SITE}\n")
    assert [line for line in done.lines if line.startswith("autofix: ")] == [
        f"{PLUGIN}is left out: ModuleNotFoundError: No module named 'nowhere'"
    ]


def test_a_scan_without_it_is_not_all_that_was_asked_for(autofix: Run, painted: Install) -> None:
    project = painted(BROKEN)
    (project / "paint.py").write_text("print(colour)\n")
    assert autofix("scan").status == 1
    assert autofix("scan", "--select", "add-exc-info").status == 0
    assert autofix("scan", "--ignore", "house").status == 0
    (project / "autofix.toml").write_text('select = ["house", "add-exc-info"]\n')
    assert autofix("scan").status == 1
    (project / "autofix.toml").write_text('select = ["house"]\n')
    done = autofix("scan", "--output-format", "concise")
    assert (done.status, done.text) == (1, "")


@pytest.mark.parametrize("code", [BROKEN, RAISING % ""], ids=["left out", "fails"])
def test_what_is_known_of_its_sites_is_not_told_to_be_in_vain(
    autofix: Run, painted: Install, code: str
) -> None:
    """Nobody has looked whether they stand there still."""
    project = painted(HOUSE % "")
    text = "print(colour)\nprint(colour, 1)  # autofix: ignore[house-style]\n"
    (project / "paint.py").write_text(text)
    assert autofix("baseline").status == 0
    sys.modules.pop("house_style")
    (project.parent / "site/house_style.py").write_text(code)
    catalogue.cache_clear()
    done = autofix("scan")
    assert (done.status, done.text) == (1, "")
    assert [line for line in done.lines if "suppression" in line or "no longer found" in line] == []


@pytest.mark.parametrize(
    "code",
    [
        RAISING % "",
        (HOUSE % "prefilter=lambda *_: 1 / 0,").replace("1 / 0", "int('no')"),
        HOUSE.replace("yield Change(", "yield (") % "",
    ],
    ids=["find", "prefilter", "neither a change nor a refusal"],
)
def test_a_file_that_it_fails_on_is_named(autofix: Run, painted: Install, code: str) -> None:
    painted(code)
    done = autofix("scan", "-q", "--output-format", "concise")
    assert (done.status, done.text) == (1, f"{SITE}\n")
    (line,) = done.lines
    assert line.startswith("paint.py: not looked at by house-style: ")
    assert autofix("scan", "--fail-on", "safe").status == 1
    assert autofix("scan", "--fail-on", "safe", "--ignore", "house-style").status == 0


def test_its_failure_stands_in_every_format(autofix: Run, painted: Install) -> None:
    painted(RAISING % "")
    document = json.loads(autofix("scan", "--output-format", "json").text)
    assert document["skipped"] == [{"path": "paint.py", "reason": WHY}]
    assert [site["codemod"] for site in document["sites"]] == ["offload-blocking-calls"]
    (run,) = json.loads(autofix("scan", "--output-format", "sarif").text)["runs"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == WHY
    assert len(run["results"]) == 1
    lines = autofix("scan", "--output-format", "github").text.splitlines()
    assert f"::error file=paint.py,title=autofix::{WHY}" in lines


def test_a_fix_that_is_shown_and_fails_costs_no_other(autofix: Run, painted: Install) -> None:
    code = HOUSE.replace(", (), Safety", ", (AddImport(place.source.path, 'os'),), Safety")
    later = "    if place.source.data != before: raise ValueError\n        for node in"
    code = code.replace("    for node in", later).replace("import Audit", "import AddImport, Audit")
    painted(code.replace("def find", f"before = {PAINT.encode()!r}\n\n\ndef find") % "")
    (run,) = json.loads(autofix("scan", "--output-format", "sarif").text)["runs"]
    fixes = {result["ruleId"]: "fixes" in result for result in run["results"]}
    assert fixes == {"house-style": False, "offload-blocking-calls": True}


def test_its_failure_is_told_from_every_process(
    autofix: Run, painted: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "MANY", 2)
    project = painted(RAISING % "")
    for number in range(150):
        (project / f"paint_{number}.py").write_text("print(colour)\n")
    done = autofix("scan", "--jobs", "2", "--output-format", "concise")
    assert (done.status, done.text) == (1, f"{SITE}\n")
    assert sum(line.endswith(WHY) for line in done.lines) == 151


def test_what_it_raises_while_fixing_leaves_the_file_to_others(
    autofix: Run, painted: Install
) -> None:
    code = RAISING.replace("    raise", "    calls.append(1)\n    if len(calls) > 1: raise")
    project = painted(code.replace("def find", "calls = []\n\ndef find") % "")
    done = autofix("scan", "--fix", "--unsafe-fixes", "--jobs", "1")
    assert done.status == 1
    assert "paint.py: not fixed: house-style: ValueError: no way" in done.lines
    assert "await asyncio.sleep(1)" in (project / "paint.py").read_text()


REPORT = """\
# Audit

### W-01: a colour is written
- **Location**: `paint.py:6`
- **Description**: `paint()` writes a colour.

### W-02: paint sleeps on the event loop
- **Location**: `paint.py:5`
- **Description**: `paint()` makes a blocking call in an `async def`.
- **Evidence**:
  ```python
  time.sleep(1)
  ```
- **Suggested Fix**: Use `await asyncio.sleep(1)`.
"""


def listed(autofix: Run, project: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Outcome and codemod of each finding, and what is told."""
    (project / "audit.md").write_text(REPORT)
    done = autofix("list", "--report", "audit.md", "--in-place", "--output-format", "json")
    assert done.status == 0
    found = json.loads(done.text)["findings"]
    return [(item["outcome"], item["codemod"]) for item in found], done.lines


def test_one_that_cannot_read_findings_claims_none(autofix: Run, painted: Install) -> None:
    code = HOUSE.replace("lambda finding: None", "lambda demands: demands.gone")
    found, lines = listed(autofix, painted(code % ""))
    assert found == [("no-codemod", None), ("fixed", "offload-blocking-calls")]
    assert lines == [
        f"{PLUGIN}cannot read findings, and claims none: "
        "AttributeError: 'Demands' object has no attribute 'gone'"
    ]


def test_what_recognise_gives_must_be_a_match(autofix: Run, painted: Install) -> None:
    code = HOUSE.replace("lambda finding: None", "lambda finding: 'yes'")
    found, lines = listed(autofix, painted(code % ""))
    assert found == [("no-codemod", None), ("fixed", "offload-blocking-calls")]
    assert "recognise() gave str, which is no Match" in lines[0]


def test_a_finding_that_it_claims_and_fails_on_is_failed(autofix: Run, painted: Install) -> None:
    match = "Match(plan=Plan(), strength=99)"
    claim = f"lambda demands: {match} if 'colour' in demands.title.raw else None"
    code = RAISING.replace("lambda finding: None", claim).replace(
        "import Audit", "import Match, Plan, Audit"
    )
    found, lines = listed(autofix, painted(code % ""))
    assert found == [("failed", "house-style"), ("fixed", "offload-blocking-calls")]
    assert lines == []


def test_one_that_cannot_prepare_is_asked_all_the_same(
    autofix: Run, painted: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "MANY", 1)
    painted(HOUSE % "prepare=lambda project: project.gone,")
    done = autofix("scan", "--output-format", "concise")
    assert [line.split()[1] for line in done.text.splitlines()] == [
        "offload-blocking-calls",
        "house-style",
    ]
    assert f"{PLUGIN}cannot prepare a scan, which goes on without: AttributeError" in done.err
