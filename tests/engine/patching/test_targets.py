"""New code has to be Python of the version that a project declares, not only of the running one."""

from __future__ import annotations

import sys

import pytest

from codemods.engine.patching.targets import newer_f_strings, too_new

HERE = sys.version_info[:2]
OLD = (3, 8)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n", "x = f'{a}'\n"),
        ("match x:\n    case 1:\n        pass\n", "match x:\n    case 2:\n        pass\n"),
        ("x = 1\n", "if (y := 1):\n    pass\n"),
        ("x = f'{a[\"k\"]}'\n", "x = f'{b[\"k\"]}'\n"),
        ("x = 1\n", "x = f'{a!r:>{width}}' '' f\"{b['k']}\"\n"),
    ],
)
def test_what_the_target_reads(before: str, after: str) -> None:
    assert too_new(before, after, OLD) is None
    assert too_new(before, after, HERE) is None


@pytest.mark.parametrize(
    "after",
    [
        "match x:\n    case 1:\n        pass\n",
        "try:\n    pass\nexcept* OSError:\n    pass\n",
    ],
)
def test_a_statement_that_is_newer(after: str) -> None:
    said = too_new("x = 1\n", after, OLD)
    assert said is not None
    assert "(read as Python 3.8)" in said or "only supported in Python" in said
    assert too_new("x = 1\n", after, HERE) is None


@pytest.mark.skipif(HERE < (3, 12), reason="such a file cannot be read at all before 3.12")
@pytest.mark.parametrize(
    "after",
    [
        "x = f'{open('a').read()}'\n",
        'x = f"{open("a").read()}"\n',
        "x = f'{f'{a}'}'\n",
        "x = f'{\"\\n\".join(a)}'\n",
        "x = f'''{open('''a''')}'''\n",
    ],
)
def test_an_f_string_that_is_newer(after: str) -> None:
    said = too_new("x = 1\n", after, (3, 10))
    assert said is not None
    assert said.endswith("this f-string is an error in Python 3.10")
    assert too_new(after, after, (3, 10)) is None
    assert too_new("x = 1\n", after, HERE) is None


@pytest.mark.parametrize("text", ["", "x = (\n", "x = f'{a", "\tx\n y\n"])
def test_what_is_no_python_is_for_others(text: str) -> None:
    assert not newer_f_strings(text)
