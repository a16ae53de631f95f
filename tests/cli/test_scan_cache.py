"""``autofix scan`` with what an earlier scan saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.engine.scanning import run
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
WAITS = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with three files, which is the current folder too."""
    root = tmp_path / "shop"
    (root / "app").mkdir(parents=True)
    for name, text in (("prices", LOGS), ("waiting", WAITS), ("clean", "VALUE = 1\n")):
        (root / f"app/{name}.py").write_text(text)
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "a")
    git(root, "config", "user.email", "a@b.invalid")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    monkeypatch.chdir(root)
    return root


@pytest.fixture(autouse=True)
def _few_files_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MANY", 1)


def test_the_second_scan_says_the_same(autofix: Run, project: Path) -> None:
    first = autofix("scan")
    assert (project / ".autofix_cache").is_dir()
    assert git(project, "status", "--porcelain") == ""
    again = autofix("scan")
    assert (again.status, again.out, again.err) == (first.status, first.out, first.err)
    assert first.status == 1


@pytest.mark.parametrize(
    "format", ["json", "sarif", "concise", "github", "audit", "gitlab", "rdjson", "html"]
)
def test_every_format_is_the_same(autofix: Run, project: Path, format: str) -> None:
    autofix("scan")
    kept = autofix("scan", "--output-format", format).text
    anew = autofix("scan", "--output-format", format, "--no-cache").text
    if format == "json":
        kept, anew = (text.partition('"seconds"')[0] for text in (kept, anew))
    assert kept == anew != ""


@pytest.mark.parametrize("option", ["--fix", "--diff"])
def test_what_was_kept_is_fixed(autofix: Run, project: Path, option: str) -> None:
    autofix("scan")
    kept = autofix("scan", option, "--unsafe-fixes")
    git(project, "checkout", "-q", ".")
    anew = autofix("scan", option, "--unsafe-fixes", "--no-cache")
    assert (kept.status, kept.out, kept.err) == (anew.status, anew.out, anew.err)
    assert "time.sleep" in anew.text or "fixed 2 sites" in anew.err


def test_a_suppression_in_vain_is_told_again(autofix: Run, project: Path) -> None:
    path = project / "app/clean.py"
    path.write_text(path.read_text() + "VALUE = 1  # autofix: ignore[add-exc-info]\n")
    first = autofix("scan")
    assert "unused suppression" in first.err
    assert autofix("scan").err == first.err


def test_nowhere_or_somewhere_else(autofix: Run, project: Path, tmp_path: Path) -> None:
    autofix("scan", "--no-cache")
    assert not (project / ".autofix_cache").exists()
    autofix("scan", "--cache-dir", tmp_path / "kept")
    assert not (project / ".autofix_cache").exists()
    assert list((tmp_path / "kept").glob("*.scan"))


def test_one_that_came_with_a_commit_is_told_and_not_used(autofix: Run, project: Path) -> None:
    """It could say that nothing stands there."""
    autofix("scan")
    git(project, "add", "-f", ".autofix_cache")
    git(project, "commit", "-q", "-m", "harmless")
    done = autofix("scan")
    assert done.lines[0] == ".autofix_cache is not used: git tracks it"
    assert done.status == 1


def test_where_nothing_can_be_written_it_is_told(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = autofix("scan", "--no-cache")

    def refuse(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("codemods.engine.scanning.cache.folder.temporary_file", refuse)
    done = autofix("scan")
    assert done.err.count("the cache was not written: No space left on device") == 1
    assert (done.status, done.out) == (first.status, first.out)


def test_what_is_kept_besides_the_answers_and_damaged_is_told_once(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MANY", 1)
    first = autofix("scan")
    (path,) = (project / ".autofix_cache").glob("*.files")
    path.write_bytes(b"nothing")
    done = autofix("scan")
    assert done.err.count(f"{path.name} is damaged and was ignored") == 1
    assert (done.status, done.out) == (first.status, first.out)


def test_what_cannot_be_kept_besides_the_answers_is_told(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MANY", 200)
    monkeypatch.setattr(listing, "MANY", 1)

    def refuse(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("codemods.engine.scanning.cache.folder.temporary_file", refuse)
    done = autofix("scan")
    assert done.err.count("the cache was not written: No space left on device") == 1
