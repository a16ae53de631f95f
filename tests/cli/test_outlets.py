"""stdout and stderr that are closed, broken or full: the work is done, with its own status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codemods.cli.outlets import outlets
from tests.cli.conftest import git

CODE = """\
import logging
import time

logger = logging.getLogger(__name__)


async def first(x):
    time.sleep(1)
    try:
        return x()
    except OSError as error:
        logger.error("first: %s", error)
"""
FIXED = CODE.replace("error)", "error, exc_info=True)")
REPORT = """\
### L-1: logger.error without exc_info in first()
- **Severity**: LOW
- **Location**: `app/first.py:12`
- **Description**: `logger.error("first: %s", error)` loses the traceback. Add `exc_info=True`.
"""
NOBODY = (">&-", "2>&-", ">&- 2>&-", "2> /dev/full", "> >(exit 0)", "2>&1 | exit 0")
FULL = ("> /dev/full", "> /dev/full 2>&1")


def redirections(*quick: str) -> list[Any]:
    """All of them; what is not named is slow, as each starts a process."""
    return [
        item if item in quick else pytest.param(item, marks=pytest.mark.slow)
        for item in (*NOBODY, *FULL)
    ]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "app/first.py").write_text(CODE)
    (root / "report.md").write_text(REPORT)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Ada Example")
    git(root, "config", "user.email", "ada@example.org")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "first")
    return root


def run(top: Path, command: str, redirection: str) -> tuple[int, str]:
    """The status, and what reached stderr."""
    line = f'"{sys.executable}" -P -m codemods {command} {redirection}; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", line], cwd=top, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("redirection", redirections(">&- 2>&-", "> /dev/full"))
def test_files_are_written_whoever_listens(top: Path, redirection: str) -> None:
    """What is left is told on stdout, but where that is full."""
    status, said = run(top, "scan --fix", redirection)
    assert (top / "app/first.py").read_text() == FIXED
    assert status == (2 if redirection in FULL else 1)
    assert ("stdout: No space left on device" in said) is (redirection == FULL[0])
    assert "Traceback" not in said and "Exception ignored" not in said
    assert sorted(path.name for path in top.iterdir()) == [".git", "app", "report.md"]


@pytest.mark.parametrize("redirection", redirections("2>&1 | exit 0"))
def test_branches_are_made_whoever_listens(top: Path, redirection: str) -> None:
    status, said = run(top, "apply --all --report report.md", redirection)
    assert git(top, "for-each-ref", "--format=x", "refs/heads/autofix") == "x"
    assert status == (2 if redirection in FULL else 0)
    assert "Traceback" not in said
    # git's own words went nowhere else: into the file that is opened next, say.
    assert git(top, "fsck", "--strict") == ""
    assert git(top, "status", "--porcelain") == ""


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
def test_wrong_use_is_wrong_use(top: Path, redirection: str) -> None:
    assert run(top, "scan --nonsense", redirection) == (2, "")


@pytest.mark.slow
def test_a_reader_who_had_enough_of_much(top: Path) -> None:
    for number in range(300):
        (top / f"app/m{number}.py").write_text(CODE)
    status, said = run(top, "scan --fix --unsafe-fixes --select add-exc-info", "| head -n 1")
    assert (status, "fixed 301 sites in 301 files" in said) == (0, True)
    status, said = run(top, "scan", "| head -n 1")
    assert (status, "301 sites in 301 files" in said) == (1, True)


def test_the_streams_are_put_back(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    with outlets() as lost:
        assert sys.stdout is not before[0]
        print("out")
        print("err", file=sys.stderr)
        assert lost() is None
    assert (sys.stdout, sys.stderr) == before
    assert capfd.readouterr() == ("out\n", "err\n")


def test_a_stream_without_a_descriptor_stays(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    with outlets():
        assert sys.stdout is before


def test_who_shares_a_pipe_and_does_not_wait(tmp_path: Path) -> None:
    """A reader that is slow, behind a pipe that somebody has made non-blocking."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    code = "from codemods.cli.outlets import outlets\nwith outlets(): print('x' * 1_000_000)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=write) as process:
        os.close(write)
        with os.fdopen(read, "rb") as stream:
            assert stream.read() == b"x" * 1_000_000 + b"\n"
    assert process.returncode == 0
