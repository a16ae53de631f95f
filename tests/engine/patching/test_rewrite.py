"""Operations are carried out whole, on their own bytes, or not at all."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import libcst as cst
import pytest

from codemods.codemod import (
    AddImport,
    Change,
    DropImport,
    Edit,
    Edited,
    Node,
    Operation,
    Refusal,
    Safety,
    Site,
    Unit,
)
from codemods.engine.patching.formatting import Formatter
from codemods.engine.patching.rewrite import Rewritten, rewrite
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.rewriting.parsed import Behind
from codemods.syntax.spans import Span


@dataclass(frozen=True)
class Edits:
    """``double`` doubles a name, ``remove`` removes, ``first`` keeps the first of a run."""

    kind: str

    def edit(self, node: Node) -> Edited:
        match self.kind, node:
            case "double", cst.Name():
                return node.with_changes(value=node.value * 2)
            case "remove", _:
                return cst.RemoveFromParent()
            case "first", cst.IndentedBlock():
                return node.with_changes(body=node.body[:1])
            case "exotic", _:
                return cst.SimpleString("'\N{SNOWMAN}'")
            case "count", _:
                number = len(node) if isinstance(node, cst.FlattenSentinel) else 1
                return Refusal("counted", f"{number} nodes")
            case "refuse", _:
                return Refusal("not-sound", "it would not be sound")
            case _:
                return None


def _names(project: Project, name: str, kind: str = "double") -> list[Operation]:
    source = project.source("app.py")
    return [
        Operation("app.py", source.span(node), Edits(kind))
        for node in source.tree.of(ast.Name)
        if node.id == name
    ]


def _change(line: int, *edits: Edit) -> Change:
    return Change(Site("app.py", line, line), "does it", edits, Safety.SAFE)


def _run(project: Project, *changes: Change) -> Rewritten:
    return rewrite(project, changes, lambda _source: Formatter())


def _project(data: bytes) -> Project:
    return Project(MemoryFiles({"app.py": data}))


def test_lines_that_cannot_be_reproduced_are_refused() -> None:
    # libcst loses a form feed inside of what it reads.
    project = _project(b"def f():\n    if y:\n\x0c        x\n")
    made = _run(project, _change(2, *_names(project, "y")))
    assert not made.files and [item.reason for item in made.refusals] == ["fragment"]


@pytest.mark.parametrize(
    "data",
    [b"\x0cx = 1\n", b"def f():\n    if 1:\n        y\n\x0c        x\n", b"\x0c\x0cif 1:\n    x\n"],
)
def test_a_form_feed_in_front_of_a_line_stays(data: bytes) -> None:
    project = _project(data)
    made = _run(project, _change(1, *_names(project, "x")))
    assert made.files[0].after.data == data.replace(b"x", b"xx")


def test_an_edit_that_says_no_leaves_its_change_out_and_the_others_in() -> None:
    project = _project(b"x\ny\n")
    made = _run(
        project, _change(1, *_names(project, "x")), _change(2, *_names(project, "y", "refuse"))
    )
    assert made.files[0].after.data == b"xx\ny\n"
    assert [item.reason for item in made.refusals] == ["not-sound"]
    assert made.refusals[0].site == Site("app.py", 2, 2)


@pytest.mark.parametrize(
    ("unit", "start", "end", "detail"),
    [
        (
            Unit.EXPRESSION,
            b"x",
            b"x",
            "the expression does not have the expected form in the source",
        ),
        (Unit.STATEMENT, b"x", b"x", "the statement does not have the expected form in the source"),
        (
            Unit.STATEMENTS,
            b"x",
            b"y",
            "the statements do not have the expected form in the source",
        ),
        (
            Unit.HANDLER,
            b"except",
            b"z",
            "the handler does not have the expected form in the source",
        ),
    ],
)
def test_a_node_that_an_edit_is_not_for_is_refused_by_the_engine(
    unit: Unit, start: bytes, end: bytes, detail: str
) -> None:
    data = b"try:\n    x\n    y\nexcept A:\n    z\n"
    target = Span(data.index(start), data.index(end, data.index(b"\n")) + len(end))
    operation = Operation("app.py", target, Edits("of another node"), unit)
    made = _run(_project(data), _change(1, operation))
    assert not made.files
    assert [(item.reason, item.detail) for item in made.refusals] == [("fragment", detail)]


def test_an_edit_is_handed_what_another_one_put_beside_its_node() -> None:
    source = _project(b"x\n").source("app.py")
    target = source.span(source.tree.module.body[0])
    behind = Operation("app.py", target, Behind("y\n"), Unit.STATEMENT)
    counts = Operation("app.py", target, Edits("count"), Unit.STATEMENT)
    made = _run(_project(b"x\n"), _change(1, behind, counts))
    assert [item.detail for item in made.refusals] == ["2 nodes"]


def test_an_edit_of_a_node_that_is_gone_is_refused() -> None:
    source = _project(b"x\ny\n").source("app.py")
    target = source.span(source.tree.module.body[0])
    gone = Operation("app.py", target, Edits("remove"), Unit.STATEMENT)
    late = Operation("app.py", target, Edits("count"), Unit.STATEMENT)
    made = _run(_project(b"x\ny\n"), _change(1, gone, late))
    assert [item.reason for item in made.refusals] == ["fragment"]


def test_a_change_is_made_whole_or_not_at_all() -> None:
    project = _project(b"x\ny\n")
    both = (*_names(project, "x"), *_names(project, "y", "refuse"))
    assert _run(project, _change(1, *both)).files == ()


def test_a_character_that_the_encoding_lacks_is_refused() -> None:
    project = _project(b"# coding: latin-1\nx\n")
    made = _run(project, _change(2, *_names(project, "x", "exotic")))
    assert not made.files and [item.reason for item in made.refusals] == ["encoding"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a = x\r\nb = 1\n", b"a = xx\r\nb = 1\n"),
        (b"\xef\xbb\xbfa = x", b"\xef\xbb\xbfa = xx"),
        (b"if 1:\n\ta = x\n\t\n", b"if 1:\n\ta = xx\n\t\n"),
        (b"a = 1; b = x; c = 2\n", b"a = 1; b = xx; c = 2\n"),
        (b"try: a = x\nexcept A: pass\n", b"try: a = xx\nexcept A: pass\n"),
        (b"if 1: pass\nelif x: pass\nelse: pass\n", b"if 1: pass\nelif xx: pass\nelse: pass\n"),
        (b"a = \\\n    x\n", b"a = \\\n    xx\n"),
        ("s = 'ü\u2028'; x\n".encode(), "s = 'ü\u2028'; xx\n".encode()),
        (b"@x\ndef f(): pass\n", b"@xx\ndef f(): pass\n"),
        (b"\x0c\nclass A:\n  x\n\x0c\n", b"\x0c\nclass A:\n  xx\n\x0c\n"),
        (b"# coding: latin-1\na = '\xe9', x\n", b"# coding: latin-1\na = '\xe9', xx\n"),
        (b"match v:\n  case 1:\n    x\n", b"match v:\n  case 1:\n    xx\n"),
    ],
)
def test_only_the_bytes_of_the_edit_change(before: bytes, after: bytes) -> None:
    project = _project(before)
    made = _run(project, _change(1, *_names(project, "x")))
    assert not made.refusals, made.refusals
    assert made.files[0].after.data == after


def test_one_edit_that_two_changes_want_is_made_once() -> None:
    project = _project(b"x\n")
    made = _run(project, _change(1, *_names(project, "x")), _change(1, *_names(project, "x")))
    assert made.files[0].after.data == b"xx\n" and len(made.changes) == 2


def test_a_removed_statement_leaves_no_pass() -> None:
    project = _project(b"def f():\n    import x\n    return 1\n")
    source = project.source("app.py")
    target = source.span(source.tree.of(ast.Import)[0])
    made = _run(project, _change(2, Operation("app.py", target, Edits("remove"), Unit.STATEMENT)))
    assert made.files[0].after.data == b"def f():\n    return 1\n"


def test_a_run_of_statements_becomes_another() -> None:
    project = _project(b"def f():\n    a()\n\n    b()\n    c()\n")
    source = project.source("app.py")
    body = source.tree.of(ast.FunctionDef)[0].body
    target = source.statements_span(body[0], body[1])
    made = _run(project, _change(2, Operation("app.py", target, Edits("first"), Unit.STATEMENTS)))
    assert made.files[0].after.data == b"def f():\n    a()\n    c()\n"


def test_an_import_that_is_still_used_is_not_dropped() -> None:
    project = _project(b"import x\n\nx\nx\n")
    first = _names(project, "x")[0]
    made = _run(project, _change(3, first, DropImport("app.py", "x")))
    assert made.files[0].after.data == b"import x\n\nxx\nx\n"


def test_imports_follow_the_edit() -> None:
    project = _project(b"import x\n\nx\n")
    use = _names(project, "x")[0]
    made = _run(project, _change(3, use, DropImport("app.py", "x"), AddImport("app.py", "xx")))
    assert made.files[0].after.data == b"import xx\n\nxx\n"
