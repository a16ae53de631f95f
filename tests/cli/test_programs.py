"""Which programs of a repository git starts for autofix: those that a write needs, and no other."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.project.git_options import OPTIONS
from tests.cli.conftest import Run, git

CODE = """\
import logging

logger = logging.getLogger(__name__)


def {name}(x):
    try:
        return x()
    except OSError as error:
        logger.error("{name}: %s", error)
"""
REPORT = """\
# Report

### L-1: logger.error without exc_info in first()
- **Severity**: LOW
- **Location**: `app/first.py:10`
- **Description**: `logger.error("first: %s", error)` loses the traceback. Add `exc_info=True`.

### L-2: logger.error without exc_info in gone()
- **Severity**: LOW
- **Location**: `old/gone.py:10`
- **Description**: `logger.error("gone: %s", error)` loses the traceback. Add `exc_info=True`.
"""
HOOKS = (
    *("applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-checkout", "post-commit"),
    *("post-index-change", "post-merge", "post-rewrite", "pre-auto-gc", "pre-commit"),
    *("pre-merge-commit", "prepare-commit-msg", "pre-push", "pre-rebase", "post-update"),
    *("reference-transaction", "sendemail-validate", "push-to-checkout", "update"),
)
PROGRAMS = (
    *("alias.diff", "alias.status", "core.editor", "core.fsmonitor", "core.pager"),
    *("core.alternateRefsCommand", "core.sshCommand", "core.askPass", "credential.helper"),
    *("diff.external", "diff.python.command", "diff.python.textconv", "filter.code.clean"),
    *("filter.code.smudge", "gpg.program", "gpg.ssh.defaultKeyCommand", "interactive.diffFilter"),
    *("merge.python.driver", "mergetool.x.cmd", "difftool.x.cmd", "pager.diff", "pager.log"),
    *("pager.status", "sequence.editor", "sendemail.tocmd", "trailer.x.command", "trailer.x.cmd"),
    *("uploadpack.packObjectsHook", "web.browser", "log.showSignature"),
)


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """The folder in which every program that is started leaves its name."""
    folder = tmp_path / "ran"
    folder.mkdir()
    return folder


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Path) -> Path:
    """A repository, the current folder, whose configuration names a program wherever it can."""
    top = tmp_path / "project"
    (top / "app").mkdir(parents=True)
    (top / "old").mkdir()
    (top / "docs/audits").mkdir(parents=True)
    (top / "app/first.py").write_text(CODE.format(name="first"))
    (top / "old/gone.py").write_text(CODE.format(name="gone"))
    (top / "docs/audits/report.md").write_text(REPORT)
    (top / ".gitattributes").write_text("*.py filter=code diff=python merge=python\n")
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "config", "user.name", "Ada Example")
    git(top, "config", "user.email", "ada@example.org")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "first")
    git(top, "mv", "old/gone.py", "app/moved.py")
    git(top, "commit", "--quiet", "--message", "moved")
    git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    git(top, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(top, "push", "--quiet", "origin", "main")
    for name in PROGRAMS:
        does = "cat" if name.startswith("filter.") else "exit 1"
        program = tmp_path / f"program-{name}"
        _script(program, ran / name, does)
        git(top, "config", name, "true" if name == "log.showSignature" else str(program))
    for hook in HOOKS:
        _script(top / ".git/hooks" / hook, ran / f"hook-{hook}", "exit 0")
    monkeypatch.chdir(top)
    return top


def _script(path: Path, mark: Path, does: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\n: > "{mark}"\n{does}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def started(ran: Path) -> set[str]:
    return {path.name for path in ran.iterdir()}


def test_the_programs_would_be_started(hostile: Path, ran: Path) -> None:
    """A test that nothing is started is worth nothing where nothing can be."""
    subprocess.run(["git", "status"], capture_output=True, check=False)
    subprocess.run(["git", "update-ref", "refs/heads/x", "HEAD"], check=False)
    assert {"core.fsmonitor", "hook-post-index-change", "hook-reference-transaction"} <= started(
        ran
    )


def test_reading_and_branches_start_nothing(autofix: Run, hostile: Path, ran: Path) -> None:
    for command in (
        ["list"],
        ["show", "L-1"],
        ["diff", "L-1"],
        ["diff", "L-2"],
        ["scan"],
        ["scan", "--diff"],
        ["apply", "--all"],
        ["undo", "L-1"],
        ["apply", "--all", "--push"],
        ["apply", "--all", "--push"],
        ["config"],
        ["baseline"],
        ["init", "--yes"],
    ):
        done = autofix(*command)
        assert "internal error" not in done.err
        assert started(ran) == set(), command
    assert git(hostile, "for-each-ref", "--format=x", "refs/heads/autofix") == "x\nx"


@pytest.mark.parametrize(
    "command", [["scan", "--since=HEAD~1"], ["apply", "--all", "--in-place", "--unsafe-fixes"]]
)
def test_comparing_files_starts_the_clean_filter(
    autofix: Run, hostile: Path, ran: Path, command: list[str]
) -> None:
    """What stands in the work tree cannot be compared with a commit without it."""
    # Of the same size: git sees a difference in size without reading.
    (hostile / "app/first.py").write_text(CODE.format(name="first").replace('"first', '"First'))
    autofix(*command)
    assert started(ran) == {"filter.code.clean"}


def test_signing_starts_the_program_that_signs(autofix: Run, hostile: Path, ran: Path) -> None:
    git(hostile, "config", "commit.gpgSign", "true")
    done = autofix("apply", "L-1")
    assert (done.status, started(ran)) == (1, {"gpg.program"})


def test_a_repository_that_was_committed_as_a_folder(
    autofix: Run, hostile: Path, ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cloning the outer one brings the inner one's configuration."""
    inner = hostile / "sub"
    shutil.copytree(hostile / ".git", inner)
    (inner / "app").mkdir()
    (inner / "app/first.py").write_text(CODE.format(name="first"))
    git(inner, "config", "--file=config", "core.bare", "false")
    git(inner, "config", "--file=config", "core.worktree", ".")
    monkeypatch.chdir(inner)
    report = f"--report={hostile}/docs/audits/report.md"
    for command in (
        ["apply", "--all", report],
        ["apply", "--all", "--in-place", report],
        ["list", report],
        ["undo", "L-1"],
        ["scan", "--fix"],
    ):
        done = autofix(*command)
        if command[0] != "scan":
            assert (done.status, len(done.lines)) == (2, 1)
            assert "sub is a bare repository inside" in done.err
        assert started(ran) == set(), command


