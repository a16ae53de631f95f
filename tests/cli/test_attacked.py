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
from tests.cli.hostile import CODE, FIXED, VICTIM, report, repository, top

__all__ = ["repository", "top"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Links and settings that lead elsewhere.


@pytest.mark.parametrize("command", ["baseline", "scan"])
def test_a_committed_link_is_no_baseline(autofix: Run, top: Path, command: str) -> None:
    (top / ".autofix-baseline.json").symlink_to("../victim")
    done = autofix(command)
    assert done.status == 2
    assert done.lines == ["autofix: .autofix-baseline.json is a symbolic link, or is below one"]
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
        assert "is outside" in done.err or "symbolic link" in done.err
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
    assert done.lines == ["autofix: out.json is a symbolic link, or is below one"]
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
    assert "../outside/main.py is outside the project" in " ".join(done.err.split())
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


# A remote whose address holds a token.


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
