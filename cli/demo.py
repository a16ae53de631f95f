"""``autofix demo``: the whole way on a small sample project, offline, in seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from .context import Session
from .exit import DONE, WRONG, UserError
from .options import Common, with_common

SAMPLE = Path(__file__).resolve().parent / "sample-project"
# Neither the user's hooks nor their signing key have a part in a demonstration.
QUIETLY = ("-c", f"core.hooksPath={os.devnull}", "-c", "commit.gpgsign=false")


@with_common
def demo(
    common: Common,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar="DIR",
            help="Create the sample in this new or empty folder, and keep it.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Show everything on a sample project: a FastAPI service, its audit report and a remote."""
    session = Session(common)
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="autofix-demo-") as folder:
            return _tour(session, Path(folder).resolve(), kept=False)
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise UserError(f"{keep} already exists: name a folder that is empty or does not exist")
    keep.mkdir(parents=True, exist_ok=True)
    return _tour(session, keep.resolve(), kept=True)


def make_sample(folder: Path) -> Path:
    """The sample project, committed, with a bare remote beside it.

    Raises:
        UserError: when git cannot do it.
    """
    project, remote = folder / "corner-shop", folder / "origin.git"
    # An installer compiles what looks like a module; that is none of the sample's.
    shutil.copytree(SAMPLE, project, ignore=shutil.ignore_patterns("__pycache__"))
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    _git(project, "init", "--quiet", "--initial-branch=main")
    # Its own, so that the branches can be made where nobody told git a name.
    _git(project, "config", "user.name", "autofix demo")
    _git(project, "config", "user.email", "demo@autofix.invalid")
    _git(project, "config", "commit.gpgsign", "false")
    _git(project, "add", "--all")
    _git(project, "commit", "--quiet", "-m", "feat: the order service")
    _git(project, "remote", "add", "origin", str(remote))
    _git(project, "push", "--quiet", "origin", "main")
    return project


def _git(folder: Path, *arguments: str) -> None:
    try:
        done = subprocess.run(
            ["git", *QUIETLY, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            env=_environment(),
        )
    except FileNotFoundError:
        raise UserError("git is not installed, or not on the PATH") from None
    if done.returncode:
        raise UserError(f"git {arguments[0]}: {' '.join(done.stderr.split())}")


def _environment() -> dict[str, str]:
    """The user's, without what points git to a repository (a hook may be what calls us), and
    without a pager: the tour runs through."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
    }
    return {**kept, "GIT_PAGER": "cat"}


def _tour(session: Session, folder: Path, *, kept: bool) -> int:
    project = make_sample(folder)
    session.note(f"Created a sample project in {project}, with a report under docs/audits")
    steps: list[tuple[str, list[str], int]] = [
        ("The findings of the report, and where their code is today:", ["list"], 0),
        ("The diff for one finding; nothing is written:", ["diff", "B-01"], 0),
        (
            "Fix every finding on its own branch, and push the branches:",
            ["apply", "--all", "--push"],
            1,
        ),
        ("A second run changes nothing:", ["apply", "B-01", "B-05"], 0),
    ]
    for words, arguments, expected in steps:
        status = _show(session, project, words, ["autofix", *arguments])
        if status != expected:
            session.note(f"autofix {arguments[0]} ended with {status}, not {expected}", "red")
            return WRONG
    _show(
        session,
        project,
        "The branches; main and the work tree did not change:",
        ["git", "branch", "--list", "--verbose"],
    )
    _show(session, project, "", ["git", "status", "--short", "--branch"])
    session.note("")
    session.note("Next:", "bold")
    if kept:
        session.note(f"  cd {project}")
    else:
        session.note("  autofix demo --keep DIR     run this again and keep the sample project")
    session.note("  autofix show B-03           see why it was refused")
    session.note("  autofix undo B-01           delete the branch of a finding")
    session.note("  autofix list -C DIR --report FILE     try your own project and report")
    return DONE


def _show(session: Session, project: Path, words: str, command: Sequence[str]) -> int:
    """Run a command as a user would, with what was typed above its output."""
    if words:
        session.note("")
        session.note(words, "bold")
    session.note(f"$ {' '.join(command)}", "cyan")
    sys.stdout.flush()
    sys.stderr.flush()
    program, *rest = command
    typed = [program, *rest]
    if program == "autofix":
        color = session.common.color.value
        typed = [sys.executable, "-P", "-m", "codemods", *rest, "--color", color]
    elif session.say.is_terminal:
        typed = ["git", "--no-pager", *rest]
    return subprocess.run(typed, cwd=project, env=_environment()).returncode
