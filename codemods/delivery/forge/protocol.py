"""What the bot needs of a forge, and the values that pass: small enough for a second one.

Branches are no part of it. They are pushed and deleted by git with a lease on what was seen, which
no forge's REST interface offers for every operation.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

LABEL = "autofix"
"""What issues of ours are labelled with: for people, and for finding them where a forge cannot list
by author. Nobody's state: whoever takes it away changes nothing else."""


class Trouble(enum.StrEnum):
    """Why a forge did not answer as asked; what follows from each stands in docs/bot.md."""

    CREDENTIALS = "credentials"
    """The token is missing, wrong or has expired."""
    FORBIDDEN = "forbidden"
    """The token may not do this, or a setting forbids it."""
    LIMITED = "limited"
    """A rate limit that outlasts our patience."""
    MOVED = "moved"
    """The repository has another name, or this token cannot see it."""
    REFUSED = "refused"
    """What was sent is not taken: a rule of the forge or of the repository."""
    ARCHIVED = "archived"
    DISABLED = "disabled"
    """Issues are switched off, or the conversation is locked."""
    GONE = "gone"
    """There is no such pull request, issue or label."""
    UNKNOWN = "unknown"
    """Nobody knows whether it took effect: a cut connection, an error of the server, an answer
    that is none."""

    @property
    def is_final(self) -> bool:
        """Whether nothing that follows in this run could succeed."""
        return self in (Trouble.CREDENTIALS, Trouble.LIMITED, Trouble.MOVED, Trouble.ARCHIVED)


class ForgeError(Exception):
    """The forge did not do it; the message is one line for a person, and holds no secret."""

    def __init__(self, trouble: Trouble, message: str, until: str | None = None) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.until = until
        """When a limit ends, as ``09:40``; only with :attr:`Trouble.LIMITED`."""


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """What counts of a repository."""

    name: str
    """``owner/name`` as the forge spells it today."""
    default_branch: str
    url: str
    """For links: ``https://github.com/owner/name``."""
    clone_url: str
    archived: bool = False
    has_issues: bool = True


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request of ours."""

    number: int
    title: str
    body: str
    head: str
    """The branch, without ``refs/heads/``; ``""`` where nobody asked for it."""
    tip: str
    """The commit of the head as the forge knows it; ``""`` where nobody asked for it."""
    base: str
    open: bool
    merged: bool = False
    draft: bool = False
    locked: bool = False
    labels: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of any author."""

    number: int
    title: str
    body: str
    author: str
    open: bool
    locked: bool = False
    labels: tuple[str, ...] = ()
    url: str = ""
    declined: bool = False
    """Closed as not planned."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of an issue or pull request."""

    id: int
    body: str
    author: str


@dataclass(frozen=True, slots=True)
class Mine:
    """What our account has opened, in the order of the numbers."""

    pulls: tuple[PullRequest, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How people stand to an open pull request."""

    approved: bool = False
    queued: bool = False
    """In the merge queue."""


class Forge(Protocol):
    """What the bot asks. Every method may raise :class:`ForgeError`."""

    def account(self) -> str:
        """The login whose pull requests are ours."""

    def repository(self) -> RepositoryFacts:
        """What counts of the repository."""

    def mine(self) -> Mine:
        """Everything that :meth:`account` has opened here, open and closed, all pages.

        Pull requests whose head lies in another repository are left out.
        """

    def standing(self, numbers: Sequence[int]) -> dict[int, Standing]:
        """Approvals and the merge queue, for open pull requests."""

    def pull(self, number: int) -> PullRequest:
        """One pull request, as it is now."""

    def closed_since(self, known: Collection[int]) -> tuple[PullRequest, ...]:
        """Pull requests of ours that were closed or merged of late and are not among ``known``."""

    def create(
        self,
        head: str,
        base: str,
        title: str,
        body: str,
        *,
        draft: bool,
        known: Collection[int] = (),
    ) -> int | None:
        """Open a pull request, or find the open one of this head; its number.

        Just before, and before it is sent again, the branch's pull requests are looked at. Where
        one of ours is closed that is not among ``known``, nothing is opened: ``None``.
        """

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Change the title or body of a pull request or issue."""

    def set_draft(self, number: int) -> None:
        """Make an open pull request a draft."""

    def set_auto_merge(self, number: int, *, on: bool) -> None:
        """Let the forge merge an open pull request as soon as its rules allow it, or not."""

    def comments(self, number: int) -> tuple[Comment, ...]:
        """All comments of an issue or pull request."""

    def comment(self, number: int, body: str, mark: str) -> None:
        """Comment once: ``mark`` stands in ``body``, and is looked for first."""

    def react(self, comment: int, content: str) -> None:
        """Answer a comment with a reaction: ``+1``, ``confused``."""

    def add_labels(self, number: int, labels: Sequence[str]) -> None:
        """Add labels, which need not exist yet."""

    def request_reviewers(self, number: int, logins: Sequence[str], teams: Sequence[str]) -> None:
        """Ask for reviews."""

    def add_assignees(self, number: int, logins: Sequence[str]) -> None:
        """Assign people."""

    def permission(self, login: str) -> str:
        """``admin``, ``write``, ``read`` or ``none``."""

    def issue(self, number: int) -> Issue:
        """One issue, as it is now."""

    def editor(self, number: int) -> str | None:
        """Who edited an issue last; ``""``: nobody did, ``None``: nobody can say."""

    def issues(self, *, labels: Sequence[str] = (), author: str | None = None) -> tuple[Issue, ...]:
        """All issues, open and closed, all pages; no pull requests."""

    def create_issue(self, title: str, body: str, labels: Sequence[str], mark: str) -> int:
        """Open an issue, which the caller has looked for; its number.

        Where it is open whether that worked, ``mark``, which stands in ``body``, is looked for.
        """
