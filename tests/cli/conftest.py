"""The sample project of the demo in a repository of its own, and the command line on it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from codemods.cli.app import run
from codemods.cli.demo import make_sample
from codemods.transforms import catalogue
from tests.documents import check_document
from tests.templates import copied


@dataclass(frozen=True)
class Ran:
    """A command that ended."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


Run = Callable[..., Ran]


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    """Run git; its output."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=True, timeout=30
    )
    return done.stdout.decode().rstrip("\n")


def forget_plugins() -> None:
    """Nothing of a folder of plug-ins is known to the next test."""
    catalogue.cache_clear()
    for name in [name for name in sys.modules if name.startswith("autofix_plugins_")]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of whoever runs the tests."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "no-gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    # A folder above the test's may be a repository: it is not ours.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    # A test runs from a checkout, which nobody else can install.
    monkeypatch.setattr("codemods.cli.installed.requirement", lambda: "autofix-codemods==0.1.0")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def autofix(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs a command line in this process."""

    def command(*arguments: str | Path) -> Ran:
        capfdbinary.readouterr()
        status = run([str(item) for item in arguments])
        captured = capfdbinary.readouterr()
        check_document([str(item) for item in arguments], captured.out)
        return Ran(status, captured.out, captured.err.decode())

    return command


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample project, which is the current folder too; ``origin`` is a bare repository."""
    copied(make_sample, tmp_path)
    project = tmp_path / "corner-shop"
    monkeypatch.chdir(project)
    return project
