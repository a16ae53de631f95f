"""Where fixes go: each to a branch of its own, or all into the work tree."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from codemods.delivery.running import deliver_results
from codemods.delivery.verifying import Verifier
from codemods.delivery.worktree import NotWritten, write_in_place
from codemods.output.results import Result

from .context import Session, State
from .exit import UserError
from .files import tidy
from .selecting import Reports


@dataclasses.dataclass(frozen=True, slots=True)
class Verify:
    """The command that a branch has to pass."""

    command: str
    limit: float
    """Seconds."""


def verify_asked(session: Session, given: str | None, limit: float) -> Verify | None:
    """What ``--verify`` says: a command, the setting's where it has no value, or nothing.

    Raises:
        UserError: when it has no value, and there is no setting.
    """
    if given is None:
        return None
    command = given.strip() or session.settings.verify
    if not command:
        raise UserError(
            "--verify without a command runs the setting `verify`, which is not set: --verify "
            "'make test'"
        )
    return Verify(command, limit)


def write_branches(
    session: Session,
    reports: Reports,
    results: Sequence[Result],
    state: State,
    publish: bool,
    verify: Verify | None = None,
    *,
    reviewed: bool = False,
) -> list[Result]:
    """Each fix on its branch; what stands in the way of one is said in its result."""
    assert state.commit is not None, "branches start from a commit"
    verifier = None
    if verify is not None:

        def begin(commit: str) -> None:
            where = "the base" if commit == state.commit else commit[:10]
            session.note(f"verify: {verify.command} on {where}")

        verifier = Verifier(
            session.need_repository(),
            state.commit,
            verify.command,
            limit=verify.limit,
            begin=begin,
        )
    return deliver_results(
        session.need_repository(),
        state.commit,
        results,
        repeated=reports.repeated,
        prefix=session.settings.branch_prefix,
        publish=publish,
        reviewed=reviewed,
        verify=verifier,
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
