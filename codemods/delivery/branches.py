"""From patches to branches: all of a run in one ``git fast-import`` and one transaction.

Nothing is checked out: the user's work tree, index, stash and HEAD stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codemods.delivery.branch_names import PREFIX
from codemods.delivery.commits import NewCommit, move_branches, write_commits
from codemods.delivery.planning import Action, Delivery, NotDelivered, Step, plan
from codemods.delivery.quarantine import remove_left_over
from codemods.delivery.repository import HEADS, GitError, Repository
from codemods.delivery.survey import describe
from codemods.delivery.verifying import Verification
from codemods.findings.model import Finding


@dataclass(frozen=True, slots=True)
class Delivered:
    """A finding whose branch stands."""

    finding: Finding
    branch: str
    commit: str
    action: Action
    key: str
    """Of the fix; findings that share a branch share it."""
    patch: str
    """The stable patch-id of the fix."""
    anew: bool = False
    """Whether it was asked for on the base, whatever stood on the branch."""
    verification: Verification | None = None
    """How the project's command passed on it, where that was asked for."""


@dataclass(frozen=True, slots=True)
class Base:
    """The commit that branches start from."""

    commit: str
    why: str
    """For a person: ``HEAD``, or the base of which branch."""


def default_base(repository: Repository, prefix: str = PREFIX) -> Base:
    """HEAD; on a branch of autofix the commit that it was made from, not the fix itself.

    Raises:
        RepositoryError: when HEAD has no commit, or that base is not in the repository.
    """
    head = repository.resolve("HEAD")
    branch = repository.head_branch()
    if branch is None or not branch.startswith(f"{prefix}/"):
        return Base(head, "HEAD")
    found = describe(repository, {f"{HEADS}{branch}": head}).get(f"{HEADS}{branch}")
    if found is None or _is_merged(repository, found.own, prefix):
        return Base(head, "HEAD")
    return Base(repository.resolve(found.trailers.base), f"the base of {branch}")


def _is_merged(repository: Repository, commit: str, prefix: str) -> bool:
    """Whether a fix is part of another branch by now: every branch made since has it in its
    history then, and is not the fix's own."""
    listing = repository.ask(
        "for-each-ref", f"--contains={commit}", "--format=%(refname)", "refs/heads", "refs/remotes"
    ).text.split()
    return any(f"/{prefix}/" not in f"{ref}/" for ref in listing)


def deliver(
    repository: Repository,
    base: str,
    items: Sequence[Delivery],
    *,
    prefix: str = PREFIX,
    verify: Callable[[str], Verification] | None = None,
) -> tuple[Delivered | NotDelivered, ...]:
    """Write each patch to a branch of its own, one commit each; in the order of ``items``.

    Findings with one key share a branch, which names them all. A branch that does what the patch
    does, and merges into the base without conflict, stays as it is.

    Args:
        base: the full id of the commit whose files the patches were made from.
        verify: run on each commit before a branch points to it; one that fails gets none, and a
            branch that stands already stays where it is.

    Raises:
        RepositoryError: when nothing can be written at all (git does not know who commits, the
            object store is read-only) or read; no branch was changed then.
    """
    remove_left_over(repository)
    planned = plan(repository, base, items, prefix=prefix)
    steps = list({step.branch: step for step in planned if isinstance(step, Step)}.values())
    new = [step for step in steps if step.commit is None]
    commits: dict[str, str | GitError] = dict(
        zip(
            (step.branch for step in new),
            write_commits(repository, base, [NewCommit(s.message, s.files) for s in new]),
            strict=True,
        )
    )
    commits |= {step.branch: step.commit for step in steps if step.commit is not None}
    checked = {
        branch: verify(commit)
        for branch, commit in commits.items()
        if verify is not None and isinstance(commit, str)
    }
    withheld = {branch for branch, verification in checked.items() if not verification.passed}
    moves = {
        step.branch: (commit, step.old)
        for step in steps
        if isinstance(commit := commits[step.branch], str) and commit != step.old
        if step.branch not in withheld
    }
    failures = move_branches(repository, moves)
    return tuple(
        step
        if isinstance(step, NotDelivered)
        else _result(step, commits[step.branch], failures, checked.get(step.branch))
        for step in planned
    )


def _result(
    step: Step,
    commit: str | GitError,
    failures: dict[str, str],
    checked: Verification | None,
) -> Delivered | NotDelivered:
    finding = step.delivery.finding
    if checked is not None and not checked.passed:
        reason = f"verification failed: {checked.summary}"
        return NotDelivered(finding, reason, step.branch, checked)
    if isinstance(commit, GitError):
        return NotDelivered(finding, f"the commit cannot be signed: {commit}", step.branch)
    if step.branch in failures:
        return NotDelivered(finding, failures[step.branch], step.branch)
    item = step.delivery
    return Delivered(
        finding,
        step.branch,
        commit,
        step.action,
        item.key,
        step.patch,
        anew=item.anew,
        verification=checked,
    )
