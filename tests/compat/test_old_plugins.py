"""Plug-ins of before the house: what still can works, and what cannot is told in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.compat.conftest import DATA

CODE = """\
import logging
import time

logger = logging.getLogger(__name__)


async def full():
    logger.warn("full")
    time.sleep(1)
"""


@dataclass(frozen=True)
class Ran:
    """A command that ended."""

    status: int
    out: str
    err: list[str]


MENDED = {
    "    sieve=sieve,\n": "    prefilter=sieve,\n",
    "    edit=edit,\n": "",
    "    Finding,\n": "    Demands,\n    Hints,\n    Match,\n",
    "def recognise(finding: Finding) -> WarnPlan | None:\n"
    '    if "warn()" not in finding.title:\n': "def recognise(demands: Demands):\n"
    '    if "warn()" not in demands.title.raw:\n',
    'return WarnPlan(strength=95, anchors=("warn",), loggers=("logger",))': "return Match("
    'plan=WarnPlan(loggers=("logger",)), strength=95, hints=Hints(anchors=("warn",)))',
    '"rename", Unit.EXPRESSION, "warning"': 'Renamed("warning")',
    "def edit(operation: Operation, node: cst.Call) -> cst.Call:\n"
    "    assert isinstance(node.func, cst.Attribute)\n"
    "    return node.with_changes("
    "func=node.func.with_changes(attr=cst.Name(operation.payload)))\n": """\
@dataclass(frozen=True)
class Renamed:
    to: str

    def edit(self, node: cst.Call) -> cst.Call:
        assert isinstance(node.func, cst.Attribute)
        return node.with_changes(func=node.func.with_changes(attr=cst.Name(self.to)))
""",
}
"""What an author changes in the old plug-in."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(CODE)
    return tmp_path


def autofix(project: Path, *arguments: str) -> Ran:
    """A command with the two old distributions on its path."""
    done = subprocess.run(
        [sys.executable, "-m", "codemods", *arguments],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(DATA / "plugins")},
        capture_output=True,
        text=True,
    )
    return Ran(done.returncode, done.stdout, done.stderr.splitlines())


def test_old_ones_are_told_and_everything_else_goes_on(project: Path) -> None:
    ran = autofix(project, "scan", "--output-format", "concise", "-q")
    assert (
        ran.out
        == "shop.py:9:5: offload-blocking-calls time.sleep() blocks the event loop [review]\n"
    )
    assert ran.status == 1
    assert sorted(ran.err) == [
        "autofix: plug-in drop-print of old-private 2.1 is left out: ModuleNotFoundError: "
        "No module named 'codemods.project.index' "
        "(only the names of codemods.__all__ and codemods.kit stay where they are)",
        "autofix: plug-in logger-warn of old-house 1.0 is left out: TypeError: "
        "Codemod.__init__() got an unexpected keyword argument 'edit' "
        "(edit(node) is a method of an operation's payload now, Operation takes path, target, "
        "payload and unit, sieve is called prefilter, and recognise(demands) gives a Match of "
        "plan, strength and hints)",
    ]


@pytest.mark.parametrize("command", ["codemods", "config"])
def test_every_command_goes_on(project: Path, command: str) -> None:
    ran = autofix(project, command)
    assert ran.status == 0
    assert len([line for line in ran.err if line.startswith("autofix: plug-in ")]) == 2


def test_a_mended_one_works(project: Path) -> None:
    """What the line says is all that has to change."""
    site = project / "site"
    old = DATA / "plugins"
    for name in ("METADATA", "entry_points.txt"):
        target = site / "old_house-1.0.dist-info" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((old / "old_house-1.0.dist-info" / name).read_bytes())
    code = (old / "old_house.py").read_text("utf-8")
    for old_text, new_text in MENDED.items():
        assert old_text in code
        code = code.replace(old_text, new_text)
    (site / "old_house.py").write_text(code, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "codemods", "scan", "shop.py", "--fix"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    assert "plug-in" not in done.stderr
    assert 'logger.warning("full")' in (project / "shop.py").read_text()
