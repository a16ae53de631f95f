"""One bad source file ends nothing: it is named, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.project.source import SourceFile
from codemods.syntax.tree import Tree
from tests.cli.conftest import Run
from tests.cli.one_good_file import CODE, FIXED, goes_on, top

__all__ = ["top"]


# Encodings and what is no Python.


@pytest.mark.parametrize(
    "name",
    [*("undefined", "punycode", "rot13", "base64", "hex", "zlib", "bz2", "uu", "quopri", "none")],
)
def test_an_encoding_that_is_none_of_text(autofix: Run, top: Path, name: str) -> None:
    bad = f"# coding: {name}\n{CODE}"
    (top / "app/bad.py").write_text(bad)
    goes_on(autofix, top, "app/bad.py: not read: ", name)
    assert (top / "app/bad.py").read_text() == bad


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (CODE.replace("\n", "\r").encode(), "has a carriage return without a newline"),
        (b"import logging\rlogging.info(1)\r", "has a carriage return without a newline"),
        (b"if 1:\n\tx = 1\n        y = 2\n", "inconsistent use of tabs and spaces"),
        (f"{CODE}if 1:\n\tx = 1\n        y = 2\n".encode(), "inconsistent use of tabs and spaces"),
        (CODE.encode("utf-16"), "UTF-16 and UTF-32 are not supported"),
        (CODE.encode("utf-32"), "UTF-16 and UTF-32 are not supported"),
        (CODE.encode("utf-16")[2:], "has null bytes"),
    ],
)
def test_what_is_not_read_is_told(autofix: Run, top: Path, data: bytes, reason: str) -> None:
    (top / "app/bad.py").write_bytes(data)
    done = autofix("scan", "app/bad.py")
    assert (done.status, done.out, reason in done.err) == (1, b"", True)
    assert "app/bad.py: not read: " in done.err
    assert "nothing to fix" not in done.err
    goes_on(autofix, top, reason)
    assert (top / "app/bad.py").read_bytes() == data


def test_a_notebook_is_told_where_it_is_named(autofix: Run, top: Path) -> None:
    (top / "app/n.ipynb").write_text('{"cells": []}')
    done = autofix("scan", "app/n.ipynb")
    assert (done.status, done.out) == (1, b"")
    assert "app/n.ipynb: not read: unsupported notebook" in done.err
    assert "nothing to fix" not in done.err
    done = autofix("scan", "app")
    assert (done.status, "ipynb" in done.err, "notebook" in done.err) == (1, False, False)


def test_tabs_and_spaces_that_do_not_contradict_each_other(autofix: Run, top: Path) -> None:
    (top / "app/tabs.py").write_bytes(b"if 1:\n\tx = 1\nif 2:\n        y = 2\n\r\n")
    done = autofix("scan", "app/tabs.py")
    assert (done.status, "nothing to fix; 1 file read" in done.err) == (0, True)


@pytest.mark.parametrize(
    "name", ["x\u200d", "x\u200b", "a\ufeffb", "x\u00b2", "x\u2028", "\u202ex"]
)
def test_a_name_that_is_none(autofix: Run, top: Path, name: str) -> None:
    """libcst has an exception of its own for it."""
    (top / "app/bad.py").write_text(f"{CODE}\n\n{name} = 1\n")
    goes_on(autofix, top, "app/bad.py: not read: ")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"def f(:\n    pass\n", "app/bad.py: not read: app/bad.py:1: "),
        (b"x = 1\n  y = 2\n", "app/bad.py: not read: app/bad.py:2: "),
        (b"print 'two'\n", "app/bad.py: not read: app/bad.py:1: "),
        (b"x = 1\ry = 2\r", "app/bad.py: not read: app/bad.py:1: has a carriage return"),
        (b"if 1:\n        x = 1\n\ty = 2\n", "app/bad.py: not read: app/bad.py:3: inconsistent"),
        (b"# coding: no-such\n", "app/bad.py: not read: "),
    ],
)
def test_a_named_file_that_holds_nothing_and_is_no_python(
    autofix: Run, top: Path, data: bytes, said: str
) -> None:
    (top / "app/bad.py").write_bytes(data)
    for paths in (["app/bad.py"], ["app/bad.py", "app/empty.py"]):
        (top / "app/empty.py").write_text("x = 1\n")
        done = autofix("scan", *paths)
        assert (done.status, said in done.err) == (1, True), done.err
        assert "nothing to fix" not in done.err
    assert autofix("scan", "app/empty.py").status == 0


def test_a_parser_that_fails_ends_nothing(
    autofix: Run, top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (top / "app/bad.py").write_text(CODE)
    real = SourceFile._parsed

    def broken(self: SourceFile) -> Tree:
        if self.path == "app/bad.py":
            raise OverflowError("too large")
        return real(self)

    monkeypatch.setattr(SourceFile, "_parsed", broken)
    goes_on(autofix, top, "app/bad.py: not read: cannot be parsed: OverflowError: too large")


# What is nested too deeply.


DEEP = {
    "strings": "(\n" + '    "line"\n' * 450 + ")",
    "sum": " + ".join(["x"] * 400),
    "sums": " + ".join(["x"] * 20_000),
    "calls": "x" + ".a()" * 4000,
    "signs": "-" * 4000 + "1",
    "brackets": "[" * 150 + "]" * 150,
    "more brackets": "(" * 3000 + ")" * 3000,
    "conditions": "1" + " if x else 1" * 3000,
    "comparisons": "x < " * 3000 + "x",
    "lambdas": "lambda: " * 3000 + "1",
    "f-strings": 'f"{x}" ' * 3000,
}


SLOW = ("comparisons", "f-strings", "lambdas")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in DEEP],
)
def test_deep_code(autofix: Run, top: Path, name: str) -> None:
    inside = CODE.replace('logger.error("first: %s", error)', f"logger.error({DEEP[name]})")
    (top / "app/inside.py").write_text(inside)
    (top / "app/beside.py").write_text(f"{CODE}\n\nx = {DEEP[name]}\n")
    (top / "app/before.py").write_text(f"x = {DEEP[name]}\n{CODE}")
    goes_on(autofix, top)
    for form in ("json", "sarif", "audit"):
        assert autofix("scan", "--output-format", form).status in (0, 1)
    assert autofix("baseline").status in (0, 1)


def test_deep_code_that_is_not_fixed_is_named(autofix: Run, top: Path) -> None:
    call = f"logger.error({DEEP['strings']})"
    (top / "app/bad.py").write_text(CODE.replace('logger.error("first: %s", error)', call))
    done = autofix("scan", "--fix")
    assert done.status == 1
    assert "app/bad.py: not fixed: add-exc-info: it is nested too deeply" in done.err
    assert (top / "app/good.py").read_text() == FIXED


@pytest.mark.parametrize(
    "block", ["if 1:\n", "for x in y:\n", "while 1:\n", "with x:\n", "def f():\n", "class C:\n"]
)
def test_deep_blocks(autofix: Run, top: Path, block: str) -> None:
    deep = "".join(" " * depth + block for depth in range(99)) + " " * 99 + "pass\n"
    (top / "app/deep.py").write_text(CODE + deep)
    (top / "app/elif.py").write_text(CODE + "if 1:\n    pass\n" + "elif 2:\n    pass\n" * 3000)
    goes_on(autofix, top)


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> main\n",
        b"<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> main\n",
        b"def f(x:\n    return x\n",
        b"x = [1, 2\ny = 3\n",
        b"x = {1: 2}}\n",
        b"def f(x):",
        b"def f(x):  \n\n",
        b"x = 1 + \\\n",
        b"x =",
        b"print 'two'\n",
        b'    print "two" % 2\n',
        b"try:\n    f()\nexcept os.error, e:\n    pass\n",
    ],
)
def test_what_looks_damaged_is_told_in_a_folder(autofix: Run, top: Path, data: bytes) -> None:
    """Nothing that is looked for stands there: it is parsed all the same."""
    (top / "app/bad.py").write_bytes(data)
    done = autofix("scan", "--no-cache")
    (line,) = (line for line in done.lines if line.startswith("app/bad.py:"))
    assert done.status == 1 and " not read: " in line


def test_what_does_not_look_damaged_is_not_parsed_in_a_folder(autofix: Run, top: Path) -> None:
    """To parse every file of a folder costs too much: docs/scanning.md says so."""
    (top / "app/bad.py").write_bytes(b"x = = 1\n")
    assert "app/bad.py" not in autofix("scan", "--no-cache").err
    done = autofix("scan", "app/bad.py")
    assert (done.status, "app/bad.py: not read: " in done.err) == (1, True)


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"x = ':('\n", b'"""print "this"."""\n', b"# (\n", b"# a:\n", b"x = 1,\n"],
)
def test_what_looks_damaged_and_is_not_is_nothing(autofix: Run, top: Path, data: bytes) -> None:
    (top / "app/good2.py").write_bytes(data)
    assert "good2.py" not in autofix("scan", "--no-cache").err
