"""Where a file went: renames out of git's history, for paths that are gone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath

from codemods.project.git_options import OPTIONS

RENAMES = 8
"""How many renames in a row are followed."""
SIMILARITY = "40%"
"""Moved modules get new imports at once; git's own default of 50 % misses small ones."""
_COMPARED = 400  # added files that are compared by content with the one that went


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of ``git diff-tree --raw``."""

    status: str
    old_id: str
    new_id: str
    path: str


class GitHistory:
    """What git knows of paths that are gone at a commit.

    It never raises for what a repository lacks (history that a shallow clone cut off, blobs that
    a partial clone left out, no repository at all): then git knows nothing, and the answer is
    ``()``. Answers are kept, since several findings name the same file.

    Args:
        repository: the root of a work tree, or a git directory (a bare repository).
        commit: the commit whose tree is today.
    """

    def __init__(self, repository: Path | str, commit: str = "HEAD") -> None:
        path = Path(repository)
        gitdir = (path / "HEAD").is_file() and (path / "objects").is_dir()
        # Said outright for a git directory: without a ``core.bare`` git looks for a work tree.
        where = "--git-dir" if gitdir else "-C"
        self._command = ["git", *OPTIONS, where, str(path), "--literal-pathspecs"]
        self._folder = path
        self._commit = commit
        self._known: dict[str, tuple[str, ...]] = {}

    def renamed_to(self, path: str) -> tuple[str, ...]:
        """The paths, best first, that hold at the commit what ``path`` held when it was last there.

        ``()`` for a path that is there, that never was, or whose content went nowhere.
        """
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._follow(path)
        return found

    def _follow(self, path: str) -> tuple[str, ...]:
        if not path or self._exists(path):
            return ()
        waiting, seen = [path], {path}
        for _ in range(RENAMES):
            steps = dict.fromkeys(target for gone in waiting for target in self._step(gone))
            waiting = [target for target in steps if target not in seen]
            there = tuple(target for target in waiting if self._exists(target))
            if there or not waiting:
                return there
            seen.update(waiting)
        return ()

    def _step(self, path: str) -> list[str]:
        """Where ``path`` went in the commit that removed it, best first."""
        removal = self._removal(path)
        if removal is None:
            return []
        parent, commit = removal
        entries = self._changes(parent, commit)
        gone = [entry for entry in entries if entry.status == "D" and entry.path == path]
        suffix = PurePosixPath(path).suffix
        added = [
            entry
            for entry in entries
            if entry.status == "A" and PurePosixPath(entry.path).suffix == suffix
        ]
        if not gone or not added:
            return []
        same = [entry.path for entry in added if entry.new_id == gone[0].old_id]
        if same:
            # An empty ``__init__.py`` equals every other: the one with the same name is meant.
            return sorted(same, key=lambda target: _unlike(path, target))[:1]
        return self._similar(parent, commit, path, added)

    def _removal(self, path: str) -> tuple[str, str] | None:
        """The commit that removed ``path`` last, behind the parent that still had it."""
        log = ["log", "-1", "--diff-filter=D", "--no-renames", "--format=%H %P"]
        for options in ([], ["-m", "--full-history"]):
            # The second try is for files that a merge dropped, which plain log does not show.
            answer = self._git(*log, *options, self._commit, "--", path)
            if answer:
                commit, *parents = answer.split("\n", 1)[0].split()
                for parent in parents:
                    if self._exists(path, parent):
                        return parent, commit
        return None

    def _changes(self, parent: str, commit: str) -> list[_Entry]:
        """What was added and removed between two commits; needs no blob."""
        answer = self._git(
            "diff-tree", "-r", "-z", "--raw", "--no-renames", "--diff-filter=AD", parent, commit
        )
        pieces = answer.split("\0")
        entries: list[_Entry] = []
        for head, path in zip(pieces[::2], pieces[1::2], strict=False):
            fields = head.lstrip(":").split()
            if len(fields) == 5:
                entries.append(_Entry(fields[4][:1], fields[2], fields[3], path))
        return entries

    def _similar(self, parent: str, commit: str, path: str, added: list[_Entry]) -> list[str]:
        """The added file that git takes for the renamed one, else one of the same name."""
        # Files with the same name first: where blobs are missing, the others make git give up.
        alike = [item.path for item in added if _basename(item.path) == _basename(path)]
        others = [item.path for item in added[:_COMPARED]]
        for candidates in (alike, others):
            if not candidates:
                continue
            answer = self._git(
                *("diff-tree", "-r", "-z", "--name-status", f"-M{SIMILARITY}", "-l0"),
                *("--diff-filter=R", parent, commit, "--", path, *candidates),
            )
            pieces = answer.split("\0")
            targets = [
                target
                for source, target in zip(pieces[1::3], pieces[2::3], strict=False)
                if source == path
            ]
            if targets:
                return targets
        return alike if len(alike) == 1 else []

    def is_sparse(self, path: str) -> bool:
        """Whether ``path`` is outside of what a sparse checkout has of the index."""
        return self._git("ls-files", "-t", "-z", "--full-name", "--", path) == f"S {path}\0"

    def _exists(self, path: str, commit: str | None = None) -> bool:
        answer = self._git("ls-tree", "-z", "--full-tree", commit or self._commit, "--", path)
        return any(line.endswith(f"\t{path}") for line in answer.split("\0"))

    def _git(self, *arguments: str) -> str:
        """The output of a git command, ``""`` where git cannot answer."""
        import git

        environment = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            runner = git.Git(str(self._folder) if self._folder.is_dir() else os.curdir)
            answer = runner.execute([*self._command, *arguments], env=environment)
        except (git.GitCommandError, git.GitCommandNotFound, OSError):
            # History is a help and no need: without it the path's end and the evidence decide.
            return ""
        return str(answer)


def _basename(path: str) -> str:
    return path.rpartition("/")[2]


def _unlike(path: str, target: str) -> tuple[bool, int]:
    """Sorts the targets that look most like ``path`` first."""
    pairs = zip(reversed(path), reversed(target), strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return (_basename(path) != _basename(target), -common)
