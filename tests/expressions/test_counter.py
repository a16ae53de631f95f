"""The counting matcher finds what ``re`` finds, and its counts grow as they have to."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.expressions.counter import Counter, TooManyStepsError

_ATOMS = st.sampled_from(
    ["a", "b", "A", "B", ".", r"\w", r"\W", r"\s", r"\d", "[ab]", "[^a]", "[a-c1]", " ", "_", "1"]
)
_ANCHORS = st.sampled_from(["^", "$", r"\b", r"\B", r"\A", r"\Z"])
_LOOKS = st.sampled_from(["(?=%s)", "(?!%s)"])
_BACK = st.sampled_from(["(?<=%s)", "(?<!%s)"])
_COUNTS = st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}"])
_GREEDY = st.sampled_from(["", "?", "+"])


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3).map("".join)
    return st.one_of(
        several,
        st.tuples(several, several).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(several, several).map(lambda pair: f"(?:{pair[0]}|{pair[1]}|)"),
        several.map(lambda text: f"({text})"),
        several.map(lambda text: f"(?>{text})"),
        several.map(lambda text: f"(?i:{text})"),
        st.tuples(_LOOKS, several).map(lambda pair: pair[0] % pair[1]),
        st.tuples(_BACK, _ATOMS).map(lambda pair: pair[0] % pair[1]),
        st.tuples(several, _COUNTS, _GREEDY).map(lambda got: f"(?:{got[0]}){got[1]}{got[2]}"),
        st.tuples(_ATOMS, _COUNTS, _GREEDY).map("".join),
        several.map(lambda text: f"(?:({text})|b)(?(1)a|b)"),
        several.map(lambda text: rf"({text})\1"),
    )


_PATTERNS = st.recursive(st.one_of(_ATOMS, _ANCHORS), _compound, max_leaves=8)
_TEXTS = st.text("abcAB1_ \n.é", max_size=10)
_FLAGS = st.sampled_from(
    [0, re.IGNORECASE, re.MULTILINE, re.DOTALL, re.ASCII, re.IGNORECASE | re.MULTILINE]
)


def _valid(pattern: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(pattern)
        except (re.error, FutureWarning):
            return False
    return True


@settings(max_examples=400, deadline=None)
@given(_PATTERNS.filter(_valid), _TEXTS, _FLAGS)
def test_it_finds_what_re_finds(pattern: str, text: str, flags: int) -> None:
    real, counter = re.compile(pattern, flags), Counter(pattern, flags)
    counter.budget = 200_000
    for method in ("match", "fullmatch", "search"):
        found = getattr(real, method)(text)
        assert getattr(counter, method)(text) == (found and found.span()), method
    assert list(counter.finditer(text)) == [found.span() for found in real.finditer(text)]


@pytest.mark.parametrize(
    ("pattern", "text", "least"),
    [
        # Each start looks at all that follows, and gives it back.
        (r"\s+and", " " * 100, 100 * 100),
        # Each start looks at all that follows.
        (r"block[^.]*\.", "block" * 20, 100 * 20 / 2),
        # Both repeats share the blanks in every way.
        (r"^\s*,?\s*!", " " * 100, 100 * 100 / 2),
    ],
)
def test_what_grows_is_counted(pattern: str, text: str, least: int) -> None:
    counter = Counter(pattern)
    assert list(counter.finditer(text)) == []
    assert counter.steps >= least


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\s+and", " and" * 100),
        (r"(?<!\s)\s+and", " " * 400),
        (r"`[^`]*`", "`" * 400),
        (r"\s*+!", "a" * 400),
    ],
)
def test_what_is_linear_counts_little(pattern: str, text: str) -> None:
    counter = Counter(pattern)
    list(counter.finditer(text))
    assert counter.steps <= 8 * len(text)


def test_a_budget_ends_what_never_would() -> None:
    counter = Counter(r"(?:a+)+b")
    counter.budget = 10_000
    with pytest.raises(TooManyStepsError):
        counter.search("a" * 100)
    assert counter.steps <= 10_001
