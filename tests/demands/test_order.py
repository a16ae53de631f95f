"""Words that follow each other."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.demands.order import in_order

_A, _B, _C = re.compile("a"), re.compile("b"), re.compile("c")


@pytest.mark.parametrize("text", ["", "a", "b", "ba", "a" + " " * 6 + "b", "ab", "acb", "ab c b"])
def test_not_in_order(text: str) -> None:
    assert not in_order(text, _A, (5, _B), (0, _C))


@pytest.mark.parametrize("text", ["abc", "a     bc", "ca bbc", "a b abc", "a" * 9 + "bc"])
def test_in_order(text: str) -> None:
    assert in_order(text, _A, (5, _B), (0, _C))


@given(st.text("abc ", max_size=20), st.integers(0, 4), st.integers(0, 4))
def test_it_is_what_one_expression_with_gaps_would_say(text: str, one: int, two: int) -> None:
    whole = re.search(rf"a.{{0,{one}}}b.{{0,{two}}}c", text) is not None
    assert in_order(text, _A, (one, _B), (two, _C)) == whole
