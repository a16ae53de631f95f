"""What the bot looks at: of one finding, and of the day."""

from __future__ import annotations

import enum
from dataclasses import dataclass

GRACE_DAYS = 7
"""How long a pull request stays open whose finding is no longer found: code moves through states
in which a finding is not found, and comes back with the same key."""


class Found(enum.StrEnum):
    """What today's code says of a finding."""

    FIXED = "fixed"
    PARTLY = "partly-fixed"
    """There is a patch, and something is left that the finding names."""
    ALREADY = "already-fixed"
    GONE = "gone"
    """Not found, refused, failed, or no codemod: there is no patch, and nobody says that it is
    fixed."""

    @property
    def has_patch(self) -> bool:
        """Whether there is something to open a pull request with."""
        return self in (Found.FIXED, Found.PARTLY)


class Ask(enum.StrEnum):
    """What a person asked for: a ticked box, or a comment."""

    OPEN = "open"
    REBASE = "rebase"
    RECREATE = "recreate"
    IGNORE = "ignore"
    UNIGNORE = "unignore"


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch of a key, as the remote has it."""

    name: str
    tip: str
    foreign: str | None = None
    """Why it is not ours alone; ``None`` when it is."""
    differs: bool = False
    """Its patch is another one than today's."""
    conflicts: bool = False
    """It does not merge into today's base."""
    behind: bool = False
    """It does not start from today's base."""
    retargeted: bool = False
    """It is foreign only since its pull request goes elsewhere: its commits are ours."""

    @property
    def stands(self) -> bool:
        """Whether its commits are what would be pushed today."""
        ours = self.foreign is None or self.retargeted
        return ours and not (self.differs or self.conflicts or self.behind)


@dataclass(frozen=True, slots=True)
class Stale:
    """Since when a finding is gone."""

    day: int
    base: str


@dataclass(frozen=True, slots=True)
class Open:
    """The open pull request of a key."""

    number: int
    held: str = ""
    """Why nothing may be written to it."""
    approved: bool = False
    closing: str | None = None
    """We began to close it, for this reason."""
    stale: Stale | None = None
    foreign: str | None = None
    """The tip that was noted down as somebody else's."""
    drafted: bool = False
    """We made it a draft: whoever makes it none is not overruled."""


@dataclass(frozen=True, slots=True)
class Past:
    """A pull request of a key that is closed."""

    number: int
    merged: bool = False
    closing: str | None = None
    """Why we closed it; ``None``: a person did."""
    left: tuple[str, ...] = ()
    """What it did not fix of its finding."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is known of one key."""

    key: str
    found: Found
    reason: str = ""
    """Why there is no patch, or what fixed it."""
    refused: bool = False
    """There is no patch since a person has to decide."""
    branch: Branch | None = None
    pull: Open | None = None
    past: tuple[Past, ...] = ()
    """In the order of their numbers."""
    ask: Ask | None = None
    ignored: bool = False
    """On the dashboard."""
    excluded: str = ""
    """Why the settings keep it out."""
    only_asked: str = ""
    """Why it is opened only if a person asks for it."""
    after: int | None = None
    """The open pull request that it would conflict with."""
    failing: str = ""
    """How ``verify`` fails on its branch."""


@dataclass(frozen=True, slots=True)
class Today:
    """What holds for all keys."""

    base: str
    """The commit."""
    day: int
    """Days since an epoch."""
    stale_days: int = GRACE_DAYS
    update: str = "needed"
    """When a branch is moved: ``needed``, ``always`` or ``never``."""
    room: str = ""
    """Why no other pull request may be opened now; ``""``: there is room."""
