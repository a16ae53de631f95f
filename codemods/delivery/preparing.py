"""Fixes as commits on the base, for whoever keeps branches elsewhere than in this repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codemods.delivery.branch_names import PREFIX, SHORT_KEY, branch_name
from codemods.delivery.commits import NewFile
from codemods.delivery.likeness import Trial
from codemods.delivery.planning import Delivery, NotDelivered, Planner, definition
from codemods.delivery.repository import Repository


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be committed for a fix, whatever branches there are."""

    branch: str
    """The name that is made from the code."""
    message: bytes
    files: tuple[NewFile, ...]
    patch: str
    """The stable patch-id."""


def prepare(
    repository: Repository, base: str, items: Sequence[Delivery], *, prefix: str = PREFIX
) -> tuple[Prepared | NotDelivered, ...]:
    """What would be committed for each delivery, in the order of ``items``.

    Args:
        base: the full id of the commit whose files the patches were made from.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    # Each by itself, also where the same is given twice.
    apart = [replace(item) for item in items]
    planner = Planner(repository, base, apart, prefix)
    fixes, obstacles = planner.fixes(apart)
    found: dict[int, Prepared | NotDelivered] = {**obstacles}
    trial = Trial(repository, base, [fix.files for fix in fixes])
    for fix, patch in zip(fixes, trial.patches, strict=True):
        first = fix.first
        name = branch_name(first.codemod, definition(first), first.key[:SHORT_KEY], prefix)
        made = Prepared(name, planner.message(fix, patch), fix.files, patch)
        found |= {id(item): made for item in fix.members}
    return tuple(found[id(item)] for item in apart)
