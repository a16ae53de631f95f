"""Which branch is a fix's already, whatever it is called: by key, by finding, by what it does.

The name of a branch never counts: somebody may rename it, and older versions gave other names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from codemods.delivery.likeness import Trial, patch_ids
from codemods.delivery.repository import HEADS, Repository
from codemods.delivery.survey import FindingBranch
from codemods.delivery.trailers import Entry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fix whose branch is looked for."""

    key: str
    names: frozenset[str]
    """Selectors of its findings that no other fix of the run has."""
    entries: frozenset[Entry]
    """What it changes against the base."""


@dataclass(frozen=True, slots=True)
class Match:
    """The branch of a fix."""

    branch: FindingBranch
    merges_to_the_same: bool
    """Whether its patch is the fix's, and merging it into the base gives what the fix would."""


def match(
    repository: Repository,
    base: str,
    branches: Sequence[FindingBranch],
    wanted: Sequence[Wanted],
    trial: Trial,
) -> list[Match | None]:
    """The branch of each fix, ``None`` where it has none; no branch is that of two.

    First those with the key; then those that name one of the findings, which is all that branches
    of older versions can do; then those that do the very same. Not by codemod and definition:
    another defect of the same function would lose its branch.

    Args:
        branches: local ones first.
        trial: the fixes, in the order of ``wanted``.
    """
    same = _Likeness(repository, base, branches, wanted, trial)
    found: dict[int, FindingBranch] = {}
    taken: set[str] = set()
    by_key = _listed((item.trailers.key, item) for item in branches if item.trailers.key)
    by_name = _listed((name, item) for item in branches for name in item.trailers.findings)
    rules: tuple[Callable[[int], Iterable[FindingBranch]], ...] = (
        lambda number: by_key.get(wanted[number].key, ()),
        lambda number: [
            item for name in sorted(wanted[number].names) for item in by_name.get(name, ())
        ],
        lambda number: [item for item in same.branches(number) if item.foreign is None],
    )
    for rule in rules:
        for number in range(len(wanted)):
            mine = [item for item in rule(number) if item.branch not in taken]
            if number not in found and mine:
                # Of a local branch and the remote's, the local one.
                found[number] = min(mine, key=lambda item: not item.ref.startswith(HEADS))
                taken.add(found[number].branch)
    return [
        Match(found[number], same.is_same(number, found[number])) if number in found else None
        for number in range(len(wanted))
    ]


def _listed(pairs: Iterable[tuple[T, FindingBranch]]) -> dict[T, list[FindingBranch]]:
    found: dict[T, list[FindingBranch]] = {}
    for name, item in pairs:
        found.setdefault(name, []).append(item)
    return found


class _Likeness:
    """Which branches do what which fixes do; asked of git once, for all."""

    def __init__(
        self,
        repository: Repository,
        base: str,
        branches: Collection[FindingBranch],
        wanted: Sequence[Wanted],
        trial: Trial,
    ) -> None:
        known = _patches(repository, branches)
        patches = _listed((known[item.own], item) for item in branches if item.own in known)
        on_base = _listed((item.entries, item) for item in branches if item.trailers.base == base)
        pairs = []
        # By tip: a local branch and the remote's may be at one commit, and the local one counts.
        self._same: dict[int, dict[str, FindingBranch]] = {}
        for number, patch in enumerate(trial.patches):
            there = on_base.get(wanted[number].entries, [])
            mine = {item.tip: item for item in reversed(there)}
            # On the same base the entries say it all; elsewhere a merge is tried.
            self._same[number] = mine
            others = (item for item in patches.get(patch, ()) if item.tip not in mine)
            pairs += [(number, item) for item in others]
        merged = trial.same(repository, [(number, item.tip) for number, item in pairs])
        for number, item in pairs:
            if (number, item.tip) in merged:
                self._same[number].setdefault(item.tip, item)

    def branches(self, number: int) -> Iterable[FindingBranch]:
        """Those that do what a fix does."""
        return self._same[number].values()

    def is_same(self, number: int, item: FindingBranch) -> bool:
        return item.tip in self._same[number]


def _patches(repository: Repository, branches: Collection[FindingBranch]) -> dict[str, str]:
    """The patch-id of the commit of each branch: as signed, else what git says."""
    known = {
        item.own: item.trailers.patch
        for item in branches
        if item.trailers.patch and item.foreign is None
    }
    # Without entries the base is not there to compare it with.
    unknown = {
        item.own: item.trailers.base for item in branches if item.own not in known and item.entries
    }
    return known | patch_ids(repository, [(there, own) for own, there in unknown.items()])
