"""Codemods of other distributions: what they say of themselves counts like what ours say."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codemods.transforms import catalogue
from tests.cli.conftest import Run, git

HOUSE = """
'Write no colours.'

from codemods.codemod import AuditWords, Change, Codemod, Safety, site_of
from codemods.findings.model import Severity
import ast


def find(scope, plan):
    for place in scope.places:
        for node in place.source.tree.within(place.node, ast.Name):
            if node.id == "colour":
                yield Change(site_of(place.source, node), "it goes", (), Safety.REVIEW)


codemod = Codemod(
    name="house-style",
    recognise=lambda finding: None,
    find=find,
    triggers=(b"colour",),
    %s
)
"""
SAYS = """
    rules=("HOUSE001", "no-colour"),
    audit=AuditWords("A colour is written", Severity.CRITICAL, "Style", "Nobody can read it."),
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Installs a distribution with one module that is a codemod; a project with its pattern."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(site)
    project = tmp_path / "project"
    project.mkdir()
    (project / "paint.py").write_text("print(colour)\n")
    git(project, "init", "-q", "-b", "main")
    monkeypatch.chdir(project)

    def make(code: str) -> Path:
        metadata = site / "house_style-1.0.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: house-style\nVersion: 1.0\n"
        )
        (metadata / "entry_points.txt").write_text(
            "[autofix.codemods]\nhouse = house_style:codemod\n"
        )
        (site / "house_style.py").write_text(textwrap.dedent(code))
        catalogue.cache_clear()
        return project

    yield make
    catalogue.cache_clear()
    sys.modules.pop("house_style", None)


def log(rule: str) -> str:
    place = {"artifactLocation": {"uri": "paint.py"}, "region": {"startLine": 1}}
    result = {
        "ruleId": rule,
        "message": {"text": "Do not write colours"},
        "locations": [{"physicalLocation": place}],
    }
    return json.dumps({"version": "2.1.0", "runs": [{"results": [result]}]})


@pytest.mark.parametrize(("rule", "codemod"), [("HOUSE002", None), ("house001", "house-style")])
def test_its_rules_are_known(
    autofix: Run, install: Callable[[str], Path], rule: str, codemod: str | None
) -> None:
    project = install(HOUSE % SAYS)
    (project / "house.sarif").write_text(log(rule))
    done = autofix("list", "--report", "house.sarif", "--in-place", "--output-format", "json")
    (found,) = json.loads(done.text)["findings"]
    assert found["codemod"] == codemod


@pytest.mark.parametrize(
    ("says", "heading", "severity"),
    [
        ("", "Something that house-style fixes", "MEDIUM"),
        (SAYS, "A colour is written", "CRITICAL"),
    ],
)
def test_its_words_stand_in_an_audit(
    autofix: Run, install: Callable[[str], Path], says: str, heading: str, severity: str
) -> None:
    install(HOUSE % says)
    text = autofix("scan", "--select", "house-style", "--output-format", "audit").text
    assert f": {heading}\n- **Severity**: {severity}\n" in text
    assert ("- **Dimension**: Style\n" in text) == bool(says)
    assert ("- **Impact**: Nobody can read it.\n" in text) == bool(says)


def test_its_page_is_the_docstring_of_its_module(
    autofix: Run, install: Callable[[str], Path]
) -> None:
    install(HOUSE % "")
    assert "Write no colours." in autofix("codemods", "house-style").text
    catalogue.cache_clear()
    sys.modules["house_style"].__dict__["__doc__"] = None
    assert "house-style" in autofix("codemods").text
