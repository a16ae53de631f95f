"""What one clause asks for twice: "add the lock and log the traceback", "`a()` for the one and
`b()` for the other"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.demands.marked import Marked, marked

_AND = re.compile(r" and (?=\S)")
_TWICE = re.compile(
    r"^(?P<verb>[A-Za-z]+) (?P<one>⟦\d+⟧ for [^⟦⟧]{2,80}) and (?P<two>⟦\d+⟧ for .+)$"
)
"""The verb is said once, for two codes, each with what it is for."""


def divided(words: str) -> Iterator[str]:
    """The parts of a clause that could each be a demand of its own, the clause itself where it is
    one. Whether the parts ask for something is for the caller to say."""
    whole = marked(words)
    twice = _TWICE.match(whole.text)
    if twice is not None:
        for name in ("one", "two"):
            yield _written(whole, f"{twice['verb']} {twice[name]}")
        return
    start = 0
    for found in _AND.finditer(whole.text):
        yield _written(whole, whole.text[start : found.start()])
        start = found.end()
    yield _written(whole, whole.text[start:])


def _written(whole: Marked, text: str) -> str:
    return whole.written(text).strip(" ,")
