"""Where lines of an edited file come from."""

from __future__ import annotations

import pytest

from codemods.engine.scanning.tracking import line_origins

BEFORE = b"a\nb\nc\nd\n"


@pytest.mark.parametrize(
    ("after", "origins"),
    [
        (BEFORE, [[1], [2], [3], [4]]),
        (b"new\na\nb\nc\nd\n", [[], [1], [2], [3], [4]]),
        (b"a\nB\nc\nd\n", [[1], [2], [3], [4]]),
        (b"a\nB1\nB2\nc\nd\n", [[1], [2], [2], [3], [4]]),
        (b"a\nX\nd\n", [[1], [2, 3], [4]]),
        (b"new\na\nb\nC\nd\n", [[], [1], [2], [3], [4]]),
        (b"a\nd\n", [[1], [4]]),
    ],
)
def test_origins(after: bytes, origins: list[list[int]]) -> None:
    of = line_origins(BEFORE, after)
    assert [list(of(line)) for line in range(1, len(origins) + 1)] == origins
