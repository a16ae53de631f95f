"""One state of a code base: a commit, or the work tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codemods.project.project import Project


@dataclass(frozen=True, slots=True)
class State:
    """One state of the code, and where it was read from."""

    project: Project
    commit: str | None
    """``None``: the work tree."""


def committed(place: Path, commit: str) -> State:
    """The state of a commit, with the history behind it.

    Args:
        place: the top of the repository's work tree, or its git folder where it is bare.
        commit: its full id.
    """
    from codemods.project.commit import CommitFiles
    from codemods.project.history import GitHistory
    from codemods.project.project import Project

    return State(Project(CommitFiles(place, commit), history=GitHistory(place, commit)), commit)
