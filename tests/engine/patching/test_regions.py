"""Which lines an edit touches, and how deep they are."""

from __future__ import annotations

import pytest

from codemods.engine.patching.regions import RegionError, region_of
from codemods.project.source import SourceFile
from codemods.syntax.spans import Span

ELIF = b"""\
def kind(a):
    if a == 1:
        return "one"
    elif a == 2:
        found = 2
        if a:
            found = 3
    elif a == 3:
        found = 4
    else:
        found = 5
"""


def _aim(text: bytes, part: bytes) -> tuple[SourceFile, Span]:
    start = text.index(part)
    return SourceFile("app.py", text), Span(start, start + len(part))


def test_the_condition_of_an_elif_is_edited_with_its_whole_if() -> None:
    source, target = _aim(ELIF, b"a == 2")
    region = region_of(source, target)
    assert source.slice(region.span).startswith("    if a == 1:")


def test_a_statement_that_continues_a_line_is_not_edited_alone() -> None:
    source, target = _aim(b"if x: \\\n  y = 1\n", b"y = 1")
    region = region_of(source, target)
    assert region.depth == 0


@pytest.mark.parametrize(
    ("part", "depth"),
    [(b"found = 2", 2), (b"found = 3", 3), (b"found = 4", 2), (b"found = 5", 2)],
)
def test_an_elif_is_no_level_of_its_own(part: bytes, depth: int) -> None:
    source, target = _aim(ELIF, part)
    region = region_of(source, target)
    assert region.indents == tuple(b"    " * level for level in range(depth + 1))


def test_bare_carriage_returns_are_refused() -> None:
    source, target = _aim(b"x = 1\ry = 2\n", b"x = 1")
    with pytest.raises(RegionError):
        region_of(source, target)
