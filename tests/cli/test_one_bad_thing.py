"""One bad file, pattern or line ends nothing: it is named, and the rest goes on."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from codemods.project.source import SourceFile
from codemods.syntax.tree import Tree
from tests.cli.conftest import Run, git

CODE = """\
import logging

logger = logging.getLogger(__name__)


def first(x):
    try:
        return x()
    except OSError as error:
        logger.error("first: %s", error)
"""
FIXED = CODE.replace("error)", "error, exc_info=True)")


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without git, with a file that is all right."""
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "app/good.py").write_text(CODE)
    monkeypatch.chdir(root)
    return root


def goes_on(autofix: Run, top: Path, *said: str) -> None:
    """The file that is all right is reported and fixed, and each thing is said on stderr."""
    for fix in ([], ["--fix"]):
        done = autofix("scan", *fix)
        for text in said:
            assert text in done.err, done.err
        assert "internal error" not in done.err
        assert fix or b"app/good.py" in done.out
    assert (top / "app/good.py").read_text() == FIXED


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


# Patterns.


@pytest.mark.parametrize("where", [".gitignore", "app/.gitignore", ".git/info/exclude"])
@pytest.mark.parametrize("line", ["\\", "!", "[z-a]", "*.py[z-a]", "!*.py[z-a]", "[]", "***\\"])
def test_a_line_that_is_no_pattern(autofix: Run, top: Path, where: str, line: str) -> None:
    git(top, "init", "--quiet")
    (top / where).write_text(f"{line}\nleft.py\n")
    (top / "app/left.py").write_text(CODE)
    goes_on(autofix, top, "left out: 1 gitignored")
    assert (top / "app/left.py").read_text() == CODE


def test_a_line_that_fits_nothing_is_named(autofix: Run, top: Path) -> None:
    (top / ".gitignore").write_text("\\\n*.py[z-a]\n")
    done = autofix("scan", "--quiet")
    assert done.lines == [
        ".gitignore: '*.py[z-a]' fits nothing",
        ".gitignore: '\\\\' fits nothing",
    ]


def test_what_python_thinks_of_a_set_is_not_told(
    autofix: Run, top: Path, recwarn: pytest.WarningsRecorder
) -> None:
    (top / ".gitignore").write_text("[[:alpha:]]\n[a--b]\n")
    assert autofix("scan").status == 1
    assert not recwarn.list
    re.compile("[[:beta:]]")
    assert recwarn.pop(FutureWarning)


@pytest.mark.parametrize("key", ["exclude = ['[z-a]']", "per-path.'[z-a]'.ignore = []"])
def test_a_pattern_of_the_settings(autofix: Run, top: Path, key: str) -> None:
    (top / "pyproject.toml").write_text(f"[tool.autofix]\n{key}\n")
    goes_on(autofix, top, "'[z-a]' fits nothing")


# What is no regular file, or too large.


