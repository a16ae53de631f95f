"""Deciding, before anything is written, what becomes of each finding's branch.

Every obstacle is found here, one finding at a time, so that one conflict does not stop the others
from being written in a single transaction.
"""

from __future__ import annotations

import enum
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from codemods.delivery.adopting import Match, Wanted, match
from codemods.delivery.branch_names import PREFIX, SHORT_KEY, branch_name, selector
from codemods.delivery.commits import NewFile
from codemods.delivery.likeness import Trial
from codemods.delivery.message import Signature, commit_message
from codemods.delivery.repository import HEADS, Repository, RepositoryError
from codemods.delivery.survey import Survey, base_entries
from codemods.delivery.trailers import Entry, sign
from codemods.delivery.verifying import Verification
from codemods.engine.keys import patch_key, sites
from codemods.engine.outcomes import FilePatch, Patch
from codemods.findings.model import Finding, Severity

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
    anew: bool = False
    """Whether the branch is to stand on the base also where what it does would stay the same."""
    reviewed: bool = False
    """Whether somebody decided about it just now, and may decide otherwise than before."""

    @property
    def key(self) -> str:
        """The key of the fix; see :func:`codemods.engine.keys.patch_key`."""
        return patch_key(self.codemod, self.patch)


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done for one delivery; several findings may share a branch."""

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
    patch: str
    """The stable patch-id of the fix."""


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """A finding whose branch was not written; everything stands as before."""

    finding: Finding
    reason: str
    branch: str | None = None
    verification: Verification | None = None
    """How the project's command failed on it, where that is the reason."""


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
        raise RepositoryError(f"{prefix!r} is not a valid branch prefix")
    # Each by itself, also where the same is given twice.
    apart = [replace(item) for item in items]
    return tuple(Planner(repository, base, apart, prefix).steps(apart))


def definition(item: Delivery) -> str:
    """What a fix is about, for people: the qualified name of what it changes first, else the name
    of its file."""
    site = next(iter(sites(item.patch)), None)
    path = site.path if site else item.patch.files[0].path
    return site.function if site and site.function else PurePosixPath(path).stem


@dataclass(frozen=True, slots=True)
class Fix:
    """What is to become one branch: deliveries with one key."""

    members: tuple[Delivery, ...]
    """The one whose patch is taken comes first."""
    names: tuple[str, ...]
    """The selectors of the findings."""
    files: tuple[NewFile, ...]

    @property
    def first(self) -> Delivery:
        """Whose patch is taken."""
        return self.members[0]

    @property
    def entries(self) -> frozenset[Entry]:
        """What it changes against the base."""
        return frozenset(file.entry for file in self.files)


