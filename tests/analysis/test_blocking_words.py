"""Which functions of a file call which words, told by the bytes."""

from __future__ import annotations

import pytest

from codemods.analysis.blocking.words import Headers, Words, called, held

FILE = b"""
from shop.slow import load as fetch, save

class Store:
    def __init__(self):
        save(1)

    async def run(self):
        def inner():
            return save(2)
        return fetch(3)

    def plain(self): save(4)

def resave(one, two):
    return one.resave(two)

async def awaits():
    await save(5)
"""


def test_functions_are_told_with_the_class_for_an_initializer() -> None:
    answer = held(Words(["save"]).of(FILE), {"save"})
    assert answer.functions == {"Store", "inner", "plain"}
    assert not answer.coroutines, "what is awaited does not block"


def test_the_name_that_an_import_gives_counts_for_the_word() -> None:
    spoken = Words(["load", "save", "gone"]).of(FILE)
    assert held(spoken, {"load"}).coroutines
    assert called(spoken, {"load", "gone"}) == {"load"}


def test_only_the_words_that_are_asked_for_count() -> None:
    spoken = Words(["load", "save"]).of(FILE)
    assert spoken.words == {"load", "save"}
    assert not held(spoken, ()).functions
    assert called(spoken, {"save"}) == {"save"}


@pytest.mark.parametrize("text", [b"resave(1)", b"_save(1)", b"await a.b.save(1)", b"def save(a):"])
def test_what_is_no_call_of_the_word(text: bytes) -> None:
    assert not called(Words(["save"]).of(text), {"save"})


@pytest.mark.parametrize("text", [b"save(1)", b"a.save(1)", b"x = save(1)", b"-save(1)"])
def test_what_is_a_call_of_the_word(text: bytes) -> None:
    assert called(Words(["save"]).of(text), {"save"}) == {"save"}


def test_a_word_inside_of_another_is_found_too() -> None:
    words = Words(["get", "get_all", "all"])
    assert words.anywhere(b"('get_all',)") == {"get", "get_all", "all"}
    assert words.of(b"get_all()").words == {"get_all", "all"}
    assert words.anywhere(b"") == set()


def test_nothing_is_found_by_no_words() -> None:
    assert not Words([]).of(FILE).words


def test_definitions_around_several_places_of_one_long_line() -> None:
    line = b"    return f(1), f(2), f(3)\n"
    data = b"class A:\n  def one(self):\n" + line + b"f(4)\n"
    headers = Headers(data)
    places = [position for position in range(len(data)) if data.startswith(b"f(", position)]
    around = [[item.name for item in headers.around(place)] for place in places]
    assert around == [["one", "A"]] * 3 + [[]]
