"""What became of a finding, for every way of showing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import Refusal, Site
from codemods.engine.outcomes import AlreadyFixed, Left, Patch, Refused, Resolution
from codemods.output.diff import unified_diff


@dataclass(frozen=True, slots=True)
class Checked:
    """How the project's own command ended on a fix."""

    command: str
    passed: bool
    summary: str
    """In one line, with how it ended on the base."""
    output: str
    """The end of what it printed."""
    quotation: tuple[str, ...]
    """The last lines of that."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finding that was asked for, with what became of it."""

    resolution: Resolution
    branch: str | None = None
    commit: str | None = None
    action: str = ""
    """What was done with the branch, for people: ``created``, ``kept``."""
    problem: str | None = None
    """Why a fix that was found is not on its branch, or not in the file."""
    checked: Checked | None = None
    """What ``--verify`` said of it."""

    @property
    def patch(self) -> Patch | None:
        """What changes, where something does."""
        return self.resolution.patch

    @property
    def left(self) -> tuple[Left, ...]:
        """What stays of what the finding asks for, where only a part of it is fixed."""
        return self.patch.left if self.patch else ()

    @property
    def outcome(self) -> str:
        """One of the seven names; a fix that could not be written counts as refused."""
        return "refused" if self.problem else self.resolution.outcome.name

    @property
    def reason(self) -> str:
        """In one line."""
        return self.problem or self.resolution.outcome.reason

    @property
    def branch_or_reason(self) -> str:
        """The branch with what was done to it, else the reason."""
        if not self.branch or self.problem or self.patch is None:
            return self.reason
        left = f"; left: {'; '.join(map(str, self.left))}" if self.left else ""
        return f"{self.branch} ({self.action}){left}"

    @property
    def diff(self) -> bytes:
        """As ``git apply`` takes it; empty where nothing changes."""
        patch = self.patch
        if patch is None:
            return b""
        # A codemod makes a file by changing nothing into something.
        new = {item.path: "100644" for item in patch.files if not item.before and item.after}
        return unified_diff(patch.files, new)

    @property
    def done(self) -> bool:
        """Whether all that the finding asks for stands."""
        return self.outcome in ("fixed", "already-fixed")


def sites(resolution: Resolution) -> Iterator[tuple[Site, str]]:
    """Where a finding stands now, with what is to be said of each place."""
    outcome = resolution.outcome
    if resolution.patch is not None:
        yield from ((change.site, change.what) for change in resolution.patch.changes)
    elif isinstance(outcome, AlreadyFixed):
        yield from ((item.site, item.detail) for item in outcome.evidence if item.site)


def refusals(resolution: Resolution) -> tuple[Refusal, ...]:
    """What was looked at and left alone."""
    outcome = resolution.outcome
    if resolution.patch is not None:
        return resolution.patch.refusals
    return outcome.refusals if isinstance(outcome, Refused) else ()