class Planner:
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
        self._given = {ref.lower() for ref in self._survey.refs}

    def steps(self, items: Sequence[Delivery]) -> list[Step | NotDelivered]:
        """What becomes of each delivery, in order."""
        found: dict[int, Step | NotDelivered] = {}
        fixes, obstacles = self.fixes(items)
        found |= obstacles
        trial = Trial(self._repository, self._base, [fix.files for fix in fixes])
        matched = match(self._repository, self._base, self._survey.branches, _wanted(fixes), trial)
        for fix, patch, branch in zip(fixes, trial.patches, matched, strict=True):
            for item in fix.members:
                try:
                    found[id(item)] = self._member(item, fix, patch, branch, found)
                except _ObstacleError as obstacle:
                    found[id(item)] = NotDelivered(item.finding, str(obstacle), obstacle.branch)
        return [found[id(item)] for item in items]

    def fixes(self, items: Sequence[Delivery]) -> tuple[list[Fix], dict[int, NotDelivered]]:
        """What is to be committed, and what cannot be."""
        fixes: list[Fix] = []
        found: dict[int, NotDelivered] = {}
        for members in _grouped(items):
            try:
                fixes.append(self._fix(members))
            except _ObstacleError as obstacle:
                found |= {id(item): NotDelivered(item.finding, str(obstacle)) for item in members}
        return fixes, found

    def message(self, fix: Fix, patch: str) -> bytes:
        """The whole commit message."""
        item = fix.first
        signature = Signature(fix.names, item.codemod, item.key, patch, self._base)
        return sign(
            commit_message(item.finding, item.patch, signature),
            fix.entries,
            decided=item.patch.decided,
        )

    def _fix(self, members: Sequence[Delivery]) -> Fix:
        worst = min(members, key=_rank)
        ordered = (worst, *(item for item in members if item is not worst))
        same = (item for item in ordered if item.patch.files == worst.patch.files)
        names = tuple(dict.fromkeys(self._selector(item) for item in same))
        files = tuple(self._file(file) for file in worst.patch.files if file.before != file.after)
        if not files:
            raise _ObstacleError("the patch changes nothing")
        return Fix(ordered, names, files)

    def _selector(self, item: Delivery) -> str:
        repeated = item.repeated or selector(item.finding) in self._repeated
        return selector(item.finding, repeated=repeated)

    def _member(
        self,
        item: Delivery,
        fix: Fix,
        patch: str,
        existing: Match | None,
        done: Mapping[int, Step | NotDelivered],
    ) -> Step | NotDelivered:
        """One finding of a fix: the first makes the branch, the others share it."""
        first = done.get(id(fix.first))
        if first is None:
            return self._step(fix, patch, existing)
        if item.patch.files != fix.first.patch.files:
            raise _ObstacleError(
                f"{fix.names[0]} changes the same lines differently and comes first",
                first.branch,
            )
        if isinstance(first, NotDelivered):
            raise _ObstacleError(first.reason, first.branch)
        return replace(first, delivery=item)

    def _step(self, fix: Fix, patch: str, found: Match | None) -> Step:
        item, message = fix.first, self.message(fix, patch)
        if found is None:
            branch = self._free_name(item)
            return Step(item, branch, Action.CREATE, None, None, message, fix.files, patch)
        existing, branch = found.branch, found.branch.branch
        on_base = existing.trailers.base == self._base and existing.entries == fix.entries
        same = on_base or (found.merges_to_the_same and not item.anew)
        # Where somebody only changed the words of the commit, there is nothing to do either.
        may = (on_base and existing.amended) or (existing.decided and (on_base or item.reviewed))
        if existing.foreign and not may:
            shown = existing.ref.removeprefix(HEADS).removeprefix("refs/remotes/")
            raise _ObstacleError(
                f"{shown} {existing.foreign}: not changed; delete the branch to get a new one",
                branch,
            )
        tip = existing.tip if same else None
        if not existing.ref.startswith(HEADS):
            # Known from the remote only: the new branch goes by the name that it has there.
            self._check_name(branch)
            return Step(item, branch, Action.CREATE, None, tip, message, fix.files, patch)
        if same:
            return Step(item, branch, Action.KEEP, tip, tip, message, fix.files, patch)
        self._check_checkout(branch)
        return Step(item, branch, Action.UPDATE, existing.tip, None, message, fix.files, patch)

    def _file(self, file: FilePatch) -> NewFile:
        path = _path(file)
        held = self._at_base.get(path)
        if held is None:
            above = filter(None, map(self._at_base.get, _parents(path)))
            blocked = any(parent.mode != FOLDER for parent in above)
            if file.before or blocked or path not in self._at_base or file.after is None:
                raise _ObstacleError(f"{file.path} is not a file in {self._base[:10]}")
            return NewFile(Entry(path, NEW_FILE_MODE, self._blob_id(file.after)), file.after)
        if held.mode in KINDS:
            raise _ObstacleError(f"{file.path} is {KINDS[held.mode]} in {self._base[:10]}")
        if held.blob != self._blob_id(file.before):
            raise _ObstacleError(
                f"the patch was made from a {file.path} that differs from the one in "
                f"{self._base[:10]}"
            )
        if file.after is None:
            return NewFile(Entry(path, GONE, self._repository.no_object.encode()), None)
        return NewFile(Entry(path, held.mode, self._blob_id(file.after)), file.after)

    def _blob_id(self, data: bytes) -> bytes:
        state = hashlib.new(self._repository.hash_name, usedforsecurity=False)
        state.update(b"blob %d\0" % len(data))
        state.update(data)
        return state.hexdigest().encode()

    def _free_name(self, item: Delivery) -> str:
        """The name of the fix's branch; a longer one where the branch of another fix has it.

        A name that something else has is not gone round: somebody chose it, and nobody would look
        for the fix under another one.
        """
        others = {branch.branch for branch in self._survey.branches}
        for length in (SHORT_KEY, len(item.key)):
            name = branch_name(item.codemod, definition(item), item.key[:length], self._prefix)
            ref = f"{HEADS}{name}"
            taken_here = ref.lower() in self._given and ref not in self._survey.refs
            if not taken_here and name not in others:
                break
        self._check_name(name)
        self._given.add(ref.lower())
        return name

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
                f"the branch {blocking.removeprefix(HEADS)} exists, and git cannot have {name} "
                "next to it",
                name,
            )
        if ref in refs:
            raise _ObstacleError(f"the branch {name} already exists and is not from autofix", name)
        self._check_checkout(name)

    def _check_checkout(self, branch: str) -> None:
        place = self._survey.checked_out.get(f"{HEADS}{branch}")
        if place is not None:
            raise _ObstacleError(
                f"the branch {branch} is checked out in {place}: switch to another one there",
                branch,
            )


def _grouped(items: Sequence[Delivery]) -> Iterable[Sequence[Delivery]]:
    """Those with one key together; a patch that names no place is nobody else's."""
    groups: dict[str, list[Delivery]] = {}
    for number, item in enumerate(items):
        groups.setdefault(item.key if item.patch.changes else str(number), []).append(item)
    return groups.values()


def _rank(item: Delivery) -> int:
    """Worse severities first."""
    severity = item.finding.severity
    return len(Severity) if severity is None else severity.rank


def _wanted(fixes: Sequence[Fix]) -> list[Wanted]:
    """What to look for; a name that two fixes have is nobody's."""
    count = Counter(name for fix in fixes for name in fix.names)
    return [
        Wanted(
            fix.first.key,
            frozenset(name for name in fix.names if count[name] == 1),
            fix.entries,
        )
        for fix in fixes
    ]


def _path(file: FilePatch) -> bytes:
    return file.path.encode("utf-8", "surrogateescape")


def _parents(path: bytes) -> list[bytes]:
    parts = path.split(b"/")
    return [b"/".join(parts[:length]) for length in range(1, len(parts))]


def _is_plain(path: bytes) -> bool:
    """Whether git would check out a file with this path."""
    return all(part.lower() not in (b"", b".", b"..", b".git") for part in path.split(b"/"))
