"""Whoever waits is told how far it is, on a terminal and nowhere else."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from codemods.cli import progress
from codemods.cli.progress import Stages
from codemods.codemod import Safety
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.project.files import MemoryFiles
from codemods.project.project import Project

CODE = (
    "import logging\n\nlogger = logging.getLogger(__name__)\n\n\ndef load():\n    try:\n"
    "        return open('x')\n    except OSError as e:\n        logger.error('no %s', e)\n"
)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(progress, "OFTEN", 0)


def _shown(*, terminal: bool, quiet: bool = False) -> str:
    with io.StringIO() as stream:
        console = Console(file=stream, force_terminal=terminal, quiet=quiet, width=80)
        with Stages(console) as stages:
            for done in range(3):
                stages("looking", done, 3)
            stages("fixing", 1, 2)
        return stream.getvalue()


@pytest.mark.usefixtures("impatient")
def test_a_pipe_gets_nothing() -> None:
    assert _shown(terminal=False) == ""


@pytest.mark.usefixtures("impatient")
def test_who_wants_quiet_gets_nothing() -> None:
    assert _shown(terminal=True, quiet=True) == ""


def test_what_is_soon_done_shows_nothing() -> None:
    assert _shown(terminal=True) == ""


@pytest.mark.usefixtures("impatient")
def test_the_stage_and_what_is_done_of_all() -> None:
    shown = _shown(terminal=True)
    assert "looking" in shown and "2/3" in shown
    assert "fixing" in shown and "1/2" in shown
    assert shown.endswith("\x1b[2K") or shown.rstrip().endswith("\x1b[?25h"), "nothing stays"


def test_every_stage_of_a_scan_is_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text(CODE)
    told: list[tuple[str, int, int]] = []
    request = ScanRequest(tmp_path, fix=Safety.SAFE)
    run_scan(request, watch=lambda *item: told.append(item))
    assert told == [("looking", 0, 2), ("looking", 1, 2), ("fixing", 0, 2), ("fixing", 1, 2)]


def test_what_is_found_out_before_is_told_too() -> None:
    told: list[tuple[str, int, int]] = []
    project = Project(MemoryFiles({"a.py": b"", "b.py": b"x"}))
    project.watch = lambda *item: told.append(item)
    assert [path for path, _ in project.in_each_file(_has_text, bool)] == ["b.py"]
    assert told == [("preparing", 0, 2), ("preparing", 1, 2)]


def _has_text(_path: str, data: bytes) -> bool:
    return bool(data)
