"""The phrase language: what is found, and what is not."""

from __future__ import annotations

import pytest

from codemods.demands.demands import Text
from codemods.demands.lexicon import lexicon
from codemods.demands.phrases import Words, found_in

CLASSES = {"blocks": ("block*|stall*", "stops dead")}


def stands(row: str, text: str) -> bool:
    return any(True for _ in found_in(Words(text), row, CLASSES))


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("event loop", "the loop of an event"),
        ("event loop", "an event. Loop over it"),
        ("event loop", "an event\n\nloop"),
        ("event loop", "- an event\n- loop"),
        ("block ..2 loop", "block one two three loop"),
        ("block", "blocks"),
        ("block*", "unblocked"),
        ("^ use", "do not use it"),
        ("lock $", "the lock is taken"),
        ("+error", "an error"),
        ("a & b", "a. b"),
        ("<blocks> loop", "it blocks the loop"),
        ("no ?free lock", "no shared lock"),
        ("asyncio.lock", "threading.Lock"),
    ],
)
def test_what_is_not_there(row: str, text: str) -> None:
    assert not stands(row, text)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("event loop", "the Event-Loop, which"),
        ("event loop", "`event` loop"),
        ("event loop", "an event (loop)"),
        ("block ..2 loop", "block one two loop"),
        ("block|stall* loop", "stalled loop"),
        ("*lock", "`self._cache_lock` is held"),
        ("lock", "`asyncio.Lock()`"),
        ("asyncio.lock", "an asyncio.Lock"),
        ("^ use", "1. Also use it"),
        ("^ use", "It is slow. Use it"),
        ("^ use", "e.g. use it"),
        ("lock $", "take the lock."),
        ("b & a", "a and b"),
        ("<blocks> ..1 loop", "it stops dead the loop"),
        ("no ?free lock", "no lock"),
        ("no ?free lock", "no free lock"),
        ("e.g", "for one thing, e.g. this"),
        ("doesn't", "it doesn’t"),
        ("+error", "a `ValueError`"),
    ],
)
def test_what_is_there(row: str, text: str) -> None:
    assert stands(row, text)


def test_code_at_the_ends_of_a_sentence_stays_whole() -> None:
    text = Text("Slow.  `load(x)` blocks `save()`! It is fine")
    (sentence,) = text.sentences("speaks-of-waiting")
    assert sentence.raw == "`load(x)` blocks `save()`"
    assert sentence.called == ("load", "save")


def test_an_abbreviation_and_code_end_no_sentence() -> None:
    text = Text("Some calls, e.g. `a(b). c` and `x.y`, block the event loop")
    (sentence,) = text.sentences("blocked-loop")
    assert sentence.raw == text.raw


@pytest.mark.parametrize(
    "text",
    [
        "It does not block the event loop.",
        "The event loop is never blocked by it.",
        "Runs without blocking the event loop.",
        "A non-blocking event loop",
    ],
)
def test_a_negation_takes_it_back(text: str) -> None:
    assert not Text(text).says("blocked-loop")


def test_a_negation_elsewhere_does_not() -> None:
    assert Text("It has no timeout and so it blocks the event loop.").says("blocked-loop")
    assert Text("Nothing is not wrong. It blocks the event loop.").says("blocked-loop")


def test_every_row_of_the_lexicon_can_be_asked() -> None:
    words = Words("hm hm hm")
    for name in lexicon().subjects:
        assert not list(lexicon().find(words, name)), name


def test_sentences_keep_the_signs_of_their_first_and_last_words() -> None:
    text = Text("1) `load()` returns (`self.rows`).\n2) Unlike `save()`. It returns `size()`!")
    assert [item.raw for item in text.sentences("returns")] == [
        "1) `load()` returns (`self.rows`)",
        "It returns `size()`",
    ]


def test_requests_are_clauses_that_ask() -> None:
    text = Text("Also add a test, and remove `x`; the cache is fine. Then log the failure.")
    assert text.requests() == ("add a test", "remove `x`", "log the failure")
    assert text.requests(but=("asks-for-edit",)) == ()
