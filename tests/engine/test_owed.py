"""What a patch leaves of its finding, and what of that is owed."""

from __future__ import annotations

import pytest

from codemods.codemod import Place, Refusal, Site
from codemods.demands.demands import Demands, obliges
from codemods.engine.owed import left_of
from codemods.findings.model import LineRange
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from tests.engine.reported import field, finding

CODE = b"def f():\n    a()\n    b()\n\n\ndef g():\n    c()\n"


def place(*reported: int, evidence: tuple[int, ...] = ()) -> Place:
    source = Project(MemoryFiles({"app.py": CODE})).source("app.py")
    return Place(
        source,
        source.tree.module,
        tuple(LineRange(line, line) for line in evidence),
        tuple(LineRange(line, line) for line in reported),
    )


def demands(fix: str) -> Demands:
    return Demands.of(finding("It is wrong", (), field("suggested fix", fix)))


@pytest.mark.parametrize(
    "words",
    [
        "Add a regression test that calls it twice",
        "write a benchmark for the hot path",
        "Verify that nobody relies on it",
        "document the fallback",
        "Update the docstring",
        "correct the row in `layout.md`",
        "Consider restricting the extensions",
        "Optionally add a gate",
        "separately, rename the module",
        "remove it (out of scope for this audit)",
        "extract it to a design note first if the ideas are worth keeping",
        "Measure how long it takes",
        "longer term, move it to the service",
    ],
)
def test_what_obliges_nobody(words: str) -> None:
    assert not obliges(words)


@pytest.mark.parametrize(
    "words",
    [
        "return 503 when the queue is full",
        "drop `reset()` or lock it",
        "Add `if size <= 0: return` in front of it",
        "validate `position` against the duration",
        "rename `test_mode` to `dry_run`",
        "Guard the lazy properties with the same lock",
        "update the import in `cache/__init__.py`",
    ],
)
def test_what_obliges(words: str) -> None:
    assert obliges(words)


def test_a_refusal_beside_the_named_lines_is_not_owed() -> None:
    refusal = Refusal("sibling", "c() stays", Site("app.py", 7, 7))
    assert left_of(demands("x"), (), [place(2)], [refusal]) == ()


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("done", "it stands there", Site("app.py", 2, 2), already=True),
        Refusal("needless", "nothing is to be done", Site("app.py", 2, 2), asked=False),
        Refusal("nowhere", "it has no site"),
        Refusal("elsewhere", "another file", Site("other.py", 2, 2)),
    ],
)
def test_what_is_as_it_should_be_is_not_owed(refusal: Refusal) -> None:
    assert left_of(demands("x"), (), [place(2)], [refusal]) == ()


@pytest.mark.parametrize("where", [place(2), place(evidence=(2,))])
def test_a_refusal_on_a_named_line_is_owed(where: Place) -> None:
    refusal = Refusal("why", "a() stays", Site("app.py", 2, 2))
    (left,) = left_of(demands("x"), (), [where], [refusal])
    assert str(left) == "app.py:2: a() stays"


def test_a_site_that_is_asked_for_is_owed_wherever_it_stands() -> None:
    refusal = Refusal("why", "c() stays", Site("app.py", 7, 7), asked=True)
    assert [str(item) for item in left_of(demands("x"), (), [place(2)], [refusal])] == [
        "app.py:7: c() stays"
    ]


def test_a_demand_goes_by_its_id() -> None:
    asked = demands("Guard it with a lock; rename the key. Add a test.")
    assert [(item.id, item.obliges) for item in asked.asked] == [
        ("d1", True),
        ("d2", True),
        ("d3", False),
    ]
    (left,) = left_of(asked, ("rename the key", "Add a test"), [place(2)], [])
    assert (left.demand, left.what) == ("d2", "rename the key")


def test_what_stands_in_for_a_removed_thing_is_no_demand() -> None:
    fields = field("replacement", "Pass `x` to `get()`"), field("suggested fix", "Drop it")
    said = Demands.of(finding("It is dead", (), *fields))
    assert [(item.words, item.obliges) for item in said.asked] == [
        ("Pass `x` to `get()`", False),
        ("Drop it", True),
    ]
