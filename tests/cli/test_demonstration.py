"""`autofix demo`: what a newcomer sees first must work, from any folder and for anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.cli.demo import SAMPLE, make_sample
from tests.cli.conftest import Run, git

FIXED = ["B-01", "B-02", "B-04", "B-05"]


def demo(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codemods", "demo", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_sample_is_committed_and_published(tmp_path: Path) -> None:
    project = make_sample(tmp_path)
    assert git(project, "status", "--porcelain") == ""
    assert git(tmp_path / "origin.git", "rev-parse", "main") == git(project, "rev-parse", "HEAD")


def test_the_sample_is_python_that_compiles() -> None:
    for path in SAMPLE.rglob("*.py"):
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


def test_a_folder_that_holds_something_is_left_alone(autofix: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert autofix("demo", "--keep", tmp_path).status == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_without_git_it_says_so(
    autofix: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = autofix("demo")
    assert (done.status, done.lines) == (2, ["autofix: git is not installed, or not on the PATH"])


@pytest.mark.slow
def test_the_whole_way(tmp_path: Path) -> None:
    done = demo(tmp_path, "--keep", "kept", GIT_DIR="nowhere", HOME=str(tmp_path / "nobody"))
    assert done.returncode == 0, done.stderr
    project = tmp_path / "kept/corner-shop"
    names = git(project, "branch", "--list", "autofix/*", "--format=%(refname:short)").split()
    which = "--format=%(trailers:key=Autofix-Finding,valueonly)"
    found = [git(project, "log", "-1", which, name).strip().rpartition(":")[2] for name in names]
    assert sorted(found) == FIXED
    assert git(project, "status", "--porcelain") == ""
    remote = git(tmp_path / "kept/origin.git", "branch", "--format=%(refname:short)").split()
    assert set(names) < set(remote)
    for name in names:
        git(project, "checkout", "-q", name)
        for path in (project / "orders").glob("*.py"):
            compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


@pytest.mark.slow
def test_nothing_is_left_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    assert demo(tmp_path, TMPDIR=str(temporary)).returncode == 0
    assert list(temporary.iterdir()) == []
