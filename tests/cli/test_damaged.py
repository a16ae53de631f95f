"""Damaged patterns, settings, baselines, reports and refs: one line says which, if they count."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run, git
from tests.cli.one_good_file import CODE, FIXED, goes_on, top

__all__ = ["top"]


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
        ".gitignore: '*.py[z-a]' matches nothing",
        ".gitignore: '\\\\' matches nothing",
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
    goes_on(autofix, top, "'[z-a]' matches nothing")


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
        assert (done.status, len(done.lines)) == (2, 1), (command, done.err)
        assert "is not a commit" in done.err


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
