"""Where answers are kept: a folder beside the code that nobody commits, and nobody else writes.

What is read from it decides what a scan says, so that a folder which came with a commit, or belongs
to somebody else, is not used: whoever opens a pull request could commit one that is clean.
"""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

from codemods.engine.scanning.cache.stored import (
    DamagedError,
    Kept,
    from_bytes,
    opened,
    sealed,
    to_bytes,
)
from codemods.project.git_options import OPTIONS
from codemods.project.temporary import remove_left_over, temporary_file
from codemods.reading import read_regular

NAME = ".autofix_cache"
MOST = 512 * 1024 * 1024
"""Bytes of a file that is read."""
_KINDS = 8
"""How many files stay: one for each catalogue with its settings that was asked for of late."""
_TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag made by autofix.
"""
"""See https://bford.info/cachedir/: backups leave such folders out."""


class UnusableError(Exception):
    """Why a folder is not used; the message is one line for a person."""


class CacheFolder:
    """One folder with what was kept.

    Args:
        path: where it is; it need not be there yet.
        top: the project; a folder in it must not be a part of what git has.

    Raises:
        UnusableError: when it is not to be trusted.
    """

    def __init__(self, path: Path, top: Path) -> None:
        self.path = path
        self.told: list[str] = []
        """What was not used although it is there, and what was not kept, a line each."""
        if (reason := _distrust(path, top)) is not None:
            raise UnusableError(f"{path.name} is not used: {reason}")

    def load(self, key: str) -> Kept | None:
        """What is kept under a key; ``None`` where nothing is.

        Raises:
            UnusableError: when it cannot be read, or is damaged.
        """
        name = f"{key}.scan"
        data = self._read(name)
        try:
            return None if data is None else from_bytes(data)
        except DamagedError as error:
            raise self._damaged(name, error) from error

    def load_bytes(self, name: str) -> bytes | None:
        """What is kept under the name of a file; ``None`` where nothing is that can be used."""
        try:
            data = self._read(name)
            return None if data is None else opened(data)
        except UnusableError as error:
            self.told.append(str(error))
        except DamagedError as error:
            self.told.append(str(self._damaged(name, error)))
        return None

    def _read(self, name: str) -> bytes | None:
        try:
            return read_regular(self.path / name, MOST)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._damaged(name, error) from error

    def _damaged(self, name: str, error: Exception) -> UnusableError:
        return UnusableError(f"{self.path.name}/{name} is damaged and was ignored: {error}")

    def save(self, key: str, kept: Kept) -> None:
        """Keep something under a key, in place of what was there.

        Raises:
            OSError: when it cannot be written.
        """
        self._write(f"{key}.scan", to_bytes(kept))

    def save_bytes(self, name: str, data: bytes) -> None:
        """Keep something under the name of a file, in place of what was there; where that cannot
        be written, it is told."""
        try:
            self._write(name, sealed(data))
        except OSError as error:
            self.told.append(not_kept(error))

    def _write(self, name: str, data: bytes) -> None:
        self._make()
        target = self.path / name
        temporary = temporary_file(target, data)
        try:
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        for old in sorted(self.path.glob(f"*{target.suffix}"), key=_age)[_KINDS:]:
            old.unlink(missing_ok=True)

    def _make(self) -> None:
        self.path.mkdir(mode=0o755, parents=True, exist_ok=True)
        remove_left_over(self.path)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
            target = self.path / name
            if not target.exists():
                temporary = temporary_file(target, text.encode())
                temporary.replace(target)


def not_kept(error: OSError) -> str:
    """Why the next scan will look at everything again, in one line."""
    return f"the cache was not written: {error.strerror or error}"


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except FileNotFoundError:
        # Another process was faster.
        return 0.0


def _distrust(path: Path, top: Path) -> str | None:
    """Why a folder is not to be trusted, in words."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISDIR(state.st_mode):
        return "it is not a folder"
    if hasattr(os, "getuid") and state.st_uid != os.getuid():
        return "it belongs to another user"
    if path.is_relative_to(top) and _is_tracked(path.relative_to(top), top):
        return "git tracks it"
    return None


def _is_tracked(inside: Path, top: Path) -> bool:
    command = ["git", *OPTIONS, "-C", str(top), "ls-files", "-z", "--", inside.as_posix()]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        # Without git nobody has checked it out either.
        return False
    return bool(done.stdout)
