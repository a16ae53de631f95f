"""Where lines of an edited file come from, and what stands on them that did not before."""

from __future__ import annotations

import pytest

from codemods.codemod import Change, Safety, Site
from codemods.engine.scanning.tracking import line_origins, more
from codemods.project.files import MemoryFiles
from codemods.project.project import Project

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


def changes(*lines: int) -> list[Change]:
    return [Change(Site("a.py", line, line), "", (), Safety.SAFE) for line in lines]


@pytest.mark.parametrize(
    ("after", "found", "before", "expected"),
    [
        (BEFORE, [], [1, 2], []),
        (BEFORE, [2], [2], []),
        (BEFORE, [2], [], [2]),
        (BEFORE, [2, 2], [2], [2]),
        (b"new\na\nb\nc\nd\n", [3], [2], []),
        (b"new\na\nb\nc\nd\n", [1], [2], [1]),
        (b"a\nX\nd\n", [2, 2], [2, 3], []),
        (b"a\nX\nd\n", [2, 2], [2, 4], [2]),
    ],
)
def test_what_is_found_besides(
    after: bytes, found: list[int], before: list[int], expected: list[int]
) -> None:
    project = Project(MemoryFiles({"a.py": BEFORE}))
    now = project.with_changes({"a.py": after})
    besides = more(changes(*found), changes(*before), project, now)
    assert [item.site.line for item in besides] == expected
