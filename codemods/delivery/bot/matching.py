"""Which pull requests and branches are of which subject.

By key; then by the names of findings; then by codemod, path and definition; then by patch-id. A
weaker rule counts only where it names exactly one. Names alone are weak: a report that is written
anew under its old name gives its ids to other defects, so a name counts only in a file that the
pull request changed, or in one that it was moved to: the old file is gone, and the definition or
the name of the file is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from codemods.delivery.bot.life import TOLD
from codemods.delivery.bot.marker import Marker, read_marker
from codemods.delivery.bot.subjects import Subject, joined
from codemods.delivery.bot.workshop import RemoteBranch
from codemods.delivery.forge.protocol import PullRequest


@dataclass(frozen=True, slots=True)
class Ours:
    """A pull request of the bot: known by its marker, or by the commit of its branch."""

    pull: PullRequest
    marker: Marker
    branch: RemoteBranch | None

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that it was ever known by."""
        own = (self.branch.key,) if self.branch is not None and self.branch.key else ()
        return tuple(dict.fromkeys((*self.marker.texts("keys"), *own)))

    @property
    def selectors(self) -> tuple[str, ...]:
        """The names of its findings."""
        own = self.branch.selectors if self.branch is not None else ()
        return tuple(dict.fromkeys((*self.marker.texts("findings"), *own)))

    @property
    def places(self) -> frozenset[str]:
        """``path::definition`` of what it changes."""
        return frozenset(self.marker.texts("places"))

    @property
    def paths(self) -> frozenset[str]:
        """The files that it changes."""
        return frozenset(place.partition("::")[0] for place in self.places)


@dataclass(frozen=True, slots=True)
class Matched:
    """A subject with everything that was ever opened for it."""

    subject: Subject | None
    """``None``: no report names the finding of an open pull request any more."""
    key: str
    open: Ours | None = None
    past: tuple[Ours, ...] = ()
    branch: RemoteBranch | None = None


def ours(pulls: Iterable[PullRequest], branches: Mapping[str, RemoteBranch]) -> tuple[Ours, ...]:
    """The pull requests of our account that the bot opened; an account may do other work, too."""
    found = []
    for pull in pulls:
        marker = read_marker(pull.body)
        branch = branches.get(pull.head) if pull.open else None
        if marker is not None and marker.text("kind") is None:
            found.append(Ours(pull, marker, branch))
        elif branch is not None and (branch.key or branch.selectors):
            found.append(Ours(pull, Marker(), branch))
    return tuple(found)


def match(
    subjects: Sequence[Subject],
    pulls: Sequence[Ours],
    branches: Mapping[str, RemoteBranch],
    patch_id: Callable[[Subject], str],
    exists: Callable[[str], bool],
) -> tuple[Matched, ...]:
    """Every subject once, in their order; then the open pull requests without one.

    Args:
        exists: whether the base has a file of this path.
    """
    opened = [item for item in pulls if item.pull.open]
    owner = _owners(subjects, opened, patch_id, exists)
    merged, taken = _joined(subjects, opened, owner)
    free = {item.name: item for item in branches.values()}
    for item in opened:
        free.pop(item.pull.head, None)
    closed = _Closed((item for item in pulls if not item.pull.open), exists)
    standing = sorted(free.values(), key=lambda item: item.name)
    found = []
    for subject in merged:
        held = taken.get(subject.key)
        past = closed.of(subject)
        branch = held.branch if held is not None else _branch(subject, standing)
        found.append(Matched(subject, subject.key, held, past, branch))
    orphans = [item for item in opened if not owner[item.pull.number]]
    found += [
        Matched(None, item.keys[0] if item.keys else f"#{item.pull.number}", item, (), item.branch)
        for item in orphans
    ]
    return tuple(found)


def closed_of(
    subject: Subject, pulls: Iterable[PullRequest], exists: Callable[[str], bool]
) -> tuple[Ours, ...]:
    """Those of some closed pull requests that are of a subject, whatever its key was then."""
    return _Closed(ours(pulls, {}), exists).of(subject)


def untold(pulls: Iterable[PullRequest]) -> tuple[tuple[int, str], ...]:
    """Pull requests that we closed, and why, where the comment may be missing."""
    found = []
    for item in ours(pulls, {}):
        why = item.marker.text("closing")
        over = not (item.pull.open or item.pull.merged or item.pull.locked)
        if over and why is not None and item.marker.text(TOLD) != why:
            found.append((item.pull.number, why))
    return tuple(found)


