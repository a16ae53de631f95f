"""A project with a file that is all right, whatever stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

CODE = """\
import logging

logger = logging.getLogger(__name__)


def first(x):
    try:
        return x()
    except OSError as error:
        logger.error("first: %s", error)
"""
FIXED = CODE.replace("error)", "error, exc_info=True)")


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without git, with a file that is all right."""
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "app/good.py").write_text(CODE)
    monkeypatch.chdir(root)
    return root


def goes_on(autofix: Run, top: Path, *said: str) -> None:
    """The file that is all right is reported and fixed, and each thing is said on stderr."""
    for fix in ([], ["--fix"]):
        done = autofix("scan", *fix)
        for text in said:
            assert text in done.err, done.err
        assert "internal error" not in done.err
        assert fix or b"app/good.py" in done.out
    assert (top / "app/good.py").read_text() == FIXED
