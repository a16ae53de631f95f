"""One codemod with its plan at places that are known: a patch through every gate, or why not."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from codemods.codemod import NOT_AS_SHOWN, Change, Refusal, Safety, Scope
from codemods.demands.demands import Demands
from codemods.engine.as_suggested import not_as_suggested
from codemods.engine.locating.locate import Located
from codemods.engine.match import Claim
from codemods.engine.outcomes import AlreadyFixed, Failed, NotFound, Outcome, Patch, Refused, ended
from codemods.engine.owed import left_of
from codemods.engine.patching.deletion import IMPORTS_RESOLVE
from codemods.engine.patching.gates import GATES, GateError
from codemods.engine.patching.patch_scope import PatchedScope, patch_scope
from codemods.engine.patching.powers import new_powers
from codemods.engine.unanswered import Done, all_left
from codemods.findings.model import Finding
from codemods.plugins import one_line
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile

logger = logging.getLogger(__name__)


def outcome_at(
    finding: Finding,
    project: Project,
    claim: Claim,
    located: Located,
    options: Mapping[str, object],
    allow: Safety,
) -> Outcome:
    """How a finding ends whose codemod and places are known."""
    unreadable = [problem for place in located.places if (problem := _problem(place.source))]
    if unreadable:
        return Refused(tuple(Refusal("syntax", text) for text in unreadable))
    scope = Scope(project, located.places, options, claim.match.hints)
    try:
        patched = patch_scope(scope, claim.codemod, claim.match.plan, allow)
    except GateError as error:
        return Failed(str(error))
    except Exception as error:
        # A defect of the codemod, which may be a plug-in: the outcome names it.
        logger.debug("%s failed on %s", claim.codemod.name, finding.id, exc_info=True)
        return Failed(one_line(error))
    powers = new_powers(_pairs(patched)) if patched.changes else ()
    if powers and allow is not Safety.DISPLAY:
        return Refused((*_withheld(patched.changes, powers), *patched.refusals))
    if patched.changes:
        done = {aspect for change in patched.changes for aspect in change.aspects}
        demands = Demands.of(finding)
        met = {name for change in patched.changes for name in change.meets}
        done |= {item.words for item in demands.asked if item.id in met}
        undone = tuple(aspect for aspect in claim.match.hints.aspects if aspect not in done)
        said = [note for change in patched.changes for note in change.notes]
        # What is edited after all was not left out.
        edited = [f" {item.path}" for item in patched.patches]
        dropped = [item for item in located.dropped if not any(at in f" {item}" for at in edited)]
        notes = tuple(dict.fromkeys((*said, *(f"left out: {item}" for item in dropped))))
        gates = (*GATES, IMPORTS_RESOLVE) if patched.deleted else GATES
        files, changes, refusals = patched.patches, patched.changes, patched.refusals
        if powers:
            changes = tuple(replace(item, safety=Safety.DISPLAY) for item in changes)
            notes = (f"it {_joined(powers)}", *notes)
        done_so_far = Done(files, changes, refusals, claim.codemod, options)
        left = all_left(demands, undone, located.places, project, done_so_far)
        return ended(Patch(files, changes, refusals, undone, notes, gates, left))
    already = tuple(item for item in patched.refusals if item.already)
    remaining = tuple(item for item in patched.refusals if not item.already)
    if already and not remaining:
        return _already(Demands.of(finding), project, claim, located, already)
    if remaining and all(item.reason == NOT_AS_SHOWN for item in remaining):
        # What the finding shows stands nowhere: there is nothing that was left alone.
        return NotFound((*located.steps, *(item.detail for item in remaining)))
    if remaining:
        left_out = (Refusal("not-located", f"left out: {item}") for item in located.dropped)
        return Refused((*remaining, *already, *left_out))
    why = f"{claim.codemod.name} rewrites nothing at this place"
    shown = finding.rule is None and finding.evidence_code
    if shown and any(place.evidence for place in located.places):
        return Refused((Refusal("not-the-pattern", f"the evidence was found, but {why}"),))
    return NotFound((*located.steps, why))


def _already(
    demands: Demands,
    project: Project,
    claim: Claim,
    located: Located,
    already: Sequence[Refusal],
) -> AlreadyFixed | Refused:
    """What stands there is a fix: is it the one that the finding asks for?"""
    other = not_as_suggested(demands, project, already, located.places)
    if other:
        return Refused((Refusal("not-as-suggested", other), *already))
    owed = left_of(demands, claim.match.hints.aspects, (), ())
    unknown = tuple(
        Refusal("not-looked-at", f"not checked whether this is done: {item}")
        for item in owed
        # What has no words of the finding is the codemod's own, and it looked.
        if item.demand
    )
    return AlreadyFixed((*already, *unknown))


def _pairs(patched: PatchedScope) -> list[tuple[SourceFile, SourceFile | None]]:
    edited = [(item.before, item.after) for item in patched.files]
    return [*edited, *((item, None) for item in patched.deleted)]


def _withheld(changes: Iterable[Change], powers: Sequence[str]) -> Iterator[Refusal]:
    """A report may be anybody's, and CI runs what is on a branch."""
    for item in changes:
        detail = f"shown, not written: {item.what}: it {_joined(powers)}"
        yield Refusal("display-only", detail, item.site)


def _joined(powers: Sequence[str]) -> str:
    return ", ".join(powers)


def _problem(source: SourceFile) -> str | None:
    try:
        tree = source.tree
    except SourceError as error:
        return str(error)
    del tree
    return None
