"""A folder of codemods that the user names, and nobody else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codemods import load_catalogue
from tests.cli.conftest import Run, forget_plugins, git
from tests.cli.test_plugins import HOUSE

Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    """Writes a module into a folder of plug-ins; the current folder is a project for it."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "paint.py").write_text("print(colour)\n")
    git(project, "init", "-q", "-b", "main")
    monkeypatch.chdir(project)
    monkeypatch.delenv("AUTOFIX_PLUGINS", raising=False)

    def make(code: str, name: str = "house_style.py", folder: str = "mine") -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
        return tmp_path / folder

    yield make
    forget_plugins()


def found(autofix: Run, *arguments: str | Path) -> list[str]:
    text = autofix("scan", "--output-format", "concise", *arguments).text
    return [line.split()[1] for line in text.splitlines()]


def test_it_is_found_by_the_option_and_by_the_environment(
    autofix: Run, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put(HOUSE % "")
    assert found(autofix) == []
    assert found(autofix, "--plugins", folder) == ["house-style"]
    assert "Write no colours." in autofix("codemods", "house-style", "--plugins", folder).text
    empty = put("", "_nothing.py", "empty")
    monkeypatch.setenv("AUTOFIX_PLUGINS", f"{empty}{os.pathsep}{folder}")
    assert found(autofix) == ["house-style"]


def test_no_setting_of_a_project_names_one(autofix: Run, put: Put, tmp_path: Path) -> None:
    folder = put("raise SystemExit('it ran')")
    for text in (f'plugins = ["{folder}"]\n', 'plugins = ["."]\n'):
        Path("autofix.toml").write_text(text)
        done = autofix("scan")
        assert done.status == 2
        assert "plugins" in done.err and "it ran" not in done.err


def test_the_current_folder_is_none(autofix: Run, put: Put) -> None:
    """A project may be full of modules with a `codemod`."""
    put(HOUSE % "", folder="project")
    put(HOUSE % "", folder="project/plugins")
    assert found(autofix) == []


def test_one_that_is_broken_is_told_and_the_others_go_on(autofix: Run, put: Put) -> None:
    put(HOUSE % "")
    put("import nowhere", "broken.py")
    put("x = 1", "helper.py")
    put("codemod = 3", "number.py")
    folder = put("raise ValueError", "_not_asked.py")
    done = autofix("scan", "-q", "--output-format", "concise", "--plugins", folder)
    assert [line.split()[1] for line in done.text.splitlines()] == ["house-style"]
    assert done.lines == [
        f"autofix: plug-in broken in {folder} is left out: "
        "ModuleNotFoundError: No module named 'nowhere'",
        f"autofix: plug-in helper in {folder} is left out: "
        "helper has no `codemod`; a module that helps others starts with `_`",
        f"autofix: plug-in number in {folder} is left out: "
        "number:codemod is no Codemod but of type int",
    ]


def test_one_that_raises_is_named_and_the_others_go_on(autofix: Run, put: Put) -> None:
    folder = put(HOUSE.replace("    for place in", "    raise ValueError('no')\n    for x in") % "")
    Path("wait.py").write_text("import time\n\n\nasync def wait():\n    time.sleep(1)\n")
    done = autofix("scan", "-q", "--output-format", "concise", "--plugins", folder)
    assert [line.split()[1] for line in done.text.splitlines()] == ["offload-blocking-calls"]
    assert done.lines == ["paint.py: not looked at by house-style: ValueError: no"]


def test_its_modules_import_each_other_and_hide_nobody(autofix: Run, put: Put) -> None:
    put("WORD = 'colour'", "_words.py")
    put("raise SystemExit('mine, not Python\\'s')", "json.py")
    code = HOUSE.replace("import ast", "import ast\nfrom ._words import WORD")
    folder = put(code.replace('"colour":', "WORD:") % "")
    assert found(autofix, "--plugins", folder) == ["house-style"]


def test_a_name_that_is_taken(autofix: Run, put: Put) -> None:
    folder = put((HOUSE % "").replace("house-style", "add-exc-info"))
    done = autofix("scan", "--plugins", folder)
    assert "a codemod named add-exc-info already exists" in done.err


@pytest.mark.parametrize("name", ["nowhere", "paint.py"])
def test_what_is_no_folder_is_wrong_use(autofix: Run, put: Put, name: str) -> None:
    done = autofix("scan", "--plugins", name)
    assert (done.status, done.text) == (2, "")
    assert f"--plugins: {name} is not a folder of codemods" in done.err


def test_from_python(put: Put) -> None:
    folder = put(HOUSE % "")
    assert load_catalogue([folder])["house-style"].summary == "Write no colours."
    assert "house-style" not in load_catalogue()
