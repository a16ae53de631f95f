"""Hostile projects and reports: nothing is written elsewhere, and one bad file ends nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.project.writing import Staged
from tests.cli.conftest import Run, git

CODE = """\
import logging

logger = logging.getLogger(__name__)


def first(x):
    try:
        return x()
    except OSError as error:
        logger.error("first: %s", error)


def second(x):
    try:
        return x()
    except OSError as error:
        logger.error("second: %s", error)
"""
FIXED = CODE.replace("error)", "error, exc_info=True)")
FINDING = """\
### L-{number}: logger.error without exc_info in {name}()
- **Severity**: LOW
- **Location**: `{path}:{line}`
- **Status**: NEW
- **Description**: `{name}()`: `logger.error("{name}: %s", error)` loses the traceback. \
Add `exc_info=True`.

"""
VICTIM = "precious\n"


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without git, which is the current folder, beside a file of somebody."""
    (tmp_path / "victim").write_text(VICTIM)
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "app/main.py").write_text(CODE)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def repository(top: Path) -> Path:
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "config", "user.name", "Ada Example")
    git(top, "config", "user.email", "ada@example.org")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "first")
    return top


def report(top: Path, *places: tuple[str, str, int]) -> str:
    """A report with a finding for each function, path and line."""
    text = "# Report\n\n" + "".join(
        FINDING.format(number=number, name=name, path=path, line=line)
        for number, (name, path, line) in enumerate(places, 1)
    )
    (top.parent / "report.md").write_text(text)
    return str(top.parent / "report.md")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Links and settings that lead elsewhere.


@pytest.mark.parametrize("command", ["baseline", "scan"])
def test_a_committed_link_is_no_baseline(autofix: Run, top: Path, command: str) -> None:
    (top / ".autofix-baseline.json").symlink_to("../victim")
    done = autofix(command)
    assert done.status == 2
    assert done.lines == ["autofix: .autofix-baseline.json is, or lies behind, a symbolic link"]
    assert (top.parent / "victim").read_text() == VICTIM
    assert autofix("scan", "--no-baseline").status == 1


@pytest.mark.parametrize(
    "setting", ["../victim", "app/../../victim", "{parent}/victim", "out/victim"]
)
def test_the_setting_names_a_baseline_below_the_top(autofix: Run, top: Path, setting: str) -> None:
    (top / "out").symlink_to("..")
    setting = setting.format(parent=top.parent)
    (top / "pyproject.toml").write_text(f'[tool.autofix]\nbaseline = "{setting}"\n')
    for command in ("baseline", "scan"):
        done = autofix(command)
        assert done.status == 2
        assert "lies outside of" in done.err or "symbolic link" in done.err
    assert (top.parent / "victim").read_text() == VICTIM


def test_a_setting_does_not_reach_git_s_own_folder(autofix: Run, repository: Path) -> None:
    (repository / "pyproject.toml").write_text(
        '[tool.autofix]\nbaseline = ".git/hooks/pre-commit"\n'
    )
    done = autofix("baseline")
    assert (done.status, "git's own folder" in done.err) == (2, True)
    assert not (repository / ".git/hooks/pre-commit").exists()


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("autofix.toml", "../victim"),
        ("pyproject.toml", "../victim"),
        (".pre-commit-config.yaml", "../victim"),
        (".pre-commit-config.yaml", "../new"),
        (".github", ".."),
    ],
)
def test_init_follows_no_link(autofix: Run, top: Path, link: str, target: str) -> None:
    (top / link).unlink(missing_ok=True)
    (top / link).symlink_to(target)
    before = names(top.parent)
    done = autofix("init", "--yes")
    assert (done.status, "symbolic link" in done.err) == (2, True)
    # Nor is what stands there shown.
    assert b"precious" not in done.out
    assert (names(top.parent), (top.parent / "victim").read_text()) == (before, VICTIM)


def test_init_leaves_what_is_read_only(autofix: Run, top: Path) -> None:
    (top / "pyproject.toml").chmod(0o444)
    done = autofix("init", "--yes")
    assert (done.status, done.lines[-1]) == (2, "autofix: pyproject.toml is read-only")


@pytest.mark.parametrize("command", ["scan", "baseline"])
def test_a_committed_link_is_no_output_file(autofix: Run, top: Path, command: str) -> None:
    (top / "out.json").symlink_to("../victim")
    done = autofix(command, "--output-file", "out.json")
    assert (done.status, done.out) == (2, b"")
    assert done.lines == ["autofix: out.json is, or lies behind, a symbolic link"]
    assert (top.parent / "victim").read_text() == VICTIM


def test_the_user_may_name_any_output_file(autofix: Run, top: Path, tmp_path: Path) -> None:
    for path in ("out.json", "../out.json", str(tmp_path / "other.json"), "/dev/null"):
        assert autofix("scan", "--output-file", path, "--output-format", "json").status == 1
    assert json.loads((tmp_path / "out.json").read_text())["sites"]
    assert json.loads((tmp_path / "other.json").read_text())["sites"]
    done = subprocess.run(
        [sys.executable, "-m", "codemods", "scan", "--output-file", "/dev/stdout"],
        capture_output=True,
        check=False,
    )
    assert b"app/main.py" in done.stdout
    assert names(top) == ["app", "out.json", "pyproject.toml"]


