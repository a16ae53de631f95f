"""One finding from the report to a patch, or to the reason why there is none."""

from __future__ import annotations

import ast
import dataclasses
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from codemods.codemod import (
    Change,
    Codemod,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
)
from codemods.engine.deletion import IMPORTS_RESOLVE, check_deleted
from codemods.engine.formatting import formatter_for
from codemods.engine.gates import GATES, GateError, check_file, check_second_run, line_map
from codemods.engine.locate import Located, NotLocated, locate
from codemods.engine.match import Match, Tie, match
from codemods.engine.outcomes import (
    AlreadyFixed,
    Failed,
    FilePatch,
    Fixed,
    NoCodemod,
    NotFound,
    Outcome,
    Patch,
    Refused,
    Resolution,
)
from codemods.engine.rewrite import RewrittenFile, rewrite
from codemods.engine.ruled import by_rule, region_of_finding
from codemods.engine.suppressions import suppressing
from codemods.engine.unclaimed import why_no_codemod
from codemods.findings.model import Finding, LineRange
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """What a codemod made of a scope."""

    files: tuple[RewrittenFile, ...]
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    deleted: tuple[SourceFile, ...] = ()

    @property
    def patches(self) -> tuple[FilePatch, ...]:
        """Every file that is not as it was."""
        edited = [
            FilePatch(item.before.path, item.before.data, item.after.data) for item in self.files
        ]
        return (*edited, *(FilePatch(item.path, item.data, None) for item in self.deleted))


def resolve(
    finding: Finding,
    project: Project,
    codemods: Sequence[Codemod],
    *,
    options: Callable[[str], Mapping[str, Any]] = lambda _name: {},
    allow: Safety = Safety.REVIEW,
) -> Resolution:
    """Take a finding through match, locate, find, rewrite and gate.

    Args:
        finding: from any reader.
        project: the state of the code base that is read.
        codemods: the catalogue, or a part of it.
        options: gives the settings of a codemod by its name.
        allow: the weakest safety that is written; changes below it become refusals.
    """
    try:
        return _resolve(finding, project, codemods, options, allow)
    except Exception as error:
        logger.debug("failed on %s", finding.id, exc_info=True)
        return Resolution(finding, Failed(f"{type(error).__name__}: {error}"))


def _resolve(
    finding: Finding,
    project: Project,
    codemods: Sequence[Codemod],
    options: Callable[[str], Mapping[str, Any]],
    allow: Safety,
) -> Resolution:
    ruled = by_rule(finding, codemods)
    if isinstance(ruled, NoCodemod):
        return Resolution(finding, ruled)
    if ruled is not None:
        return _of_rule(finding, project, ruled, codemods, options, allow)
    return _of_words(finding, project, codemods, options, allow)


def _of_rule(
    finding: Finding,
    project: Project,
    ruled: Match,
    codemods: Sequence[Codemod],
    options: Callable[[str], Mapping[str, Any]],
    allow: Safety,
) -> Resolution:
    name = ruled.codemod.name
    located = region_of_finding(finding, project)
    if isinstance(located, Located):
        outcome = _outcome(finding, project, ruled, located, options(name), allow)
        resolution = Resolution(finding, outcome, name, located.places, located.trail)
    else:
        resolution = Resolution(finding, NotFound(located.tried), name)
    if isinstance(resolution.outcome, NotFound):
        # The region is gone, perhaps because somebody fixed what stood there.
        read = _of_words(finding, project, codemods, options, allow)
        if isinstance(read.outcome, AlreadyFixed):
            return read
    return resolution


def _of_words(
    finding: Finding,
    project: Project,
    codemods: Sequence[Codemod],
    options: Callable[[str], Mapping[str, Any]],
    allow: Safety,
) -> Resolution:
    claim = match(finding, codemods)
    if isinstance(claim, Tie):
        names = " and ".join(claim.names)
        refusal = Refusal("tie", f"{names} claim this finding with equal strength")
        return Resolution(finding, Refused((refusal,)))
    located = locate(finding, project, claim.plan if claim else None)
    if claim is None:
        return _unclaimed(finding, located)
    name = claim.codemod.name
    if isinstance(located, NotLocated):
        return Resolution(finding, NotFound(located.tried), name)
    outcome = _outcome(finding, project, claim, located, options(name), allow)
    return Resolution(finding, outcome, name, located.places, located.trail)


def _unclaimed(finding: Finding, located: Located | NotLocated) -> Resolution:
    if isinstance(located, NotLocated) and finding.evidence_code:
        # What the finding describes stands nowhere: that is more than having no codemod for it.
        return Resolution(finding, NotFound(located.tried))
    trail = located.trail if isinstance(located, Located) else located.tried
    places = located.places if isinstance(located, Located) else ()
    return Resolution(finding, NoCodemod(why_no_codemod(finding)), places=places, trail=trail)


