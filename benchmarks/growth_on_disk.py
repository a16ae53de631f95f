"""Dimensions of `growth.py` that are files or repositories: they go with the process."""

from __future__ import annotations

import itertools
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from counted import Work

from codemods.delivery.repository import Repository
from codemods.delivery.survey import Survey
from codemods.project.history import GitHistory
from codemods.project.listing import listed


def _repository() -> Path:
    """A repository without a commit; it goes with this process."""
    folder = Path(_FOLDERS.name, str(next(_NUMBERS)))
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    return folder


def _import(folder: Path, stream: Iterable[str]) -> str:
    """Put commits into a repository, as ``git fast-import`` reads them; the last one of main."""
    git = ["git", "-C", str(folder)]
    subprocess.run([*git, "fast-import", "--quiet"], input="".join(stream).encode(), check=True)
    asked = subprocess.run([*git, "rev-parse", "main"], capture_output=True, check=True)
    return asked.stdout.decode().strip()


_FOLDERS = tempfile.TemporaryDirectory(prefix="autofix-growth-")
_NUMBERS = itertools.count()
_COMMIT = """\
commit refs/heads/{0}
committer Ada <ada@example.org> {1} +0000
data <<END
fix: number {1}

Autofix-Finding: B-{1}
Autofix-Base: {3}
END
{2}
"""
_BASE = _COMMIT.format("main", 1, "M 644 inline old.py\ndata <<END\nx = 1\ny = 2\nEND\n", "")


def known_branches(count: int) -> Work:
    """Which findings have a branch."""
    folder = _repository()
    base = _import(folder, [_BASE])
    changes = (f"M 644 inline part_{n}.py\ndata <<END\nx = {n}\nEND\n" for n in range(count))
    _import(
        folder,
        (
            _COMMIT.format(f"autofix/b-{n}", n + 1, f"from {base}\n{change}", base)
            for n, change in enumerate(changes)
        ),
    )
    return lambda: Survey(Repository.open(folder), "autofix", base).branches


def renamed(count: int) -> Work:
    """Where a file went whose name the first commit gives, and another one the last."""
    folder = _repository()
    between = (
        _COMMIT.format("main", n, f"M 644 inline a.py\ndata <<END\nx = {n}\nEND\n", "")
        for n in range(2, count)
    )
    _import(folder, (_BASE, *between, _COMMIT.format("main", count, "R old.py new.py\n", "")))
    return lambda: GitHistory(folder).renamed_to("old.py")


class _Shelf(dict[str, bytes]):
    """Keeps in memory."""

    load_bytes = dict.get
    save_bytes = dict.__setitem__


def kept_files(files: Mapping[str, str]) -> Work:
    """Which files there are, once that is known."""
    folder = Path(_FOLDERS.name, str(next(_NUMBERS)))
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    shelf = _Shelf()
    listed(folder, shelf, settled=-(10**18))
    return lambda: listed(folder, shelf, settled=-(10**18))
