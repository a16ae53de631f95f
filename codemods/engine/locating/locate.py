"""Where a finding stands in today's code, or what was tried to find out.

The contract is "Locating under drift" of the design: the file as named, and only when it is gone
where it went; in it the definition that is named or holds the evidence (the rules are in
:mod:`codemods.engine.locating.places`); reported lines only break ties. What is below the
confidence that is needed is :class:`NotLocated`: nobody edits a guess.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from codemods.codemod import Hints, Place
from codemods.engine.locating.candidates import (
    CandidateFile,
    Choice,
    anchored,
    called_in_words,
    candidate_files,
    defining,
    holding,
)
from codemods.engine.locating.evidence import EvidenceRegion
from codemods.engine.locating.evidence_match import MOST, match_evidence
from codemods.engine.locating.file_reading import Answer
from codemods.engine.locating.location_hints import location_hints
from codemods.engine.locating.outline import Outline, outlines
from codemods.engine.locating.places import places_in
from codemods.findings.model import Finding, LineRange
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile

_MOST_HINTS = 8
_MOST_FILES = 60
"""Files of a folder that are read, when so many define what is named."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where the finding stands, and how that was found."""

    places: tuple[Place, ...]
    steps: tuple[str, ...]
    """Step by step, in words."""
    dropped: tuple[str, ...] = ()
    """Files that the finding names and that hold none of the places, each with why."""


@dataclass(frozen=True, slots=True)
class NotLocated:
    """It was not found, or not surely enough."""

    attempts: tuple[str, ...]


def locate(finding: Finding, project: Project, hints: Hints | None) -> Located | NotLocated:
    """Where ``finding`` stands in the project.

    Args:
        finding: from any reader.
        project: the state of the code base that is read; only what is asked for is read.
        hints: the codemod's, if one claims the finding. Their scopes go before what the finding
            names, one of their anchors must stand in every place, and their locations, where there
            are any, stand for the finding's.
    """
    if hints is not None and hints.locations:
        finding = replace(finding, locations=hints.locations)
    return _Locator(finding, project, hints).locate()


