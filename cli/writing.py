"""Where fixes go: each to a branch of its own, or all into the work tree."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from codemods.delivery.branches import Delivered, deliver
from codemods.delivery.planning import Action, Delivery, NotDelivered
from codemods.delivery.push import NotPushed, push
from codemods.delivery.worktree import NotWritten, uncommitted, write_in_place
from codemods.engine.outcomes import FilePatch, Patch
from codemods.output.results import Result

from .context import Session, State
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
    return _pushed(session, changed, written) if publish else changed


def _pushed(
    session: Session, results: list[Result], written: Sequence[Delivered | NotDelivered]
) -> list[Result]:
    there = [item for item in written if isinstance(item, Delivered)]
    answers = {answer.branch: answer for answer in push(session.need_repository(), there)}
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
    repository = session.repository
    patches = [result.patch for result in results if result.patch is not None]
    paths = {item.path for patch in patches for item in patch.files}
    dirty = {} if repository is None or force else uncommitted(repository, paths)
    # A fix that stands on a file that may not be written falls with it.
    blocked: dict[str, str] = {path: f"{path} {why}" for path, why in dirty.items()}
    kept: list[Patch] = []
    changed = list(results)
    for number, result in enumerate(results):
        if result.patch is None:
            continue
        reasons = [blocked[item.path] for item in result.patch.files if item.path in blocked]
        if reasons:
            hint = f"{reasons[0]}: commit or stash it, or use --force"
            changed[number] = dataclasses.replace(result, problem=hint)
            blocked |= {item.path: reasons[0] for item in result.patch.files}
        else:
            kept.append(result.patch)
    if not kept:
        return changed
    done = write_in_place(session.root, _together(kept), repository=repository, force=True)
    if isinstance(done, NotWritten):
        return [
            dataclasses.replace(result, problem=done.reason)
            if result.patch is not None and not result.problem
            else result
            for result in changed
        ]
    return changed


def _together(patches: Sequence[Patch]) -> Patch:
    """One patch from the first state of every file to its last."""
    before: dict[str, bytes] = {}
    after: dict[str, bytes | None] = {}
    for patch in patches:
        for item in patch.files:
            before.setdefault(item.path, item.before)
            after[item.path] = item.after
    files = tuple(FilePatch(path, data, after[path]) for path, data in before.items())
    return Patch(files, tuple(change for patch in patches for change in patch.changes))
