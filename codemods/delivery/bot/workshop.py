"""What the bot asks of git, and the values that pass; :mod:`~codemods.delivery.bot.remote` does it.

A lease that fails is an answer and no error: somebody was there first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from codemods.delivery.bot.subjects import Subject


class RefusedError(Exception):
    """The remote does not take a push, whatever the lease; the message names its rule."""


@dataclass(frozen=True, slots=True)
class RemoteBranch:
    """A branch below our prefix, or of a pull request of ours, as the remote has it."""

    name: str
    tip: str
    key: str = ""
    """From its commit; ``""`` in commits of older versions."""
    selectors: tuple[str, ...] = ()
    base: str = ""
    patch: str = ""
    """The stable patch-id of what it does."""
    foreign: str | None = None
    """Why it is not ours alone."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A branch held against today's fix."""

    differs: bool
    conflicts: bool
    behind: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What the project's command says of today's fix."""

    passed: bool = True
    words: str = ""
    """How it went; the same words each time where it fails. ``""`` where there is no command."""
    printed: tuple[str, ...] = ()
    """The last lines of its output."""


class Workshop(Protocol):
    """Branches, fixes and the remote. Methods may raise ``RepositoryError``."""

    @property
    def base(self) -> str:
        """The commit that today's fixes start from."""

    def branches(self, heads: Collection[str]) -> Mapping[str, RemoteBranch]:
        """What the remote has below our prefix, and ``heads``, by name; what autofix did not make
        is foreign."""

    def compare(self, pairs: Sequence[tuple[Subject, RemoteBranch]]) -> Sequence[Likeness]:
        """Each branch against its subject; those without a patch only against the base."""

    def exists(self, path: str) -> bool:
        """Whether the base has a file of this path."""

    def patch_id(self, subject: Subject) -> str:
        """The stable patch-id of today's fix; ``""`` without one."""

    def collides(self, subject: Subject, branch: RemoteBranch) -> bool:
        """Whether today's fix and a branch of another subject conflict."""

    def verify(self, subject: Subject) -> Checked:
        """How ``verify`` ends with today's fix."""

    def title(self, subject: Subject) -> str:
        """The subject of the commit."""

    def push(
        self, subject: Subject, branch: str | None, expected: str | None, *, keep: bool
    ) -> str | None:
        """Point a branch to today's fix, if it stands at ``expected``; its name, or ``None``.

        Args:
            branch: ``None`` for the name that is made from the key.
            keep: keep what stood there below ``refs/autofix/trash``.

        Raises:
            RefusedError: when a rule of the remote forbids it.
        """

    def delete(self, branch: str, expected: str) -> bool:
        """Delete a branch that stands at ``expected``; whether it did.

        Raises:
            RefusedError: when a rule of the remote forbids it.
        """