# One file under two names, and files elsewhere.


@pytest.mark.parametrize(
    "name",
    ["alias/main.py", "app/../app/main.py", "./app/main.py", "app//main.py"],
)
def test_two_names_of_a_file_in_a_report(autofix: Run, top: Path, name: str) -> None:
    (top / "alias").symlink_to("app")
    written = report(top, ("first", "app/main.py", 10), ("second", name, 17))
    done = autofix("apply", "--all", "--in-place", "--report", written)
    assert (done.status, (top / "app/main.py").read_text()) == (0, FIXED)


@pytest.mark.parametrize("name", ["alias/main.py", "app/../app/main.py", "alias/../app/main.py"])
def test_two_names_of_a_file_in_a_scan(autofix: Run, top: Path, name: str) -> None:
    (top / "alias").symlink_to("app")
    done = autofix("scan", "--fix", "app/main.py", name)
    assert (done.status, (top / "app/main.py").read_text()) == (0, FIXED)
    assert "1 file read" in done.err
    assert (top / "alias").is_symlink()


def test_a_folder_behind_a_link_that_leads_out_is_not_scanned(autofix: Run, top: Path) -> None:
    (top.parent / "outside").mkdir()
    (top.parent / "outside/main.py").write_text(CODE)
    (top / "out").symlink_to("../outside")
    done = autofix("scan", "--fix", "out/main.py")
    assert (done.status, done.out, "left out: 1 symlink" in done.err) == (0, b"", True)
    assert (top.parent / "outside/main.py").read_text() == CODE


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_place_outside_ends_nothing_and_is_not_read(
    autofix: Run, repository: Path, force: list[str]
) -> None:
    (repository.parent / "outside").mkdir()
    outside = repository.parent / "outside/main.py"
    text = CODE.replace("first", "third").replace("return x()", "return x(41_937)")
    outside.write_text(text)
    written = report(repository, ("third", "../outside/main.py", 10), ("first", "app/main.py", 10))
    done = autofix("apply", "--all", "--in-place", "--report", written, *force)
    assert done.status == 1
    assert "../outside/main.py lies outside of the project" in " ".join(done.err.split())
    assert "1 not-found, 1 fixed" in done.err
    assert outside.read_text() == text
    assert (repository / "app/main.py").read_text().count("exc_info") == 1
    for command in (("diff", "--in-place"), ("show",), ("apply", "--in-place", "--force")):
        done = autofix(*command, "L-1", "--report", written)
        assert "41_937" not in done.text + done.err


@pytest.mark.parametrize("path", [".git/main.py", "sub/main.py"])
def test_force_reaches_neither_git_nor_another_repository(
    autofix: Run, repository: Path, path: str
) -> None:
    (repository / "sub").mkdir()
    git(repository / "sub", "init", "--quiet")
    target = repository / path
    target.write_text(CODE.replace("first", "third"))
    written = report(repository, ("third", path, 10))
    done = autofix("apply", "L-1", "--in-place", "--force", "--report", written)
    assert done.status == 1
    assert target.read_text() == CODE.replace("first", "third")


