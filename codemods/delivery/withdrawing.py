"""Taking a branch back from the remote, unless somebody else worked on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codemods.delivery.remote import RefMove, move_remote
from codemods.delivery.repository import HEADS, Repository
from codemods.delivery.survey import REMOTE, FindingBranch


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The remote has the branch no more."""

    branch: str
    commit: str
    """What it pointed to."""
    remote: str = REMOTE

    @property
    def restore(self) -> str:
        """The command that makes it again."""
        return f"git push {self.remote} {self.commit}:{HEADS}{self.branch}"


@dataclass(frozen=True, slots=True)
class NotWithdrawn:
    """The remote's branch was left as it is."""

    branch: str
    reason: str


def withdraw(
    repository: Repository, branches: Sequence[FindingBranch], *, remote: str = REMOTE
) -> tuple[Withdrawn | NotWithdrawn, ...]:
    """Delete branches at the remote, in order; one that moved since it was looked at stays.

    Args:
        branches: as :func:`codemods.delivery.remote.remote_branches` gives them.

    Raises:
        RepositoryError: when git cannot be started.
    """
    ours = [item for item in branches if item.foreign is None]
    moves = [RefMove(item.branch, "", item.tip) for item in ours]
    answers = move_remote(repository, remote, moves)
    results: list[Withdrawn | NotWithdrawn] = []
    for item in branches:
        if item.foreign is not None:
            reason = f"the remote's branch {item.foreign}: not changed"
        else:
            _, reason = answers[item.branch]
            reason = f"{remote} refused the push: {reason}" if reason else ""
        results.append(
            NotWithdrawn(item.branch, reason)
            if reason
            else Withdrawn(item.branch, item.tip, remote)
        )
    return tuple(results)
