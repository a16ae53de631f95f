"""Rows with places in them: what they find, what they name there, and what they leave."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codemods.demands import templates
from codemods.demands.edits import count_of, edits_in
from codemods.demands.lexicon import lexicon
from codemods.demands.marked import marked
from codemods.demands.pairs import pairs_in
from codemods.demands.phrases import sentences

CLASSES = {
    "verbs": ("change|swap", "take out"),
    "turns": ("to|with",),
    "both": ("{one} and {two}",),
}


def found(row: str, text: str) -> dict[str, str] | None:
    match = re.compile(templates._row(row, CLASSES), re.IGNORECASE).search(marked(text).text)
    return match.groupdict() if match is not None else None


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("change {old}", "change a"),
        ("change {old}", "exchange `a`"),
        ("change {old}", "change-over `a`"),
        ("^ change {old}", "do change `a`"),
        ("change ..1 {old}", "change this old `a`"),
        ("change ..6 {old} to {new}", "change `a` then `b` to"),
        ("{old} ..8!<turns> to {new}", "`a` with care to `b`"),
        ("{old} ..8!<turns> to {new}", "`a`, and to `b`"),
        ("{old} ..1<turns> {new}", "`a` by `b`"),
        ("!<turns> {new}", "to `a`"),
        ("{count:#} places", "123 places"),
        ("{word:AAA} {new}", "pragma `a`"),
        ("{old} {lines:()}", "`a` (`b`)"),
        ("~9 , {new}", "`a`"),
        ("change ~4 , it", "change. And so, it"),
        ("use*", "reuse"),
        ("two lines", "two-lines"),
    ],
)
def test_what_is_not_there(row: str, text: str) -> None:
    assert found(row, text) is None


@pytest.mark.parametrize(
    ("row", "text", "names"),
    [
        ("<verbs> ..6 {old} to {new}", "Take out the `a` to `b`", {"old": "0", "new": "1"}),
        ("{role:<verbs>} {old}", "Swap `a`", {"role": "Swap", "old": "0"}),
        ("{old} ..8!<turns> to {new}", "`a` (it is old) to `b`", {"old": "0", "new": "1"}),
        ("change ?the {old}", "change the `a`", {"old": "0"}),
        ("<both>", "`a` and `b`", {"one": "0", "two": "1"}),
        ("{word:AAA} in {new}", "both PRAGMAs in `f()`", {"word": "PRAGMA", "new": "0"}),
        ("{old} {lines:()}", "`a` (line 3)", {"old": "0", "lines": "line 3"}),
        ("{n:#} places", "12 places", {"n": "12"}),
        ("then @ use", "then use it", {"at": ""}),
        ("re-*", "re-add it", {}),
    ],
)
def test_what_is_there(row: str, text: str, names: dict[str, str]) -> None:
    assert found(row, text) == names


def test_every_template_can_be_asked_and_is() -> None:
    folder = Path(templates.__file__).parent
    used = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    for name in lexicon().templates:
        assert templates.first(name, "") is None
        assert f'"{name}"' in used, name


def test_a_template_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        templates.first("change-of-mind", "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Use `a.b`. Then go.", ["Use `a.b`.", " Then go."]),
        ("Use it, e.g. here. go", ["Use it, e.g. here.", " go"]),
        ("One; two", ["One", " two"]),
        ("One\n\nTwo\n- three", ["One\n", "\nTwo\n", "- three"]),
        ("`a. b` and c", ["`a. b` and c"]),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert list(sentences(text)) == parts


def test_a_mark_in_the_text_is_none() -> None:
    assert edits_in("Change ⟦7⟧ to ⟦8⟧, and `a` to ⟦9⟧.").edits == ()
    assert pairs_in("Change ⟦7⟧ to `b`.") == ()


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("both calls", 2),
        ("at all four sites", 4),
        ("6 call sites", 6),
        ("the two-line block", None),
        ("one of the calls", None),
        ("4 kHz", None),
    ],
)
def test_count(sentence: str, count: int | None) -> None:
    assert count_of(sentence) == count
