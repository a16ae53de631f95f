"""How a finding can end: exactly one of six values, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

from codemods.codemod import Change, Place, Refusal, Safety
from codemods.findings.model import Finding


@dataclass(frozen=True, slots=True)
class FilePatch:
    """One file before and after, as bytes."""

    path: str
    before: bytes
    after: bytes | None
    """``None`` where the file goes."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What leaves the engine for a finding, or for a codemod in a scan."""

    files: tuple[FilePatch, ...]
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...] = ()
    unaddressed: tuple[str, ...] = ()
    """Aspects of the finding that nothing was done about."""
    notes: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    """The gates that it passed."""

    @property
    def safety(self) -> Safety:
        """The weakest of the changes."""
        return Safety.weakest(change.safety for change in self.changes)


@dataclass(frozen=True, slots=True)
class Fixed:
    """The codemod did it; the patch passed every gate."""

    patch: Patch
    name = "fixed"

    @property
    def reason(self) -> str:
        """What was done, in one line."""
        return "; ".join(dict.fromkeys(change.what for change in self.patch.changes))


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


Outcome = Fixed | AlreadyFixed | Refused | NotFound | NoCodemod | Failed


@dataclass(frozen=True, slots=True)
class Resolution:
    """A finding with how it ended, and on what evidence."""

    finding: Finding
    outcome: Outcome
    codemod: str | None = None
    places: tuple[Place, ...] = ()
    steps: tuple[str, ...] = field(default=())
    """How the place was found, step by step, in words."""
