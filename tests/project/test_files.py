"""Where files come from: what a work tree does not give, and states upon states."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codemods.project.files import MemoryFiles, OverlayFiles, WorkTreeFiles
from codemods.project.project import Project


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A project, and a file beside it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/main.py").write_bytes(b"outside = 1\n")
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git/hook.py").write_bytes(b"hook = 1\n")
    (root / "app/main.py").write_bytes(b"x = 1\n")
    (root / "app/a..b.py").write_bytes(b"y = 1\n")
    (root / "alias").symlink_to("app")
    (root / "out").symlink_to("../outside")
    (root / "link.py").symlink_to("app/main.py")
    os.mkfifo(root / "pipe.py")
    return root


@pytest.mark.parametrize(
    "path",
    [
        *("../outside/main.py", "app/../../outside/main.py", "app/../app/main.py", "out/main.py"),
        *(
            "alias/main.py",
            "link.py",
            ".git/hook.py",
            ".GIT/hook.py",
            "./app/main.py",
            "app//main.py",
        ),
        *("pipe.py", "app", "", "/etc/hosts"),
    ],
)
def test_a_file_has_one_path_and_lies_below_the_top(top: Path, path: str) -> None:
    assert not WorkTreeFiles(top).exists(path)


def test_what_lies_outside_is_not_read(top: Path) -> None:
    for path in ("../outside/main.py", "app/../../outside/main.py"):
        with pytest.raises(FileNotFoundError):
            WorkTreeFiles(top).read(path)


def test_what_is_there(top: Path) -> None:
    files = WorkTreeFiles(top)
    assert files.exists("app/main.py") and files.exists("app/a..b.py")
    assert files.read("app/a..b.py") == b"y = 1\n"


def test_a_top_that_is_reached_by_a_link(top: Path) -> None:
    (top.parent / "link").symlink_to("project")
    assert WorkTreeFiles(top.parent / "link").exists("app/main.py")


def test_five_thousand_states_upon_each_other() -> None:
    """One for each fix: each knows all that were made before, and none is asked through others."""
    count = 5_000
    files = {f"m{number}.py": b"x = 0\n" for number in range(count)}
    project = Project(MemoryFiles(files))
    assert len(project.python_paths) == count
    for number in range(count):
        project = project.with_changes({f"m{number}.py": b"x = %d\n" % number})
    assert project.files.read("m0.py") == b"x = 0\n"
    assert project.files.read("m4999.py") == b"x = 4999\n"
    assert project.files.exists("m1.py") and not project.files.exists("m5000.py")
    assert len(project.files.read_all(project.files.paths())) == count


def test_a_later_state_wins_and_what_went_can_come_back() -> None:
    base = MemoryFiles({"a.py": b"1", "b.py": b"1"})
    gone = OverlayFiles(OverlayFiles(base, {"a.py": b"2", "b.py": b"2"}), {"a.py": None})
    assert gone.paths() == ("b.py",)
    assert not gone.exists("a.py")
    with pytest.raises(FileNotFoundError):
        gone.read("a.py")
    back = OverlayFiles(gone, {"a.py": b"3"})
    assert back.read_all(("a.py", "b.py")) == {"a.py": b"3", "b.py": b"2"}
    assert gone.paths() == ("b.py",)