def _outcome(
    finding: Finding,
    project: Project,
    claim: Match,
    located: Located,
    options: Mapping[str, Any],
    allow: Safety,
) -> Outcome:
    unreadable = [problem for place in located.places if (problem := _problem(place.source))]
    if unreadable:
        return Refused(tuple(Refusal("syntax", text) for text in unreadable))
    scope = Scope(project, located.places, options, finding)
    try:
        made = make(scope, claim.codemod, claim.plan, allow)
    except GateError as error:
        return Failed(str(error))
    if made.changes:
        done = {aspect for change in made.changes for aspect in change.aspects}
        left = tuple(aspect for aspect in claim.plan.aspects if aspect not in done)
        said = [note for change in made.changes for note in change.notes]
        notes = tuple(dict.fromkeys((*said, *(f"left out: {item}" for item in located.dropped))))
        gates = (*GATES, IMPORTS_RESOLVE) if made.deleted else GATES
        return Fixed(Patch(made.patches, made.changes, made.refusals, left, notes, gates))
    already = tuple(item for item in made.refusals if item.already)
    standing = tuple(item for item in made.refusals if not item.already)
    if already and not standing:
        return AlreadyFixed(already)
    if standing:
        left_out = (Refusal("not-located", f"left out: {item}") for item in located.dropped)
        return Refused((*standing, *already, *left_out))
    return NotFound((*located.trail, "nothing there is what the finding describes"))


def _problem(source: SourceFile) -> str | None:
    try:
        tree = source.tree
    except SourceError as error:
        return str(error)
    del tree
    return None


def make(scope: Scope, codemod: Codemod, plan: Plan | None, allow: Safety) -> Made:
    """Find, rewrite and gate in one scope.

    Raises:
        GateError: when the patch does not pass a gate.
    """
    changes: list[Change] = []
    refusals: list[Refusal] = []
    for item in admitted(scope, codemod, plan, allow):
        (changes if isinstance(item, Change) else refusals).append(item)  # type: ignore[arg-type]
    if not changes:
        return Made((), (), tuple(refusals))
    written = rewrite(
        scope.project, changes, codemod.edit, lambda source: formatter_for(scope.project, source)
    )
    for rewritten in written.files:
        check_file(rewritten)
    made = Made(written.files, written.changes, (*refusals, *written.refusals), written.deleted)
    if made.patches:
        after = scope.project.with_changes({item.path: item.after for item in made.patches})
        check_deleted(scope.project, after, made.deleted)
        check_second_run(_second_run(scope, codemod, plan, allow, after, made, written.refusals))
    return made


def admitted(
    scope: Scope, codemod: Codemod, plan: Plan | None, allow: Safety
) -> Iterator[Change | Refusal]:
    """What ``find`` yields, with suppressed places and those that are only shown as refusals."""
    for item in codemod.find(scope, plan):
        if isinstance(item, Change):
            source = scope.project.source(item.site.path)
            if suppressing(source, item.site.line, item.site.end_line, codemod.name):
                yield Refusal("suppressed", "a comment keeps autofix out", item.site)
                continue
            if item.safety.rank > allow.rank:
                detail = "; ".join((item.what, *item.notes))
                yield Refusal("display-only", f"shown, not written: {detail}", item.site)
                continue
        yield item


def _second_run(
    scope: Scope,
    codemod: Codemod,
    plan: Plan | None,
    allow: Safety,
    after: Project,
    made: Made,
    refused: Sequence[Refusal],
) -> Iterator[Change | Refusal]:
    by_path = {item.before.path: item for item in made.files}
    places = tuple(
        moved for place in scope.places if (moved := _moved(place, after, by_path)) is not None
    )
    again = dataclasses.replace(scope, project=after, places=places)
    left_alone = {(item.site.path, item.site.function) for item in refused if item.site}
    for item in admitted(again, codemod, plan, allow):
        # What the first run could not carry out it may well find again.
        if not isinstance(item, Change) or ((item.site.path, item.site.function) not in left_alone):
            yield item


def _moved(place: Place, after: Project, by_path: Mapping[str, RewrittenFile]) -> Place | None:
    """The same definition in the patched file, with its lines where they stand now; ``None``
    where it is gone."""
    path = place.source.path
    if not after.files.exists(path):
        return None
    source = after.source(path)
    rewritten = by_path.get(path)
    if rewritten is None:
        return dataclasses.replace(place, source=source)
    lines = line_map(rewritten)

    def mapped(ranges: tuple[LineRange, ...]) -> tuple[LineRange, ...]:
        return tuple(LineRange(lines(item.start), lines(item.end)) for item in ranges)

    node: Any = source.tree.module
    if not isinstance(place.node, ast.Module):
        name = place.source.tree.qualified_name(place.node)
        same = [
            item
            for item in place.source.tree.definitions()
            if place.source.tree.qualified_name(item) == name
        ]
        now = [
            item for item in source.tree.definitions() if source.tree.qualified_name(item) == name
        ]
        position = same.index(place.node)
        if position >= len(now):
            return None
        node = now[position]
    return dataclasses.replace(
        place,
        source=source,
        node=node,
        evidence=mapped(place.evidence),
        reported=mapped(place.reported),
    )
