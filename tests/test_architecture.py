"""The house: which room may import which, no circles, no file that holds more than one thing.

The table is the one of docs/architecture.md. Imports are read from the code as text, wherever they
stand: inside a function and under ``TYPE_CHECKING`` too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"codemods": ROOT / "codemods", "codemods.cli": ROOT / "cli"}
MOST_LINES = 400

BELOW: Mapping[str, tuple[str, ...]] = {
    "tables": (),
    "findings": ("tables",),
    "demands": ("findings", "tables"),
    "syntax": ("tables",),
    "project": ("syntax", "tables"),
    "codemod": ("findings", "project", "syntax", "tables"),
    "analysis": ("syntax", "project", "tables"),
    "rewriting": ("codemod", "analysis", "syntax", "project", "findings", "tables"),
    "transforms": (
        *("codemod", "demands", "findings", "analysis", "rewriting", "syntax", "project"),
        "tables",
    ),
    "engine": (
        *("transforms", "codemod", "demands", "findings", "analysis", "rewriting", "syntax"),
        *("project", "tables"),
    ),
    "output": (*("engine", "transforms", "codemod", "findings", "syntax", "project", "tables"),),
    "delivery": (*("engine", "codemod", "findings", "project", "tables"),),
}
"""What each room of ``codemods/`` may import; ``cli`` may import all of them."""

ARROWS_UP: Mapping[tuple[str, str], str] = {}
"""Imports that the table does not allow, each with its reason."""

LONG: Mapping[str, str] = {}
"""Files over the limit, each with its reason."""


@cache
def modules() -> dict[str, Path]:
    """Every module that is installed, by its dotted name."""
    found = {}
    for name, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            if "sample-project" not in parts:
                inner = parts[:-1] if parts[-1] == "__init__" else parts
                found[".".join((name, *inner))] = path
    return found


@cache
def imports(module: str) -> frozenset[str]:
    """The modules of ours that ``module`` imports."""
    known = modules()
    path = known[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {item.name for item in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for item in node.names:
                inner = f"{base}.{item.name}"
                found.add(inner if inner in known else base)
    return frozenset(found & known.keys()) - {module}


def room(module: str) -> str:
    """``engine`` of ``codemods.engine.run``; the package itself is the public API."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "api"


def arrows() -> Iterator[tuple[str, str]]:
    """Every import of ours: who, and what."""
    for module in modules():
        for target in imports(module):
            yield module, target


def test_every_room_is_in_the_table() -> None:
    assert {room(name) for name in modules()} == {*BELOW, "api", "cli", "__main__"}


def test_no_arrow_goes_up() -> None:
    allowed = {name: {*below, name} for name, below in BELOW.items()}
    wrong = {
        (module, target)
        for module, target in arrows()
        if (here := room(module)) in allowed and room(target) not in allowed[here]
    }
    assert wrong == set(ARROWS_UP)


def test_there_is_no_circle() -> None:
    # A module of a package and the package itself are one where the package says what it holds.
    left = {module: set(imports(module)) for module in modules()}
    while free := [module for module, targets in left.items() if not targets]:
        for module in free:
            del left[module]
        for targets in left.values():
            targets.difference_update(free)
    assert _circles(left) == []


def _circles(left: Mapping[str, set[str]]) -> list[list[str]]:
    """One way around for each circle, for the message."""
    found = []
    seen: set[str] = set()
    for start in sorted(left):
        way = [start]
        while way[-1] not in seen and way[-1] not in way[:-1]:
            inside = sorted(item for item in left[way[-1]] if item in left)
            if not inside:
                break
            way.append(inside[0])
        if way[-1] in way[:-1]:
            circle = way[way.index(way[-1]) : -1]
            if seen.isdisjoint(circle):
                found.append(circle)
        seen.update(way)
    return found


def test_a_codemod_does_not_reach_into_another() -> None:
    """What two of them need lies in a room below."""
    wrong = [
        (module, target)
        for module, target in arrows()
        if room(module) == room(target) == "transforms"
        and len(target.split(".")) > 3
        and module.split(".")[2:3] != target.split(".")[2:3]
    ]
    assert wrong == []


def test_no_helper_lies_flat_among_the_codemods() -> None:
    flat = [path.name for path in (ROOT / "codemods/transforms").glob("_*.py")]
    assert flat == ["__init__.py"]


@pytest.mark.parametrize("module", sorted(modules()))
def test_no_file_is_too_long(module: str) -> None:
    lines = len(modules()[module].read_text("utf-8").splitlines())
    assert (lines <= MOST_LINES) == (module not in LONG)