# Edits of somebody else, and files that are not to be written.


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_edit_during_a_scan_stays_and_everything_else_is_fixed(
    autofix: Run, top: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    for number in range(3):
        (top / f"app/m{number}.py").write_text(CODE)
    mine = CODE + "# mine\n"
    real = Staged.put

    def edited(self: Staged) -> None:
        if self.path == "app/m1.py":
            (top / "app/m1.py").write_text(mine)
        real(self)

    monkeypatch.setattr(Staged, "put", edited)
    done = autofix("scan", "--fix", "--jobs", jobs)
    assert done.status == 1
    assert "app/m1.py: not fixed: app/m1.py has changed since it was read" in done.lines
    assert "fixed 6 sites in 3 files: 6 add-exc-info" in done.lines
    assert "left: 2 sites in 1 file (2 safe); 4 files read" in done.lines
    texts = [(top / f"app/{name}.py").read_text() for name in ("main", "m0", "m1", "m2")]
    assert texts == [FIXED, FIXED, mine, FIXED]
    monkeypatch.undo()
    os.chdir(top)
    assert autofix("scan", "--fix").status == 0
    assert (top / "app/m1.py").read_text() == FIXED + "# mine\n"


def test_an_edit_during_apply_stays_and_everything_else_is_fixed(
    autofix: Run, top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (top / "app/other.py").write_text(CODE)
    real = Staged.put

    def edited(self: Staged) -> None:
        if self.path == "app/other.py":
            (top / "app/other.py").write_text("mine = 1\n")
        real(self)

    monkeypatch.setattr(Staged, "put", edited)
    written = report(top, ("first", "app/main.py", 10), ("first", "app/other.py", 10))
    done = autofix("apply", "--all", "--in-place", "--report", written)
    assert (done.status, "1 fixed, 1 refused" in done.err) == (1, True)
    assert "app/other.py has changed since it was read" in " ".join(done.err.split())
    assert (top / "app/main.py").read_text().count("exc_info") == 1
    assert (top / "app/other.py").read_text() == "mine = 1\n"


def test_read_only_files_are_left_with_a_line(autofix: Run, top: Path) -> None:
    (top / "app/other.py").write_text(CODE)
    (top / "app/main.py").chmod(0o444)
    done = autofix("scan", "--fix")
    assert done.status == 1
    assert "app/main.py: not fixed: app/main.py is read-only" in done.lines
    assert (top / "app/main.py").read_text() == CODE
    assert (top / "app/other.py").read_text() == FIXED
    written = report(top, ("first", "app/main.py", 10))
    for force in ([], ["--force"]):
        done = autofix("apply", "L-1", "--in-place", "--report", written, *force)
        assert (done.status, "app/main.py is read-only" in done.err) == (1, True)
        assert (top / "app/main.py").read_text() == CODE


# Files of which one used to end everything.


def test_a_name_that_is_not_utf_8(autofix: Run, top: Path) -> None:
    odd = os.fsdecode(b"odd\xff.py")
    (top / odd).write_text(CODE)
    for form in ("text", "concise", "json", "sarif", "github", "audit"):
        done = autofix("scan", "--output-format", form)
        assert (done.status, "internal error" in done.err) == (1, False), form
        done.out.decode("utf-8")
        assert b"main.py" in done.out and b"odd" in done.out
    assert b"odd\\xff.py" in autofix("scan").out
    assert b"odd%FF.py" in autofix("scan", "--output-format", "sarif").out
    assert autofix("scan", "--diff").status == 1
    assert "4 known sites" in autofix("baseline").err
    assert autofix("scan").status == 0
    assert autofix("scan", "--fix", "--no-baseline").status == 0
    assert (top / odd).read_text() == FIXED


def test_what_is_no_regular_file_is_left_out(autofix: Run, top: Path) -> None:
    os.mkfifo(top / "app/pipe.py")
    for paths in ([], ["app/pipe.py", "app/main.py"]):
        done = autofix("scan", *paths)
        assert (done.status, b"main.py" in done.out) == (1, True)
        assert "left out: 1 not a regular file" in done.err


def test_what_an_earlier_version_left_is_not_read(autofix: Run, top: Path) -> None:
    (top / "app/.autofix-a1b2c3d4.py").write_text(CODE)
    done = autofix("scan")
    assert "2 sites in 1 file (2 safe); 1 file read" in done.lines


# What a suggestion brings in.

SUGGESTION = """\
# Report

### S-1: first() calls x without a limit
- **Severity**: HIGH
- **Location**: `app/main.py:8`
- **Status**: NEW
- **Description**: `return x()` has no limit.
- **Suggested Fix**: Replace `return x()` with `{code}`.
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("return eval(x())", "it runs code that it is given"),
        ("return __import__('os').system(x())", "it runs code that it is given"),
        ("return x(verify=False)", "it checks no certificate, key or signature"),
    ],
)
def test_a_suggestion_that_brings_in_a_shell_is_only_shown(
    autofix: Run, repository: Path, code: str, words: str
) -> None:
    (repository / "docs/audits").mkdir(parents=True)
    (repository / "docs/audits/R.md").write_text(SUGGESTION.format(code=code))
    for command in (["apply", "--all"], ["apply", "S-1", "--in-place"], ["diff", "S-1"]):
        done = autofix(*command)
        assert (done.status, done.out) == (1, b""), command
        assert "shown, not written: " in done.err
        assert words in done.err
    assert git(repository, "branch", "--list", "autofix/*") == ""
    assert (repository / "app/main.py").read_text() == CODE
    forced = autofix("apply", "S-1", "--force")
    assert forced.status == 0
    assert f"note: {words}" in forced.err
    message = git(repository, "log", "-1", "--format=%B", forced.text.strip())
    assert words in " ".join(message.split())


def test_a_suggestion_without_one_is_written(autofix: Run, repository: Path) -> None:
    (repository / "docs/audits").mkdir(parents=True)
    (repository / "docs/audits/R.md").write_text(SUGGESTION.format(code="return x(limit=5)"))
    assert autofix("apply", "S-1").status == 0


# Names that make lines, move the cursor or turn the direction of text.

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
    assert "app/main.py is a file that is scanned: name another one" in done.err
    assert (top / "app/main.py").read_text() == CODE


def test_tokens_of_addresses_are_not_told(autofix: Run, repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://ada:word@127.0.0.1:9/x.git?token=abc")
    path = report(repository, ("first", "app/main.py", 10))
    for format in ("text", "json"):
        done = autofix("apply", "--all", "--push", "--report", path, "--output-format", format)
        assert done.status == 1
        said = done.text + done.err
        assert "origin cannot be read" in said
        assert "word" not in said
        assert "abc" not in said
