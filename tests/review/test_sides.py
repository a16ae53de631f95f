"""Both sides of a patch, line by line, and how they are laid out on a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from codemods.cli.drawing import SCREEN, TERMINAL, Look, drawn, folded
from codemods.engine.outcomes import FilePatch
from codemods.output.sides import FileSides, sides

LINES = st.lists(
    st.sampled_from(["a = 1", "b(2)", "", '    """x', "# c", "\tif a:", "é‮"]), max_size=12
)


def both(before: str, after: str | None, path: str = "a.py") -> tuple[FileSides, ...]:
    return sides([FilePatch(path, before.encode(), None if after is None else after.encode())])


def marked(file: FileSides) -> list[tuple[list[str], list[str]]]:
    """What differs, by row."""
    return [
        (
            [item.text for item in (row.left.segments if row.left else ()) if item.marked],
            [item.text for item in (row.right.segments if row.right else ()) if item.marked],
        )
        for hunk in file.hunks
        for row in hunk.rows
        if row.kind == "changed"
    ]


def test_what_did_not_change_is_left_out() -> None:
    assert both("a = 1\n", "a = 1\n") == ()


def test_lines_that_have_nothing_in_common_are_not_paired() -> None:
    (file,) = both("import os\n", "return await x\n")
    assert [row.kind for row in file.hunks[0].rows] == ["removed", "added"]


def test_a_pair_is_marked_by_token() -> None:
    (file,) = both("x = time.sleep(3)\n", "x = await asyncio.sleep(3)\n")
    assert marked(file) == [(["time"], ["await", " asyncio"])]


def test_blanks_at_the_edge_of_what_differs_are_not_marked() -> None:
    (file,) = both("value = compute(1)\n", "        value = compute(1)\n")
    assert marked(file) == [([], [])]


@pytest.mark.parametrize(
    ("after", "status"), [(None, "gone"), ("a = 1\n", "new"), ("a = 2\n", "changed")]
)
def test_what_becomes_of_the_file(after: str | None, status: str) -> None:
    (file,) = both("" if status == "new" else "b = 1\n", after)
    assert file.status == status


def test_a_newline_at_the_end_that_goes_is_said() -> None:
    (file,) = both("a = 1\nb = 2\n", "a = 1\nb = 2")
    assert "newline at the end" in file.note


def test_bytes_that_are_no_text_are_shown_all_the_same() -> None:
    (file,) = sides([FilePatch("a.py", b"a = '\xff'\n", b"b = '\xff'\n")])
    assert file.hunks[0].rows


def test_colours_are_of_python_alone() -> None:
    tokens = {
        path: {
            item.token
            for row in both("def f():\n", "def g():\n", path)[0].hunks[0].rows
            for item in (row.right.segments if row.right else ())
        }
        for path in ("a.py", "a.toml")
    }
    assert tokens == {"a.py": {"k", "", "f"}, "a.toml": {""}}


def test_what_is_added_inside_a_long_string_is_a_string() -> None:
    text = 'x = """\nif a\nfor b\nwhile c\n"""\n'
    (file,) = both(text, text.replace("for b", "for b\nimport d"))
    added = [row.right for row in file.hunks[0].rows if row.kind == "added" and row.right]
    assert [[(item.text, item.token) for item in line.segments] for line in added] == [
        [("import d", "s")]
    ]


@given(LINES, LINES)
def test_no_letter_is_lost(old: list[str], new: list[str]) -> None:
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    found = both(before, after)
    for side, lines in ((0, old), (1, new)):
        clean = [line.expandtabs(4).replace("\u202e", "\ufffd") for line in lines]
        for file in found:
            for hunk in file.hunks:
                for row in hunk.rows:
                    line = (row.left, row.right)[side]
                    if line is not None:
                        assert line.text == clean[line.number - 1]
    signs = [sign for file in found for hunk in file.hunks for sign, _ in hunk.unified()]
    assert signs.count("+") - signs.count("-") == (len(new) - len(old) if found else 0)


@given(st.text(alphabet="ab 　x漢e\u0301", max_size=60), st.integers(8, 30))
def test_folding_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    parts = list(folded(Text(text), width))
    assert "".join(part.plain for part in parts) == text
    assert all(cell_len(part.plain) <= width for part in parts)


@pytest.mark.parametrize("look", [TERMINAL, SCREEN])
@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize("width", [40, 80, 131])
def test_no_line_is_wider_and_nothing_is_cut(look: Look, two: bool, width: int) -> None:
    before = "def f(a):\n    return call(a, " + "word, " * 40 + ")\n" + "x" * 300 + "\n"
    lines = list(drawn(both(before, before.replace("call", "await call")), width, look, two=two))
    assert max(cell_len(line.plain) for line in lines) <= width
    shown = "".join(line.plain for line in lines)
    assert shown.count("word,") >= 70 and shown.count("x") >= 300


def test_a_line_is_not_broken_within_its_indentation() -> None:
    lines = [part.plain for part in folded(Text(" " * 12 + "self.tails.pop(track, None)"), 24)]
    assert lines[0] == " " * 12 + "self.tails."


def test_far_below_a_docstring_code_is_code() -> None:
    """The lexer begins at the head of a definition, and never within a string."""
    doc = '        """The class of one.\n        """'
    methods = [f"    def f{number}(self):\n{doc}" for number in range(90)]
    calls = [f"        go({number})" for number in range(200)]
    text = "\n".join(["class A:", *methods, *calls, "        x = 1", ""])
    (file,) = both(text, text.replace("x = 1", "x = 2"))
    shown = [row.left for row in file.hunks[0].rows if row.left]
    assert not [item for line in shown for item in line.segments if item.token == "s"]
