"""A plan that was handed over, and not read from a finding's words: places, patch, outcome."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from codemods.codemod import Change, Codemod, Match, Place, Plan, Refusal, Safety, Scope
from codemods.engine.attempt import outcome_at
from codemods.engine.locating.locate import Located
from codemods.engine.match import Claim
from codemods.engine.options import Options, options_there
from codemods.engine.outcomes import NotFound, Refused, Resolution
from codemods.engine.plans import PlanError, plan_from
from codemods.engine.tool_findings import focused
from codemods.findings.model import Finding, LineRange
from codemods.findings.readers.directives import LONGEST
from codemods.project.project import Project
from codemods.project.source import SourceError


@dataclass(frozen=True, slots=True)
class Request:
    """One codemod, where it is to look, and what it is to do there."""

    codemod: Codemod
    at: tuple[str, ...]
    """``PATH``, ``PATH::Class.method`` or ``PATH:LINE``."""
    plan: Plan | None
    """``None``: as in a scan."""


def request_from(table: Mapping[str, object], codemods: Mapping[str, Codemod]) -> Request:
    """What a table asks for: ``codemod``, ``at``, and the fields of the codemod's plan.

    Raises:
        PlanError: where it names no codemod, no place, or what the plan does not have.
    """
    rest = dict(table)
    name = rest.pop("codemod", None)
    at = rest.pop("at", ())
    if not isinstance(name, str) or name not in codemods:
        raise PlanError(f"no codemod is called {name!r}" if name else "it does not name a codemod")
    places = (at,) if isinstance(at, str) else tuple(at) if isinstance(at, Sequence) else ()
    if not places or not all(isinstance(item, str) for item in places):
        raise PlanError('it does not name a place: at = ["app/main.py::Class.method"]')
    codemod = codemods[name]
    plan = plan_from(codemod, rest) if rest or not codemod.scans else None
    return Request(codemod, places, plan)


def places_at(project: Project, at: Sequence[str]) -> tuple[Place, ...]:
    """The places that are named, and no others.

    Raises:
        PlanError: for one that is not there.
    """
    return tuple(_place(project, item) for item in dict.fromkeys(at))


def names_of(places: Sequence[Place]) -> tuple[str, ...]:
    """How a plan names places: ``PATH::SYMBOL``, or the path of a whole file."""
    named = []
    for place in places:
        name = place.source.tree.qualified_name(place.node)
        named.append(f"{place.source.path}::{name}" if name else place.source.path)
    return tuple(dict.fromkeys(named))


def resolve_request(
    finding: Finding,
    project: Project,
    request: Request,
    options: Options,
    allow: Safety,
) -> Resolution:
    """Take a plan to a patch or a reason, at its own places; ``finding`` is only told about."""
    name = request.codemod.name
    try:
        places = places_at(project, request.at)
    except PlanError as error:
        return Resolution(finding, NotFound((str(error),)), name)
    plan = request.plan
    codemod = request.codemod
    if plan is None:
        codemod = focused(codemod)
        places = tuple(replace(item, evidence=item.evidence or (item.lines,)) for item in places)
    claim = Claim(codemod, Match(plan=plan or Plan(), strength=100))
    located = Located(places, tuple(f"{item}: named by the plan" for item in request.at))
    settings = options_there(options, places)(name)
    outcome = outcome_at(finding, project, claim, located, settings, allow)
    return Resolution(finding, outcome, name, located.places, located.steps)


def resolve_directive(
    finding: Finding,
    project: Project,
    codemods: Sequence[Codemod],
    options: Options,
    allow: Safety,
) -> Resolution:
    """Take what a finding's own directive says, and nothing of its words.

    It is as hostile as all of a report: it is held to the plan's schema and to the repository's
    files, and what it asks for is to be reviewed at best, whatever the codemod thinks of it.
    """
    if len(finding.directive or "") > LONGEST:
        detail = f"the directive of the finding has more than {LONGEST} characters"
        return Resolution(finding, Refused((Refusal("directive", detail),)))
    try:
        table = tomllib.loads(finding.directive or "")
        request = request_from(table, {codemod.name: codemod for codemod in codemods})
    except (tomllib.TOMLDecodeError, RecursionError, PlanError) as error:
        detail = f"the directive of the finding is invalid: {error or 'it is nested too deeply'}"
        return Resolution(finding, Refused((Refusal("directive", detail),)))
    cautious = replace(request, codemod=_reviewed(request.codemod))
    return resolve_request(finding, project, cautious, options, allow)


def _reviewed(codemod: Codemod) -> Codemod:
    """``codemod``, with nothing safe in what it finds."""

    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        for item in codemod.find(scope, plan):
            if isinstance(item, Change):
                item = replace(item, safety=Safety.weakest((item.safety, Safety.REVIEW)))
            yield item

    return replace(codemod, find=find)


def _place(project: Project, written: str) -> Place:
    path, _, symbol = written.partition("::")
    base, _, line = path.rpartition(":")
    if base and line.isdecimal() and not symbol:
        path = base
    else:
        line = ""
    if path not in project.python_paths:
        raise PlanError(f"{written}: there is no Python file {path}")
    source = project.source(path)
    try:
        tree = source.tree
    except SourceError:
        # The place all the same: the engine says that it cannot be read, and why.
        return Place(source, ast.Module(body=[], type_ignores=[]), by="its path")
    if symbol:
        named = [node for node in tree.definitions() if tree.qualified_name(node) == symbol]
        if len(named) != 1:
            what = f"{len(named)} definitions are" if named else "no definition is"
            raise PlanError(f"{written}: {what} called {symbol} in {path}")
        return Place(source, named[0], by="its name")
    if line:
        number = int(line)
        if not 0 < number <= len(source.line_starts):
            raise PlanError(f"{written}: {path} has {len(source.line_starts)} lines")
        lines = (LineRange(number, number),)
        return Place(source, tree.module, lines, lines, by="its line")
    return Place(source, tree.module, by="its path")