def _make(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "large":
        with path.open("wb") as file:
            # It takes no room on the disk, and would be far too much in memory.
            file.truncate(1 << 33)
    else:
        path.symlink_to("/dev/zero")


KINDS = ("pipe", "device", "large")
MOST_MEMORY = 3 << 30


def _waits(*_: object) -> None:
    pytest.fail("it waits")


@pytest.fixture
def limited(autofix: Run) -> Iterator[Run]:
    """A command that may neither wait for a pipe nor fill the memory."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    before = signal.signal(signal.SIGALRM, _waits)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, hard))
    signal.alarm(30)
    try:
        yield autofix
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [".gitignore", "app/.gitignore", "app/bad.py", "setup.cfg"])
def test_what_is_no_regular_file_ends_nothing(
    limited: Run, top: Path, name: str, kind: str
) -> None:
    _make(top / name, kind)
    done = limited("scan")
    assert (done.status, b"app/good.py" in done.out) == (1, True)
    assert "internal error" not in done.err
    if name == "app/bad.py" and kind == "large":
        assert "app/bad.py: not read: cannot be read: larger than" in done.err
    elif name == "app/bad.py":
        assert "left out: 1 " in done.err
    elif name.endswith(".gitignore"):
        assert f"{name}: not read: " in done.err
    unread = name == "app/bad.py" and kind == "large"
    assert limited("scan", "--fix").status == (1 if unread else 0)
    assert (top / "app/good.py").read_text() == FIXED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["pyproject.toml", "autofix.toml", ".autofix-baseline.json"])
def test_settings_and_baselines_that_are_none(
    limited: Run, top: Path, name: str, kind: str
) -> None:
    _make(top / name, kind)
    for command in ("scan", "baseline"):
        done = limited(command)
        assert (done.status, done.out, len(done.lines)) == (2, b"", 1)
        assert done.err.startswith(f"autofix: {name}")
    assert (top / "app/good.py").read_text() == CODE


# Damaged settings, baselines and reports.


@pytest.mark.parametrize("name", ["autofix.toml", "pyproject.toml"])
@pytest.mark.parametrize("text", ["x = " + "[" * 3000 + "]" * 3000, "x = " + "{a=" * 3000])
def test_deep_settings(autofix: Run, top: Path, name: str, text: str) -> None:
    (top / name).write_text(text)
    for command in (["scan"], ["baseline"], ["config"], ["list"], ["init", "--yes"]):
        done = autofix(*command)
        assert "internal error" not in done.err
        assert (command[0] == "init" and name == "autofix.toml") or done.status == 2
    assert (top / name).read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"version": 1, "sites": ' + "[" * 100_000,
        '{"version": 1, "sites": 5}',
        '{"version": 1, "sites": {"a": 1}}',
        *(
            f'{{"version": 1, "sites": [{{"path": "a", "function": "", "codemod": "", "text": "", '
            f'"fingerprint": "", "count": {count}}}]}}'
            for count in ("Infinity", "-Infinity", "NaN", "1e999", "[]", '"x"', "9" * 5000)
        ),
    ],
)
def test_a_damaged_baseline(autofix: Run, top: Path, text: str) -> None:
    (top / ".autofix-baseline.json").write_text(text)
    done = autofix("scan")
    assert (done.status, len(done.lines)) == (2, 1)
    assert done.err.startswith("autofix: .autofix-baseline.json: ")
    # It can be written anew.
    assert autofix("baseline").status == 0
    assert autofix("scan").status == 0


@pytest.mark.parametrize("name", ["deep.json", "deep.sarif"])
@pytest.mark.parametrize("text", ['{"a":' * 100_000, '{"runs": ' + "[" * 100_000])
def test_a_deep_report(autofix: Run, top: Path, name: str, text: str) -> None:
    (top / name).write_text(text)
    done = autofix("list", "--report", name)
    assert (done.status, done.err.startswith(f"autofix: {name}: is not JSON")) == (2, True)


# Refs that name no commit.


@pytest.mark.parametrize("ref", ["^main", "^HEAD", "--output=x", "HEAD..HEAD", "main:app", ""])
def test_a_ref_that_names_no_commit(autofix: Run, top: Path, ref: str) -> None:
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", "--all")
    git(top, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "x")
    (top / "report.md").write_text("### L-1: x\n- **Location**: `app/good.py:9`\n")
    for command in (
        ["scan", f"--since={ref}"],
        ["apply", "--all", "--report=report.md", f"--base={ref}"],
        ["list", "--report=report.md", f"--base={ref}"],
    ):
        done = autofix(*command)
        if ref or command[0] == "scan":
            assert (done.status, len(done.lines)) == (2, 1), (command, done.err)
            assert "is not a commit" in done.err


# Folders and links.


@pytest.fixture
def deep(top: Path) -> Iterator[None]:
    """A file below 1,500 folders, one in the other."""
    inner = os.open(top, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("a", dir_fd=inner)
        outer, inner = inner, os.open("a", os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    with os.fdopen(os.open("deep.py", os.O_CREAT | os.O_WRONLY, dir_fd=inner), "w") as file:
        file.write(CODE)
    os.close(inner)
    yield
    # pytest itself cannot.
    subprocess.run(["rm", "-r", str(top / "a")], check=True)


@pytest.mark.slow
@pytest.mark.usefixtures("deep")
def test_folders_that_are_nested_more_deeply_than_calls(autofix: Run, top: Path) -> None:
    goes_on(autofix, top)
    assert autofix("scan", "--no-baseline").status == 0
    assert autofix("scan", "a/a/a/a").status == 0
    (top / "report.md").write_text("### L-1: x\n- **Location**: `app/good.py:9`\n")
    assert "internal error" not in autofix("list", "--report", "report.md").err


@pytest.mark.parametrize(
    "name", ["loop", "loop.py", ".gitignore", "setup.cfg", ".git", "app/loop", ".python-version"]
)
def test_a_link_that_leads_to_itself(autofix: Run, top: Path, name: str) -> None:
    (top / name).symlink_to(Path(name).name)
    goes_on(autofix, top)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "9" * 5000,
        '[tool.autofix]\nbaseline = "app\\u0000"',
        '[project]\nrequires-python = ">=3.' + "9" * 5000 + '"',
    ],
)
def test_numbers_and_names_that_python_does_not_take(autofix: Run, top: Path, text: str) -> None:
    (top / "app/slow.py").write_text("import time\n\n\nasync def f():\n    time.sleep(1)\n")
    (top / "pyproject.toml").write_text(text)
    for command in (["scan"], ["baseline"], ["scan", "--fix", "--unsafe-fixes"]):
        done = autofix(*command)
        assert "internal error" not in done.err
        assert "python" in text or (done.status, len(done.lines)) == (2, 1)


def test_a_version_file_of_nonsense(autofix: Run, top: Path) -> None:
    (top / "app/slow.py").write_text("import time\n\n\nasync def f():\n    time.sleep(1)\n")
    (top / ".python-version").write_text("3." + "9" * 5000)
    assert autofix("scan", "--fix", "--unsafe-fixes").status == 0


@pytest.mark.parametrize("uri", ["http://[::1", "//[", "%00", "x" * 5000, "\\ud800", "a\\u0000.py"])
def test_a_place_in_a_log_that_is_none(autofix: Run, top: Path, uri: str) -> None:
    result = (
        '{"ruleId": "R1", "message": {"text": "logger.error without exc_info=True"}, '
        '"locations": [{"physicalLocation": {"artifactLocation": {"uri": "%s"}, '
        '"region": {"startLine": 10}}}]}'
    )
    good = result % "app/good.py"
    (top / "log.sarif").write_text(
        '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": '
        f"[{result.replace('%s', uri)}, {good}]}}]}}"
    )
    assert "1 fixable" in autofix("list", "--report", "log.sarif").err
    done = autofix("apply", "--all", "--in-place", "--report", "log.sarif")
    assert "internal error" not in done.err
    assert (top / "app/good.py").read_text() == FIXED