class _Locator:
    def __init__(self, finding: Finding, project: Project, hints: Hints | None) -> None:
        self.project = project
        self.hints = location_hints(finding, hints)
        self.whole_files = hints is not None and hints.whole_files
        self.candidate_files = candidate_files(finding, project)
        self.steps: list[str] = []
        self.attempts: list[str] = list(self.candidate_files.attempts)
        self.places: list[Place] = []
        self.dropped: list[str] = []
        self._outlines: dict[str, Outline | None] = {}

    def locate(self) -> Located | NotLocated:
        for candidate_file in self.candidate_files.files:
            if candidate_file.choice is Choice.NAMED:
                self._named(candidate_file)
            else:
                self._chosen(candidate_file)
        if self.places:
            dropped = tuple(dict.fromkeys((*self.candidate_files.attempts, *self.dropped)))
            steps = (*self.steps, *(f"left out: {item}" for item in dropped))
            return Located(tuple(self.places), tuple(dict.fromkeys(steps)), dropped)
        # What was found on the way (a file that moved) belongs to what was tried.
        attempts = [*self.steps, *self.attempts, *self._hints()]
        return NotLocated(tuple(dict.fromkeys(attempts or ["the finding names no place"])))

    def _named(self, candidate_file: CandidateFile) -> None:
        path = candidate_file.paths[0]
        answer = self._ask(path, candidate_file)
        if answer is None:
            return
        if candidate_file.how != f"{path} exists":
            self.steps.append(candidate_file.how)
        if not answer.candidates and self.whole_files and (outline := self._outlines[path]):
            self.places.append(
                Place(outline.source, outline.module, (), candidate_file.lines, "the file as named")
            )
            self.steps.append(f"{path}: the file as named")
            return
        if not answer.candidates:
            self.attempts += [] if candidate_file.how in self.steps else [candidate_file.how]
            self.attempts += answer.attempts
            why = "; ".join(answer.attempts) or f"none of it is in {path}"
            self.dropped.append(why if path in why else f"{path}: {why}")
        self._take(path, candidate_file, answer)

    def _chosen(self, candidate_file: CandidateFile) -> None:
        """One or several of many files; only what the finding names or shows decides."""
        answers = {
            path: answer
            for path in self._possible(candidate_file)
            if (answer := self._ask(path, candidate_file)) is not None and answer.candidates
        }
        sure = {path: answer for path, answer in answers.items() if answer.sure}
        if candidate_file.choice is Choice.ANY and (self.hints.anchors or len(answers) == 1):
            sure = sure or answers
        if candidate_file.choice is Choice.SHOWN:
            sure = {path: answer for path, answer in sure.items() if answer.fraction >= MOST}
        sure = self._without_stubs(sure)
        best = max((answer.fraction for answer in sure.values()), default=0.0)
        if best > 0:
            sure = {path: answer for path, answer in sure.items() if answer.fraction >= best * 0.9}
        if len(sure) > 1 and candidate_file.choice is not Choice.ANY:
            self._leave(candidate_file, f"the finding matches {', '.join(list(sure)[:6])} equally")
            return
        if not sure:
            self._leave(candidate_file, "the finding does not say which file it means")
            return
        self.steps.append(candidate_file.how)
        for path, answer in sure.items():
            if len(sure) == 1 and candidate_file.choice is not Choice.ANY:
                # Now that the file is certain, its lines count as in a file that is named.
                candidate_file = replace(candidate_file, choice=Choice.NAMED)
                answer = self._ask(path, candidate_file) or answer
            self._take(path, candidate_file, answer)

    def _leave(self, candidate_file: CandidateFile, why: str) -> None:
        """Nothing of a candidate file is taken."""
        self.attempts.append(f"{candidate_file.how}; {why}")
        if candidate_file.written:
            self.dropped.append(f"{candidate_file.how}; {why}")

    def _without_stubs(self, answers: dict[str, Answer]) -> dict[str, Answer]:
        """Without the files that only declare what others define (protocols)."""
        real = {
            path: answer
            for path, answer in answers.items()
            if (outline := self._outlines[path]) is not None
            and not all(outline.is_stub(candidate.node) for candidate in answer.candidates)
        }
        if answers and not real:
            self.attempts.append(f"{', '.join(list(answers)[:3])} only declares what is named")
        return real

    def _possible(self, candidate_file: CandidateFile) -> list[str]:
        """The paths of a candidate file that could be meant, by their bytes."""
        if len(candidate_file.paths) <= 4:
            return list(candidate_file.paths)
        hints = self.hints
        for names in (
            [item.name for item in hints.scopes],
            [item.name for item in hints.named if item.marked],
            [name for region in hints.regions for name in region.headers],
        ):
            found = defining(self.project, names, candidate_file.paths)
            if found:
                return found[:_MOST_FILES]
        found = holding(self.project, hints.regions, candidate_file.paths) if hints.regions else []
        if found or candidate_file.choice is not Choice.ANY:
            return found
        for sentence in hints.described:
            found = defining(
                self.project, [i.name for i in sentence if i.marked], candidate_file.paths
            )
            if found:
                return found[:_MOST_FILES]
        if not candidate_file.written:
            return []
        # Only a folder that the report names may be combed for words, and for what the plan is
        # about.
        found = called_in_words(
            self.project, f"{hints.title} {candidate_file.text}", candidate_file.paths
        )
        return (found or anchored(self.project, hints.anchors, candidate_file))[:_MOST_FILES]

    def _ask(self, path: str, candidate_file: CandidateFile) -> Answer | None:
        outline = self._outline(path)
        if outline is None:
            return None
        regions = tuple(item for item in self.hints.regions if self._may_stand(item, path))
        hints = replace(self.hints, regions=regions, elsewhere=self._elsewhere(outline))
        answer = places_in(
            outline, hints, candidate_file.lines, named=candidate_file.choice is Choice.NAMED
        )
        unread = outline.unread(item.name for item in self.hints.named)
        if unread and not answer.candidates:
            answer.attempts.append(f"{unread} in {path} uses syntax that this Python cannot parse")
        return answer

    def _elsewhere(self, outline: Outline) -> frozenset[str]:
        """The names of the finding that only another of the files that it names has: that they
        are not in this one says nothing against it."""
        if outline.source.path not in self._named_files or len(self._named_files) < 2:
            return frozenset()
        return self._held - outline.holds(outline.module, self.hints.code_names)

    @cached_property
    def _named_files(self) -> dict[str, None]:
        files = self.candidate_files.files
        return dict.fromkeys(item.paths[0] for item in files if item.choice is Choice.NAMED)

    @cached_property
    def _held(self) -> frozenset[str]:
        """The names of the finding that one of the files which it names has."""
        outlines = filter(None, map(self._outline, self._named_files))
        names = self.hints.code_names
        return frozenset[str]().union(*(item.holds(item.module, names) for item in outlines))

    def _may_stand(self, region: EvidenceRegion, path: str) -> bool:
        """Whether the prose above a region does not give it to another file of the project."""
        if not region.files or any(_ends(path, name) for name in region.files):
            return True
        paths = self.project.python_paths
        return not any(_ends(other, name) for name in region.files for other in paths)

    def _outline(self, path: str) -> Outline | None:
        """The outline of a file, read once; ``None`` where it cannot be parsed."""
        if path not in self._outlines:
            self._outlines[path] = None
            try:
                source = self.project.source(path)
            except OSError as error:
                self.attempts.append(f"{path} cannot be read: {error}")
                return None
            try:
                self._outlines[path] = self._made(source)
            except SourceError as error:
                self._unparsed(source, error)
        return self._outlines[path]

    def _made(self, source: SourceFile) -> Outline:
        made = self.project.memo(outlines)
        if source not in made:
            made[source] = Outline(source)
        return made[source]

    def _unparsed(self, source: SourceFile, error: SourceError) -> None:
        """A named file that does not parse is the place all the same: the engine says why not."""
        self.attempts.append(str(error))
        if any(
            candidate_file.paths == (source.path,) for candidate_file in self.candidate_files.files
        ):
            self.steps.append(str(error))
            module = ast.Module(body=[], type_ignores=[])
            self.places.append(Place(source, module, by="the file as named; it cannot be parsed"))

    def _take(self, path: str, candidate_file: CandidateFile, answer: Answer) -> None:
        outline = self._outlines[path]
        if outline is None:
            return
        known = {place.node for place in self.places}
        for candidate in answer.candidates:
            if candidate.node in known:
                continue
            by = f"{candidate.by} {outline.name(candidate.node)}"
            self.places.append(
                Place(outline.source, candidate.node, candidate.evidence, candidate_file.lines, by)
            )
            self.steps.append(f"{path}: {by}{_lines(candidate.evidence)}")

    def _hints(self) -> Iterable[str]:
        """Where else the evidence stands, and what is named is defined: never a target."""
        asked = {
            path
            for candidate_file in self.candidate_files.files
            if len(candidate_file.paths) < 5
            for path in candidate_file.paths
        }
        if not asked:
            return
        others = [path for path in self.project.python_paths if path not in asked]
        names = list(dict.fromkeys(item.name for item in self.hints.named if "_" in item.name))
        if not defining(self.project, names, list(asked)):
            for name in names:
                where = ", ".join(defining(self.project, [name], others)[:3])
                if where:
                    yield f"{name} is defined in {where}, a file that the finding does not name"
        if not self.hints.regions:
            return
        ranked: list[tuple[float, str]] = []
        for path in holding(self.project, self.hints.regions, others)[:_MOST_HINTS]:
            outline = self._outline_quietly(path)
            if outline is None:
                continue
            matches = match_evidence(self.hints.regions, outline)
            if matches.fraction >= MOST and matches.found:
                lines = sorted(line for item in matches.found.values() for line in item.lines)
                where = _lines(_span(lines)).removeprefix(", lines ")
                ranked.append((-matches.fraction, f"{path}:{where}"))
        if ranked:
            places = " and ".join(place for _, place in sorted(ranked)[:3])
            yield f"the evidence is in {places}, a file that the finding does not name"

    def _outline_quietly(self, path: str) -> Outline | None:
        try:
            return self._made(self.project.source(path))
        except (SourceError, OSError):
            # A hint is a help for a person; a file that cannot be read gives none.
            return None


def _ends(path: str, name: str) -> bool:
    return path == name or path.endswith(f"/{name.lstrip('./')}")


def _span(lines: Sequence[LineRange]) -> tuple[LineRange, ...]:
    return (LineRange(lines[0].start, max(item.end for item in lines)),) if lines else ()


def _lines(ranges: Sequence[LineRange]) -> str:
    """``, lines 12-14 and 20`` for a step."""
    if not ranges:
        return ""
    shown = [str(i.start) if i.start == i.end else f"{i.start}-{i.end}" for i in ranges]
    return f", lines {', '.join(shown)}"