class _Closed:
    """Closed pull requests, which a project has many of, by what they are known by."""

    def __init__(self, pulls: Iterable[Ours], exists: Callable[[str], bool]) -> None:
        self._exists = exists
        self._by_key: dict[str, list[Ours]] = {}
        self._by_name: dict[str, list[Ours]] = {}
        for item in pulls:
            for key in item.keys:
                self._by_key.setdefault(key, []).append(item)
            for name in item.selectors:
                self._by_name.setdefault(name, []).append(item)

    def of(self, subject: Subject) -> tuple[Ours, ...]:
        """Those of a subject, in the order of their numbers."""
        named = (item for name in subject.selectors for item in self._by_name.get(name, ()))
        mine = [
            *self._by_key.get(subject.key, ()),
            *(item for item in named if _named(item, subject, self._exists)),
        ]
        unique = {item.pull.number: item for item in mine}
        return tuple(unique[number] for number in sorted(unique))


def _owners(
    subjects: Sequence[Subject],
    opened: Sequence[Ours],
    patch_id: Callable[[Subject], str],
    exists: Callable[[str], bool],
) -> dict[int, list[Subject]]:
    """Whose open pull requests these are, by their numbers."""
    by_key = {subject.key: subject for subject in subjects}
    by_name: dict[str, list[Subject]] = {}
    for subject in subjects:
        for name in subject.selectors:
            by_name.setdefault(name, []).append(subject)
    found = {}
    for item in opened:
        keyed = [by_key[key] for key in item.keys if key in by_key]
        named = (subject for name in item.selectors for subject in by_name.get(name, ()))
        # Both may hold: one report's finding has a patch still, another's is fixed already.
        mine = (*keyed, *(subject for subject in named if _named(item, subject, exists)))
        found[item.pull.number] = list(dict.fromkeys(mine))
    known = {key for item in opened for key in item.keys}
    unknown = [subject for subject in subjects if subject.key not in known and subject.patch]
    for item in opened:
        if not found[item.pull.number]:
            found[item.pull.number] = _alike(item, unknown, opened, patch_id)
    return found


def _alike(
    item: Ours,
    unknown: Sequence[Subject],
    opened: Sequence[Ours],
    patch_id: Callable[[Subject], str],
) -> list[Subject]:
    """The one subject that changes the same definitions, or does the very same."""
    same = [subject for subject in unknown if item.places and _places(subject) == item.places]
    if len(same) == 1 and sum(other.places == item.places for other in opened) == 1:
        return same
    patch = item.marker.text("patch")
    same = [subject for subject in unknown if patch and patch_id(subject) == patch]
    return same if len(same) == 1 else []


def _named(item: Ours, subject: Subject, exists: Callable[[str], bool]) -> bool:
    """Whether a name of a finding, and a file, are the same, be it that it was moved."""
    if not set(item.selectors) & set(subject.selectors):
        return False
    if not item.paths or not subject.paths:
        return True
    if item.paths & set(subject.paths):
        return True
    before = {(PurePosixPath(path).name, name) for path, _, name in map(_parts, item.places)}
    after = {(PurePosixPath(path).name, name) for path, name in subject.places}
    alike = {file for file, _ in before} & {file for file, _ in after}
    alike |= {name for _, name in before if name} & {name for _, name in after}
    return bool(alike) and not any(map(exists, item.paths))


def _parts(place: str) -> tuple[str, str, str]:
    return place.partition("::")


def _places(subject: Subject) -> frozenset[str]:
    return frozenset(f"{path}::{name}" for path, name in subject.places)


def _joined(
    subjects: Sequence[Subject], opened: Sequence[Ours], owner: Mapping[int, list[Subject]]
) -> tuple[list[Subject], dict[str, Ours]]:
    """Subjects that share an open pull request are one; and whose each pull request is."""
    group: dict[str, int] = {}
    for item in opened:
        for subject in owner[item.pull.number]:
            group.setdefault(subject.key, item.pull.number)
    by_number: dict[int, list[Subject]] = {}
    merged: list[Subject] = []
    for subject in subjects:
        if subject.key in group:
            by_number.setdefault(group[subject.key], []).append(subject)
        else:
            merged.append(subject)
    taken: dict[str, Ours] = {}
    pulls = {item.pull.number: item for item in opened}
    for number, several in by_number.items():
        one = joined(several[0], several[1:])
        merged.append(one)
        taken[one.key] = pulls[number]
    return sorted(merged, key=lambda subject: subject.order), taken


def _branch(subject: Subject, free: Sequence[RemoteBranch]) -> RemoteBranch | None:
    """A branch without a pull request: a run that was cut off, or ``apply --push``."""
    for rule in (
        lambda item: item.key == subject.key,
        lambda item: not item.key and bool(set(item.selectors) & set(subject.selectors)),
    ):
        for item in free:
            if rule(item):
                return item
    return None
