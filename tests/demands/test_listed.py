"""Names that are listed together."""

from __future__ import annotations

import pytest

from codemods.demands.listed import lists_in


@pytest.mark.parametrize(
    "text",
    [
        "",
        "only `one`",
        "`a` before `b`",
        "`a` in `b`",
        "`a`, which calls `b`",
        "`x = 1` and `y = 2`",
        "`a` and b",
    ],
)
def test_what_is_no_list(text: str) -> None:
    assert lists_in(text) == ()


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("wrap `load()`/`shutil.move`", (("load", "shutil.move"),)),
        ("`a`, `b.c()`, and `d` go", (("a", "b.c", "d"),)),
        ("`a` and `b` before `c` and `d`", (("a", "b"), ("c", "d"))),
        ("`a` as well as `a`", (("a",),)),
    ],
)
def test_a_list(text: str, lists: tuple[tuple[str, ...], ...]) -> None:
    assert lists_in(text) == lists
