"""Where the regions of the evidence stand in one file.

Each region goes to the definition that holds most of it. Equal definitions are told apart by
what the report says about the region (its heading, the finding's title) and then by lines; lines
never choose what the code does not.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from codemods.engine.locating.evidence import EvidenceRegion, Statement
from codemods.engine.locating.outline import Container, Outline
from codemods.engine.locating.tokens import Hit, weight
from codemods.findings.model import LineRange
from codemods.syntax.tree import Definition

RENAMED = 0.8
"""What a statement counts whose names differ by leading underscores."""
HEADER_WEIGHT = 4
"""What the ``def`` line of the evidence counts when such a definition exists."""
STRONG = 4
"""Two statements of some substance, or one that says four things."""
LONG = 16
"""What a region must say to be found in a definition that is called otherwise."""
NEAR = 30
"""Lines that a reported line may be off after the drift of the file is taken out."""
CLOSE = 3
"""Lines that a report is off without any drift: counted from another line of the statement."""
MOST = 0.6
"""The part of the evidence that outweighs a definition that the title names, or a file that is
not named."""
_TRIED_DRIFTS = 400


@dataclass(frozen=True, slots=True)
class MatchedStatement:
    """A statement of the evidence with the places where it stands."""

    statement: Statement
    hits: tuple[Hit, ...]
    weight: float


@dataclass(slots=True)
class EvidenceMatch:
    """What stands in one definition."""

    lines: set[LineRange] = field(default_factory=set)
    score: float = 0.0
    named: bool = False
    """A heading of the region, or its own ``def`` line, names the definition."""
    supported: bool = False
    """A reported line is at it, drift taken out."""


@dataclass(frozen=True, slots=True)
class EvidenceMatches:
    """The answer for one file."""

    found: dict[Container, EvidenceMatch]
    matched: float
    """How much of the evidence stands in the file, in the weight of its statements."""
    wanted: float
    ambiguous: tuple[str, ...] = ()
    """Regions that stand equally in several definitions, in words."""
    drift: int = 0

    @property
    def fraction(self) -> float:
        """0 to 1."""
        return self.matched / self.wanted if self.wanted else 0.0


def match_statement(statement: Statement, outline: Outline) -> list[MatchedStatement]:
    """Where a statement stands: as it is, with other underscores, or line by line."""
    for renamed, factor in ((False, 1.0), (True, RENAMED)):
        hits = outline.tokens.find(statement.keys, renamed=renamed)
        if hits:
            return [MatchedStatement(statement, tuple(hits), statement.weight * factor)]
    found: list[MatchedStatement] = []
    for part in statement.parts:
        for renamed, factor in ((False, 1.0), (True, RENAMED)):
            hits = outline.tokens.find(part, renamed=renamed)
            if hits:
                piece = Statement(part, weight(part), statement.lines)
                found.append(MatchedStatement(piece, tuple(hits), weight(part) * factor))
                break
    return found


def match_evidence(
    regions: Sequence[EvidenceRegion],
    outline: Outline,
    *,
    preferred: Sequence[Definition] = (),
    classes: frozenset[str] = frozenset(),
    reported: tuple[LineRange, ...] = (),
    count: int | None = None,
) -> EvidenceMatches:
    """Where the regions stand in the file of ``outline``.

    Args:
        preferred: what the title names; it decides between equal definitions.
        classes: what the finding names with a capital; of definitions with one name those in
            such a class go before those at the reported lines.
        reported: the report's lines for this file; they decide what is still equal then.
        count: how many places the finding speaks of, if it says so.
    """
    by_region = [[found for item in region.statements for found in match_statement(item, outline)]
               for region in regions]  # fmt: skip
    hints = [*reported, *(line for region in regions for line in _lines(region))]
    drift = _drift([hit for group in by_region for item in group for hit in item.hits], hints)
    wanted = float(sum(region.weight for region in regions))
    matched = sum(item.weight for group in by_region for item in group)
    at_lines = not drift and any(
        _distance(hit, line, 0) <= CLOSE
        for group in by_region
        for item in group
        for hit in item.hits
        for line in hints
    )
    exact = at_lines or matched >= wanted * MOST
    search = _Search(outline, preferred, classes, reported, drift, count, exact)
    for region, group in zip(regions, by_region, strict=True):
        search.place(region, group)
    return EvidenceMatches(search.found, matched, wanted, tuple(search.ambiguous), drift)


def _lines(region: EvidenceRegion) -> list[LineRange]:
    return [*region.lines, *(line for item in region.statements for line in item.lines)]


def _drift(hits: Sequence[Hit], hints: Sequence[LineRange]) -> int:
    """By how much the file's lines moved, so that most hints have a hit; the least of the best."""
    if not hits or not hints:
        return 0
    starts = sorted({hit.start for hit in hits})
    drifts = {start - hint.start for hint in hints for start in starts[:50]}
    ordered = sorted({0, *drifts}, key=abs)[:_TRIED_DRIFTS]

    def score(drift: int) -> int:
        return sum(
            any(hint.start + drift <= start <= hint.end + drift for start in starts)
            for hint in set(hints)
        )

    # Reports are off by a line or two at once, without any drift.
    return max(ordered, key=lambda drift: (score(drift) - (drift != 0), -abs(drift)))


