"""A finding or a site as a reviewer reads it: what was said, where it stands, what would change.

Everything is text already, made harmless; the page and the terminal only lay it out.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.codemod import Change, Refusal, Site
from codemods.engine.outcomes import FilePatch, Patch, Resolution
from codemods.findings.model import Finding
from codemods.output.colours import colours_of
from codemods.output.results import Result, refusals
from codemods.output.sides import Line, Segment
from codemods.output.styled import harmless
from codemods.output.words import unwritten
from codemods.project.project import Project
from codemods.project.redaction import redacted
from codemods.project.source import SourceError

AROUND = 3
"""Lines that are shown above and below a place that does not change."""
MOST_PLACES = 3
LONGEST_PLACE = 24
"""Lines of one place."""


@dataclass(frozen=True, slots=True)
class Said:
    """A field of a finding, as the report has it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of today's code."""

    path: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One Change of a fix."""

    path: str
    line: int
    function: str
    what: str
    safety: str
    mark: str
    """What a file of decisions knows it by; ``""`` where nothing can be decided."""
    notes: tuple[str, ...]

    @property
    def where(self) -> str:
        """``app/main.py:12 in main``."""
        return f"{self.path}:{self.line}" + (f" in {self.function}" if self.function else "")


@dataclass(frozen=True, slots=True)
class Other:
    """The same defect, as another finding tells it."""

    name: str
    severity: str
    title: str
    report: str
    """With its line."""
    said: tuple[Said, ...]
    files: tuple[FilePatch, ...]
    """Its own fix, where that is another one; none: it is the same."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a reviewer sees of one finding."""

    name: str
    """What it is called by: ``REPORT:ID``."""
    id: str
    title: str
    severity: str
    codemod: str
    safety: str
    outcome: str
    reason: str
    report: str
    """With its line."""
    where: str
    said: tuple[Said, ...]
    found: tuple[str, ...]
    """How the place was found."""
    now: tuple[Excerpt, ...]
    """Today's code, where nothing changes it."""
    changes: tuple[Step, ...]
    left: tuple[str, ...]
    """What was looked at and left alone, or not addressed."""
    notes: tuple[str, ...]
    gates: tuple[str, ...]
    files: tuple[FilePatch, ...]
    key: str = ""
    patch: str = ""
    """The id of its diff; ``""``: nothing can be decided."""
    also: tuple[Other, ...] = ()
    """What other findings say of the same defect."""

    @property
    def ids(self) -> str:
        """The finding's id, and the names of the others that are the same defect."""
        return ", ".join((self.id, *(item.name for item in self.also)))

    @property
    def text(self) -> str:
        """All that a search looks in."""
        parts = (self.name, self.title, self.codemod, self.outcome, self.reason, self.where)
        steps = (f"{item.where} {item.what}" for item in self.changes)
        said = (f"{item.name} {item.text}" for item in self.said)
        also = (f"{item.name} {item.title}" for item in self.also)
        words = (f"{one.name} {one.text}" for item in self.also for one in item.said)
        return "\n".join((*parts, *steps, *said, *also, *words))


def entry(
    result: Result,
    project: Project,
    name: str,
    *,
    key: str = "",
    patch_id: str = "",
    marks: Sequence[str] = (),
    also: Sequence[Other] = (),
) -> Entry:
    """A finding for a reviewer.

    Args:
        result: what became of it.
        project: the state that was read.
        name: its selector.
        also: the other findings that tell the same defect.
        key: see a file of decisions; so are ``patch_id`` and ``marks``, one for each Change.
    """
    resolution = result.resolution
    finding, patch = resolution.finding, result.patch
    made = patch or Patch((), ())
    shared = _shared_notes(made.changes)
    steps = changes_of(made.changes, marks, without=shared)
    listed = tuple(dict.fromkeys(_places(resolution, made)))
    return Entry(
        harmless(name),
        harmless(finding.id),
        harmless(redacted(" ".join(finding.title.split()))),
        finding.severity.value if finding.severity else "",
        harmless(resolution.codemod or ""),
        made.safety.value if patch else "",
        unwritten(result.outcome),
        harmless(redacted(result.reason)),
        harmless(f"{finding.report}:{finding.line}"),
        harmless(_where(listed)),
        tuple(said(finding)),
        tuple(harmless(redacted(step)) for step in resolution.steps),
        () if patch else tuple(_excerpts(listed, project)),
        steps,
        tuple(map(harmless, _left(made, refusals(resolution)))),
        tuple(map(harmless, (*_notes(made), *shared))),
        made.gates,
        made.files,
        key,
        patch_id,
        tuple(also),
    )


