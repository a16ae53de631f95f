"""What is read out of text: code that need not parse, places, and what stands behind words."""

from __future__ import annotations

import pytest

from codemods.demands.clauses import clauses, remarks
from codemods.demands.code import (
    called_alike,
    called_with,
    classes_in,
    declarations_in,
    exception_types,
    header_values,
    is_constant,
    literal_of,
    modules_in,
    numbers_given,
    python_files,
    string_lists,
    whole_files,
)
from codemods.demands.demands import Text
from codemods.demands.reported_lines import first_lines, listed_places
from codemods.demands.text import number_of


def test_lists_hold_nothing_but_strings() -> None:
    text = 'use ["GET", \'POST\',] or (\'A\',), not [1, "b"], nor ["*" + x]'
    assert string_lists(text) == (("GET", "POST"), ("A",))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Send `Authorization: Bearer abc`.", ("Bearer abc",)),
        ('headers={"Authorization": f"Token key={key}"}', ("Token key={key}",)),
        ("Use the Authorization header.", ()),
        ("X-Authorization-Kind: none", ()),
    ],
)
def test_a_header_has_what_it_is_given(text: str, values: tuple[str, ...]) -> None:
    assert header_values(text, "Authorization") == values


def test_files_are_read_with_their_folders() -> None:
    text = "`web/a-b/x.py`, y.py:12, `z.pyi` and `Config.python`"
    assert python_files(text) == ("web/a-b/x.py", "y.py")
    assert whole_files("`a.py`, `b.py:3`, `c.py::f`, `d.py`'s helpers, __init__.py") == ("a.py",)
    assert first_lines("see store.py:12,14 and web/b.py:3") == ("store.py:12", "web/b.py:3")


def test_functions_that_share_their_owner() -> None:
    assert called_alike("`store.load/save()` and run() but not call(x)") == (
        "store.load",
        "save",
        "run",
    )


def test_arguments_of_chained_calls() -> None:
    text = "options(load(A.b).load(C.d, 1), reload(E.f), load("
    assert list(called_with(text, "load")) == [("A.b",), ("C.d", "1"), ()]


def test_calls_with_the_names_they_are_given_to() -> None:
    text = "`*_id: int = Path(..., ge=1)`, `limit: int | None = Query(50)` and x == Field(0)"
    found = [(name, call.name) for name, call in declarations_in(text)]
    assert found == [("*_id", "Path"), ("limit", "Query"), ("", "Field")]


def test_classes_are_told_by_their_bases() -> None:
    text = "class A(BaseModel): ...\nclass B(pydantic.BaseModel, C): ...\nclass D(Base): ..."
    assert classes_in(text, "BaseModel") == ("A", "B")


@pytest.mark.parametrize(
    ("code", "types"),
    [
        ("(ValueError, json.JSONDecodeError)", ("ValueError", "json.JSONDecodeError")),
        ("subprocess.TimeoutExpired", ("subprocess.TimeoutExpired",)),
        ("except ValueError", ()),
        ("ValueError, x", ()),
        ("", ()),
    ],
)
def test_types_of_exceptions(code: str, types: tuple[str, ...]) -> None:
    assert exception_types(code) == types


def test_values_as_they_are_written() -> None:
    assert [literal_of(code) for code in ("30.0", "limit = 1_000", '"a"', "x", "f(1)")] == [
        "30.0",
        "1_000",
        '"a"',
        "",
        "",
    ]
    assert numbers_given("wait_for(timeout=30.0), x = 5, y == 6, z=1.2.3") == (
        ("timeout", "30.0"),
        ("x", "5"),
    )
    assert modules_in("from `core.geometry`, from chunk_sizes and from now") == (
        "core.geometry",
        "chunk_sizes",
    )
    assert [is_constant(name) for name in ("LIMIT", "_A_B", "Limit", "A.B")] == [
        True,
        True,
        False,
        False,
    ]


def test_places_of_a_list_are_those_at_its_heads() -> None:
    text = "- `a.py:54`, `:338-340` — why\n- `b.py` — no line\nsee `c.py:1`\n* `d.py:7` — `e.py:8`"
    found = {
        item.path: [(part.start, part.end) for part in item.lines] for item in listed_places(text)
    }
    assert found == {"a.py": [(54, 54), (338, 340)], "d.py": [(7, 7)]}


def test_numbers_in_words() -> None:
    assert [number_of(word) for word in ("12", "Two", "both", "few")] == [12, 2, 2, None]


def test_code_is_never_split() -> None:
    found = list(clauses("Add `a; b`; then log it."))
    assert [item[:2] for item in found] == [("", "Add `a; b`"), ("then", "log it.")]
    assert list(remarks("One (an aside). Two; `f(x)` three")) == [
        "One",
        "an aside",
        "Two",
        "`f(x)` three",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Remove `a`, or move it and drop `b`. Log it.", [False, True, False]),
        ("Do as above; or replace `f()`.", [False, True]),
        ("Add `a, or b`; then log it.", [False, False]),
        ("Add `a` or `b`; then log it.", [False, False]),
    ],
)
def test_the_second_of_two_ways(text: str, expected: list[bool]) -> None:
    assert [item.is_alternative for item in clauses(text)] == expected


def test_what_stands_behind_words() -> None:
    text = Text("Delete `a.b()`, and drop `c`. Keep `d`. Remove `e`")
    assert [item.raw for item in text.behind("deletes")] == [" `a.b()`, and drop `c`", " `e`"]
    assert text.said("deletes") == ("delete",)
    assert [words for _, words in text.mentions("deletes")] == [("delete",), ("drop",), ("remove",)]
    assert Text("Add it and validate against the `length`. Done.").remainders(
        "compared-with-state"
    ) == ("validate against the length",)


def test_code_with_what_stands_beside_it() -> None:
    text = Text("the dead `a()` expression, `b` on `c`")
    assert list(text.code_and_words()) == [
        ("the dead", "a()", "expression,"),
        ("`a()` expression,", "b", "on"),
        ("`b` on", "c", ""),
    ]
    assert list(text.joined_code()) == [("a()", "expression,", "b"), ("b", "on", "c")]
    assert text.plain.raw.split() == ["the", "dead", "expression,", "on"]


def test_a_sentence_has_its_own_code() -> None:
    text = Text("`a` is fine. `x_y` (should be `z`). The rest")
    assert [item.raw for item in text.sentences("should-be")] == ["`x_y` (should be `z`)"]
