"""Suppressions: which comments are some, what they cover, and which keep nothing out."""

from __future__ import annotations

import pytest

from codemods.codemod import Refusal, Site
from codemods.engine.suppressions import suppressing, suppressions, unused
from codemods.project.source import SourceFile

CODE = b"""\
def load(path):  # autofix: ignore[add-exc-info]
    log(path)
    log(path)  # noqa: X1  # autofix: ignore


log(1)
"""


def source(code: bytes = CODE) -> SourceFile:
    return SourceFile("a.py", code)


@pytest.mark.parametrize(
    "line",
    [
        b'TEXT = "# autofix: ignore"\n',
        b'"""Say\n\n    # autofix: ignore[x]\n"""\n',
        b"# autofix: skip\n",
        b"# autofix is fine; ignore this\n",
    ],
)
def test_no_suppression(line: bytes) -> None:
    assert suppressions(source(line)) == ()


def test_newer_syntax_is_read_line_by_line() -> None:
    code = b"x = f'{a!r:{'\n'}}'\ny = '''\nz = 1  # autofix: ignore\n"
    assert [item.line for item in suppressions(source(code))] == [4]


@pytest.mark.parametrize(
    ("line", "codemod", "by"),
    [
        (2, "add-exc-info", 1),
        (2, "other", None),
        (3, "other", 3),
        (3, "add-exc-info", 1),
        (6, "add-exc-info", None),
    ],
)
def test_what_is_covered(line: int, codemod: str, by: int | None) -> None:
    mark = suppressing(source(), line, line, codemod)
    assert (mark.line if mark else None) == by


def refused(line: int, codemod: str) -> tuple[str, Refusal]:
    return codemod, Refusal("suppressed", "", Site("a.py", line, line))


def idle(*left: tuple[str, Refusal], ran: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    found = unused(source(), left, ran, ("add-exc-info", "other"))
    return [(mark.line, names) for mark, names in found]


def test_unused() -> None:
    both = ("add-exc-info", "other")
    assert idle(ran=both) == [(1, ("add-exc-info",)), (3, ())]
    assert idle(refused(2, "add-exc-info"), ran=both) == [(3, ())]
    assert idle(refused(3, "other"), ran=both) == [(1, ("add-exc-info",))]


def test_what_did_not_look_says_nothing() -> None:
    assert idle(ran=("other",)) == []


def test_other_refusals_are_no_use() -> None:
    other = ("add-exc-info", Refusal("re-raised", "", Site("a.py", 2, 2)))
    assert idle(other, ran=("add-exc-info",)) == [(1, ("add-exc-info",))]


def test_the_header_of_each_definition_around_counts_and_no_other() -> None:
    text = (
        "class A:  # autofix: ignore[one]\n"
        "    def first(self):  # autofix: ignore[two]\n"
        "        return 1\n"
        "    def second(self):\n"
        "        return (2,\n"
        "                3)  # autofix: ignore[three]\n"
        "x = 4\n"
    )
    source = SourceFile("a.py", text.encode())

    def line_for(line: int, end_line: int, codemod: str) -> int | None:
        mark = suppressing(source, line, end_line, codemod)
        return mark.line if mark is not None else None

    assert line_for(3, 3, "one") == 1
    assert line_for(3, 3, "two") == 2
    assert line_for(5, 6, "one") == 1
    assert line_for(5, 6, "two") is None
    assert line_for(5, 6, "three") == 6
    assert line_for(5, 5, "three") is None
    assert line_for(7, 7, "one") is None
