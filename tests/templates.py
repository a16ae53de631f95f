"""Repositories that many tests begin with: each is made once, and copied for each test."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path


def copied(make: Callable[[Path], object], folder: Path) -> None:
    """Put what ``make`` makes in an empty folder into ``folder``, which is not there yet or empty.

    The repositories in it know each other by their absolute paths, and git knows its files by
    their inodes: both are mended.
    """
    template = _made(make)
    shutil.copytree(template, folder, symlinks=True, dirs_exist_ok=True)
    for git in (folder / ".git", *folder.glob("*/.git")):
        if git.exists():
            config = git / "config"
            text = config.read_text("utf-8")
            config.write_text(text.replace(str(template), str(folder)), "utf-8")
            subprocess.run(
                ["git", "update-index", "-q", "--refresh"], cwd=git.parent, check=True, timeout=30
            )


@functools.cache
def _made(make: Callable[[Path], object]) -> Path:
    folder = tempfile.TemporaryDirectory(prefix="autofix-tests-")
    _KEPT.append(folder)
    made = Path(folder.name).resolve() / "made"
    made.mkdir()
    make(made)
    for sample in made.rglob("hooks/*.sample"):
        sample.unlink()
    return made


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
"""What goes with the process."""
