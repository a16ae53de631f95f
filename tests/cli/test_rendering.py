"""Tables that fit a terminal, and text that is harmless there."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from codemods.cli.tables import print_table
from codemods.output.styled import styled

HEADERS = ("id", "title", "where", "outcome")
ROWS = [
    ("B-01", "one that is rather long, as titles are", "some/folder/of/a/module.py:12 +3", "fixed"),
    ("ENG-D2/5-5", "short", "", "no-codemod"),
]
FOLDS = ("title", "where")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(file: io.StringIO, width: int) -> list[str]:
    console = Console(file=file, width=width, color_system=None, markup=False)
    print_table(console, HEADERS, [[styled(cell) for cell in row] for row in ROWS], FOLDS)
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [20, 30, 45, 60, 70, 80, 90])
def test_a_terminal_is_not_overrun_and_nothing_is_cut(width: int) -> None:
    lines = shown(Terminal(), width)
    assert max(map(len, lines)) <= width
    letters = sorted("".join(lines).replace(" ", ""))
    for row in ROWS:
        for cell in row:
            left = list(letters)
            for letter in cell.replace(" ", ""):
                left.remove(letter)
    assert "…" not in "".join(lines)


def test_what_is_short_stays_in_one_piece() -> None:
    lines = shown(Terminal(), 70)
    assert lines[0].split() == list(HEADERS)
    assert lines[1].startswith("B-01 ") and lines[1].endswith("fixed")
    assert lines[-1].startswith("ENG-D2/5-5") and lines[-1].endswith("no-codemod")


def test_where_folding_is_no_help_a_row_is_a_list() -> None:
    assert shown(Terminal(), 40) == [
        "B-01  fixed",
        "  title: one that is rather long, as",
        "         titles are",
        "  where: some/folder/of/a/module.py:12",
        "         +3",
        "ENG-D2/5-5  no-codemod",
        "  title: short",
    ]


def test_a_wide_terminal_gets_everything() -> None:
    assert shown(Terminal(), 200) == shown(io.StringIO(), 10)


def test_no_blanks_at_the_end_of_a_line() -> None:
    assert [line for line in shown(io.StringIO(), 80) if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred", "\ufffd[31mred"),
        ("a\x9bb", "a\ufffdb"),
        ("a\u202eb", "a\ufffdb"),
        ("a\tb", "a   b"),
        ("Größe — ok [red]", "Größe — ok [red]"),
    ],
)
def test_control_characters_do_nothing(text: str, expected: str) -> None:
    assert styled(text).plain == expected