def other(result: Result, name: str, *, same: bool) -> Other:
    """Another finding that tells the same defect.

    Args:
        result: what would become of it alone.
        name: its selector.
        same: whether its fix is the very same one.
    """
    finding = result.resolution.finding
    return Other(
        harmless(name),
        finding.severity.value if finding.severity else "",
        harmless(redacted(" ".join(finding.title.split()))),
        harmless(f"{finding.report}:{finding.line}"),
        tuple(said(finding)),
        () if same or result.patch is None else result.patch.files,
    )


def _shared_notes(changes: Sequence[Change]) -> tuple[str, ...]:
    """What each of several Changes says alike: it is read once."""
    if len(changes) < 2:
        return ()
    return tuple(
        note for note in changes[0].notes if all(note in item.notes for item in changes[1:])
    )


def changes_of(
    changes: Sequence[Change], marks: Sequence[str] = (), *, without: Sequence[str] = ()
) -> tuple[Step, ...]:
    """The Changes of a fix, each with its mark, and with its notes but those of ``without``."""
    return tuple(
        Step(
            harmless(item.site.path),
            item.site.line,
            harmless(item.site.function),
            harmless(item.what),
            item.safety.value,
            mark,
            tuple(harmless(note) for note in item.notes if note not in without),
        )
        for item, mark in zip(changes, marks or ("",) * len(changes), strict=True)
    )


def said(finding: Finding) -> Iterator[Said]:
    """Every field of a finding."""
    for field in finding.fields:
        name = f"{field.name} ({field.qualifier})" if field.qualifier else field.name
        text = textwrap.dedent(field.text.strip("\n")).strip()
        yield Said(harmless(name), harmless(redacted(text)))


def blocks(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The lines of a field, and whether they are code: those between two fences."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        stripped = line.strip()
        run = stripped[: len(stripped) - len(stripped.lstrip(stripped[:1]))] if stripped else ""
        begins = not fence and run[:3] in ("```", "~~~")
        if not begins and not (fence and run.startswith(fence)):
            lines.append(line)
            continue
        if lines:
            yield not begins, lines
        lines, fence = [], run if begins else ""
    if lines:
        yield bool(fence), lines


_Lines = tuple[str, int, int]


def _places(resolution: Resolution, patch: Patch) -> Iterator[_Lines]:
    """Where a finding stands today: its changes, else what was looked at, else what was located."""
    sites: list[Site] = [item.site for item in patch.changes]
    evidence = getattr(resolution.outcome, "evidence", ())
    looked = (*evidence, *refusals(resolution))
    sites = sites or [item.site for item in looked if item.site is not None]
    if sites:
        yield from ((item.path, item.line, item.end_line) for item in sites)
        return
    for place in resolution.places:
        for lines in place.evidence or (place.lines,):
            yield place.source.path, lines.start, lines.end


def _where(places: Sequence[_Lines]) -> str:
    if not places:
        return ""
    more = f" +{len(places) - 1}" if len(places) > 1 else ""
    return f"{places[0][0]}:{places[0][1]}{more}"


def _notes(patch: Patch) -> Iterator[str]:
    """Those of the whole fix: what a Change says itself stands there."""
    own = {note for change in patch.changes for note in change.notes}
    return (note for note in patch.notes if note not in own)


def _left(patch: Patch, left: Sequence[Refusal]) -> Iterator[str]:
    yield from (f"to do: {item}" for item in patch.left)
    owed = {item.what for item in patch.left}
    for item in left:
        if item.detail in owed:
            continue
        place = f"{item.site.path}:{item.site.line}: " if item.site else ""
        yield f"{place}{item.detail} [{item.reason}]"
    yield from (f"not addressed: {aspect}" for aspect in patch.beside)


def _excerpts(places: Sequence[_Lines], project: Project) -> Iterator[Excerpt]:
    for path, start, end in places[:MOST_PLACES]:
        if not project.files.exists(path):
            continue
        try:
            text = project.source(path).text
        except SourceError:
            # The reason says already that it cannot be read.
            continue
        lines = [harmless(line.removesuffix("\r")) for line in text.split("\n")]
        yield excerpt(path, lines, start, min(end, start + LONGEST_PLACE))


def excerpt(path: str, lines: Sequence[str], start: int, end: int) -> Excerpt:
    """Lines ``start`` to ``end``, from one, with some around them."""
    colours = colours_of(path, tuple(lines))
    first, last = max(1, start - AROUND), min(len(lines), end + AROUND)
    return Excerpt(
        harmless(path),
        tuple(
            Line(
                number,
                tuple(
                    Segment(text, token, start <= number <= end)
                    for text, token in colours.line(number - 1)
                ),
            )
            for number in range(first, last + 1)
        ),
    )
