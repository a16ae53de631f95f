"""A project beside a file of somebody, and reports on it: what the tests of attacks begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import git

CODE = """\
import logging

logger = logging.getLogger(__name__)


def first(x):
    try:
        return x()
    except OSError as error:
        logger.error("first: %s", error)


def second(x):
    try:
        return x()
    except OSError as error:
        logger.error("second: %s", error)
"""
FIXED = CODE.replace("error)", "error, exc_info=True)")
FINDING = """\
### L-{number}: logger.error without exc_info in {name}()
- **Severity**: LOW
- **Location**: `{path}:{line}`
- **Status**: NEW
- **Description**: `{name}()`: `logger.error("{name}: %s", error)` loses the traceback. \
Add `exc_info=True`.

"""
VICTIM = "precious\n"


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without git, which is the current folder, beside a file of somebody."""
    (tmp_path / "victim").write_text(VICTIM)
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "app/main.py").write_text(CODE)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def repository(top: Path) -> Path:
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "config", "user.name", "Ada Example")
    git(top, "config", "user.email", "ada@example.org")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "first")
    return top


def report(top: Path, *places: tuple[str, str, int]) -> str:
    """A report with a finding for each function, path and line."""
    text = "# Report\n\n" + "".join(
        FINDING.format(number=number, name=name, path=path, line=line)
        for number, (name, path, line) in enumerate(places, 1)
    )
    (top.parent / "report.md").write_text(text)
    return str(top.parent / "report.md")
