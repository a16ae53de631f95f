"""The public names of before the house, with the arguments that they took; the two commands."""

from __future__ import annotations

import enum
import inspect
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import codemods
from codemods.cli import main

ARGUMENTS = {
    "AddImport": "path module name= alias=",
    "Change": "site what edits safety notes= aspects= found=",
    "Code": "text language line inline=",
    "Codemod": "name recognise find triggers scans= options= documentation= prepare=",
    "DeleteFile": "path",
    "DropImport": "path name",
    "Field": "name text line qualifier= blocks= inline= prose=",
    "Finding": "id title report line ordinal severity severity_text dimension status locations "
    "fields related= alias= rule= notes=",
    "LineRange": "start end",
    "Location": "kind path lines= symbol= note= approximate= line=",
    "Option": "name default help",
    "Place": "source node evidence= reported= by=",
    "Plan": "",
    "Refusal": "reason detail site= already=",
    "Scope": "project places options=",
    "Site": "path line end_line function= column=",
    "Status": "kind text issues=",
}
"""In their order; those with an equals sign may be left out. Not here is what went when edits came
to the payloads of operations: ``Codemod.edit`` and ``sieve``, ``Operation.kind``, ``Unit.LINES``;
what came from a plan to its match and its hints (``Plan.strength``, ``anchors``, ``count`` and the
like), and ``Scope.finding``.
Who still says so is told in one line: ``test_old_plugins.py``."""
MEMBERS = {
    "Safety": "SAFE REVIEW DISPLAY",
    "Severity": "CRITICAL HIGH MEDIUM LOW",
    "Unit": "EXPRESSION STATEMENT STATEMENTS HANDLER",
}
ATTRIBUTES = {
    "Change": "defect",
    "Codemod": "summary wants",
    "Finding": "all description evidence evidence_code impact key prose report_name suggestion "
    "suggestion_code suggestion_prose text",
    "LineRange": "overlaps",
    "Place": "focus lines",
    "Safety": "rank weakest",
    "Scope": "site",
}
"""What can be asked beside the arguments."""
NAMED_ONLY = ("Codemod", "Plan")
"""Whose arguments nobody gives by their position."""


def parameters(name: str) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(getattr(codemods, name)).parameters


@pytest.mark.parametrize("name", sorted({*ARGUMENTS, *MEMBERS, "Operation"}))
def test_every_name_is_public(name: str) -> None:
    assert name in codemods.__all__
    assert hasattr(codemods, name)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_it_takes_what_it_took(name: str) -> None:
    now = parameters(name)
    before = [word.removesuffix("=") for word in ARGUMENTS[name].split()]
    assert [word for word in before if word not in now] == []
    if name not in NAMED_ONLY:
        assert list(now)[: len(before)] == before


@pytest.mark.parametrize("name", ARGUMENTS)
def test_it_needs_no_more_than_it_did(name: str) -> None:
    needed = [item.name for item in parameters(name).values() if item.default is item.empty]
    assert set(needed) <= {word for word in ARGUMENTS[name].split() if not word.endswith("=")}


@pytest.mark.parametrize("name", MEMBERS)
def test_an_enumeration_has_its_members(name: str) -> None:
    members: enum.EnumMeta = getattr(codemods, name)
    assert set(MEMBERS[name].split()) <= set(members.__members__)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_it_can_be_asked_the_same(name: str) -> None:
    there = {word for base in getattr(codemods, name).__mro__ for word in vars(base)}
    assert [word for word in ATTRIBUTES[name].split() if word not in there] == []


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-m", "codemods"],
        [str(Path(sysconfig.get_path("scripts")) / "autofix")],
    ],
    ids=["module", "script"],
)
def test_a_command_runs(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run([*command, "--version"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("autofix ")


def test_the_script_is_the_command_line() -> None:
    (script,) = entry_points(group="console_scripts", name="autofix")
    assert script.load() is main
