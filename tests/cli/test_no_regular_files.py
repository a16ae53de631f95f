"""Pipes, devices, huge files, endless folders and links to themselves end nothing."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.one_good_file import CODE, FIXED, goes_on, top

__all__ = ["top"]


# What is no regular file, or too large.


def _make(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "large":
        with path.open("wb") as file:
            # It takes no room on the disk, and would be far too much in memory.
            file.truncate(1 << 33)
    else:
        path.symlink_to("/dev/zero")


KINDS = ("pipe", "device", "large")
MOST_MEMORY = 3 << 30


def _waits(*_: object) -> None:
    pytest.fail("it waits")


@pytest.fixture
def limited(autofix: Run) -> Iterator[Run]:
    """A command that may neither wait for a pipe nor fill the memory."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    before = signal.signal(signal.SIGALRM, _waits)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, hard))
    signal.alarm(30)
    try:
        yield autofix
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [".gitignore", "app/.gitignore", "app/bad.py", "setup.cfg"])
def test_what_is_no_regular_file_ends_nothing(
    limited: Run, top: Path, name: str, kind: str
) -> None:
    _make(top / name, kind)
    done = limited("scan")
    assert (done.status, b"app/good.py" in done.out) == (1, True)
    assert "internal error" not in done.err
    if name == "app/bad.py" and kind == "large":
        assert "app/bad.py: not read: cannot be read: larger than" in done.err
    elif name == "app/bad.py":
        assert "left out: 1 " in done.err
    elif name.endswith(".gitignore"):
        assert f"{name}: not read: " in done.err
    unread = name == "app/bad.py" and kind == "large"
    assert limited("scan", "--fix").status == (1 if unread else 0)
    assert (top / "app/good.py").read_text() == FIXED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["pyproject.toml", "autofix.toml", ".autofix-baseline.json"])
def test_settings_and_baselines_that_are_none(
    limited: Run, top: Path, name: str, kind: str
) -> None:
    _make(top / name, kind)
    for command in ("scan", "baseline"):
        done = limited(command)
        assert (done.status, done.out, len(done.lines)) == (2, b"", 1)
        assert done.err.startswith(f"autofix: {name}")
    assert (top / "app/good.py").read_text() == CODE


# Folders and links.


@pytest.fixture
def deep(top: Path) -> Iterator[None]:
    """A file below 1,500 folders, one in the other."""
    inner = os.open(top, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("a", dir_fd=inner)
        outer, inner = inner, os.open("a", os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    with os.fdopen(os.open("deep.py", os.O_CREAT | os.O_WRONLY, dir_fd=inner), "w") as file:
        file.write(CODE)
    os.close(inner)
    yield
    # pytest itself cannot.
    subprocess.run(["rm", "-r", str(top / "a")], check=True)


@pytest.mark.slow
@pytest.mark.usefixtures("deep")
def test_folders_that_are_nested_more_deeply_than_calls(autofix: Run, top: Path) -> None:
    goes_on(autofix, top)
    assert autofix("scan", "--no-baseline").status == 0
    assert autofix("scan", "a/a/a/a").status == 0
    (top / "report.md").write_text("### L-1: x\n- **Location**: `app/good.py:9`\n")
    assert "internal error" not in autofix("list", "--report", "report.md").err


@pytest.mark.parametrize(
    "name", ["loop", "loop.py", ".gitignore", "setup.cfg", ".git", "app/loop", ".python-version"]
)
def test_a_link_that_leads_to_itself(autofix: Run, top: Path, name: str) -> None:
    (top / name).symlink_to(Path(name).name)
    goes_on(autofix, top)
