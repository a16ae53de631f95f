"""Settings of folders, and commands that are called in one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from codemods.engine.scanning import run, scan
from codemods.project import listing
from tests.cli.conftest import Run, git

LOGS = """\
import logging

logger = logging.getLogger(__name__)


def load(path):
    try:
        return path.read_text()
    except OSError as error:
        logger.error("cannot read: %s", error)
        return None
"""
REPORT = """\
# Audit

### B-01: `load()` logs without a traceback

- **Severity**: HIGH
- **File**: `svc/app.py:10`
- **Description**: `logger.error("cannot read: %s", error)` loses the traceback.
- **Suggested Fix**: Pass `exc_info=True`.
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the same file at its top and in two folders; the current folder too."""
    root = tmp_path / "shop"
    for name in ("top.py", "svc/app.py", "lib/app.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(LOGS)
    (root / "pyproject.toml").write_text('[tool.autofix]\nreports = ["*.md"]\n')
    (root / "A.md").write_text(REPORT)
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "a")
    git(root, "config", "user.email", "a@b.invalid")
    commit(root)
    monkeypatch.chdir(root)
    return root


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "change")


def found(autofix: Run, *arguments: str) -> list[str]:
    """The files of a scan in which something was found, as people see them."""
    done = autofix("scan", "--output-format", "concise", *arguments)
    assert done.status in (0, 1), done.err
    return [line.partition(":")[0] for line in done.text.splitlines()]


def test_a_file_with_settings_that_cannot_be_used_ends_the_scan(
    autofix: Run, project: Path
) -> None:
    (project / "svc/autofix.toml").write_text('ignore = ["add-exc-inf"]\n')
    done = autofix("scan")
    assert (done.status, done.out) == (2, b"")
    assert "svc/autofix.toml: ignore names the unknown codemod add-exc-inf" in done.err


def test_who_is_silenced_is_told(autofix: Run, project: Path) -> None:
    (project / "svc/autofix.toml").write_text('ignore = ["add-exc-info"]\n')
    (project / "lib/autofix.toml").write_text('exclude = ["app.py"]\n')
    done = autofix("scan")
    assert "svc/autofix.toml counts below svc/; not run: add-exc-info\n" in done.err
    assert "lib/autofix.toml counts below lib/; excluded: 1\n" in done.err
    assert "not run" not in autofix("scan", "top.py").err
    (project / "lib/autofix.toml").write_text('[per-path."*.py"]\nselect = ["weak-hash"]\n')
    assert "lib/autofix.toml counts below lib/; not run: add-exc-info, " in autofix("scan").err


def test_what_silences_nothing_is_not_told(autofix: Run, project: Path) -> None:
    (project / "svc/autofix.toml").write_text('[add-exc-info]\nloggers = ["log"]\n')
    assert "svc/" not in autofix("scan").err


def test_a_program_that_is_none_of_ours_is_not_read(autofix: Run, project: Path) -> None:
    for number, head in enumerate(
        ["#!/bin/sh\n", "#!/usr/bin/env python2\n", "#!/usr/bin/env pythonic\n", "# python\n", ""]
    ):
        (project / f"tool{number}").write_text(head + LOGS)
    (project / "tool.sh").write_text("#!/usr/bin/env python3\n" + LOGS)
    (project / "empty").write_text("#!python3")
    os.mkfifo(project / "pipe")
    assert found(autofix) == ["lib/app.py", "svc/app.py", "top.py"]


@pytest.mark.parametrize(
    "head",
    [
        "#!/usr/bin/env python3",
        "#!/usr/bin/python3.12 -u",
        "#! /usr/bin/env python",
        "#!/usr/bin/env -S uv run --script",
    ],
)
def test_a_program_without_a_suffix_is_read(autofix: Run, project: Path, head: str) -> None:
    (project / "bin").mkdir()
    (project / "bin/tool").write_text(f"{head}\n{LOGS}")
    assert "bin/tool" in found(autofix)
    assert "bin/tool" not in found(autofix, "--exclude", "bin/")


def test_the_nearest_settings_count(autofix: Run, project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.autofix]\nexclude = ["lib/"]\n')
    (project / "svc/pyproject.toml").write_text('[tool.autofix]\nignore = ["add-exc-info"]\n')
    (project / "svc/lib").mkdir()
    waits = "import time\n\n\nasync def f():\n    time.sleep(1)\n"
    (project / "svc/lib/waits.py").write_text(waits)
    assert found(autofix) == ["svc/lib/waits.py", "top.py"]
    assert found(autofix, "--select", "add-exc-info") == ["top.py"]
    (project / "svc/pyproject.toml").write_text('[tool.autofix]\nexclude = ["app.py"]\n')
    assert found(autofix) == ["svc/lib/waits.py", "top.py"]
    assert found(autofix, "svc/app.py") == ["svc/app.py"]
    assert found(autofix, "svc/app.py", "--force-exclude") == []


def test_a_scan_in_a_folder_is_about_it(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "svc")
    assert found(autofix) == ["app.py"]
    assert found(autofix, "..") == ["../lib/app.py", "app.py", "../top.py"]
    assert autofix("scan").text.startswith("app.py\n")
    sites = json.loads(autofix("scan", "--output-format", "json").out)["sites"]
    assert [site["path"] for site in sites] == ["svc/app.py"]
    # As git takes it, wherever it is called.
    git(project / "svc", "apply", stdin=autofix("scan", "--diff").out)
    assert git(project, "diff", "--name-only") == "svc/app.py"
    assert "app.py" in autofix("scan", "--fix").out.decode() or found(autofix) == []
    monkeypatch.chdir(project)
    assert found(autofix, "-C", "lib") == ["app.py"]


def test_a_baseline_in_a_folder_keeps_the_rest(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert autofix("baseline").status == 0
    monkeypatch.chdir(project / "svc")
    (project / "svc/app.py").write_text("VALUE = 1\n")
    assert autofix("baseline").status == 0
    known = json.loads((project / ".autofix-baseline.json").read_text())
    assert sorted(item["path"] for item in known["sites"]) == ["lib/app.py", "top.py"]


@pytest.mark.slow
def test_what_was_kept_holds_for_the_settings_of_folders(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, number in ((run, 1), (scan, 1), (listing, 1)):
        monkeypatch.setattr(module, "MANY", number)
    monkeypatch.setattr(listing, "SETTLED", 0)
    (project / "tool").write_text("#!/usr/bin/env python3\n" + LOGS)
    every = ["lib/app.py", "svc/app.py", "tool", "top.py"]
    assert found(autofix) == found(autofix) == every
    (project / "svc/autofix.toml").write_text('exclude = ["app.py"]\n')
    assert found(autofix) == found(autofix) == ["lib/app.py", "tool", "top.py"]
    (project / "svc/autofix.toml").write_text('ignore = ["add-exc-info"]\n')
    assert found(autofix) == found(autofix) == ["lib/app.py", "tool", "top.py"]
    (project / "lib/base.toml").write_text('exclude = ["*.py"]\n')
    (project / "lib/autofix.toml").write_text('extend = "base.toml"\n')
    assert found(autofix) == found(autofix) == ["tool", "top.py"]
    (project / "lib/base.toml").write_text("exclude = []\n")
    (project / "svc/autofix.toml").unlink()
    assert found(autofix) == found(autofix) == every
    (project / "tool").write_text("#!/bin/sh\n" + LOGS)
    assert found(autofix) == found(autofix) == ["lib/app.py", "svc/app.py", "top.py"]


def test_settings_of_a_folder_that_is_left_out_are_not_read(autofix: Run, project: Path) -> None:
    for name in ("node_modules/x", "svc/gen"):
        (project / name).mkdir(parents=True)
        (project / name / "autofix.toml").write_text("wrong = true\n")
        (project / name / "a.py").write_text(LOGS)
    (project / ".gitignore").write_text("gen/\n")
    assert found(autofix) == ["lib/app.py", "svc/app.py", "top.py"]


def test_config_shows_what_counts_in_a_folder(autofix: Run, project: Path) -> None:
    (project / "svc/autofix.toml").write_text(
        'extend = "../pyproject.toml"\nignore = ["weak-hash"]\nreports = ["docs/*.md"]\n'
    )
    (project / "pyproject.toml").write_text(
        '[tool.autofix]\nreports = ["*.md"]\nfail-on = "safe"\nselect = ["add-exc-info"]\n'
    )
    done = autofix("config", "-C", "svc", "--output-format", "json")
    rows = {item["name"]: item for item in json.loads(done.out)["settings"]}
    assert (rows["ignore"]["value"], rows["ignore"]["origin"]) == (
        ["weak-hash"],
        "svc/autofix.toml",
    )
    assert (rows["select"]["value"], rows["select"]["origin"]) == (
        ["add-exc-info"],
        "pyproject.toml",
    )
    assert (rows["reports"]["value"], rows["reports"]["origin"]) == (["*.md"], "pyproject.toml")
    assert rows["fail-on"]["value"] == "safe"
    assert "svc/autofix.toml: reports counts only in the file at the project's root" in done.err


@pytest.mark.slow
def test_two_files_of_the_top_are_told(autofix: Run, project: Path) -> None:
    (project / "autofix.toml").write_text("ignore = []\n")
    told = "pyproject.toml: its [tool.autofix] is ignored because of autofix.toml"
    for command in (("scan",), ("config",), ("list", "--report", "A.md")):
        assert autofix(*command).err.count(told) == 1


def test_a_commit_is_read_with_its_own_settings(autofix: Run, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.autofix.add-exc-info]\nlogers = []\n")
    commit(project)
    (project / "pyproject.toml").write_text(
        '[tool.autofix]\nreports = ["*.md"]\n[tool.autofix.add-exc-info]\nloggers = ["log"]\n'
    )
    done = autofix("list")
    short = git(project, "rev-parse", "HEAD")[:10]
    assert done.status == 2
    assert f"in commit {short}: pyproject.toml: unknown option" in done.err
    done = autofix("list", "--base", "HEAD~1")
    assert done.status == 0
    assert "pyproject.toml: the options of codemods are those of commit" in done.err
    assert "the options of codemods are those" not in autofix("list", "--in-place").err
