"""One finding from the report to a patch, or to the reason why there is none."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from codemods.codemod import Codemod, Refusal, Safety
from codemods.demands.demands import Demands
from codemods.engine.attempt import outcome_at
from codemods.engine.by_scan import seen_by_scan
from codemods.engine.composing import composed
from codemods.engine.locating.locate import Located, NotLocated, locate
from codemods.engine.match import Claim, Tie, claim
from codemods.engine.options import Options, options_there
from codemods.engine.outcomes import (
    AlreadyFixed,
    Failed,
    Fixed,
    NoCodemod,
    NotFound,
    PartlyFixed,
    Refused,
    Resolution,
)
from codemods.engine.planned import resolve_directive
from codemods.engine.tool_findings import by_rule, known_by_name, region_of_finding
from codemods.engine.unclaimed import nearest, why_no_codemod
from codemods.findings.model import Finding
from codemods.plugins import one_line
from codemods.project.project import Project

logger = logging.getLogger(__name__)


def resolve(
    finding: Finding,
    project: Project,
    codemods: Sequence[Codemod],
    *,
    options: Options = lambda _name: {},
    allow: Safety = Safety.REVIEW,
) -> Resolution:
    """Take a finding through match, locate, find, rewrite and gate.

    Args:
        finding: from any reader.
        project: the state of the code base that is read.
        codemods: the catalogue, or a part of it.
        options: gives the settings of a codemod by its name; where folders have their own, as
            :class:`~codemods.project.folder_settings.FolderSettings`.
        allow: the weakest safety that is written; changes below it become refusals.
    """
    try:
        return _resolve(finding, project, codemods, options, allow)
    except Exception as error:
        logger.debug("failed on %s", finding.id, exc_info=True)
        return Resolution(finding, Failed(one_line(error)))


def resolve_all(
    findings: Iterable[Finding],
    project: Project,
    resolved: Callable[[Finding, Project], Resolution],
    *,
    stacked: bool = False,
    begin: Callable[[Finding], None] = lambda _finding: None,
) -> Iterator[Resolution]:
    """Take one finding after the other, each from the same state of the code.

    Args:
        resolved: what resolves one, most likely :func:`resolve` with a catalogue and options.
        stacked: take each from what the ones before it left, for patches that go into the same
            files.
        begin: called before each, to say how far it is.
    """
    for finding in findings:
        begin(finding)
        resolution = resolved(finding, project)
        if stacked and resolution.patch is not None:
            files = resolution.patch.files
            project = project.with_changes({item.path: item.after for item in files})
        yield resolution


def _resolve(
    finding: Finding,
    project: Project,
    codemods: Sequence[Codemod],
    options: Options,
    allow: Safety,
) -> Resolution:
    if finding.status.kind.is_settled:
        return Resolution(finding, Refused((_settled(finding),)))
    if finding.directive is not None:
        return resolve_directive(finding, project, codemods, options, allow)
    known = known_by_name(finding, codemods)
    asked = by_rule(known, codemods)
    if isinstance(asked, NoCodemod):
        return Resolution(finding, asked)
    if asked is not None:
        resolution = _resolve_by_rule(known, project, asked, codemods, options, allow)
    else:
        resolution = _resolve_by_words(known, project, codemods, options, allow)
    return replace(resolution, finding=finding)


def _settled(finding: Finding) -> Refusal:
    """Why a finding is not rewritten that its report says is fixed, accepted or none."""
    status = finding.status
    said = " ".join(status.text.split())
    shown = said if len(said) <= 60 else f"{said[:59]}…"
    same = shown.lower().strip("✅ ") == status.kind.value
    detail = "" if same or not shown else f" ({shown})"
    return Refusal("status", f"the report itself says: {status.kind.value}{detail}")


def _resolve_by_rule(
    finding: Finding,
    project: Project,
    claim: Claim,
    codemods: Sequence[Codemod],
    options: Options,
    allow: Safety,
) -> Resolution:
    name = claim.codemod.name
    located = region_of_finding(finding, project)
    if isinstance(located, Located):
        settings = options_there(options, located.places)(name)
        outcome = outcome_at(finding, project, claim, located, settings, allow)
        resolution = Resolution(finding, outcome, name, located.places, located.steps)
    else:
        resolution = Resolution(finding, NotFound(located.attempts), name)
    if isinstance(resolution.outcome, NotFound):
        # The region is gone, perhaps because somebody fixed what stood there.
        read = _resolve_by_words(finding, project, codemods, options, allow)
        if isinstance(read.outcome, AlreadyFixed):
            return read
    return resolution


def _resolve_by_words(
    finding: Finding,
    project: Project,
    codemods: Sequence[Codemod],
    options: Options,
    allow: Safety,
) -> Resolution:
    demands = Demands.of(finding)
    asked = claim(demands, codemods)
    if isinstance(asked, Tie):
        names = " and ".join(asked.names)
        refusal = Refusal("tie", f"{names} claim this finding equally")
        return Resolution(finding, Refused((refusal,)))
    located = locate(finding, project, asked.match.hints if asked else None)
    if asked is None:
        return _unclaimed(demands, project, codemods, located, options, allow)
    name = asked.codemod.name
    if isinstance(located, NotLocated):
        return Resolution(
            finding, _not_checked_out(finding, project) or NotFound(located.attempts), name
        )
    options = options_there(options, located.places)
    outcome = outcome_at(finding, project, asked, located, options(name), allow)
    if isinstance(outcome, Fixed | PartlyFixed):
        alone = asked, located, outcome
        outcome = composed(demands, project, alone, codemods, options, allow)
    return Resolution(finding, outcome, name, located.places, located.steps)


def _not_checked_out(finding: Finding, project: Project) -> Refused | None:
    """A file that is named, and that a sparse checkout leaves out: it is there, but not here."""
    if project.history is None:
        return None
    for location in finding.locations:
        path = location.path
        if path and not project.files.exists(path) and project.history.is_sparse(path):
            detail = f"{path} is outside of the sparse checkout"
            return Refused((Refusal("sparse-checkout", detail),))
    return None


def _unclaimed(
    demands: Demands,
    project: Project,
    codemods: Sequence[Codemod],
    located: Located | NotLocated,
    options: Options,
    allow: Safety,
) -> Resolution:
    finding = demands.finding
    if isinstance(located, NotLocated) and finding.evidence_code and finding.rule is None:
        # What the finding describes stands nowhere: that is more than having no codemod for it.
        return Resolution(finding, NotFound(located.attempts))
    if isinstance(located, Located):
        options = options_there(options, located.places)
        seen = seen_by_scan(demands, project, codemods, located, options, allow)
        if seen is not None:
            return seen
    steps = located.steps if isinstance(located, Located) else located.attempts
    places = located.places if isinstance(located, Located) else ()
    if finding.rule is not None:
        why = f"no codemod fixes rule {finding.rule}"
        return Resolution(finding, NoCodemod(why), places=places, steps=steps)
    why = why_no_codemod(demands, nearest(demands, codemods))
    return Resolution(finding, NoCodemod(why), places=places, steps=steps)
