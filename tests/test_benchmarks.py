"""The benchmarks run, and their sides do the same; how long anything takes is not asked here."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codemods.codemod import Safety
from codemods.engine.scanning.fixing import fix
from codemods.project.files import WorkTreeFiles
from codemods.project.project import Project
from codemods.transforms import catalogue

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
HANDLERS = """\
import logging

logger = logging.getLogger(__name__)


def raised_again():
    try:
        work()
    except OSError as error:
        logger.error("failed: %s", error)
        raise


def expected():
    try:
        work()
    except KeyError as error:
        logger.error("failed: %s", error)


def logged_already():
    try:
        work()
    except OSError as error:
        logger.error("failed: %s", error)
        logger.exception("in full")


def no_logger(parser):
    try:
        work()
    except OSError as error:
        parser.error("failed")


def later():
    try:
        work()
    except OSError as error:

        def told():
            logger.error("failed: %s", error)

        register(told)


def meant():
    try:
        work()
    except OSError as error:
        logger.error("failed: %s", error)
        logger.critical("and more")
"""


def _run(*arguments: str, at: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=at,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_rule_of_the_peers_changes_what_the_codemod_changes(tmp_path: Path) -> None:
    target = tmp_path / "sample.py"
    target.write_text(HANDLERS, encoding="utf-8")
    codemod = catalogue()["add-exc-info"]
    (ours,) = fix(Project(WorkTreeFiles(tmp_path)), [codemod], "sample.py", allow=Safety.SAFE).files
    _run(
        *("-m", "libcst.tool", "codemod", "--no-format", "--hide-progress"),
        *("-x", "libcst_rule.AddExcInfo", str(target), "-j", "1"),
        at=tmp_path,
        PYTHONPATH=str(BENCHMARKS),
    )
    assert ours.after is not None
    assert ours.after.decode() == target.read_text(encoding="utf-8")
    assert ours.after.count(b"exc_info=True") == 1


@pytest.mark.slow
def test_branches_of_all_sides_are_made(tmp_path: Path) -> None:
    script = str(BENCHMARKS / "branches.py")
    told = _run(script, "--branches=4", "--files=60", "--checkouts=2", at=tmp_path)
    assert "4 branches in a repository of 60 files" in told
    assert len(re.findall(r"ms a branch, of 2", told)) == 2


@pytest.mark.slow
def test_any_folder_can_be_measured(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(HANDLERS, encoding="utf-8")
    script = str(BENCHMARKS / "scanning.py")
    told = _run(script, str(tmp_path), "--pairs=1", "--part=scan", at=tmp_path)
    for name in ("scan ÷ ast.parse", "scan, peak of a process", "autofix --help"):
        assert name in told


@pytest.mark.slow
def test_what_is_neither_a_folder_nor_known_is_said_in_a_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "scanning.py"), "nowhere", "--pairs=1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1
    assert "nowhere: neither a folder nor one of homeassistant" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("trust")


def test_a_verdict_belongs_to_the_text_of_an_edit(trust: Any, tmp_path: Path) -> None:
    # A record that cannot be formatted is shown.
    shown = HANDLERS.replace("failed: %s", "failed", 1).replace("        raise\n", "", 1)
    code = HANDLERS + shown.partition("getLogger(__name__)\n")[2]
    (tmp_path / "orders.py").write_text(code)
    records, faults = trust.scanned("shop", tmp_path, ())
    assert not faults
    assert {item.kind for item in records} == {"edit", "message"}
    assert all("exc_info" in item.diff for item in records if item.kind == "edit")
    (tmp_path / "orders.py").write_text("# moved\n" + code)
    moved, _ = trust.scanned("shop", tmp_path, ())
    assert [item.key for item in moved] == [item.key for item in records]
    (tmp_path / "orders.py").write_text(code.replace("failed", "could not"))
    others, _ = trust.scanned("shop", tmp_path, ())
    assert not {item.key for item in others} & {item.key for item in records}


@pytest.mark.parametrize(
    "given", ['{"edit": "safe-9", "verdict": "right"}', '[{"edit": "safe-1"}]', '["x"]', "{}"]
)
def test_a_verdict_on_nothing_is_told(trust: Any, tmp_path: Path, given: str) -> None:
    (tmp_path / "index.json").write_text('{"safe-1": {"key": "k"}}')
    file = tmp_path / "given.json"
    file.write_text('{"edit": "safe-1", "verdict": "wrong", "why": " it\\n differs"}')
    assert list(trust.read_verdicts(file)) == [("k", "wrong", "it differs")]
    file.write_text(given)
    with pytest.raises(SystemExit, match="verdict 1: names no edit"):
        list(trust.read_verdicts(file))


def test_what_is_not_seen_is_bounded(trust: Any) -> None:
    assert trust.bound(0, 0) == 1.0
    assert 0.0074 < trust.bound(0, 400) < 0.0075
    assert 0.011 < trust.bound(1, 400) < 0.012


@pytest.mark.slow
def test_every_difference_from_try400_has_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    try400: Any = importlib.import_module("try400")
    cases = BENCHMARKS.parent / "fixtures/add-exc-info"
    for case in cases.iterdir():
        if (case / "before.py").exists():
            (tmp_path / f"{case.name}.py").write_bytes((case / "before.py").read_bytes())
    found = list(try400.differences(tmp_path))
    assert not [item for item in found if item.why == try400.UNEXPLAINED]
    assert {item.ours for item in found if item.why == "same"} == {"written", "shown"}
    assert any(item.why.startswith("ours: ") for item in found)
    assert any(item.why.startswith("ruff: ") for item in found)
