"""Findings of tools: known by their rule, located by their region, fixed as in a scan.

What a tool writes has no prose to read names from. Its rule says which codemod is meant (one that
has it among its ``rules``, or that very codemod where a scan of ours wrote the report), its region
and snippet where. There the codemod decides as in a scan.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Sequence

from codemods.codemod import Change, Codemod, Match, Place, Plan, Refusal, Scope
from codemods.engine.locating.candidates import CandidateFile, Choice, candidate_files
from codemods.engine.locating.locate import Located, NotLocated
from codemods.engine.match import Claim
from codemods.engine.outcomes import NoCodemod
from codemods.findings.model import Finding, LineRange
from codemods.findings.rules import NOT_FIXED, is_called_like, names_of
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile

_CLEARLY = 3
"""How many times farther away the next equal snippet must be, for the nearest one to be meant."""


def by_rule(finding: Finding, codemods: Sequence[Codemod]) -> Claim | NoCodemod | None:
    """The codemod that a finding's rule asks for, or why there is none.

    ``None`` where there is no rule, or none that is known: the words of a rule that somebody wrote
    for Semgrep may say enough.
    """
    if finding.rule is None:
        return None
    fixer = fixer_of(finding.rule, codemods)
    if isinstance(fixer, str):
        return NoCodemod(f"{finding.rule}: {fixer}")
    if fixer is not None and fixer.scans:
        return Claim(focused(fixer), Match(plan=Plan(), strength=100))
    return None


def known_by_name(finding: Finding, codemods: Sequence[Codemod]) -> Finding:
    """A finding of a rule that nobody knows, as one of the known rule that is called like it."""
    if finding.rule is None or fixer_of(finding.rule, codemods) is not None:
        return finding
    alike = [
        known
        for codemod in codemods
        for known in codemod.rules
        if is_called_like(finding.rule, known)
    ]
    return dataclasses.replace(finding, rule=alike[0]) if alike else finding


def fixer_of(rule: str, codemods: Sequence[Codemod]) -> Codemod | str | None:
    """The codemod that fixes what a rule finds, of several the first; why none does; or ``None``
    for a rule that nobody knows."""
    for name in names_of(rule):
        for codemod in codemods:
            if any(name == item.lower() for item in codemod.rules):
                return codemod
        if name in NOT_FIXED:
            return NOT_FIXED[name]
    return next((codemod for codemod in codemods if codemod.name == rule), None)


def region_of_finding(finding: Finding, project: Project) -> Located | NotLocated:
    """Where a tool's finding stands today: at its snippet, else at its lines.

    A snippet that stands nowhere any more is not found, whatever the lines say; without one the
    lines have to be believed, and what the codemod finds there decides.
    """
    named = candidate_files(finding, project)
    places: list[Place] = []
    attempts = list(named.attempts)
    steps: list[str] = []
    snippets = [block.text for block in finding.evidence_code]
    for number, candidate_file in enumerate(named.files):
        if candidate_file.choice is not Choice.NAMED:
            attempts.append(f"{candidate_file.how}; the finding does not say which file it means")
            continue
        source = project.source(candidate_file.paths[0])
        try:
            module = source.tree.module
        except SourceError as error:
            # The place all the same: the engine says that it cannot be read, and why.
            steps.append(str(error))
            places.append(Place(source, ast.Module(body=[], type_ignores=[]), by="its path"))
            continue
        snippet = snippets[number] if number < len(snippets) else ""
        found = _lines(source, snippet, candidate_file)
        if isinstance(found, str):
            attempts.append(found)
            continue
        shown = f"lines {found.start}-{found.end}" if found.end > found.start else f"{found.start}"
        how = "the snippet is" if snippet else "the report names"
        steps.append(f"{source.path}: {how} at {shown}")
        places.append(Place(source, module, (found,), candidate_file.lines, by=how))
    if places:
        return Located(tuple(places), tuple(steps))
    return NotLocated(tuple(dict.fromkeys([*steps, *attempts])) or ("the finding names no place",))


def _lines(source: SourceFile, snippet: str, candidate_file: CandidateFile) -> LineRange | str:
    """The lines that are meant, or why none are."""
    last = len(source.line_starts)
    reported = candidate_file.lines[0] if candidate_file.lines else None
    if not snippet:
        if reported is None:
            return f"the finding names no line of {source.path}"
        if reported.start > last:
            return f"{source.path} has only {last} lines"
        return LineRange(reported.start, min(reported.end, last))
    matches = _matching(source, [line.strip() for line in snippet.strip().split("\n")])
    if not matches:
        return f"the snippet of the report is not in {source.path}"
    if len(matches) == 1:
        return matches[0]
    if reported is not None:
        ranked = sorted(matches, key=lambda item: abs(item.start - reported.start))
        nearest, next_one = (abs(item.start - reported.start) for item in ranked[:2])
        if nearest * _CLEARLY < next_one:
            return ranked[0]
    lines = ", ".join(str(item.start) for item in matches[:6])
    return (
        f"the snippet of the report is in {source.path} at lines {lines}: the report does not "
        "say which one it means"
    )


def _matching(source: SourceFile, wanted: Sequence[str]) -> list[LineRange]:
    """Where the lines stand one below the other, blanks at their ends aside.

    A region may begin and end within a line, so the first has only to end, and the last only to
    begin, as the snippet does; a single one has to be part of a line.
    """
    lines = [source.line_text(number).strip() for number in range(1, len(source.line_starts) + 1)]
    found = []
    for index in range(len(lines) - len(wanted) + 1):
        here = lines[index : index + len(wanted)]
        if len(wanted) == 1:
            fits = wanted[0] in here[0]
        else:
            fits = (
                here[0].endswith(wanted[0])
                and here[1:-1] == list(wanted[1:-1])
                and here[-1].startswith(wanted[-1])
            )
        if fits:
            found.append(LineRange(index + 1, index + len(wanted)))
    return found


def focused(codemod: Codemod) -> Codemod:
    """``codemod``, finding as in a scan, and only in the regions of its places."""

    def find(scope: Scope, _plan: Plan | None) -> Iterator[Change | Refusal]:
        regions = {place.source.path: place.evidence for place in scope.places}
        items = [
            (item, item.site, regions.get(item.site.path, ()))
            for item in codemod.find(scope, None)
            if item.site is not None
        ]
        begin = [item for item, site, ranges in items if any(site.line in i for i in ranges)]
        if begin:
            yield from begin
            return
        for item, site, ranges in items:
            lines = LineRange(site.line, site.end_line)
            if any(lines.overlaps(region) for region in ranges):
                yield item

    return dataclasses.replace(codemod, find=find)
