"""Tables that fit a terminal, and text that is harmless there."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from codemods.cli.rendering import print_table
from codemods.output.styled import styled

HEADERS = ("id", "title", "where", "outcome")
ROWS = [
    ("B-01", "one that is rather long, as titles are", "some/folder/of/a/module.py:12 +3", "fixed"),
    ("ENG-D2/5-5", "short", "", "no-codemod"),
]
CUT = ("title", "where")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(file: io.StringIO, width: int) -> list[str]:
    console = Console(file=file, width=width, color_system=None, markup=False)
    print_table(console, HEADERS, [[styled(cell) for cell in row] for row in ROWS], CUT)
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [70, 80, 90])
def test_a_terminal_is_not_overrun_and_keeps_what_is_short(width: int) -> None:
    lines = shown(Terminal(), width)
    assert len(lines) == 3
    assert max(map(len, lines)) <= width
    assert [line.split()[0] for line in lines[1:]] == ["B-01", "ENG-D2/5-5"]
    assert [line.split()[-1] for line in lines[1:]] == ["fixed", "no-codemod"]


def test_paths_keep_their_end_and_titles_their_start() -> None:
    line = shown(Terminal(), 70)[1]
    assert "module.py:12 +3" in line and "some/folder" not in line
    assert "one that is" in line and "titles are" not in line


def test_a_terminal_that_is_too_narrow_gets_rows_that_run_on() -> None:
    assert len(shown(Terminal(), 20)) == 3


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
