"""What a patch touches of a file, line by line and word by word."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache

from codemods.demands.text import written_words
from codemods.engine.outcomes import FilePatch
from codemods.project.source import SourceFile, readable


def touched_lines(item: FilePatch) -> frozenset[int]:
    """The lines of the file as it was that change, and those beside what is put in."""
    if item.after is None:
        return frozenset(range(1, item.before.count(b"\n") + 2))
    return frozenset(
        line
        for start, end, _, _ in _differences(item.before, item.after)
        for line in range(start + 1, max(end, start + 1) + 1)
    )


@lru_cache(maxsize=8)
def _differences(before: bytes, after: bytes) -> tuple[tuple[int, int, int, int], ...]:
    """Where the lines of two texts differ: first and end in each, from zero.

    One patch is asked for its lines and words several times over.
    """
    matcher = difflib.SequenceMatcher(None, before.split(b"\n"), after.split(b"\n"), autojunk=False)
    return tuple(
        (start, end, first, last)
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    )


def words_put_in(item: FilePatch) -> Iterator[str]:
    """The words of the lines that are in the file since."""
    after = (item.after or b"").split(b"\n")
    for _, _, start, end in _differences(item.before, item.after or b""):
        for line in after[start:end]:
            yield from written_words(line.decode("utf-8", "replace"))


def words_of(item: FilePatch, *, changed: bool) -> Iterator[str]:
    """The names in the lines of a file as it was that change, or that stay; what is defined around
    a line that changes, changes."""
    touched = touched_lines(item)
    tree = readable(SourceFile(item.path, item.before)) if changed else None
    for node in tree.definitions() if tree is not None else ():
        if not touched.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            yield node.name
    for number, line in enumerate(item.before.split(b"\n"), start=1):
        if (number in touched) is changed:
            yield from written_words(line.decode("utf-8", "replace"))
