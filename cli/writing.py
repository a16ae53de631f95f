"""Where fixes go: each to a branch of its own, or all into the work tree."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from codemods.delivery.running import deliver_results
from codemods.delivery.worktree import NotWritten, write_in_place
from codemods.output.results import Result

from .context import Session, State
from .files import tidy
from .selecting import Reports


def write_branches(
    session: Session,
    reports: Reports,
    results: Sequence[Result],
    state: State,
    publish: bool,
) -> list[Result]:
    """Each fix on its branch; what stands in the way of one is said in its result."""
    assert state.commit is not None, "branches start from a commit"
    return deliver_results(
        session.need_repository(),
        state.commit,
        results,
        repeated=reports.repeated,
        prefix=session.settings.branch_prefix,
        publish=publish,
    )


def write_files(session: Session, results: Sequence[Result], force: bool) -> list[Result]:
    """All fixes into the work tree, every file once: a later fix stands on the earlier ones."""
    patches = [result.patch for result in results if result.patch is not None]
    tidy(session, session.root)
    written = iter(
        write_in_place(session.root, patches, repository=session.repository, force=force)
    )
    changed = []
    for result in results:
        done = next(written) if result.patch is not None else None
        if isinstance(done, NotWritten):
            result = dataclasses.replace(result, problem=done.reason)
        changed.append(result)
    return changed
