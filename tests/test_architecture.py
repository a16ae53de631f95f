"""The house: which room may import which, no circles, no file that holds more than one thing.

The table is the one of docs/architecture.md. Imports are read from the code as text, wherever they
stand: inside a function and under ``TYPE_CHECKING`` too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.test_package import script

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60

BELOW: Mapping[str, tuple[str, ...]] = {
    "tables": (),
    "reading": (),
    "findings": ("tables", "reading"),
    "demands": ("findings", "tables"),
    "syntax": ("tables",),
    "project": ("syntax", "tables", "reading"),
    "codemod": ("demands", "findings", "project", "syntax", "tables"),
    "plugins": ("codemod", "demands", "project"),
    "analysis": ("syntax", "project", "tables"),
    "rewriting": ("codemod", "analysis", "syntax", "project", "findings", "tables"),
    "transforms": (
        *("codemod", "demands", "findings", "analysis", "rewriting", "syntax", "project"),
        *("plugins", "tables"),
    ),
    "kit": ("codemod", "analysis", "rewriting", "syntax"),
    "engine": (
        *("transforms", "plugins", "codemod", "demands", "findings", "analysis", "rewriting"),
        *("syntax", "project", "tables", "reading"),
    ),
    "bowler": ("engine", "plugins", "codemod", "demands", "syntax", "project"),
    "testing": ("engine", "codemod", "findings", "project"),
    "output": (*("engine", "transforms", "codemod", "findings", "syntax", "project", "tables"),),
    "delivery": (*("output", "engine", "codemod", "findings", "project", "tables", "reading"),),
}
"""What each room of ``codemods/`` may import; ``cli`` may import all of them."""

ARROWS_UP: Mapping[tuple[str, str], str] = {}
"""Imports that the table does not allow, each with its reason."""

LONG: Mapping[str, str] = {}
"""Files over the limit, each with its reason."""


HOUSE: Any = script("benchmarks/house.py").House(ROOT)
"""The modules with what they import, as `benchmarks/house.py` reads them."""


def room(module: str) -> str:
    """``engine`` of ``codemods.engine.run``; the package itself is the public API."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "api"


def arrows() -> Iterator[tuple[str, str]]:
    """Every import of ours: who, and what."""
    for module, targets in HOUSE.imports.items():
        for target in targets:
            yield module, target


def test_every_room_is_in_the_table() -> None:
    assert {room(name) for name in HOUSE.paths} == {*BELOW, "api", "cli", "__main__"}


def test_no_arrow_goes_up() -> None:
    allowed = {name: {*below, name} for name, below in BELOW.items()}
    wrong = {
        (module, target)
        for module, target in arrows()
        if (here := room(module)) in allowed and room(target) not in allowed[here]
    }
    assert wrong == set(ARROWS_UP)


def test_there_is_no_circle() -> None:
    assert HOUSE.in_circles() == set()


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


def test_no_body_is_written_twice() -> None:
    """What two of them need lies in a room below both."""
    assert HOUSE.equal_bodies() == []


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("def f(a):\n    return [b for b in a if b.c and not b.d]", "def g(a):\n    {}", True),
        (
            "def f(a):\n    return [b for b in a if b.c and not b.d]",
            'def g():\n    "D."\n    {}',
            True,
        ),
        (
            "def f(a):\n    return [b for b in a if b.c and not b.d]",
            "class C:\n  def g():\n    {}",
            True,
        ),
        (
            "def f(a):\n    return [b for b in a if b.c and not b.d]",
            "def g(a):\n    h()\n    {}",
            False,
        ),
        ("def f(self):\n    return self.source.tree", "def g(self):\n    {}", False),
    ],
)
def test_what_counts_as_written_twice(one: str, other: str, equal: bool, tmp_path: Path) -> None:
    (tmp_path / "codemods").mkdir()
    body = one.partition("\n")[2].strip()
    for name, text in (("a", one), ("b", other.format(body))):
        (tmp_path / f"codemods/{name}.py").write_text(text, "utf-8")
    house = script("benchmarks/house.py").House(tmp_path)
    assert bool(house.equal_bodies()) is equal


def test_nothing_between_find_and_edit_is_of_any_type() -> None:
    """Payloads, edits, plans and options are typed: what one side gives the other can take."""
    untyped = [
        f"{module}:{node.lineno}"
        for module, tree in HOUSE.trees.items()
        if room(module) in ("codemod", "rewriting", "transforms")
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "Any")
        or (isinstance(node, ast.Attribute) and node.attr == "Any")
        or (isinstance(node, ast.alias) and node.name == "Any")
    ]
    assert untyped == []