class _Search:
    """Places region after region; what one definition gets from several regions adds up."""

    def __init__(
        self,
        outline: Outline,
        preferred: Sequence[Definition],
        classes: frozenset[str],
        reported: tuple[LineRange, ...],
        drift: int,
        count: int | None,
        exact: bool,
    ) -> None:
        self.outline = outline
        self.preferred = preferred
        self.classes = classes
        self.reported = reported
        self.drift = drift
        self.count = count
        self.exact = exact
        """Whether the file is still much as the report saw it, so that lines may decide."""
        self.found: dict[Container, EvidenceMatch] = {}
        self.ambiguous: list[str] = []

    def place(self, region: EvidenceRegion, group: Sequence[MatchedStatement]) -> None:
        """Finds the definitions of one region and notes what stands in them."""
        owners = self._owners(region)
        headers = self._headers(region)
        rest = list(group)
        first = True
        while True:
            if region.headers and not headers and region.weight < LONG:
                # The very definition is gone; a few equal statements elsewhere are another's.
                return
            scores = self._scores(rest, headers if first else [])
            if not scores:
                return
            best = max(scores.values())
            tied = [node for node, score in scores.items() if score >= best * 0.999]
            named = bool(set(tied) & {*owners, *headers})
            chosen = self._choose(tied, rest, region, owners)
            if not chosen:
                if best >= STRONG:
                    names = ", ".join(self.outline.name(node) for node in tied[:6])
                    self.ambiguous.append(f"the same evidence is in {names}")
                return
            near = any(self._near(item, node, region) for item in rest for node in chosen)
            # A scrap such as ``return None`` needs a name or a line beside it.
            if best < STRONG and not (named or near or (first and best >= region.weight * 0.999)):
                return
            # What is left of a region when its definition was found is seldom more than chance.
            if not first and best < STRONG + 2:
                return
            for node in chosen:
                self._note(node, rest, region, best, node in headers or node in owners)
                if node in headers and first:
                    self.found[node].lines.add(self.outline.header(node))
            rest = [item for item in rest if not any(self._inside(item, node) for node in chosen)]
            first = False

    def _owners(self, region: EvidenceRegion) -> list[Definition]:
        return self.outline.named(region.owners) if region.owners else []

    def _headers(self, region: EvidenceRegion) -> list[Definition]:
        """The definitions of the region's own ``def`` lines, those of its own class first."""
        from codemods.engine.locating.mentions import Mention

        said = [Mention(name, None, True) for name in region.headers]
        found = self.outline.named(said)
        if len(found) > 1:
            preferred = [item for item in found if self.outline.within(item, self.preferred)]
            return preferred or found
        return found

    def _scores(
        self, group: Sequence[MatchedStatement], headers: Sequence[Definition]
    ) -> dict[Container, float]:
        """The definitions that hold statements, with how much of them they hold."""
        scores: dict[Container, float] = defaultdict(float)
        for node in headers:
            scores[node] += HEADER_WEIGHT
        for item in group:
            for holder in dict.fromkeys(self._holder(hit, headers) for hit in item.hits):
                scores[holder] += item.weight
        return dict(scores)

    def _holder(self, hit: Hit, headers: Sequence[Definition]) -> Container:
        """The innermost definition of a hit, or the function whose ``def`` the evidence shows."""
        inner = self.outline.at(hit)
        shown = (item for item in headers if not isinstance(item, ast.ClassDef))
        return next((item for item in shown if self.outline.within(inner, [item])), inner)

    def _choose(
        self,
        tied: list[Container],
        group: Sequence[MatchedStatement],
        region: EvidenceRegion,
        owners: Sequence[Definition],
    ) -> list[Container]:
        """Of equally good definitions those that the report means, none if it cannot be said."""
        if len(tied) == 1:
            return tied
        for names in (owners, self.preferred):
            named = [node for node in tied if names and self.outline.within(node, names)]
            if len(named) == 1:
                return named
            tied = named or tied
        tied = self.outline.of_said(tied, self.classes)
        if len(tied) == 1:
            return tied
        near = [node for node in tied if any(self._near(item, node, region) for item in group)]
        if near and (self.exact or len(near) == len(tied)):
            return near
        return tied if self.count == len(tied) else []

    def _near(self, item: MatchedStatement, node: Container, region: EvidenceRegion) -> bool:
        """Whether the nearest hit to some reported line is in ``node``, and near it."""
        return any(
            self.outline.within(self.outline.at(hit), [node]) for hit in self._picked(item, region)
        )

    def _picked(self, item: MatchedStatement, region: EvidenceRegion) -> list[Hit]:
        """Of the hits those at the lines that the report gives: for this statement, this region,
        or else the finding."""
        for ranges in (item.statement.lines, region.lines, self.reported):
            if ranges:
                return _at(item.hits, ranges, self.drift)
        return []

    def _inside(self, item: MatchedStatement, node: Container) -> list[Hit]:
        return [hit for hit in item.hits if self.outline.within(self.outline.at(hit), [node])]

    def _note(
        self,
        node: Container,
        group: Sequence[MatchedStatement],
        region: EvidenceRegion,
        score: float,
        named: bool,
    ) -> None:
        match = self.found.setdefault(node, EvidenceMatch())
        match.score += score
        match.named |= named
        for item in group:
            inside = self._inside(item, node)
            picked = [hit for hit in self._picked(item, region) if hit in inside]
            match.supported |= any(
                _distance(hit, line, self.drift) <= CLOSE
                for hit in picked
                for line in self.reported
            )
            match.lines.update(LineRange(hit.start, hit.end) for hit in picked or inside)


def _at(hits: Iterable[Hit], ranges: Iterable[LineRange], drift: int) -> list[Hit]:
    """For each range the hits in it, or the nearest one that is near."""
    picked: dict[Hit, None] = {}
    for lines in ranges:
        distances = {hit: _distance(hit, lines, drift) for hit in hits}
        best = min(distances.values(), default=NEAR + 1)
        if best <= NEAR:
            picked.update(dict.fromkeys(hit for hit, away in distances.items() if away == best))
    return list(picked)


def _distance(hit: Hit, lines: LineRange, drift: int) -> int:
    """Lines between a hit and a reported range that moved by ``drift``; 0 where they overlap."""
    return max(0, lines.start + drift - hit.end, hit.start - lines.end - drift)
