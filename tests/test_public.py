"""The public names are what their pages list, and the examples of the pages run."""

from __future__ import annotations

import ast
import importlib
import io
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

import codemods
from codemods import CommitError, Project, Safety, deliver, fix, open_project, resolve, scan
from codemods.findings.made import finding_of_plan
from tests.cli.conftest import _alone, git, shop

__all__ = ["_alone", "shop"]
DOCS = Path(__file__).resolve().parent.parent / "docs"
KIT = sorted((DOCS.parent / "codemods/kit").glob("[!_]*.py"))
API = (DOCS / "api.md").read_text("utf-8")
FENCES = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", API, re.M | re.S)


def test_every_example_says_what_it_prints() -> None:
    assert len(FENCES) == API.count("```python") == 7


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(FENCES)))
def test_an_example_prints_what_the_page_says(number: int, shop: Path) -> None:
    code, wanted = FENCES[number]
    said = io.StringIO()
    with redirect_stdout(said):
        exec(compile(code, "api.md", "exec"), {"__name__": "example"})
    assert said.getvalue() == wanted


def test_the_page_lists_the_names_of_the_package() -> None:
    table = API.partition("\n## Names\n")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(names) == sorted(codemods.__all__)
    assert all(getattr(codemods, name) is not None for name in names)


@pytest.mark.parametrize("path", KIT, ids=lambda path: str(path.stem))
def test_the_page_lists_the_names_of_the_kit(path: Path) -> None:
    module = importlib.import_module(f"codemods.kit.{path.stem}")
    page = (DOCS / "kit.md").read_text("utf-8")
    section = page.partition(f"\n## codemods.kit.{path.stem}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)(?:\([^`]*\))?` \| (.*?) *\|$", section, re.M)
    assert [name for name, _ in rows] == module.__all__
    assert [name for name, text in rows if not text] == []
    assert all(hasattr(module, name) for name in module.__all__)


def test_the_kit_has_every_module_of_its_folder() -> None:
    assert importlib.import_module("codemods.kit").__all__ == [path.stem for path in KIT]


@pytest.mark.parametrize("page", ["api.md", "bowler.md", "writing-a-codemod.md"])
def test_a_page_uses_public_names_alone(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    for code in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("codemods"):
                assert re.fullmatch(r"codemods(\.kit\.\w+|\.bowler|\.testing)?", node.module or "")
                module = importlib.import_module(node.module or "")
                assert {item.name for item in node.names} <= set(module.__all__)


def test_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, codemods; from codemods import Codemod;"
        "heavy = {'libcst', 'git', 'black', 'markdown_it', 'codemods.api'} & set(sys.modules);"
        "assert not heavy, heavy; assert 'scan' in dir(codemods)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="'codemods' has no attribute 'deliverr'"):
        _ = codemods.deliverr  # type: ignore[attr-defined]


def test_branches_need_a_commit(shop: Path) -> None:
    with pytest.raises(ValueError, match="commit"):
        deliver(open_project(shop), [])
    assert deliver(open_project(shop, "HEAD"), []) == ()


def test_a_project_that_is_not_there(tmp_path: Path) -> None:
    for call in (open_project, scan, fix):
        with pytest.raises(NotADirectoryError, match="is not a folder"):
            call(tmp_path / "nowhere")
    with pytest.raises(CommitError):
        open_project(tmp_path, "HEAD")


def test_a_commit_that_is_not_there(shop: Path) -> None:
    with pytest.raises(CommitError, match="nowhere"):
        open_project(shop, "nowhere")


def test_a_scan_asks_for_what_is_there(shop: Path) -> None:
    with pytest.raises(codemods.ScopeError):
        scan(shop, ["nowhere.py"])
    with pytest.raises(codemods.ScopeError, match="no-such"):
        scan(shop, select=["no-such"])
    only = scan(shop, ["orders/main.py"], select=["add-exc-info"])
    assert {site.change.site.path for site in only.sites} == {"orders/main.py"}


def test_settings_count_and_wrong_ones_are_errors(shop: Path) -> None:
    (shop / "autofix.toml").write_text('exclude = ["orders/main.py"]\n')
    assert "orders/main.py" not in {site.change.site.path for site in scan(shop).sites}
    (shop / "autofix.toml").write_text("exclude = 1\n")
    with pytest.raises(codemods.SettingsError):
        scan(shop)
    finding = codemods.read_report(shop / "docs/audits/AUDIT_BACKEND_2026-03-02.md").findings[0]
    with pytest.raises(codemods.SettingsError):
        resolve(finding, open_project(shop))
    # Options that are given stand in place of the settings.
    assert resolve(finding, open_project(shop), options={}).outcome.name == "fixed"


def test_nothing_is_written(shop: Path) -> None:
    assert fix(shop, allow=Safety.REVIEW).patches
    assert git(shop, "status", "--porcelain") == ""


def test_what_nobody_can_fix_raises_nothing(shop: Path) -> None:
    finding = finding_of_plan("add-exc-info", ["nowhere.py"])
    assert isinstance(open_project(shop), Project)
    assert resolve(finding, open_project(shop)).patch is None
