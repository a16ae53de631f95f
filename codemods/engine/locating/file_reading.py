"""One file read for one finding: what the rules of :mod:`.places` ask it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from codemods.engine.locating.dangling import only_imported
from codemods.engine.locating.evidence_match import CLOSE, STRONG, EvidenceMatches, match_statement
from codemods.engine.locating.location_hints import LocationHints
from codemods.engine.locating.mentions import in_words, words
from codemods.engine.locating.outline import Container, Outline
from codemods.findings.model import LineRange
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import FUNCTIONS, Definition

NAMES_ENOUGH, NAMES_MOST = 0.5, 0.8
"""The part of the evidence's names that a definition must hold: one that the finding names, and
a class or one that only its lines speak for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A definition, and why."""

    node: Container
    by: str
    evidence: tuple[LineRange, ...] = ()


@dataclass(slots=True)
class Answer:
    """What one file says to a finding."""

    candidates: list[Candidate] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    fraction: float = 0.0
    """How much of the evidence stands in the file, 0 to 1."""
    sure: bool = False
    """Evidence or a name in code agrees, not only lines or likeness."""


class FileReading:
    """A file with the location hints of a finding, and the answer that grows from them.

    Args:
        reported: the report's lines for the file; none where the file is not named.
        named: whether the report names this very file.
    """

    def __init__(
        self, outline: Outline, hints: LocationHints, reported: tuple[LineRange, ...], named: bool
    ) -> None:
        self.is_named = named
        self.has_lines = bool(reported)
        self.outline = outline
        self.hints = hints
        self.path = outline.source.path
        end = outline.lines(outline.module).end
        self.written = reported
        """The reported lines, also behind the end of the file."""
        self.reported = tuple(item for item in reported if item.start <= end)
        self.here = frozenset(
            name
            for item in self.reported
            for name in outline.tokens.names(item.start - 1, item.end + 1)
        )
        """Names at the reported lines."""
        found, self.named_by = hints.definitions(outline, self.here)
        self.named: list[Container] = outline.of_said(found, hints.classes)
        self.titled: list[Definition] = outline.named(hints.named)
        self.answer = Answer()

    @property
    def is_lost(self) -> bool:
        """Whether the file no longer has what the finding is about."""
        return self.hints.lost(self.outline, self.here)

    def at_lines(self, ranges: Sequence[LineRange] | None = None) -> list[Container]:
        """The innermost definitions at the reported lines, in the report's order.

        Lines that run from the middle of one function into another were others when the report
        was written, and say nothing.
        """
        found: dict[Container, None] = {}
        for lines in self.reported if ranges is None else ranges:
            if self.cuts(lines):
                continue
            inner = self.outline.innermost(lines.start, lines.end)
            if isinstance(inner, FUNCTIONS) and not self.outline.is_factory(inner):
                found[inner] = None
                continue
            # A range that begins at a decorator or runs over the end still means the definition.
            over = [node for node in self.outline.functions() if self.touches(node, lines)]
            over = [node for node in over if not self.outline.is_factory(node)]
            found.update(dict.fromkeys(self.outermost(over)))
        return list(found)

    def touches(self, node: Container, lines: LineRange) -> bool:
        return self.outline.lines(node).overlaps(lines)

    def cuts(self, lines: LineRange) -> bool:
        """Whether a range is neither inside nor around each function that it touches."""
        touched = [
            node
            for node in self.outline.functions()
            if self.touches(node, lines) and not self.outline.is_factory(node)
        ]
        outer = [self.outline.lines(node) for node in self.outermost(touched)]
        return len(outer) > 1 and any(
            not (lines.start - CLOSE <= own.start and own.end <= lines.end + CLOSE)
            and not (own.start - CLOSE <= lines.start and lines.end <= own.end + CLOSE)
            # What only its decorators or its last line are touched of is not cut.
            and min(own.end, lines.end) - max(own.start, lines.start) >= CLOSE
            for own in outer
        )

    def said_at(self, node: Container, names: Iterable[str]) -> set[str]:
        """Which of ``names`` stand at the reported lines in a definition, or close to them; the
        line of its ``def`` stands for all of it."""
        own, wanted, found = self.outline.lines(node), set(names), set[str]()
        header = self.outline.header(node).start
        for lines in self.reported:
            if not self.touches(node, lines) or self.cuts(lines):
                continue
            if lines.start <= header + 1 and lines.end >= own.start:
                return self.outline.holds(node, wanted)
            start, end = max(own.start, lines.start - CLOSE), min(own.end, lines.end + CLOSE)
            found |= self.outline.names_on(start, end, wanted)
        return found

    def is_at(self, node: Container, lines: LineRange) -> bool:
        """Whether at least half of the definition, or of the lines, is in the other."""
        own = self.outline.lines(node)
        both = min(own.end, lines.end) - max(own.start, lines.start) + 1
        return both * 2 > min(own.end - own.start, lines.end - lines.start) + 1

    def unclear(self, nodes: Sequence[Container]) -> list[Container]:
        """Those of ``nodes`` that have a name in common and stand in different classes, so that
        the name does not say which is meant."""
        by_name: dict[str, dict[str, list[Container]]] = {}
        for node in nodes:
            owner, _, name = self.outline.name(node).rpartition(".")
            by_name.setdefault(name, {}).setdefault(owner, []).append(node)
        return [
            node
            for owners in by_name.values()
            if len(owners) > 1 and len(owners) != self.hints.count
            for same in owners.values()
            for node in same
        ]

    def mentioned(self, node: Container) -> bool:
        """Whether something that title or description mark as code, or that the plan is about,
        stands at the reported lines of a definition.

        That it stands anywhere in it is not enough: where the function that is meant was deleted,
        the one that moved to its lines is its sister, and uses the same names.
        """
        own = set() if isinstance(node, ast.Module) else {node.name}
        names = self.hints.code_names
        if any(only_imported(self.outline, name) for name in names):
            return False
        # A literal such as ``16384`` of the title stands in few functions.
        if self.said_at(node, names - own) or self.outline.holds(node, self.hints.numbers):
            return True
        if self.said_at(node, {*self.hints.anchors} - own):
            return self._is_called(node)
        # Without any name in code the words of the title must be in the definition's own name.
        said = {word for word in words(self.hints.title) if len(word) > 3}
        return not names and any(said & set(words(name)) for name in own)

    def _is_called(self, node: Container) -> bool:
        """Whether no other function that is about the same is called by a word of the title."""
        said = {word for word in words(in_words(self.hints.title)) if len(word) > 4}
        called = [item for item in self.outline.functions() if said & set(words(item.name))]
        return node in called or not any(map(self.anchored, called))

    def uses(self, node: Container) -> int:
        """How many names that title and description mark as code stand in a definition, those of
        the named definitions aside."""
        own = {item.name for item in self.named if not isinstance(item, ast.Module)}
        return len(self.outline.holds(node, self.hints.code_names - own))

    def anchored(self, node: Container) -> bool:
        # The definition's own ``def`` line says nothing about what is done in it.
        own = set() if isinstance(node, ast.Module) else {node.name}
        others = [item for item in self.hints.anchors if last_part(item) not in own]
        return bool(self.outline.holds(node, others or self.hints.anchors))

    def outermost(self, nodes: Sequence[Container]) -> list[Container]:
        """Without those inside another: one place holds both, and the evidence tells them apart."""
        return [
            node for node in nodes if not any(other in nodes for other in self.outline.around(node))
        ]

    def agreeing(self, nodes: Iterable[Container]) -> list[Container]:
        return [
            node
            for node in nodes
            if self.agrees(node, NAMES_ENOUGH if isinstance(node, FUNCTIONS) else NAMES_MOST)
        ]

    def agrees(self, node: Container, part: float) -> bool:
        """Whether a definition is still the one that the finding speaks of."""
        if self.fixed(node):
            return True
        if self.hints.anchors and not self.anchored(node):
            return False
        names = self.hints.evidence_names
        shown = {name for region in self.hints.regions for name in region.headers}
        if not names and not isinstance(node, ast.Module) and node.name in shown:
            # The evidence is its `def` line.
            return True
        held = self.outline.holds(node, names)
        named_with_anchor = bool(self.hints.anchors) and node in self.named
        return named_with_anchor or (bool(names) and len(held) >= part * len(names))

    def fixed(self, node: Container) -> bool:
        """Whether the suggested code stands there."""
        return any(
            item.weight >= STRONG
            and any(
                self.outline.within(self.outline.at(hit), [node])
                for found in match_statement(item, self.outline)
                for hit in found.hits
            )
            for item in self.hints.suggested
        )

    def add(
        self, nodes: Iterable[Container], by: str, matches: EvidenceMatches | None = None
    ) -> None:
        known = {candidate.node for candidate in self.answer.candidates}
        for node in nodes:
            if node not in known:
                known.add(node)
                self.answer.candidates.append(Candidate(node, by, self.evidence_in(node, matches)))

    def evidence_in(
        self, node: Container, matches: EvidenceMatches | None
    ) -> tuple[LineRange, ...]:
        """The evidence in ``node``, its inner definitions included."""
        if matches is None:
            return ()
        found = {
            lines
            for holder, match in matches.found.items()
            if self.outline.within(holder, [node])
            for lines in match.lines
        }
        return _joined(found)


def _joined(lines: Iterable[LineRange]) -> tuple[LineRange, ...]:
    """Sorted, and those that touch as one."""
    joined: list[LineRange] = []
    for item in sorted(lines):
        if joined and item.start <= joined[-1].end + 1:
            joined[-1] = LineRange(joined[-1].start, max(joined[-1].end, item.end))
        else:
            joined.append(item)
    return tuple(joined)
