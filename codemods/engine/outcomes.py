"""How a finding can end: exactly one of seven values, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

from codemods.codemod import Change, Place, Refusal, Safety, Site
from codemods.findings.model import Finding


@dataclass(frozen=True, slots=True)
class FilePatch:
    """One file before and after, as bytes."""

    path: str
    before: bytes
    after: bytes | None
    """``None`` where the file goes."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that the finding's place or fix names, and that stays as it is."""

    what: str
    """In one line: what is asked for, or what stands there and why it stays."""
    demand: str = ""
    """The id of the demand, ``d2``, where it is one."""
    site: Site | None = None
    """Where it stands, where that is known."""

    def __str__(self) -> str:
        return f"{self.site.path}:{self.site.line}: {self.what}" if self.site else self.what


@dataclass(frozen=True, slots=True)
class Patch:
    """What leaves the engine for a finding, or for a codemod in a scan."""

    files: tuple[FilePatch, ...]
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...] = ()
    unaddressed: tuple[str, ...] = ()
    """What is asked for beside the plan, and was not done; ``left`` has what of it obliges."""
    notes: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    """The gates that it passed."""
    left: tuple[Left, ...] = ()
    """What the finding's places and its fix name, and that stays: with it a finding is only partly
    fixed. Demands for tests, documents and measurements are not in it."""
    decided: bool = False
    """Whether a person edited a part of it, or left one out: nobody else makes it whole again."""

    @property
    def beside(self) -> tuple[str, ...]:
        """What was not done, and obliges nobody."""
        owed = {item.what for item in self.left}
        return tuple(item for item in self.unaddressed if item not in owed)

    @property
    def what(self) -> str:
        """What was done, in one line."""
        return "; ".join(dict.fromkeys(change.what for change in self.changes))

    @property
    def safety(self) -> Safety:
        """The weakest of the changes."""
        return Safety.weakest(change.safety for change in self.changes)


@dataclass(frozen=True, slots=True)
class Fixed:
    """All that the finding asks for is done; the patch passed every gate."""

    patch: Patch
    name = "fixed"

    @property
    def reason(self) -> str:
        """What was done, in one line."""
        return self.patch.what


@dataclass(frozen=True, slots=True)
class PartlyFixed:
    """A part of it is done, and the patch passed every gate; ``patch.left`` stays."""

    patch: Patch
    name = "partly-fixed"

    @property
    def left(self) -> tuple[Left, ...]:
        """What stays."""
        return self.patch.left

    @property
    def reason(self) -> str:
        """What was done and what is left, in one line."""
        return f"{self.patch.what}; left: {'; '.join(dict.fromkeys(map(str, self.left)))}"


@dataclass(frozen=True, slots=True)
class AlreadyFixed:
    """The shape that the fix would give stands there."""

    evidence: tuple[Refusal, ...]
    name = "already-fixed"

    @property
    def reason(self) -> str:
        """What stands there, in one line."""
        return "; ".join(dict.fromkeys(item.detail for item in self.evidence))


@dataclass(frozen=True, slots=True)
class Refused:
    """Located, and left alone."""

    refusals: tuple[Refusal, ...]
    name = "refused"

    @property
    def reason(self) -> str:
        """Why, in one line."""
        return "; ".join(dict.fromkeys(item.detail for item in self.refusals))


@dataclass(frozen=True, slots=True)
class NotFound:
    """What the finding describes stands nowhere."""

    attempts: tuple[str, ...]
    name = "not-found"

    @property
    def reason(self) -> str:
        """What was tried, in one line."""
        return "; ".join(self.attempts)


@dataclass(frozen=True, slots=True)
class NoCodemod:
    """Nothing in the catalogue knows this kind of finding."""

    reason: str
    name = "no-codemod"


@dataclass(frozen=True, slots=True)
class Failed:
    """A defect of ours, or a gate that stopped a patch; nothing was written."""

    error: str
    name = "failed"

    @property
    def reason(self) -> str:
        """The error, in one line."""
        return self.error


Outcome = Fixed | PartlyFixed | AlreadyFixed | Refused | NotFound | NoCodemod | Failed


def ended(patch: Patch) -> Fixed | PartlyFixed:
    """How a finding ends for which there is a patch."""
    return PartlyFixed(patch) if patch.left else Fixed(patch)


@dataclass(frozen=True, slots=True)
class Resolution:
    """A finding with how it ended, and on what evidence."""

    finding: Finding
    outcome: Outcome
    codemod: str | None = None
    places: tuple[Place, ...] = ()
    steps: tuple[str, ...] = field(default=())
    """How the place was found, step by step, in words."""

    @property
    def patch(self) -> Patch | None:
        """What changes, where something does."""
        return self.outcome.patch if isinstance(self.outcome, Fixed | PartlyFixed) else None
