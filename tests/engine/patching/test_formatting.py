"""black on the statements that were touched, and on nothing else."""

from __future__ import annotations

import pytest

from codemods.engine.patching import formatting
from codemods.engine.patching.formatting import Formatter, formatter_for, inferred_line_length
from codemods.project.files import MemoryFiles
from codemods.project.project import Project

TOP = ("",)
LONG = "call(first_argument, second_argument, third_argument, fourth_argument, fifth_argument)"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Neither was black's before, nor is it too long now.
        ("f( 1 )\n", "f( 1, 2 )\n"),
        ("x = 'a'\n", "x = 'b'\n"),
        # It was too long already.
        (f"f( {LONG} )\n", f"f( {LONG}, 1 )\n"),
        # Only its comment makes it too long.
        ("f( 1 )  # " + "why " * 22 + "\n", "f( 1, 2 )  # " + "why " * 22 + "\n"),
        # One string over several lines.
        ('f("""a\nb""")\n', 'f("""a\nb""",  1)\n'),
        # black writes neither tabs nor CRLF.
        ("if x:\n\tf(1)\n", "if x:\n\tf(1,  2)\n"),
        ("f(1)\r\n", "f(1,  2)\r\n"),
        # Compound statements keep their layout: only what is simple in them is touched.
        ("if  x:\n    f(1)\n", "if  x:\n    f(2)\n"),
        # Two statements on one line.
        ("f(1); g(1)\n", "f(1,  2); g(1)\n"),
        # Newer syntax than this Python's.
        ("type X = [\n", "type  X = [\n"),
    ],
)
def test_the_text_of_the_edit_stays(old: str, new: str) -> None:
    assert Formatter().region(old, new, TOP) == new


def test_an_untouched_neighbour_stays() -> None:
    old = "f( 1 )\ng(1)\n"
    assert Formatter().region(old, "f( 1 )\ng(1,2)\n", TOP) == "f( 1 )\ng(1, 2)\n"


def test_a_statement_that_black_wrote_is_formatted() -> None:
    assert Formatter().region("f(1)\n", "f(1,2)\n", TOP) == "f(1, 2)\n"


def test_a_long_line_that_passes_every_limit_is_formatted() -> None:
    old = f"f( {LONG} )  # why\n"
    new = f"f( {LONG}, {LONG} )  # why\n"
    found = Formatter().region(old, new, TOP)
    assert max(map(len, found.split("\n"))) <= 88
    assert found.endswith(")  # why\n")


def test_its_true_depth_counts() -> None:
    old = f"    {LONG}\n"
    new = old.replace("fifth_argument", "sixth_argument, x")
    found = Formatter(line_length=len(LONG) + 4).region(old, new, ("", "    "))
    assert found.startswith("    call(\n        first_argument,")
    assert max(map(len, found.split("\n"))) <= len(LONG) + 4


def test_quotes_of_a_file_that_black_does_not_format_stay() -> None:
    old = "f('a', 'b' )\n"
    new = f"f('a', 'b' , {LONG})\n"
    found = Formatter().region(old, new, TOP)
    assert "'a'" in found and found.count("\n") > 1


def test_strings_put_together_from_several_lines_are_no_reason_to_stay() -> None:
    old = f'f(\n    "{"some words " * 7}"\n    "and end"\n)\n'
    new = old.replace('"and end"\n', '"and end", g=1\n')
    assert Formatter().region(old, new, TOP).endswith('    "and end",\n    g=1,\n)\n')


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        ([60, 88], 88),
        ([89], 100),
        ([100], 100),
        ([101, 119], 120),
        # A line that no usual limit allows says nothing.
        ([300, 20], 88),
    ],
)
def test_the_line_length_that_a_file_keeps_to(lines: list[int], length: int) -> None:
    assert inferred_line_length("\n".join("x" * number for number in lines)) == length


def test_comments_and_strings_over_a_whole_line_do_not_count() -> None:
    assert inferred_line_length("# " + "x" * 100 + "\n    '" + "x" * 100 + "'\n") == 88


def test_what_the_project_states_goes_before_what_the_file_shows() -> None:
    files = {"pyproject.toml": b"[tool.black]\nline-length = 79\n", "a.py": b"x" * 110 + b"\n"}
    project = Project(MemoryFiles(files))
    assert formatter_for(project, project.source("a.py")).line_length == 79


@pytest.mark.parametrize(
    ("statement", "plain"),
    [
        ('logger.error("%s", error, exc_info=True)', True),
        ("self.run(1, None, key=value.other)", True),
        ('logger.error("%s", error, )', False),
        ("logger.error('%s', error)", False),
        ('logger.error(u"text")', False),
        ('logger.error("a" "b")', False),
        ("run( 1)", False),
        ("run(a ** 2)", False),
        ("run(0XFF)", False),
        ("run((yield))", False),
        ("run(1)  # why", False),
        ("value = run(1)", False),
    ],
)
def test_what_is_told_without_black(statement: str, plain: bool) -> None:
    assert formatting._is_plain(statement) is plain
    if plain:
        assert formatting._format(statement, 88, (), False, False) == statement


HEAD = "def load(self, first_argument, second_argument, third_argument, fourth_argument, z):"


def test_a_head_that_async_makes_too_long_is_split() -> None:
    old = f"{HEAD}\n    return 1\n"
    split = (
        "async def load(\n    self, first_argument, second_argument, third_argument, "
        "fourth_argument, z\n):\n    return 1\n"
    )
    assert Formatter().region(old, f"async {old}", TOP) == split
    inner = f"class A:\n    {HEAD.replace(', z', '')}\n        return 1\n"
    made = Formatter().region(inner, inner.replace("def", "async def"), TOP)
    assert "    async def load(\n        self, first" in made


@pytest.mark.parametrize(
    "old",
    [
        # It was too long already, is not too long now, or somebody laid it out.
        HEAD.replace("z", "and_more") + "\n    return 1\n",
        "def load(self,  first):\n    return 1\n",
        f"{HEAD}  # fmt: skip\n    return 1\n",
        f"# fmt: off\n{HEAD}\n    return 1\n# fmt: on\n",
        f"{HEAD}\n    # The first comment.\n    return 1\n",
        f"{HEAD} return 1\n",
    ],
)
def test_a_head_stays(old: str) -> None:
    new = old.replace("def load", "async def load")
    assert Formatter().region(old, new, TOP) == new


@pytest.mark.parametrize(
    ("path", "length"), [("svc/app/a.py", 120), ("svc/tools/b.py", 60), ("lib/c.py", 79)]
)
def test_the_settings_nearest_to_a_file_count(path: str, length: int) -> None:
    files = {
        path: b"x = 1\n",
        "pyproject.toml": b"[tool.ruff]\nline-length = 79\n",
        "svc/pyproject.toml": b"[tool.black]\nline-length = 120\n",
        "svc/app/pyproject.toml": b"[tool.poetry]\nname = 'a'\n",
        "svc/tools/ruff.toml": b"line-length = 60\n",
    }
    project = Project(MemoryFiles(files))
    assert formatter_for(project, project.source(path)).line_length == length
