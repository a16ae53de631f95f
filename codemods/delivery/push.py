"""Publishing branches: to the remote, with a lease, and never over commits of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codemods.delivery.branches import Delivered
from codemods.delivery.repository import HEADS, GitError, Repository
from codemods.delivery.survey import REMOTE, FindingBranch, describe


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
    repository: Repository, delivered: Sequence[Delivered], *, remote: str = REMOTE
) -> tuple[Pushed | NotPushed, ...]:
    """Push each branch, in the order of ``delivered``; a failure stops none of the others.

    Raises:
        RepositoryError: when git cannot be started or the local repository cannot be read.
    """
    if not delivered:
        return ()
    if repository.run("remote", "get-url", "--push", remote).status:
        return _none(delivered, f"there is no remote {remote!r}: git remote add {remote} URL")
    listing = repository.run(
        "ls-remote", "--refs", remote, *(f"{HEADS}{item.branch}" for item in delivered)
    )
    if listing.status:
        return _none(delivered, f"{remote} cannot be read: {GitError(listing.stderr)}")
    lines = (line.partition("\t") for line in listing.text.split("\n") if line)
    there = {ref.removeprefix(HEADS): commit for commit, _, ref in lines}
    other = {
        item.branch for item in delivered if there.get(item.branch, item.commit) != item.commit
    }
    reason = _fetch(repository, remote, [there[branch] for branch in sorted(other)])
    if reason is not None:
        return _none(delivered, f"{remote} cannot be fetched from: {reason}")
    known = describe(
        repository,
        {
            **{f"{HEADS}{item.branch}": item.commit for item in delivered},
            **{f"refs/remotes/{remote}/{branch}": there[branch] for branch in other},
        },
    )

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
            decided = _compare(item, tip, mine, known.get(f"refs/remotes/{remote}/{item.branch}"))
            if decided is None:
                wanted.append(item)
            else:
                results[item.branch] = decided
    for result in _push(repository, remote, wanted, there):
        results[result.branch] = result
    return tuple(results[item.branch] for item in delivered)


def _compare(
    item: Delivered, tip: str, mine: FindingBranch | None, theirs: FindingBranch | None
) -> Pushed | NotPushed | None:
    """What to do about a branch that the remote has otherwise; ``None``: replace it."""
    if theirs is None or mine is None or theirs.trailers.finding != mine.trailers.finding:
        return NotPushed(item.branch, "the remote has a branch of this name that is not ours")
    if theirs.foreign is not None:
        return NotPushed(item.branch, f"the remote's branch {theirs.foreign}: left alone")
    if (theirs.trailers.base, theirs.entries) == (mine.trailers.base, mine.entries):
        # Only the dates differ: pushing would start every check on the pull request again.
        return Pushed(item.branch, tip, changed=False)
    return None


def _fetch(repository: Repository, remote: str, commits: Sequence[str]) -> str | None:
    """Bring commits here, moving no ref; why not, if it failed."""
    if not commits:
        return None
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=")
    done = repository.run("fetch", *options, "--no-recurse-submodules", remote, *commits)
    return str(GitError(done.stderr, done.status)) if done.status else None


def _push(
    repository: Repository, remote: str, items: Sequence[Delivered], there: dict[str, str]
) -> Iterable[Pushed | NotPushed]:
    if not items:
        return
    # A lease on what was looked at: whoever pushed since then is not overwritten.
    leases = [
        f"--force-with-lease={HEADS}{item.branch}:{there.get(item.branch, '')}" for item in items
    ]
    options = ("--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no")
    refs = [f"{item.commit}:{HEADS}{item.branch}" for item in items]
    done = repository.run("push", *options, *leases, remote, *refs)
    verdicts: dict[str, tuple[str, str]] = {}
    for line in done.text.split("\n"):
        flag, _, rest = line.partition("\t")
        names, _, summary = rest.partition("\t")
        if summary:
            verdicts[names.partition(":")[2]] = (flag, summary)
    for item in items:
        flag, summary = verdicts.get(
            f"{HEADS}{item.branch}", ("!", str(GitError(done.stderr, done.status)))
        )
        if flag == "!":
            yield NotPushed(item.branch, f"{remote} did not take it: {summary}")
        else:
            yield Pushed(item.branch, item.commit, changed=flag != "=")


def _none(items: Sequence[Delivered], reason: str) -> tuple[NotPushed, ...]:
    return tuple(NotPushed(item.branch, reason) for item in items)
