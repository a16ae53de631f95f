"""``autofix undo``: takes a finding's branch back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE, NOT_FIXED
from .options import Common, Identifiers, with_common

if TYPE_CHECKING:
    from codemods.output.finding_documents import UndoneDocument


@with_common
def undo(
    common: Common,
    identifiers: Identifiers,
    remote: Annotated[
        bool, typer.Option("--remote", help="Also delete the branch at origin.")
    ] = False,
) -> int:
    """Delete the branch of a finding, unless somebody else committed to it.

    The commit of the branch names the finding, so its report may be gone. If the branch was made
    for another finding with the same fix, autofix reads the report to find it.
    """
    session = Session(common)
    from codemods.delivery.undo import NotUndone
    from codemods.delivery.undo import undo as take_back
    from codemods.output.styled import styled

    from .rendering import write_json

    repository = session.need_repository()
    status = DONE
    results: list[UndoneDocument] = []
    for identifier in identifiers:
        prefix = session.settings.branch_prefix
        done = take_back(repository, identifier, prefix=prefix, remote=remote)
        unknown = isinstance(done, NotUndone) and done.unknown
        if unknown and (key := _key(session, identifier)) is not None:
            done = take_back(repository, identifier, prefix=prefix, key=key, remote=remote)
        if isinstance(done, NotUndone):
            status = NOT_FIXED
            session.say.print(styled(f"{identifier}  not undone: {done.reason}"))
            results.append({"finding": identifier, "undone": False, "reason": done.reason})
            continue
        results.append(
            {
                "finding": done.finding,
                "undone": True,
                "branch": done.branch,
                "commit": done.commit,
                "published": done.published,
                "withdrawn": done.withdrawn is not None,
            }
        )
        if not session.json:
            session.out.print(styled(done.branch), soft_wrap=True)
        session.note(f"{done.finding}  deleted; to restore it: {done.restore}")
        if done.withdrawn is not None and done.local:
            session.note(f"also deleted at origin; to restore it: {done.withdrawn.restore}")
        if done.published:
            session.note("the remote still has it: `autofix undo --remote` deletes it there")
    if session.json:
        write_json({"version": 1, "results": results})
    return status


def _key(session: Session, identifier: str) -> str | None:
    """The key of what today's code needs for a finding; ``None`` where there is nothing to tell."""
    from codemods.codemod import Safety
    from codemods.engine.keys import patch_key
    from codemods.findings.reports import ReportError, SelectionError

    from .selecting import Reports

    try:
        finding = Reports(session, optional=True, quiet=True).pick(identifier)
    except (ReportError, SelectionError):
        # Its report is gone, or says it no more.
        return None
    resolution = session.resolve(finding, session.state(None, False).project, Safety.DISPLAY)
    patch = resolution.patch
    return patch_key(resolution.codemod, patch) if patch and resolution.codemod else None