def test_each_command_of_git_is_told() -> None:
    """Nobody calls git without the options, but for the demo, which makes its own repository."""
    top = Path(__file__).parents[2] / "codemods"
    callers = {
        path.relative_to(top).as_posix()
        for path in top.rglob("*.py")
        if ".execute(" in path.read_text() and "git" in path.read_text()
    }
    users = {path for path in callers if "OPTIONS" in (top / path).read_text()}
    assert users == callers
    assert {"project/commit.py", "project/history.py", "delivery/repository.py"} <= users
    assert "core.fsmonitor=false" in OPTIONS and "safe.bareRepository=explicit" in OPTIONS


# Python, too, starts what stands in the current folder.


POISON = (
    *("typer", "click", "rich", "git", "libcst", "black", "pathspec", "tomlkit", "gitdb"),
    *("dataclasses", "enum", "typing", "tomllib", "ast", "json", "subprocess", "tempfile"),
    *("signal", "hashlib", "difflib", "multiprocessing", "sitecustomize", "usercustomize"),
)


@pytest.fixture
def poisoned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Path) -> Path:
    """A folder, the current one, with modules that others have put there, and a plug-in."""
    top = tmp_path / "checkout"
    (top / "app").mkdir(parents=True)
    (top / "app/first.py").write_text(CODE.format(name="first"))
    for name in (*POISON, "evil"):
        (top / f"{name}.py").write_text(f"open({str(ran / name)!r}, 'w').close()\n")
    (top / "evil.egg-info").mkdir()
    (top / "evil.egg-info/PKG-INFO").write_text("Name: evil\nVersion: 1\n")
    (top / "evil.egg-info/entry_points.txt").write_text("[autofix.codemods]\nevil = evil:it\n")
    monkeypatch.chdir(top)
    return top


@pytest.mark.parametrize(
    "options",
    [[], *(pytest.param([option], marks=pytest.mark.slow) for option in ("-P", "-I"))],
)
def test_modules_of_the_checkout_are_not_loaded(
    poisoned: Path, ran: Path, options: list[str]
) -> None:
    if options:
        (poisoned / "codemods").mkdir()
        (poisoned / "codemods/__init__.py").write_text(f"open({str(ran / 'us')!r}, 'w').close()")
    for command in (["scan", "app"], ["list", "--report", "x.md"], ["--help"], ["scan", "--fix"]):
        subprocess.run(
            [sys.executable, *options, "-m", "codemods", *command],
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert started(ran) == set(), command
    assert "exc_info=True" in (poisoned / "app/first.py").read_text()


def test_they_would_be_loaded(poisoned: Path, ran: Path) -> None:
    subprocess.run([sys.executable, "-c", "import typer, evil"], check=True)
    assert started(ran) == {"typer", "evil"}
