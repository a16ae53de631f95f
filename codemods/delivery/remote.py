"""What a remote has, and moving its branches: always with a lease on what was looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from codemods.delivery.repository import HEADS, GitError, Repository
from codemods.delivery.survey import REMOTE, FindingBranch, describe
from codemods.project.redaction import redacted


@dataclass(frozen=True, slots=True)
class RefMove:
    """A branch of the remote that is to point elsewhere."""

    branch: str
    new: str
    """The commit, ``""`` where the branch is to go."""
    old: str
    """What it points to now, ``""`` where it is not there: the lease."""


def remote_tips(
    repository: Repository, remote: str, patterns: Collection[str]
) -> dict[str, str] | GitError:
    """The commits of the remote's branches by name, or why it cannot be asked.

    Args:
        patterns: names of branches, or globs of them.
    """
    listing = repository.run(
        "ls-remote", "--refs", remote, *(f"{HEADS}{item}" for item in patterns)
    )
    if listing.status:
        return GitError(listing.stderr, listing.status)
    lines = (line.partition("\t") for line in listing.text.split("\n") if line)
    return {ref.removeprefix(HEADS): commit for commit, _, ref in lines}


def fetch_commits(repository: Repository, remote: str, commits: Collection[str]) -> GitError | None:
    """Bring commits here, moving no ref; why not, if it failed."""
    if not commits:
        return None
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=")
    wanted = sorted(set(commits))
    done = repository.run("fetch", *options, "--no-recurse-submodules", remote, *wanted)
    return GitError(done.stderr, done.status) if done.status else None


def remote_branches(
    repository: Repository, prefix: str, base: str | None, *, remote: str = REMOTE
) -> tuple[FindingBranch, ...]:
    """The branches below a prefix that the remote has now and that autofix made.

    Raises:
        GitError: when the remote cannot be asked.
    """
    tips = remote_tips(repository, remote, [f"{prefix}/*"])
    if isinstance(tips, GitError):
        raise tips
    failed = fetch_commits(repository, remote, _missing(repository, tips.values()))
    if failed is not None:
        raise failed
    refs = {f"refs/remotes/{remote}/{branch}": tip for branch, tip in tips.items()}
    found = describe(repository, refs, base)
    return tuple(found[ref] for ref in sorted(found))


def _missing(repository: Repository, commits: Collection[str]) -> list[str]:
    return [
        commit
        for commit in dict.fromkeys(commits)
        if repository.run("cat-file", "-e", f"{commit}^{{commit}}").status
    ]


def move_remote(
    repository: Repository, remote: str, moves: Sequence[RefMove]
) -> Mapping[str, tuple[bool, str]]:
    """Move branches of the remote, each by itself: whether something changed, and why not.

    The reason is ``""`` for what stands as it was asked for.
    """
    if not moves:
        return {}
    # A lease on what was looked at: whoever pushed since then is not overwritten.
    leases = [f"--force-with-lease={HEADS}{item.branch}:{item.old}" for item in moves]
    options = ("--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no")
    refs = [f"{item.new}:{HEADS}{item.branch}" for item in moves]
    done = repository.run("push", *options, *leases, remote, *refs)
    verdicts: dict[str, tuple[str, str]] = {}
    for line in done.text.split("\n"):
        flag, _, rest = line.partition("\t")
        names, _, summary = rest.partition("\t")
        if summary:
            verdicts[names.partition(":")[2]] = (flag, summary)
    failed = ("!", str(GitError(done.stderr, done.status)))
    found = {item.branch: verdicts.get(f"{HEADS}{item.branch}", failed) for item in moves}
    return {
        branch: (flag not in "!=", redacted(summary) if flag == "!" else "")
        for branch, (flag, summary) in found.items()
    }
