"""What a codemod read from a finding: a plan, how sure it is, and what was only hinted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from codemods.codemod.scope import NO_HINTS, Hints, Plan

Asked = TypeVar("Asked", bound=Plan)
Read = TypeVar("Read", bound=Plan, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Match(Generic[Read]):
    """A codemod's claim to a finding."""

    plan: Read
    strength: int
    """0 to 100: how sure the codemod is that it is meant. A tie is refused."""
    named: bool = True
    """Whether the codemod knows the pattern by name; ``apply-suggestion`` does not, and comes
    after all that do."""
    hints: Hints = NO_HINTS
