"""Files that go: through the rewrite, the gate, a project after the change, and a fixing scan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from codemods.codemod import (
    AddImport,
    Change,
    Codemod,
    DeleteFile,
    DropLines,
    Edit,
    Edited,
    Node,
    Operation,
    Plan,
    Refusal,
    Safety,
    Scope,
    Site,
)
from codemods.engine.outcomes import FilePatch
from codemods.engine.patching.deletion import IMPORTS_RESOLVE, check_deleted
from codemods.engine.patching.formatting import Formatter
from codemods.engine.patching.gates import GateError
from codemods.engine.patching.rewrite import rewrite
from codemods.engine.scanning.fixing import fix
from codemods.project.files import MemoryFiles, OverlayFiles
from codemods.project.project import Project
from codemods.syntax.spans import Span

FILES = {
    "app/__init__.py": b"",
    "app/old.py": b"# kept nowhere\nvalue = 1\n",
    "app/new.py": b"value = 2\n",
}


def project(files: dict[str, bytes] | None = None) -> Project:
    return Project(MemoryFiles(FILES | (files or {})))


def change(*edits: Edit) -> Change:
    return Change(Site("app/old.py", 1, 1), "it goes", edits, Safety.REVIEW)


@dataclass(frozen=True)
class No:
    """An edit that refuses."""

    def edit(self, node: Node) -> Edited:
        return Refusal("no", "no")


def gate(files: dict[str, bytes], gone: str = "app/old.py") -> None:
    before = project(files)
    check_deleted(before, before.with_changes({gone: None}), [before.source(gone)])


@pytest.mark.parametrize(
    "code",
    [
        b"import app.old\n",
        b"import app.old as other\n",
        b"from app import old\n",
        b"from app.old import value\n",
        b"from app.old import *\n",
        b"def f():\n    from app.old import value\n",
        b"try:\n    import app.old\nexcept ImportError:\n    pass\n",
    ],
)
def test_an_import_of_a_file_that_goes_stops_the_patch(code: bytes) -> None:
    with pytest.raises(GateError, match=rf"{IMPORTS_RESOLVE}: main.py:\d imports app/old.py"):
        gate({"main.py": code})


@pytest.mark.parametrize("code", [b"from . import old\n", b"from .old import value\n"])
def test_a_relative_import_of_a_file_that_goes_stops_the_patch(code: bytes) -> None:
    with pytest.raises(GateError, match=r"app/near\.py:1 imports app/old\.py"):
        gate({"app/near.py": code})


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": b"from app import new\n"},
        {"main.py": b"old = 1\n"},
        {"old.py": b"", "main.py": b"import old\n"},
        {"app/old/__init__.py": b"", "main.py": b"import app.old\n"},
        {"broken.py": b"import app.old\n)\n"},
    ],
)
def test_what_imports_something_else_is_no_obstacle(files: dict[str, bytes]) -> None:
    gate(files)


def test_a_project_after_the_change_does_not_have_the_file() -> None:
    before = project()
    assert len(before.python_paths) == 3
    after = before.with_changes({"app/old.py": None, "app/new.py": b"value = 3\n"})
    assert after.files.paths() == ("app/__init__.py", "app/new.py")
    assert after.python_paths == after.files.paths()
    assert not after.files.exists("app/old.py")
    assert after.modules.file_at("app/old") is None
    assert [item.path for item in after.containing(b"value")] == ["app/new.py"]
    with pytest.raises(FileNotFoundError):
        after.source("app/old.py")
    again = after.with_changes({"app/old.py": b"back = 1\n"})
    assert again.source("app/old.py").data == b"back = 1\n"
    assert len(again.python_paths) == 3


def test_an_overlay_reads_what_is_left() -> None:
    files = OverlayFiles(MemoryFiles(FILES), {"app/old.py": None, "app/new.py": b"x\n"})
    assert files.read_all(("app/old.py", "app/new.py")) == {"app/new.py": b"x\n"}


def test_other_edits_of_a_file_that_goes_are_in_vain() -> None:
    lines = DropLines("app/old.py", Span(0, 15))
    wanted = [change(lines, AddImport("app/old.py", "os")), change(DeleteFile("app/old.py"))]
    made = rewrite(project(), wanted, lambda _: Formatter())
    assert (made.files, [item.path for item in made.deleted]) == ((), ["app/old.py"])
    assert len(made.changes) == 2


def test_a_change_that_cannot_be_made_whole_deletes_nothing() -> None:
    stuck = Operation("app/new.py", Span(0, 5), No())
    wanted = [change(stuck, DeleteFile("app/old.py"))]
    made = rewrite(project(), wanted, lambda _: Formatter())
    assert (made.files, made.deleted, made.changes) == ((), (), ())
    assert [item.reason for item in made.refusals] == ["no"]


def test_a_fixing_scan_can_delete_the_file_that_it_looks_at() -> None:
    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        for place in scope.places:
            if b"kept nowhere" in place.source.data:
                yield change(DeleteFile(place.source.path))

    codemod = Codemod(name="deletes", recognise=lambda _: None, find=find, triggers=(b"kept",))
    made = fix(project(), [codemod], "app/old.py", allow=Safety.REVIEW)
    assert made.files == (FilePatch("app/old.py", FILES["app/old.py"], None),)
    assert made.failed == ()
