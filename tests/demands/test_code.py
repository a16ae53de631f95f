"""Code in a text that need not parse."""

from __future__ import annotations

import pytest

from codemods.demands.code import first_names, text_of

TAKES = {"to_thread": 0, "run_in_executor": 1}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("use `to_thread` for load", ()),
        ("to_thread()", ()),
        ("run_in_executor(None)", ()),
        ("to_thread_now(load)", ()),
        ("to_thread(*args)", ()),
        ("asyncio.to_thread(load, path)", ("load",)),
        ("`to_thread(self.a.load` and more", ("self.a.load",)),
        ("to_thread(lambda: load(path))", ("load",)),
        ("loop.run_in_executor(None, load, path)", ("load",)),
        ("wait_for(to_thread(a), run_in_executor(x(1, 2), b))", ("a", "b")),
    ],
)
def test_first_names(text: str, names: tuple[str, ...]) -> None:
    assert tuple(first_names(text, TAKES)) == names


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("error", ""),
        ("x + 'a'", ""),
        ("'cut", ""),
        ("'a' + b", "a"),
        ("f'a {b:{c}} d'", "a {} d"),
        ("'a {b}'", "a {b}"),
        ("rb'''a 'b' c'''", "a 'b' c"),
    ],
)
def test_text_of(code: str, text: str) -> None:
    assert text_of(code) == text
