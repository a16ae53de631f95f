"""Publishing branches: to the remote, with a lease, and never over commits of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from codemods.delivery.branches import Delivered
from codemods.delivery.merging import merged_trees
from codemods.delivery.remote import RefMove, fetch_commits, move_remote, remote_tips
from codemods.delivery.repository import HEADS, GitError, Repository
from codemods.delivery.survey import REMOTE, FindingBranch, describe
from codemods.delivery.trailers import Trailers


@dataclass(frozen=True, slots=True)
class Pushed:
    """The remote has the branch."""

    branch: str
    commit: str
    """What the remote's branch points to: an older commit than ours where both have the same base
    and content."""
    changed: bool
    """Whether the remote's branch had to be moved."""


@dataclass(frozen=True, slots=True)
class NotPushed:
    """The remote's branch was left as it is."""

    branch: str
    reason: str


def push(
    repository: Repository, base: str, delivered: Sequence[Delivered], *, remote: str = REMOTE
) -> tuple[Pushed | NotPushed, ...]:
    """Push each branch, in the order of ``delivered``; a failure stops none of the others.

    What the remote has stays where it does the same and merges cleanly: a push that changes nothing
    starts every check again, and takes approvals away.

    Args:
        base: the full id of the commit that the patches were made from.

    Raises:
        RepositoryError: when git cannot be started or the local repository cannot be read.
    """
    if not delivered:
        return ()
    if repository.run("remote", "get-url", "--push", remote).status:
        return _none(delivered, f"the remote {remote} does not exist: git remote add {remote} URL")
    there = remote_tips(repository, remote, [item.branch for item in delivered])
    if isinstance(there, GitError):
        return _none(delivered, f"{remote} cannot be read: {there}")
    other = {
        item.branch for item in delivered if there.get(item.branch, item.commit) != item.commit
    }
    failed = fetch_commits(repository, remote, [there[branch] for branch in sorted(other)])
    if failed is not None:
        return _none(delivered, f"{remote} cannot be fetched from: {failed}")
    known = describe(
        repository,
        {
            **{f"{HEADS}{item.branch}": item.commit for item in delivered},
            **{f"refs/remotes/{remote}/{branch}": there[branch] for branch in other},
        },
        base,
    )
    same = _merging_to_the_same(repository, base, delivered, there)

    results: dict[str, Pushed | NotPushed] = {}
    wanted: list[Delivered] = []
    for item in delivered:
        tip = there.get(item.branch)
        if tip is None:
            wanted.append(item)
        elif tip == item.commit:
            results[item.branch] = Pushed(item.branch, tip, changed=False)
        else:
            mine = known.get(f"{HEADS}{item.branch}")
            theirs = known.get(f"refs/remotes/{remote}/{item.branch}")
            decided = _compare(item, tip, mine, theirs, item.branch in same)
            if decided is None:
                wanted.append(item)
            else:
                results[item.branch] = decided
    for result in _push(repository, remote, wanted, there):
        results[result.branch] = result
    return tuple(results[item.branch] for item in delivered)


def _merging_to_the_same(
    repository: Repository, base: str, delivered: Sequence[Delivered], there: Mapping[str, str]
) -> set[str]:
    """The branches where the base would become the same with the remote's commit as with ours."""
    pairs = {
        item.branch: ((base, item.commit), (base, there[item.branch]))
        for item in delivered
        if there.get(item.branch, item.commit) != item.commit
    }
    wanted = dict.fromkeys(pair for two in pairs.values() for pair in two)
    trees = merged_trees(repository, list(wanted))
    return {
        branch
        for branch, (ours, theirs) in pairs.items()
        if ours in trees and trees[ours] == trees.get(theirs)
    }


def _compare(
    item: Delivered,
    tip: str,
    mine: FindingBranch | None,
    theirs: FindingBranch | None,
    same: bool,
) -> Pushed | NotPushed | None:
    """What to do about a branch that the remote has otherwise; ``None``: replace it."""
    if theirs is None or mine is None or not _is_one_fix(mine.trailers, theirs.trailers):
        return NotPushed(
            item.branch, "the remote has a branch with this name that is not from autofix"
        )
    if theirs.foreign is not None:
        return NotPushed(item.branch, f"the remote's branch {theirs.foreign}: not changed")
    if (theirs.trailers.base, theirs.entries) == (mine.trailers.base, mine.entries):
        # Only the dates differ: pushing would start every check on the pull request again.
        return Pushed(item.branch, tip, changed=False)
    if same and not item.anew and theirs.trailers.patch in ("", item.patch):
        return Pushed(item.branch, tip, changed=False)
    return None


def _is_one_fix(mine: Trailers, theirs: Trailers) -> bool:
    if mine.key and mine.key == theirs.key:
        return True
    return not set(mine.findings).isdisjoint(theirs.findings)


def _push(
    repository: Repository, remote: str, items: Sequence[Delivered], there: Mapping[str, str]
) -> Iterable[Pushed | NotPushed]:
    moves = [RefMove(item.branch, item.commit, there.get(item.branch, "")) for item in items]
    answers = move_remote(repository, remote, moves)
    for item in items:
        changed, reason = answers[item.branch]
        if reason:
            yield NotPushed(item.branch, f"{remote} refused the push: {reason}")
        else:
            yield Pushed(item.branch, item.commit, changed=changed)


def _none(items: Sequence[Delivered], reason: str) -> tuple[NotPushed, ...]:
    return tuple(NotPushed(item.branch, reason) for item in items)