def test_no_file_is_too_long() -> None:
    long = {module for module in HOUSE.paths if HOUSE.lines(module) > MOST_LINES}
    assert long == set(LONG)


def test_no_function_is_too_long() -> None:
    long = {
        f"{module}.{node.name}"
        for module, node in HOUSE.functions
        if node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION
    }
    assert long == set()


WRITERS: Mapping[str, str] = {
    "codemods.project.writing": "it is the one place",
    "codemods.project.temporary": "it is the one place",
    "codemods.delivery.quarantine": "git's objects move within git's folder",
    "codemods.delivery.bot.reports": "lays a commit's reports out in a temporary folder",
    "codemods.delivery.commits": "removes the crash report of its own git process",
    "codemods.engine.scanning.cache.folder": "its folder is made, used and emptied by it alone",
    "codemods.engine.scanning.cache.facts": "keeps a file beside Python's bytecode of autofix",
    "codemods.delivery.verifying": "makes a work tree in a temporary folder",
    "codemods.testing.checks": "lays a case out in a temporary folder for its proof",
    "codemods.cli.demo": "makes the sample project in a folder that is empty",
    "codemods.cli.outlets": "opens the null device where stdout is closed",
}
"""The only modules that change the file system, each with its reason."""
_CHANGES = frozenset(
    {
        *("write_text", "write_bytes", "mkstemp", "mkdtemp", "NamedTemporaryFile", "unlink"),
        *("mkdir", "makedirs", "rmdir", "rmtree", "copytree", "copyfile", "rename", "touch"),
        *("symlink_to", "hardlink_to", "symlink"),
    }
)


def test_files_are_written_in_one_place() -> None:
    """What follows no link and takes no path outside is worth nothing if others write, too."""
    found = {
        module
        for module, tree in HOUSE.trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _changes_files(node)
    }
    assert found == set(WRITERS)


def _changes_files(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _CHANGES:
        # The namesake of ours in cli/rendering.py writes to stdout.
        return isinstance(function, ast.Attribute)
    modes = (*call.args, *(key.value for key in call.keywords))
    return name in ("open", "fdopen") and any(
        isinstance(item, ast.Constant)
        and isinstance(item.value, str)
        and len(item.value) < 4
        and set(item.value) & set("wax+")
        for item in modes
    )


MOST_ENGLISH = 80
OVER_CODE = {
    "codemods.transforms.hide_exception_text.message": "tags of HTML",
    "codemods.transforms.hide_exception_text.text": "tags of HTML",
    "codemods.engine.suppressions": "the comment that keeps a place out",
    "codemods.transforms.log_swallowed_exception.edit": "comments for linters",
    "codemods.transforms.log_swallowed_exception.handlers": "names of functions that tell somebody",
}
"""Expressions with English words over code, where none is over prose."""


def test_english_is_read_from_rows_and_not_by_expressions() -> None:
    """What prose says is data of `demands/lexicon.toml` and of `findings/`; names of code, and
    comments, are compared word by word (`codemods.tables.WordTable`)."""
    found = HOUSE.english()
    assert len(found) <= MOST_ENGLISH
    prose = [item for item in found if room(item) in ("transforms", "engine")]
    assert [item for item in prose if item.partition(":")[0] not in OVER_CODE] == []


def test_demands_are_nobodys_own() -> None:
    """No module of `demands/` is named after a codemod or serves only one."""
    codemods = {name.rpartition(".")[2] for name in HOUSE.codemods}
    inner = [name for name in HOUSE.paths if name.startswith("codemods.demands.")]
    for name in inner:
        assert name.rpartition(".")[2] not in codemods
        users = {
            user.split(".")[2] if room(user) == "transforms" else room(user)
            for user, targets in HOUSE.imports.items()
            if name in targets
        }
        assert len(users) > 1 or "demands" in users or "engine" in users, (name, users)


def test_no_question_and_no_edit_is_named_after_a_codemod() -> None:
    """What `analysis/` and `rewriting/` hold is asked by whoever needs it."""
    codemods = {name.rpartition(".")[2] for name in HOUSE.codemods}
    shared = [name for name in HOUSE.paths if room(name) in ("analysis", "rewriting")]
    assert [name for name in shared if name.rpartition(".")[2] in codemods] == []


def test_what_rewrites_sees_no_finding() -> None:
    """`recognise` gets demands, and `find` a plan and hints."""
    for name, targets in HOUSE.imports.items():
        if room(name) == "transforms" and "codemods.findings.model" in targets:
            tree = HOUSE.trees[name]
            names = {
                item.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and node.module == "codemods.findings.model"
                for item in node.names
            }
            assert "Finding" not in names, name
