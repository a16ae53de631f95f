"""Writing a patch into the work tree: every file or none, each replaced or deleted in one step."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codemods.delivery.repository import Repository, RepositoryError
from codemods.delivery.survey import CHUNK
from codemods.engine.outcomes import FilePatch, Patch


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a patch, as they stand on disk now."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotWritten:
    """Nothing was written."""

    reason: str


class _HalfWrittenError(Exception):
    """Files that were replaced and could not be put back; never leaves this module."""


def work_tree(repository: Repository) -> Path:
    """The folder that ``--in-place`` writes to.

    Raises:
        RepositoryError: for a bare repository, which has none.
    """
    if repository.root is None:
        raise RepositoryError(
            f"{repository.name} is bare: there is no work tree to write to, only branches"
        )
    return repository.root


def uncommitted(repository: Repository, paths: Iterable[str]) -> dict[str, str]:
    """Which of the files git could not bring back, with why: ``has uncommitted changes``.

    Raises:
        RepositoryError: for a bare repository, or when git cannot tell.
    """
    root = work_tree(repository)
    wanted = list(dict.fromkeys(paths))
    if not wanted:
        return {}
    tracked = _listed(repository, "ls-files", *wanted)
    options = ("--porcelain=v1", "--untracked-files=no", "--no-renames")
    states = {
        line[3:]: line[:2] for line in _listed(repository, "status", *wanted, options=options)
    }
    found: dict[str, str] = {}
    for path in wanted:
        state = states.get(path)
        if state is not None:
            conflict = "U" in state or state in ("AA", "DD")
            found[path] = "has merge conflicts" if conflict else "has uncommitted changes"
        elif path not in tracked and (root / path).exists():
            # New, ignored, or a submodule's: whichever it is, this repository has no copy of it.
            found[path] = "is not tracked by git"
    return found


def _listed(
    repository: Repository, command: str, *paths: str, options: Sequence[str] = ()
) -> tuple[str, ...]:
    found: list[str] = []
    for start in range(0, len(paths), CHUNK):
        chunk = paths[start : start + CHUNK]
        done = repository.ask("--literal-pathspecs", command, "-z", *options, "--", *chunk)
        found += (os.fsdecode(line) for line in done.stdout.split(b"\0") if line)
    return tuple(found)


def write_in_place(
    root: Path, patch: Patch, *, repository: Repository | None = None, force: bool = False
) -> Written | NotWritten:
    """Write the files of a patch below ``root``, keeping their modes.

    Args:
        root: what the patch's paths are relative to; the work tree's top, with a repository.
        repository: whom to ask for uncommitted changes; ``None`` outside of git.
        force: write files with uncommitted changes, too. A file that is no longer what the patch
            was made from is never written.

    Raises:
        RepositoryError: for a bare repository, or when git cannot tell a file's state.
    """
    files = [file for file in patch.files if file.before != file.after]
    if repository is not None and not force:
        for path, state in uncommitted(repository, (file.path for file in files)).items():
            return NotWritten(f"{path} {state}: commit or stash it, or use --force")
    for file in files:
        reason = _obstacle(root, file)
        if reason is not None:
            return NotWritten(reason)
    try:
        _replace_all(root, files)
    except _HalfWrittenError as error:
        return NotWritten(f"{error}; these files were written and could not be put back")
    except OSError as error:
        return NotWritten(f"{error.filename or root}: {error.strerror}; nothing was changed")
    for file in files:
        if file.after is None:
            _drop_empty_folders(root, (root / file.path).parent)
    return Written(tuple(file.path for file in files))


def _obstacle(root: Path, file: FilePatch) -> str | None:
    target = root / file.path
    if target.is_symlink() or not target.resolve().is_relative_to(root.resolve()):
        return f"{file.path} is, or lies behind, a symbolic link"
    try:
        current = target.read_bytes()
    except FileNotFoundError:
        return f"{file.path} is not there" if file.before or file.after is None else None
    except OSError as error:
        return f"{file.path} cannot be read: {error.strerror}"
    if current != file.before:
        return f"{file.path} has changed since it was read"
    return None


def _replace_all(root: Path, files: Sequence[FilePatch]) -> None:
    """All new contents are on disk before the first file is replaced; what was replaced is put
    back if a later one fails. A file that goes is put aside until all others are done."""
    staged: list[tuple[Path, Path]] = []
    done: list[FilePatch] = []
    aside: dict[str, Path] = {}
    try:
        for file in files:
            target = root / file.path
            if file.after is None:
                aside[file.path] = _stage(target, b"")
                staged.append((aside[file.path], target))
            else:
                staged.append((_stage(target, file.after), target))
        for file, (temporary, target) in zip(files, staged, strict=True):
            if file.after is None:
                target.replace(temporary)
            else:
                temporary.replace(target)
            done.append(file)
    except BaseException as error:
        lost = [
            file.path
            for file in reversed(done)
            if not _restore(root / file.path, file, aside.get(file.path))
        ]
        if lost:
            # What stands aside is all that is left of those that were to go.
            kept = {aside[path] for path in lost if path in aside}
            staged = [pair for pair in staged if pair[0] not in kept]
            raise _HalfWrittenError(", ".join(lost)) from error
        raise
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def _drop_empty_folders(root: Path, folder: Path) -> None:
    """As git does, which knows no folder without a file."""
    while folder != root and root in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            # Something else is in it.
            return
        folder = folder.parent


def _restore(target: Path, file: FilePatch, aside: Path | None) -> bool:
    try:
        if aside is not None:
            aside.replace(target)
        elif file.before:
            _stage(target, file.before).replace(target)
        else:
            target.unlink()
    except OSError:
        # Told by the caller, with the path.
        return False
    return True


def _stage(target: Path, data: bytes) -> Path:
    """A file beside ``target`` with new content, and with its mode and owner."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".autofix-", suffix=target.suffix, dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            before = target.stat()
            if os.getuid() == 0:
                # Root must not take a user's files; everybody else can only make their own.
                os.chown(temporary, before.st_uid, before.st_gid)
            temporary.chmod(before.st_mode & 0o7777)
        else:
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
