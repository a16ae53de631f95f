"""Which pull requests and branches are of which subject.

By key; then by the names of findings; then by codemod, path and definition; then by patch-id. A
weaker rule counts only where it names exactly one. Names alone are weak: a report that is written
anew under its old name gives its ids to other defects, so a name counts only in a file that the
pull request changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

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
) -> tuple[Matched, ...]:
    """Every subject once, in their order; then the open pull requests without one."""
    opened = [item for item in pulls if item.pull.open]
    owner: dict[int, list[Subject]] = {}
    for item in opened:
        owner[item.pull.number] = _subjects_of(item, subjects, opened, patch_id)
    merged, taken = _joined(subjects, opened, owner)
    free = {item.name: item for item in branches.values()}
    for item in opened:
        free.pop(item.pull.head, None)
    found = []
    for subject in merged:
        held = taken.get(subject.key)
        past = tuple(item for item in pulls if not item.pull.open and _belongs(item, subject))
        branch = held.branch if held is not None else _branch(subject, free.values())
        found.append(Matched(subject, subject.key, held, past, branch))
    orphans = [item for item in opened if not owner[item.pull.number]]
    found += [
        Matched(None, item.keys[0] if item.keys else f"#{item.pull.number}", item, (), item.branch)
        for item in orphans
    ]
    return tuple(found)


def _subjects_of(
    item: Ours,
    subjects: Sequence[Subject],
    opened: Sequence[Ours],
    patch_id: Callable[[Subject], str],
) -> list[Subject]:
    """Whose open pull request this is."""
    by_key = [subject for subject in subjects if subject.key in item.keys]
    by_name = [subject for subject in subjects if _named(item, subject)]
    if by_key or by_name:
        # Both may hold: one report's finding has a patch still, another's is fixed already.
        return list(dict.fromkeys((*by_key, *by_name)))
    known = {key for other in opened for key in other.keys}
    unknown = [subject for subject in subjects if subject.key not in known and subject.patch]
    same = [subject for subject in unknown if item.places and _places(subject) == item.places]
    if len(same) == 1 and sum(other.places == item.places for other in opened) == 1:
        return same
    patch = item.marker.text("patch")
    same = [subject for subject in unknown if patch and patch_id(subject) == patch]
    return same if len(same) == 1 else []


def _named(item: Ours, subject: Subject) -> bool:
    """Whether a name of a finding, and a file, are the same."""
    if not set(item.selectors) & set(subject.selectors):
        return False
    if not item.paths or not subject.paths:
        return True
    return bool(item.paths & set(subject.paths))


def _belongs(item: Ours, subject: Subject) -> bool:
    return subject.key in item.keys or _named(item, subject)


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


def _branch(subject: Subject, free: Iterable[RemoteBranch]) -> RemoteBranch | None:
    """A branch without a pull request: a run that was cut off, or ``apply --push``."""
    candidates = sorted(free, key=lambda item: item.name)
    for rule in (
        lambda item: item.key == subject.key,
        lambda item: not item.key and bool(set(item.selectors) & set(subject.selectors)),
    ):
        for item in candidates:
            if rule(item):
                return item
    return None
