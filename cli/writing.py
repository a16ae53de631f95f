"""Where fixes go: each to a branch of its own, or all into the work tree."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from codemods.delivery.branches import Delivered, deliver
from codemods.delivery.planning import Action, Delivery, NotDelivered
from codemods.delivery.push import NotPushed, push
from codemods.delivery.worktree import NotWritten, write_in_place
from codemods.output.results import Result

from .context import Session, State
from .files import tidy
from .selecting import Reports

ACTIONS = {
    Action.CREATE: "new",
    Action.UPDATE: "made anew",
    Action.KEEP: "unchanged",
}


def write_branches(
    session: Session,
    reports: Reports,
    results: Sequence[Result],
    state: State,
    publish: bool,
) -> list[Result]:
    """Each fix on its branch; what stands in the way of one is said in its result."""
    repository = session.need_repository()
    assert state.commit is not None, "branches start from a commit"
    positions = [number for number, result in enumerate(results) if result.patch is not None]
    items = []
    for number in positions:
        resolution, patch = results[number].resolution, results[number].patch
        assert patch is not None and resolution.codemod is not None
        finding = resolution.finding
        items.append(Delivery(finding, patch, resolution.codemod, reports.repeated(finding)))
    if not items:
        return list(results)
    written = deliver(repository, state.commit, items, prefix=session.settings.branch_prefix)
    changed = list(results)
    for number, item in zip(positions, written, strict=True):
        if isinstance(item, NotDelivered):
            changed[number] = dataclasses.replace(
                changed[number], branch=item.branch, problem=item.reason
            )
        else:
            changed[number] = dataclasses.replace(
                changed[number],
                branch=item.branch,
                commit=item.commit,
                action=ACTIONS[item.action],
            )
    return _pushed(session, changed, written, state.commit) if publish else changed


def _pushed(
    session: Session,
    results: list[Result],
    written: Sequence[Delivered | NotDelivered],
    base: str,
) -> list[Result]:
    there = [item for item in written if isinstance(item, Delivered)]
    answers = {item.branch: item for item in push(session.need_repository(), base, there)}
    changed = []
    for result in results:
        answer = answers.get(result.branch or "")
        if isinstance(answer, NotPushed):
            result = dataclasses.replace(result, problem=f"not pushed: {answer.reason}")
        elif answer is not None:
            state = "pushed" if answer.changed else "the remote has it already"
            result = dataclasses.replace(result, action=f"{result.action}, {state}")
        changed.append(result)
    return changed


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
