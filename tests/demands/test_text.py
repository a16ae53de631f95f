"""Readings of prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.demands import text as reading
from codemods.findings.model import LineRange
from codemods.findings.text import mentioned_lines


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the file(s) and process(es)", ()),
        ("def f(x) and class A(B)", ()),
        ("if (x) or return(y)", ()),
        ("a handler (line 5)", ()),
        ('@router.post("/x")', ()),
        ("[link](page)", ()),
        ("`load()` (line 3), p.process(), load()", ("load", "p.process")),
        ("`asyncio.to_thread(load, x)`", ("asyncio.to_thread",)),
        ("`open().read()`", ("open",)),
    ],
)  # fmt: skip
def test_called_names(text: str, names: tuple[str, ...]) -> None:
    assert reading.called_names(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("e.g. this, i.e. that. Then more", ()),
        ("`webm_streaming.py` and config.toml", ()),
        ("`except Exception` in `a/b.c`", ()),
        ("v1.2.0", ()),
        ("`self.a`, `Lock` and books.search()", ("self.a", "Lock", "books.search")),
        ("`run()`", ("run",)),
    ],
)  # fmt: skip
def test_dotted_names(text: str, names: tuple[str, ...]) -> None:
    assert reading.dotted_names(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Scan worker loses WebSocket state", ()),
        ("audio_file.py and docs/my_page", ()),
        ("`a b_c d` is no name", ()),
        ("Router get_it in `Lock`, E.run, run_it()", ("get_it", "Lock", "E.run", "run_it")),
        ("_chunk_tails dict", ("_chunk_tails",)),
    ],
)  # fmt: skip
def test_identifiers(text: str, names: tuple[str, ...]) -> None:
    assert reading.identifiers(text) == names


def test_inline_code_ends_with_its_paragraph() -> None:
    assert reading.inline_code("a `b` ``c ` d`` `` ` `` `e\n\nf` g") == ("b", "c ` d", "`")
    assert reading.inline_code("- `a\n- b` c") == ()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("outlines 5, 300 lines, line 1.5", []),
        ("line 361", [(361, 361)]),
        ("lines 210-226 and (~Line 402)", [(210, 226), (402, 402)]),
        ("lines 44, 50 and 61–63", [(44, 44), (50, 50), (61, 63)]),
        ("L12-L20", [(12, 20)]),
    ],
)
def test_mentioned_lines(text: str, lines: list[tuple[int, int]]) -> None:
    assert mentioned_lines(text) == tuple(LineRange(*pair) for pair in lines)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("no number of calls", None),
        ("two clients, 20 artists", None),
        ("3-minute track calls", None),
        ("issue #12 calls it", None),
        ("0.5 calls", None),
        ("one of the calls", None),
        ("four blocking operations without a thread", 4),
        ("6 call sites pass it", 6),
        ("both reads", 2),
        ("all twenty handlers", 20),
        ("in five different `async` handlers", 5),
        ("in one place", 1),
    ],
)
def test_spoken_count(text: str, count: int | None) -> None:
    assert reading.spoken_count(text) == count


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("no timeout, 16384 samples, #30s", ()),
        ("timeout=10.0", (10.0,)),
        ("a 30s timeout, or 5 seconds", (30.0, 5.0)),
        ("500 ms and a 2-minute wait", (0.5, 120.0)),
        ("`timeout`: 7", (7.0,)),
    ],
)
def test_durations(text: str, seconds: tuple[float, ...]) -> None:
    assert reading.durations(text) == seconds


@pytest.mark.parametrize(
    ("text", "rough"),
    [
        ("4 sites", False),
        ("in 40 of the files", False),
        ("B27 sites", False),
        ("> 5 seconds at all sites", False),
        ("over the handlers", False),
        ("40+ HTTP responses", True),
        ("~30 endpoints", True),
        ("more than 12 call sites", True),
        ("over 20 handlers", True),
    ],
)
def test_spoken_roughly(text: str, rough: bool) -> None:
    assert reading.spoken_roughly(text) is rough


def test_code_that_a_word_links() -> None:
    text = "`a` and `b` into `c`. `d`, into `e` and into `f`"
    assert list(reading.linked_code(text, frozenset({"into"}))) == [("b", "c")]


def test_code_and_paths_behind_a_word() -> None:
    text = "It is in `a`, not within the `b`, under ~/c. Within: `d`; `under` /e and `under ~/f`"
    assert list(reading.introduced(text, frozenset({"within", "under"}))) == ["b", "~/c"]


def test_quotations_with_the_word_before() -> None:
    text = 'a message: "Cannot read", the text “Try it” and `"code"` "open'
    found = list(reading.quotations(text))
    assert found[:2] == [("message", "Cannot read"), ("text", "Try it")]


def test_prose_without_its_fences() -> None:
    text = "a\n```python\nb()\n```\nc\n  ~~~\n  d\n  ~~~\ne\n```\nf"
    assert reading.without_fences(text).split() == ["a", "c", "e"]


@given(st.text(alphabet="`a.()#1 -\nline sbothcalls", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for read in (
        reading.inline_code,
        reading.called_names,
        reading.dotted_names,
        mentioned_lines,
        reading.spoken_count,
        reading.durations,
        reading.spoken_roughly,
        reading.without_fences,
        reading.written_words,
        lambda text: list(reading.linked_code(text, frozenset({"into"}))),
        lambda text: list(reading.introduced(text, frozenset({"into"}))),
        lambda text: list(reading.quotations(text)),
    ):
        read(text)
