"""New objects apart from those of the repository, until all of them are there.

git writes packs and objects under temporary names, and leaves them when it is killed. Ours are
written into a folder of their own beside the repository's objects, as a push's are on the server,
and move over when git is done; the folder tells the process that made it, so that the next run
removes what a dead one left.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from codemods.delivery.repository import Repository, RepositoryError
from codemods.project.temporary import is_abandoned, mark

_PREFIX = "tmp_objdir-autofix-"
"""``git prune`` takes what begins like this for left over, too, once it is two weeks old."""


@contextlib.contextmanager
def quarantined(repository: Repository) -> Iterator[Repository]:
    """The repository, for a block in which what git writes goes elsewhere; at its end, unless that
    is an error, all of it is the repository's.

    Raises:
        OSError: when the folder cannot be made, or the objects cannot be moved.
    """
    objects = _objects(repository)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{mark()}-", dir=objects))
    try:
        yield _writing_to(folder, repository)
        _move(folder, objects)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def scratch(repository: Repository) -> Iterator[Repository]:
    """The repository, for a block after which everything that git wrote in it is gone.

    Raises:
        RepositoryError: when no temporary folder can be made.
    """
    try:
        made = tempfile.TemporaryDirectory(prefix="autofix-trial-", ignore_cleanup_errors=True)
    except OSError as error:
        raise RepositoryError(
            f"cannot create a temporary folder: {error.strerror or error}"
        ) from error
    with made as folder:
        yield _writing_to(Path(folder), repository)


def _writing_to(folder: Path, repository: Repository) -> Repository:
    """The repository, with its new objects in ``folder``."""
    import git

    runner = git.Git(repository.git.working_dir)
    others = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")
    places = ":".join([_quoted(str(_objects(repository))), *([others] if others else [])])
    runner.update_environment(
        GIT_OBJECT_DIRECTORY=str(folder), GIT_ALTERNATE_OBJECT_DIRECTORIES=places
    )
    return dataclasses.replace(repository, git=runner)


def remove_left_over(repository: Repository) -> None:
    """Remove what runs that were killed have left."""
    objects = _objects(repository)
    with contextlib.suppress(OSError):
        for folder in objects.glob(f"{_PREFIX}*"):
            if not is_abandoned(folder.name.removeprefix(_PREFIX), folder.lstat()):
                continue
            for index in folder.glob("pack/*.idx"):
                if (objects / "pack" / f"{index.stem}.pack").exists():
                    # It was about to be moved: a pack without its index would be left over, too.
                    _move_files(folder / "pack", objects / "pack", f"{index.stem}.*")
            shutil.rmtree(folder, ignore_errors=True)


def _objects(repository: Repository) -> Path:
    return Path(os.environ.get("GIT_OBJECT_DIRECTORY") or repository.common_dir / "objects")


def _quoted(path: str) -> str:
    """As git reads a list of paths with colons between them."""
    if ":" not in path and not path.startswith('"'):
        return path
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _move(folder: Path, objects: Path) -> None:
    for inner in sorted(folder.iterdir()):
        if inner.is_dir():
            _move_files(inner, objects / inner.name, "*")


def _move_files(folder: Path, target: Path, pattern: str) -> None:
    if not target.exists():
        target.mkdir(exist_ok=True)
        # git gave it what ``core.sharedRepository`` asks for.
        target.chmod(folder.stat().st_mode & 0o7777)
    # Packs are found by their index, so that it comes last.
    for path in sorted(folder.glob(pattern), key=lambda item: item.suffix == ".idx"):
        if not (target / path.name).exists():
            path.replace(target / path.name)
