"""Where a project's files come from: a work tree, a commit, or memory.

All three answer the same four questions, so that everything above them is the same code.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Protocol

from codemods.reading import read_regular


class Files(Protocol):
    """The files of one state of a project. Paths are relative, with forward slashes."""

    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises:
            FileNotFoundError: when there is no such file.
            OSError: when it cannot be read.
        """

    def exists(self, path: str) -> bool:
        """Whether ``path`` is a file."""

    @property
    def folder(self) -> str:
        """Where the paths begin on this machine, with forward slashes; ``""``: nowhere."""

    @property
    def scripts(self) -> tuple[str, ...]:
        """The Python programs among the paths that have no suffix, where somebody has looked."""

    def read_all(self, paths: tuple[str, ...]) -> dict[str, bytes]:
        """Many files at once, for sources where that is cheaper; unreadable ones are left out."""


class MemoryFiles:
    """Files that are given as a mapping: for tests, fixtures and code that comes by stdin."""

    folder = ""
    scripts: tuple[str, ...] = ()

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = dict(contents)

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._contents))

    def read(self, path: str) -> bytes:
        try:
            return self._contents[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    def exists(self, path: str) -> bool:
        return path in self._contents

    def read_all(self, paths: tuple[str, ...]) -> dict[str, bytes]:
        return {path: self._contents[path] for path in paths if path in self._contents}


class OverlayFiles:
    """Another state with some files replaced, or gone (``None``): what a project would be after a
    patch."""

    def __init__(self, base: Files, changed: Mapping[str, bytes | None]) -> None:
        self._base: Files = base
        self._changed: dict[str, bytes | None] = dict(changed)
        if isinstance(base, OverlayFiles):
            # Flat: thousands of fixes, one upon the other, would end at the recursion limit.
            self._base = base._base
            self._changed = {**base._changed, **changed}

    @property
    def folder(self) -> str:
        return self._base.folder

    @property
    def scripts(self) -> tuple[str, ...]:
        kept = (path for path in self._base.scripts if self._changed.get(path, b"") is not None)
        return tuple(kept)

    def paths(self) -> tuple[str, ...]:
        gone = {path for path, data in self._changed.items() if data is None}
        return tuple(sorted({*self._base.paths(), *self._changed} - gone))

    def read(self, path: str) -> bytes:
        if path not in self._changed:
            return self._base.read(path)
        data = self._changed[path]
        if data is None:
            raise FileNotFoundError(path)
        return data

    def exists(self, path: str) -> bool:
        if path in self._changed:
            return self._changed[path] is not None
        return self._base.exists(path)

    def read_all(self, paths: tuple[str, ...]) -> dict[str, bytes]:
        rest = tuple(path for path in paths if path not in self._changed)
        found = self._base.read_all(rest)
        mine = {path: self._changed[path] for path in paths if path in self._changed}
        return found | {path: data for path, data in mine.items() if data is not None}


class WorkTreeFiles:
    """The files below a folder as they stand on disk; ``.git`` and links are left out, and what
    lies behind them: each file has one path.

    Which of them git ignores is not asked here: see :mod:`codemods.project.scanned_files`.
    """

    scripts: tuple[str, ...] = ()

    def __init__(self, root: Path) -> None:
        self.root = root
        self._prefix = os.path.join(root, "")  # noqa: PTH118 (with the separator behind it)
        self._paths: tuple[str, ...] | None = None

    @property
    def folder(self) -> str:
        return Path(self.root).resolve().as_posix()

    def paths(self) -> tuple[str, ...]:
        if self._paths is None:
            self._paths = tuple(sorted(self._walk()))
        return self._paths

    def _walk(self) -> list[str]:
        found: list[str] = []
        # A list and no recursion: folders may be nested more deeply than Python calls.
        waiting = [""]
        while waiting:
            prefix = waiting.pop()
            try:
                entries = list(os.scandir(f"{self._prefix}{prefix}"))
            except OSError:
                # An unreadable folder has no files that could be fixed.
                continue
            for entry in entries:
                if entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in (".git", ".autofix_cache"):
                        waiting.append(f"{prefix}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    found.append(prefix + entry.name)
        return found

    def read(self, path: str) -> bytes:
        if ".." in path and not self.exists(path):
            raise FileNotFoundError(path)
        # Many thousands at a time: what pathlib makes of a path costs more than the file.
        return read_regular(f"{self._prefix}{path}")

    def exists(self, path: str) -> bool:
        if not {"", ".", "..", ".git"}.isdisjoint(path.casefold().split("/")):
            return False
        target = f"{self._prefix}{path}"
        if not os.path.isfile(target):  # noqa: PTH113 (as above)
            return False
        return os.path.realpath(target) == f"{self._real}{path}"

    @cached_property
    def _real(self) -> str:
        return os.path.join(os.path.realpath(self.root), "")  # noqa: PTH118 (as above)

    def read_all(self, paths: tuple[str, ...]) -> dict[str, bytes]:
        found = {}
        for path in paths:
            try:
                found[path] = self.read(path)
            except OSError:
                # Left out, as the protocol says: whoever needs the file reads it by itself.
                continue
        return found
