"""What a report quotes, and lets somebody in, is told nowhere; code is shown as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, git

CODE = """\
import logging

logger = logging.getLogger(__name__)


def first(x):
    try:
        return x("https://ada:c0de@forge.example/")
    except OSError as error:
        logger.error("first: %s", error)
"""
REPORT = """\
# Report

### L-1: logger.error without exc_info, as https://ada:pw-1@forge.example/?api_key=pw-2 shows
- **Severity**: LOW
- **Location**: `app/main.py:10`
- **Status**: NEW
- **Description**: `logger.error("first: %s", error)` loses the traceback. See `ftp://ada:pw-3@x/`.
- **Impact**: ghp_pw40123456789 is open to `https://x.example/a?token=pw-5`.
- **Evidence**:
  ```python
  logger.error("first: %s", error)
  ```
- **Suggested Fix**: Add `exc_info=True`. Rotate `https://x.example/?client_secret=pw-6`.

### L-2: nothing is there, says Authorization: Bearer pw-7
- **Severity**: LOW
- **Location**: `app/gone.py:10`
- **Description**: `https://ada:pw-8@forge.example/` is gone.
- **Suggested Fix**: Replace `x("svn://a:pw-9@b")` with `y("svn://a:pw-9@b")`.
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "docs/audits").mkdir(parents=True)
    (tmp_path / "app/main.py").write_text(CODE)
    (tmp_path / "docs/audits/R.md").write_text(REPORT)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "config", "user.name", "Ada Example")
    git(tmp_path, "config", "user.email", "ada@example.org")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("form", [[], ["--output-format", "json"]])
def test_no_secret_of_a_report_is_told(autofix: Run, repository: Path, form: list[str]) -> None:
    for command in (
        ["list"],
        ["show", "L-1"],
        ["show", "L-2"],
        ["check", "docs/audits/R.md"],
        ["status"],
        ["apply", "--all"],
    ):
        done = autofix(*command, *form)
        assert "pw-" not in done.text + done.err, command
        assert "pw4" not in done.text + done.err, command
    assert "***" in git(repository, "log", "--all", "--format=%B")
    assert "pw" not in git(repository, "log", "--all", "--format=%B")


def test_code_is_shown_as_it_is(autofix: Run, repository: Path) -> None:
    assert repository.is_dir()
    done = autofix("show", "L-1", "--in-place")
    assert "ada:c0de@forge.example" in done.text
    assert "pw-" not in done.text + done.err


@pytest.mark.slow
def test_a_diff_is_code(autofix: Run, repository: Path) -> None:
    assert repository.is_dir()
    assert "ada:c0de@forge.example" in autofix("diff", "L-1").text
