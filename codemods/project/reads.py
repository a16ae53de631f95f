"""What an answer was made from: the files, names and surveys of a project that were asked for.

A scan looks at one file after the other, and what it finds out on the way about the rest of the
project it keeps for the files behind it until it lets go of its trees
(:meth:`~codemods.project.project.Project.forget`). So what is recorded is true of a *batch*: of
everything between two of these moments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from codemods.project.files import Files


@dataclass(slots=True)
class Search:
    """What came of a search for literals in the Python files, which are gone through by path."""

    members: set[str] = field(default_factory=set)
    """Files that hold one, and were given."""
    last: str | None = ""
    """Behind which file nobody has looked; ``None``: all were gone through."""

    def reach(self, path: str | None) -> None:
        """It went on to a file, or to the end."""
        if self.last is not None:
            self.last = None if path is None else max(self.last, path)

    def copy(self) -> Search:
        """What came of it up to now."""
        return Search(set(self.members), self.last)


@dataclass(slots=True)
class Reads:
    """What was asked of a project."""

    files: set[str] = field(default_factory=set)
    """Files of which the content was read."""
    exists: dict[str, bool] = field(default_factory=dict)
    """Paths of which it was asked whether they are files."""
    searches: dict[tuple[bytes, ...], Search] = field(default_factory=dict)
    """Literals of which it was asked which Python files hold one."""
    surveys: set[str] = field(default_factory=set)
    """Names of what was found out about the whole project."""

    def copy(self) -> Reads:
        """What was asked up to now."""
        searches = {literals: item.copy() for literals, item in self.searches.items()}
        return Reads(set(self.files), dict(self.exists), searches, set(self.surveys))


class StoredSearch(msgspec.Struct, array_like=True, frozen=True):
    """A search through the Python files."""

    literals: tuple[bytes, ...]
    members: tuple[str, ...]
    last: str | None


class StoredReads(msgspec.Struct, array_like=True, frozen=True):
    """What was asked of a project, as plain values."""

    files: tuple[str, ...]
    exists: tuple[tuple[str, bool], ...]
    searches: tuple[StoredSearch, ...]
    surveys: tuple[str, ...]


def stored_reads(reads: Reads) -> StoredReads:
    """What is kept of what was asked."""
    return StoredReads(
        tuple(sorted(reads.files)),
        tuple(sorted(reads.exists.items())),
        tuple(
            StoredSearch(literals, tuple(sorted(item.members)), item.last)
            for literals, item in sorted(reads.searches.items())
        ),
        tuple(sorted(reads.surveys)),
    )


class Differences:
    """Which answers a project would give otherwise now; which files there are is as it was.

    Args:
        changed: files with another content, or with one that is not known.
        read: gives the content of a file now.
        exists: says whether a path is a file now.
    """

    def __init__(
        self,
        changed: Collection[str],
        read: Callable[[str], bytes],
        exists: Callable[[str], bool],
    ) -> None:
        self.changed = frozenset(changed)
        self._read = read
        self._exists = exists
        self._data: dict[str, bytes] = {}
        self._holding: dict[tuple[bytes, ...], tuple[str, ...]] = {}

    def concern(self, reads: StoredReads) -> bool:
        """Whether something of what was asked would be answered otherwise."""
        if not self.changed.isdisjoint(reads.files) or not self.exist_as_before(reads):
            return True
        return any(
            search.last is None or path <= search.last
            for search in reads.searches
            for path in (
                *self._holders(search.literals),
                *self.changed.intersection(search.members),
            )
        )

    def exist_as_before(self, reads: StoredReads) -> bool:
        """Whether everything is a file that was one, and nothing else."""
        return all(self._exists(path) == found for path, found in reads.exists)

    def _holders(self, literals: tuple[bytes, ...]) -> tuple[str, ...]:
        """The changed files that hold one of the literals now."""
        if literals not in self._holding:
            if not self._data:
                self._data = {path: self._read(path) for path in self.changed}
            self._holding[literals] = tuple(
                path
                for path, data in self._data.items()
                if any(literal in data for literal in literals)
            )
        return self._holding[literals]


class Recording(Protocol):
    """Who records: a project."""

    reads: Reads | None
    """``None``: nothing is noted down now."""


class RecordedFiles:
    """Files whose reading is recorded with the project that they are of."""

    def __init__(self, base: Files, project: Recording) -> None:
        self.base = base
        self._project = project

    @property
    def folder(self) -> str:
        return self.base.folder

    @property
    def scripts(self) -> tuple[str, ...]:
        return self.base.scripts

    def paths(self) -> tuple[str, ...]:
        # Which files there are is asked for every answer.
        return self.base.paths()

    def read(self, path: str) -> bytes:
        if self._project.reads is not None:
            self._project.reads.files.add(path)
        return self.base.read(path)

    def exists(self, path: str) -> bool:
        found = self.base.exists(path)
        if self._project.reads is not None:
            self._project.reads.exists[path] = found
        return found

    def read_all(self, paths: tuple[str, ...]) -> dict[str, bytes]:
        if self._project.reads is not None:
            self._project.reads.files.update(paths)
        return self.base.read_all(paths)
