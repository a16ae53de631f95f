"""Deciding, before anything is written, what becomes of each finding's branch.

Every obstacle is found here, one finding at a time, so that one conflict does not stop the others
from being written in a single transaction.
"""

from __future__ import annotations

import enum
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from codemods.delivery.branch_names import PREFIX, branch_name, selector
from codemods.delivery.commits import NewFile
from codemods.delivery.message import commit_message
from codemods.delivery.repository import HEADS, Repository, RepositoryError
from codemods.delivery.survey import FindingBranch, Survey, base_entries
from codemods.delivery.trailers import Entry, sign
from codemods.engine.outcomes import FilePatch, Patch
from codemods.findings.model import Finding

NEW_FILE_MODE = b"100644"
GONE = b"000000"
"""The mode that ``git diff-tree`` shows for a file that is no longer there."""
FOLDER = b"040000"
KINDS = {FOLDER: "a folder", b"120000": "a symbolic link", b"160000": "a submodule"}


class Action(enum.StrEnum):
    """What becomes of a finding's branch."""

    CREATE = "create"
    UPDATE = "update"
    """It stood on another base, or the patch is another one now."""
    KEEP = "keep"
    """Same base, same content: the commit stays."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A patch that is to become a branch."""

    finding: Finding
    patch: Patch
    codemod: str
    repeated: bool = False
    """Whether the report has the finding's id more than once."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done for one delivery."""

    delivery: Delivery
    branch: str
    """Without ``refs/heads/``."""
    action: Action
    old: str | None
    """The commit that the branch points to now."""
    commit: str | None
    """The commit that it will point to, where that exists already."""
    message: bytes
    """The whole commit message, signed with its digest."""
    files: tuple[NewFile, ...]


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """A finding whose branch was not written; everything stands as before."""

    finding: Finding
    reason: str
    branch: str | None = None


class _ObstacleError(Exception):
    """Why one delivery cannot become a branch; never leaves this module."""

    def __init__(self, reason: str, branch: str | None = None) -> None:
        super().__init__(reason)
        self.branch = branch


def plan(
    repository: Repository, base: str, items: Sequence[Delivery], *, prefix: str = PREFIX
) -> tuple[Step | NotDelivered, ...]:
    """What ``deliver`` would do, in the order of ``items``; nothing is written.

    Args:
        base: the full id of the commit whose files the patches were made from.

    Raises:
        RepositoryError: when the prefix makes no branch name, or the repository cannot be read.
    """
    if repository.run("check-ref-format", f"{HEADS}{prefix}/x").status:
        raise RepositoryError(f"{prefix!r} cannot be what the names of branches start with")
    planner = _Planner(repository, base, items, prefix)
    return tuple(planner.step(item) for item in items)


