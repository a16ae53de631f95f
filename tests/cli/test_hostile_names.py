"""Names that make lines, move the cursor, turn the direction of text or look like options."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.hostile import CODE, FIXED, report, repository, top

__all__ = ["repository", "top"]

NAMES = ("a\n::error::own\n.py", "b\x1b[2J\x07.py", "c\u202eyp.py", "d\x85::error::own.py")


@pytest.fixture
def named(top: Path) -> Path:
    for name in NAMES:
        (top / name).write_text(CODE)
    (top / "e\n::error::own\n.py").write_text("def (:\n")
    return top


@pytest.mark.parametrize(
    "format", ["text", "concise", "audit", "github", "json", "sarif", "gitlab", "rdjson"]
)
def test_a_name_makes_no_line_of_its_own(autofix: Run, named: Path, format: str) -> None:
    done = autofix("scan", "--output-format", format)
    assert done.status == 1
    said = done.text + done.err
    lines = [line for part in said.split("\n") for line in part.splitlines()]
    assert not any(line.lstrip().startswith("::error::own") for line in lines)
    assert not set(said) & set("\x1b\x07\u202e\x85")
    assert "own" in done.text


def test_a_name_makes_none_where_it_is_fixed_or_left(autofix: Run, named: Path) -> None:
    for arguments in (["--fix"], ["--fix", "--quiet"], ["no\n::error::own"]):
        done = autofix("scan", *arguments)
        said = done.text + done.err
        assert "\n::error::own" not in said
        assert not set(said) & set("\x1b\x07\u202e\x85")


@pytest.mark.parametrize("key", ['"a\\n::error::own"', '"\\u001b[2J"', '"\\u202e"'])
def test_a_key_makes_none(autofix: Run, top: Path, key: str) -> None:
    (top / "pyproject.toml").write_text(f"[tool.autofix]\n{key} = 1\n")
    done = autofix("scan")
    assert (done.status, len(done.lines)) == (2, 1)
    assert not set(done.err) & set("\x1b\u202e")


@pytest.mark.parametrize("text", ["../n\n::error::own.py", "x\x1b[2J.py"])
def test_a_place_of_a_report_makes_none(autofix: Run, repository: Path, text: str) -> None:
    path = report(repository, ("first", text, 10))
    for command in (["apply", "--all"], ["list"], ["check", path], ["show", "L-1"]):
        extra = [] if command[0] == "check" else ["--report", path]
        done = autofix(*command, *extra)
        said = done.text + done.err
        assert "\n::error::own" not in said
        assert "\x1b" not in said


def test_a_file_named_like_an_option_is_a_file(autofix: Run, top: Path) -> None:
    """As pre-commit hands it over behind the entry of the hook."""
    (top / "--output-file=app").mkdir()
    (top / "--output-file=app/main.py").write_text(CODE)
    names = ("--output-file=app/main.py", "app/main.py")
    assert autofix("scan", "--fix", "--exit-zero", "--", *names).status == 0
    assert (top / "app/main.py").read_text() == FIXED
    assert (top / names[0]).read_text() == FIXED
    (top / "app/main.py").write_text(CODE)
    done = autofix("scan", "--fix", "--exit-zero", *names)
    assert done.status == 2
    assert "app/main.py is one of the scanned files: name another one" in done.err
    assert (top / "app/main.py").read_text() == CODE
