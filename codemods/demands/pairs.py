"""Pairs of names or code of which one is to stand where the other stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from codemods.demands import templates
from codemods.demands.marked import marked
from codemods.demands.phrases import NEGATIONS

_NEAR = 3
_ASKED = ("changing", "arrow", "using", "should-be")


class Pair(NamedTuple):
    """``old`` becomes ``new``, both as they are written."""

    old: str
    new: str
    described: bool = False
    """Whether it is said of the code as it is: "uses `old` instead of `new`"."""


def pairs_in(text: str) -> tuple[Pair, ...]:
    """Every pair of a text, each once, sentence by sentence: "replace A with B", "A → B", "use B
    instead of A", "A (should be B)", "uses A instead of B".

    What is no name of code by its looks needs its backticks.
    """
    return tuple(dict.fromkeys(_pairs(text)))


def _is_negated(before: str) -> bool:
    """Whether a negation stands shortly before: "do not replace A with B"."""
    return not NEGATIONS.isdisjoint(before.lower().replace("’", "'").split()[-_NEAR:])


def _pairs(text: str) -> Iterator[Pair]:
    whole = marked(text, names=True)
    for sentence in whole.sentences():
        for name in (*_ASKED, "used"):
            for found in templates.each(name, sentence):
                if _is_negated(sentence[: found.start()]):
                    continue
                old, new = whole.code(found["old"]), whole.code(found["new"])
                yield Pair(old, new, name == "used")
                rest = sentence[found.end() :]
                while name == "changing" and (more := templates.first("more-pairs", rest)):
                    yield Pair(whole.code(more["old"]), whole.code(more["new"]))
                    rest = rest[more.end() :]
