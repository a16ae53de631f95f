"""What every ``find`` may ask of its scope and its places."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from codemods.codemod import Option, Place, Scope, itself, lines_of
from codemods.findings.model import LineRange
from codemods.project.files import MemoryFiles
from codemods.project.project import Project

TEXT = b"""class Box:
    def put(self):
        one(
            two
        )

    def get(self):
        return three


four
"""
PROJECT = Project(MemoryFiles({"box.py": TEXT, "other.py": b"five\n"}), target_python=(3, 11))
BOX = PROJECT.source("box.py")
PUT, GET = BOX.tree.of(ast.FunctionDef)


def place(node: ast.Module | ast.ClassDef | ast.FunctionDef | None = None) -> Place:
    return Place(BOX, node or BOX.tree.module)


def names(found: Iterator[tuple[Place, list[ast.Name]]]) -> list[list[str]]:
    return [[node.id for node in nodes] for _, nodes in found]


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ((), []),
        ((place(), place()), [["one", "two", "three", "four"], []]),
        ((place(GET), place()), [["three"], ["one", "two", "four"]]),
        ((place(BOX.tree.of(ast.ClassDef)[0]), place(PUT)), [["one", "two", "three"], []]),
        (
            (place(PUT), Place(PROJECT.source("other.py"), PROJECT.source("other.py").tree.module)),
            [["one", "two"], ["five"]],
        ),
    ],
)
def test_a_node_is_given_with_the_first_place_that_has_it(
    places: tuple[Place, ...], found: list[list[str]]
) -> None:
    assert names(Scope(PROJECT, places).nodes(ast.Name)) == found


def test_of_what_is_no_node_one_for_each_is_given() -> None:
    def twice(place: Place) -> list[tuple[str, ast.Name]]:
        inside = place.source.tree.within(place.node, ast.Name)
        return [(kind, node) for kind in "ab" for node in inside]

    scope = Scope(PROJECT, (place(GET),))
    found = scope.once(twice, lambda pair: pair[1], also=[place(GET), place(PUT)])
    assert [[(kind, node.id) for kind, node in pairs] for _, pairs in found] == [
        [("a", "three")],
        [],
        [("a", "one"), ("a", "two")],
    ]


@pytest.mark.parametrize(
    ("evidence", "reported", "meant"),
    [
        ((), (), ["one", "two", "three", "four"]),
        ((LineRange(30, 40),), (LineRange(99, 99),), ["one", "two", "three", "four"]),
        ((LineRange(1, 2),), (LineRange(8, 8),), ["three"]),
        ((LineRange(4, 4),), (LineRange(8, 8),), ["two"]),
        ((LineRange(1, 3), LineRange(11, 11)), (), ["one", "four"]),
    ],
)
def test_evidence_goes_before_lines_and_lines_only_break_ties(
    evidence: tuple[LineRange, ...], reported: tuple[LineRange, ...], meant: list[str]
) -> None:
    here = Place(BOX, BOX.tree.module, evidence, reported)
    nodes = BOX.tree.of(ast.Name)
    assert [node.id for node in here.focus(nodes)] == meant
    assert [node.id for _, node in here.meant([(1, node) for node in nodes], lambda i: i[1])] == (
        meant
    )


def test_what_stands_on_several_lines_is_met_by_each() -> None:
    call = BOX.tree.of(ast.Call)[0]
    assert lines_of(call) == LineRange(3, 5)
    assert itself(call) is call
    at_its_end = Place(BOX, PUT, (LineRange(5, 5),))
    others: list[ast.expr] = [*BOX.tree.of(ast.Name)]
    assert at_its_end.focus([call, *others]) == [call]


def test_an_option_is_what_is_set_else_its_default() -> None:
    words: Option[list[str]] = Option("words", ["a"], "some words")
    assert words.of({}) == ["a"]
    assert words.of({"words": [], "others": ["b"]}) == []