class _Planner:
    """One run: what was read from the repository, and the names that are given away already."""

    def __init__(
        self, repository: Repository, base: str, items: Sequence[Delivery], prefix: str
    ) -> None:
        self._repository = repository
        self._base = base
        self._prefix = prefix
        self._survey = Survey(repository, prefix, base)
        paths = {_path(file) for item in items for file in item.patch.files}
        paths = {path for path in paths if _is_plain(path)}
        parents = {parent for path in paths for parent in _parents(path)}
        self._at_base = base_entries(repository, base, paths | parents)
        plain = Counter(selector(item.finding) for item in items)
        self._repeated = {key for key, count in plain.items() if count > 1}
        self._keys: set[str] = set()
        self._given = {ref.lower() for ref in self._survey.refs}

    def step(self, item: Delivery) -> Step | NotDelivered:
        try:
            return self._step(item)
        except _ObstacleError as obstacle:
            return NotDelivered(item.finding, str(obstacle), obstacle.branch)

    def _step(self, item: Delivery) -> Step:
        repeated = item.repeated or selector(item.finding) in self._repeated
        key = selector(item.finding, repeated=repeated)
        if key in self._keys:
            raise _ObstacleError(f"another finding is called {key}, too: rename one of the reports")
        self._keys.add(key)
        files = tuple(self._file(file) for file in item.patch.files if file.before != file.after)
        if not files:
            raise _ObstacleError("the patch changes nothing")
        entries = frozenset(file.entry for file in files)
        text = commit_message(item.finding, item.patch, item.codemod, key, self._base)
        message = sign(text, entries)

        existing = self._existing(key, item.finding)
        if existing is None:
            branch = self._free_name(item.finding)
            return Step(item, branch, Action.CREATE, None, None, message, files)
        branch = existing.branch
        same = existing.trailers.base == self._base and existing.entries == entries
        # Where somebody only changed the words of the commit, there is nothing to do either.
        if existing.foreign and not (same and existing.amended):
            shown = existing.ref.removeprefix(HEADS).removeprefix("refs/remotes/")
            raise _ObstacleError(
                f"{shown} {existing.foreign}: left alone; without that branch "
                "autofix makes a new one",
                branch,
            )
        tip = existing.tip if same else None
        if not existing.ref.startswith(HEADS):
            # Known from the remote only: the new branch goes by the name that it has there.
            self._check_name(branch)
            return Step(item, branch, Action.CREATE, None, tip, message, files)
        if same:
            return Step(item, branch, Action.KEEP, tip, tip, message, files)
        self._check_checkout(branch)
        return Step(item, branch, Action.UPDATE, existing.tip, None, message, files)

    def _file(self, file: FilePatch) -> NewFile:
        path = _path(file)
        held = self._at_base.get(path)
        if held is None:
            above = filter(None, map(self._at_base.get, _parents(path)))
            blocked = any(parent.mode != FOLDER for parent in above)
            if file.before or blocked or path not in self._at_base or file.after is None:
                raise _ObstacleError(f"{file.path} is no file of {self._base[:10]}")
            return NewFile(Entry(path, NEW_FILE_MODE, self._blob_id(file.after)), file.after)
        if held.mode in KINDS:
            raise _ObstacleError(f"{file.path} is {KINDS[held.mode]} in {self._base[:10]}")
        if held.blob != self._blob_id(file.before):
            raise _ObstacleError(
                f"the patch was made from a {file.path} that is not the one of {self._base[:10]}"
            )
        if file.after is None:
            return NewFile(Entry(path, GONE, self._repository.no_object.encode()), None)
        return NewFile(Entry(path, held.mode, self._blob_id(file.after)), file.after)

    def _blob_id(self, data: bytes) -> bytes:
        state = hashlib.new(self._repository.hash_name, usedforsecurity=False)
        state.update(b"blob %d\0" % len(data))
        state.update(data)
        return state.hexdigest().encode()

    def _existing(self, key: str, finding: Finding) -> FindingBranch | None:
        """The finding's branch: local before remote, the name we would give before others."""
        mine = [item for item in self._survey.branches if item.trailers.finding == key]
        name = branch_name(finding, self._prefix)
        return min(
            mine,
            key=lambda item: (not item.ref.startswith(HEADS), item.branch != name),
            default=None,
        )

    def _free_name(self, finding: Finding) -> str:
        """The finding's name, with an ordinal where another finding's branch has it already.

        A name that something else has is not gone round: somebody chose it, and nobody would look
        for the fix under another one.
        """
        others = {item.branch for item in self._survey.branches}
        ordinal = 1
        while True:
            name = branch_name(finding, self._prefix, ordinal)
            ref = f"{HEADS}{name}"
            taken_here = ref.lower() in self._given and ref not in self._survey.refs
            if not taken_here and name not in others:
                self._check_name(name)
                self._given.add(ref.lower())
                return name
            ordinal += 1

    def _check_name(self, name: str) -> None:
        """Raise if git could not make this branch, or if it is somebody else's."""
        ref = f"{HEADS}{name}"
        refs = self._survey.refs
        parts = name.split("/")
        above = (HEADS + "/".join(parts[:length]) for length in range(1, len(parts)))
        blocking = next((parent for parent in above if parent in refs), None) or next(
            (other for other in refs if other.startswith(f"{ref}/")), None
        )
        if blocking is not None:
            raise _ObstacleError(
                f"the branch {blocking.removeprefix(HEADS)} is in the way: git cannot have it "
                f"beside {name}",
                name,
            )
        if ref in refs:
            raise _ObstacleError(f"the branch {name} is there already, and not from autofix", name)
        self._check_checkout(name)

    def _check_checkout(self, branch: str) -> None:
        place = self._survey.checked_out.get(f"{HEADS}{branch}")
        if place is not None:
            raise _ObstacleError(
                f"the branch {branch} is checked out in {place}: switch to another one there",
                branch,
            )


def _path(file: FilePatch) -> bytes:
    return file.path.encode("utf-8", "surrogateescape")


def _parents(path: bytes) -> list[bytes]:
    parts = path.split(b"/")
    return [b"/".join(parts[:length]) for length in range(1, len(parts))]


def _is_plain(path: bytes) -> bool:
    """Whether git would check out a file with this path."""
    return all(part.lower() not in (b"", b".", b"..", b".git") for part in path.split(b"/"))
