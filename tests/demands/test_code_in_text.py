"""Code that is read out of a text in which it need not parse."""

from __future__ import annotations

import pytest

from codemods.demands.code import (
    Assignment,
    assignments_in,
    attributes_in,
    bound_in,
    called_on,
    passed,
    repeats_element,
)
from codemods.demands.demands import Text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`wait_for(read(), timeout=10.0)`", ("10.0",)),
        ("with `timeout=~30` or `timeout = READ_LIMIT`", ("30", "READ_LIMIT")),
        ("a timeout of 5 seconds", ()),
        ("`read_timeout=5`, `timeout==5`", ()),
    ],
)
def test_passed(text: str, found: tuple[str, ...]) -> None:
    assert passed(text, "timeout") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("return `self.state['gains'].copy()`", ("self.state['gains']",)),
        ("`a.copy()` and `b.copy()`, `a.copy()`", ("a", "b")),
        ("`a.copy(deep)`, `copy()`, `a.copy`", ()),
    ],
)
def test_called_on(text: str, found: tuple[str, ...]) -> None:
    assert called_on(text, "copy") == found


@pytest.mark.parametrize("text", ["[Queue()] * 8", "n * [[]]", "rows = [{}] * len(names)"])
def test_one_object_for_all(text: str) -> None:
    assert repeats_element(text)


@pytest.mark.parametrize("text", ["[0.0] * 8", "[default] * n", "rows[0] * 2", "f(a) * b"])
def test_repeated_names_and_literals(text: str) -> None:
    assert not repeats_element(text)


def test_attributes_and_what_is_bound() -> None:
    code = (
        "rows: list[int] = []\nself.rows[0] = cls.first\nself.load()\nif x == 1:\n  global_ = 2\n"
    )
    assert attributes_in(code) == ("rows", "first")
    assert bound_in(code) == ("rows", "global_")


def test_keys_and_annotations_of_assignments() -> None:
    assert list(assignments_in("tasks[key] = task\njobs: dict[int, Job] = {}")) == [
        Assignment("tasks", "task", key="key"),
        Assignment("jobs", "{}", annotation="dict[int, Job]"),
    ]


def test_the_words_of_a_subject() -> None:
    text = Text("Add one, and mirror the `_rows_lock` pattern. Then follow the plan.")
    assert [item.raw for item in text.phrases("like-another-lock")] == [
        "mirror the `_rows_lock` pattern"
    ]
