"""Running queries over the files of a project: in memory, through the gates of every rewrite."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.bowler.hosting import change_of
from codemods.bowler.rewriting import HostedQuery
from codemods.codemod import Safety
from codemods.engine.outcomes import FilePatch
from codemods.engine.patching.formatting import formatter_for
from codemods.engine.patching.gates import GateError, check_file
from codemods.engine.patching.rewrite import rewrite
from codemods.plugins import one_line
from codemods.project.project import Project
from codemods.project.source import SourceError

if TYPE_CHECKING:
    from bowler import Query

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Left:
    """A file that was not rewritten."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class QueryRun:
    """What queries made of a project; nothing is written."""

    patches: tuple[FilePatch, ...]
    left: tuple[Left, ...]
    """Files that could not be read or rewritten, with the reason."""
    again: tuple[str, ...]
    """Files that the same query would change once more."""
    looked: frozenset[str]
    """The files that were looked at."""

    @staticmethod
    def joined(runs: Iterable[QueryRun]) -> QueryRun:
        """Several runs as one, each on what the ones before it left. A file that one of them could
        not rewrite has no patch: it stays as it was."""
        first: dict[str, FilePatch] = {}
        left: list[Left] = []
        again: list[str] = []
        looked: set[str] = set()
        for item in runs:
            for patch in item.patches:
                before = first[patch.path].before if patch.path in first else patch.before
                first[patch.path] = FilePatch(patch.path, before, patch.after)
            left += [other for other in item.left if other not in left]
            again += item.again
            looked |= item.looked
        lost = {item.path for item in left}
        patches = tuple(
            item for item in first.values() if item.before != item.after and item.path not in lost
        )
        return QueryRun(patches, tuple(left), tuple(dict.fromkeys(again)), frozenset(looked))


def run_query(project: Project, query: Query, paths: Iterable[str]) -> QueryRun:
    """Run a query over files.

    Args:
        project: the state that is read.
        query: its own paths count for nothing here.
        paths: the files.
    """
    hosted = HostedQuery(query)
    patches: list[FilePatch] = []
    left: list[Left] = []
    again: list[str] = []
    chosen = tuple(paths)
    for path in chosen:
        try:
            after = _rewritten(project, hosted, path)
            source = after.source(path)
            before = project.source(path)
            if source.data != before.data:
                if hosted.hunks(source):
                    again.append(path)
                patches.append(FilePatch(path, before.data, source.data))
        except (GateError, SourceError) as error:
            left.append(Left(path, str(error).removeprefix(f"{path}: ")))
        except Exception as error:
            # The callbacks of a query are its author's.
            logger.debug("%s", path, exc_info=True)
            left.append(Left(path, f"the query raises {one_line(error)}"))
    return QueryRun(tuple(patches), tuple(left), tuple(again), frozenset(chosen))


def _rewritten(project: Project, query: HostedQuery, path: str) -> Project:
    """The project with what a query makes of one file.

    Raises:
        GateError: when that does not pass a gate.
        SourceError: when the file cannot be read.
    """
    source = project.source(path)
    changes = [change_of(source, hunk, "", Safety.DISPLAY) for hunk in query.hunks(source)]
    if not changes:
        return project
    written = rewrite(project, changes, lambda item: formatter_for(project, item))
    if written.refusals:
        raise GateError(f"{path}: {written.refusals[0].detail}")
    for item in written.files:
        check_file(item, project.target_python)
    return project.with_changes({item.after.path: item.after.data for item in written.files})
