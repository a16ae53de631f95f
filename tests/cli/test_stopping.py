"""Ctrl-C, SIGTERM, SIGHUP and ``kill -9`` in the middle of writing; many more in tests/slow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from codemods.cli.exit import guarded
from tests.killing.runs import WHOLE, Project, check_ended


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


@pytest.mark.parametrize(
    ("mode", "step", "number"),
    [
        pytest.param("scan", 40, signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param("scan", 41, signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("scan", 60, signal.SIGINT, marks=pytest.mark.slow),
        ("in-place", 50, signal.SIGHUP),
        pytest.param("apply", 20, signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param("apply", 12, signal.SIGTERM, marks=pytest.mark.slow),
    ],
)
def test_ended_in_the_middle(
    project: Project, mode: str, step: int, number: signal.Signals
) -> None:
    check_ended(project, mode, step, number)


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        (signal.SIGTERM, 143, "stopped by SIGTERM"),
        pytest.param(signal.SIGINT, 130, "interrupted", marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, 129, "stopped by SIGHUP", marks=pytest.mark.slow),
    ],
)
def test_what_became_of_the_files_is_told(
    project: Project, number: signal.Signals, status: int, words: str
) -> None:
    left, _ = project.run("scan", 30, number)
    told = f"{words}; nothing was changed"
    assert (left.status, left.err.strip().splitlines()[-1]) == (status, told)


def test_what_a_killed_run_left_is_told_and_no_source(project: Project) -> None:
    left, _ = project.run("scan", 30, signal.SIGKILL)
    assert left.strays and left.status == -9
    after, _ = project.run("scan")
    files = "file" if len(left.strays) == 1 else "files"
    told = f"removed {len(left.strays)} temporary {files} of a run that was killed"
    assert told in after.err.splitlines()
    assert (after.strays, after.changed) == ((), WHOLE["scan"])
    assert "12 files read" in after.err


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As ``nohup`` asks for."""
    old = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert guarded(lambda: os.kill(os.getpid(), signal.SIGHUP)) == 0
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, old)


def test_handlers_are_put_back(capsys: pytest.CaptureFixture[str]) -> None:
    def stop() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    assert guarded(stop) == 143
    assert capsys.readouterr().err == "stopped by SIGTERM\n"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_outside_of_the_main_thread_no_handler_is_set() -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(guarded(lambda: 0)))
    thread.start()
    thread.join()
    assert found == [0]


def test_a_child_dies_of_the_signal_and_says_nothing() -> None:
    code = """
import os, signal, sys
from codemods.cli.exit import guarded

def work():
    child = os.fork()
    if not child:
        os.kill(os.getpid(), signal.SIGTERM)
        os._exit(3)
    return 0 if os.waitpid(child, 0)[1] == signal.SIGTERM else 1

sys.exit(guarded(work))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_once_is_told_what_typer_only_gives_a_number_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert guarded(lambda: 130) == 130
    assert capsys.readouterr().err == "interrupted\n"

    def stopped() -> int:
        raise KeyboardInterrupt

    assert guarded(lambda: guarded(stopped)) == 130
    assert capsys.readouterr().err == "interrupted\n"


EARLY = """
import atexit, os, signal, sys

class Finder:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
if {module!r} == "at the end":
    atexit.register(os.kill, os.getpid(), signal.SIGINT)
sys.argv[1:] = ["--version"]
signal.signal(signal.SIGINT, signal.default_int_handler)
from codemods.cli import main
main()
"""


@pytest.mark.parametrize(
    ("module", "status", "said"),
    [
        ("codemods.cli.app", 130, b"interrupted\n"),
        ("typer", 130, b"interrupted\n"),
        ("importlib.metadata", 130, b"interrupted\n"),
        ("at the end", 0, b""),
    ],
)
def test_before_and_behind_the_command(module: str, status: int, said: bytes) -> None:
    code = EARLY.format(module=module)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (status, said)


def test_little_is_imported_before_the_command_takes_over() -> None:
    """What comes first cannot tell of Ctrl-C."""
    code = "import sys; old = {*sys.modules}; import codemods.cli; print(*{*sys.modules} - old)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)
    ours = {name for name in done.stdout.decode().split() if name.startswith("codemods")}
    assert ours == {"codemods", "codemods.cli"}
    assert b"typing" not in done.stdout.split()
