"""From a decision to its patch: all of a fix, some of its Changes, or edited ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Sequence

from codemods.codemod import Change, Codemod, Plan, Refusal, Scope
from codemods.delivery.review.candidates import Candidate, Stale, verdicts
from codemods.delivery.review.decisions import ChangeDecision, Decision, Verdict
from codemods.engine.outcomes import Left, Patch, Resolution, ended
from codemods.engine.patching.edited import EditError, edited_patch
from codemods.engine.scanning.tracking import more
from codemods.project.project import Project

LEFT_OUT = "left-out"
"""Why a Change is not in the patch that somebody left out."""
Again = Callable[[Callable[[Codemod], Codemod]], Resolution]
"""Resolves the same finding anew, with what is given in place of each codemod."""


def choosing(codemod: Codemod, project: Project, kept: Collection[Change]) -> Codemod:
    """``codemod``, with a refusal for each Change that is not among ``kept``.

    Its second run finds the others again: they are where they were.

    Args:
        project: the state in which the Changes were found.
    """
    wanted = [(item.site, item.what, item.edits) for item in kept]
    others: list[Change] = []

    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        found = list(codemod.find(scope, plan))
        if scope.project is not project:
            changes = [item for item in found if isinstance(item, Change)]
            yield from more(changes, others, project, scope.project)
            yield from (item for item in found if isinstance(item, Refusal))
            return
        for item in found:
            if isinstance(item, Change) and (item.site, item.what, item.edits) not in wanted:
                others.append(item)
                yield _left_out(item)
            else:
                yield item

    return dataclasses.replace(codemod, find=find)


def _left_out(change: Change) -> Refusal:
    """What the finding asks for, and a person did not want here."""
    detail = f"left out in the review: {change.what}"
    return Refusal(LEFT_OUT, detail, change.site, asked=True)


def chosen(
    now: Candidate, decided: Decision, project: Project, again: Again
) -> Resolution | Stale | None:
    """What a decision comes to: the finding with exactly the patch that was accepted.

    Args:
        now: today's fix, of the very patch that the decision is about.
        decided: what somebody decided.
        project: the state that was read.
        again: resolves the finding anew.

    Returns:
        ``None`` where nothing of it was accepted.
    """
    each = verdicts(decided, now)
    if isinstance(each, Stale):
        return each
    accepted = [item.decision is Verdict.ACCEPT for item in each]
    if not any(accepted):
        return None
    if all(accepted) and not decided.edited:
        return now.resolution
    return _rebuilt(now, decided, each, project, again)


def _rebuilt(
    now: Candidate,
    decided: Decision,
    each: Sequence[ChangeDecision],
    project: Project,
    again: Again,
) -> Resolution | Stale:
    pairs = list(zip(now.patch.changes, each, strict=True))
    whole = [change for change, item in pairs if _is_whole(item)]
    edited = [
        (change, item.edit)
        for change, item in pairs
        if item.decision is Verdict.ACCEPT and item.edit is not None
    ]
    resolution = again(lambda codemod: choosing(codemod, project, whole))
    patch = resolution.patch if whole else None
    if whole and (patch is None or len(patch.changes) != len(whole)):
        reason = resolution.outcome.reason
        return Stale(decided, f"its Changes cannot be written one by one: {reason}")
    if not edited:
        return _decided(resolution, patch) if patch else resolution
    try:
        joined = edited_patch(now.patch, patch, edited, project)
    except EditError as error:
        return Stale(decided, f"the edited Change: {error}")
    out = [_left_out(change) for change, item in pairs if item.decision is Verdict.SKIP]
    joined = dataclasses.replace(
        joined,
        refusals=(*now.patch.refusals, *out),
        left=(*now.patch.left, *(Left(item.detail, site=item.site) for item in out)),
    )
    return _decided(now.resolution, joined)


def _decided(resolution: Resolution, patch: Patch) -> Resolution:
    """The finding with a patch that a person had a part in."""
    return dataclasses.replace(resolution, outcome=ended(dataclasses.replace(patch, decided=True)))


def _is_whole(item: ChangeDecision) -> bool:
    return item.decision is Verdict.ACCEPT and item.edit is None
