"""``autofix undo``: takes a finding's branch back."""

from __future__ import annotations

from typing import Any

from .context import Session
from .exit import DONE, NOT_FIXED
from .options import Common, Identifiers, with_common


@with_common
def undo(common: Common, identifiers: Identifiers) -> int:
    """Delete the branch of a finding, unless others committed to it.

    The branch is known by the finding in its commit, so its report need not be there any more.
    """
    session = Session(common)
    from codemods.delivery.undo import NotUndone
    from codemods.delivery.undo import undo as take_back
    from codemods.output.styled import styled

    from .rendering import write_json

    repository = session.need_repository()
    status = DONE
    results: list[dict[str, Any]] = []
    for identifier in identifiers:
        done = take_back(repository, identifier, prefix=session.settings.branch_prefix)
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
            }
        )
        if not session.json:
            session.out.print(styled(done.branch), soft_wrap=True)
        session.note(f"{done.finding}  deleted; to bring it back: {done.restore}")
        if done.published:
            session.note(f"the remote still has it: git push origin --delete {done.branch}")
    if session.json:
        write_json({"version": 1, "results": results})
    return status
