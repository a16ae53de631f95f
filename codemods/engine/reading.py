"""One file read for one finding: what the rules of :mod:`codemods.engine.places` ask it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from codemods.engine.clues import Clues
from codemods.engine.mentions import words
from codemods.engine.outline import Container, Outline
from codemods.engine.standing import STRONG, Stands, match
from codemods.findings.model import LineRange
from codemods.syntax.tree import FUNCTIONS, Definition

NAMES_ENOUGH, NAMES_MOST = 0.5, 0.8
"""The part of the evidence's names that a definition must hold: one that the finding names, and
a class or one that only its lines speak for."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A definition, and why."""

    node: Container
    by: str
    evidence: tuple[LineRange, ...] = ()


@dataclass(slots=True)
class Answer:
    """What one file says to a finding."""

    spots: list[Spot] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    fraction: float = 0.0
    """How much of the evidence stands in the file, 0 to 1."""
    sure: bool = False
    """Evidence or a name in code agrees, not only lines or likeness."""


class Reading:
    """A file with the clues of a finding, and the answer that grows from them.

    Args:
        reported: the report's lines for the file; none where the file is not named.
        named: whether the report names this very file.
    """

    def __init__(
        self, outline: Outline, clues: Clues, reported: tuple[LineRange, ...], named: bool
    ) -> None:
        self.is_named = named
        self.has_lines = bool(reported)
        self.outline = outline
        self.clues = clues
        self.path = outline.source.path
        end = outline.lines(outline.module).end
        self.reported = tuple(item for item in reported if item.start <= end)
        self.named, self.named_by = clues.definitions(outline)
        self.titled: list[Definition] = outline.named(clues.named)
        self.answer = Answer()

    def at_lines(self, ranges: Sequence[LineRange] | None = None) -> list[Container]:
        """The innermost definitions at the reported lines, in the report's order."""
        found: dict[Container, None] = {}
        for lines in self.reported if ranges is None else ranges:
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

    def is_at(self, node: Container, lines: LineRange) -> bool:
        """Whether at least half of the definition, or of the lines, is in the other."""
        own = self.outline.lines(node)
        both = min(own.end, lines.end) - max(own.start, lines.start) + 1
        return both * 2 > min(own.end - own.start, lines.end - lines.start) + 1

    def mentioned(self, node: Container) -> bool:
        """Whether the definition holds something that title or description mark as code."""
        if self.clues.anchors and self.anchored(node):
            return True
        names = self.clues.code_names
        if self.outline.holds(node, names):
            return True
        # Without any name in code the words of the title must be in the definition's own name.
        own = set() if isinstance(node, ast.Module) else set(words(node.name))
        said = {word for word in words(self.clues.title) if len(word) > 3}
        return not names and bool(own & said)

    def uses(self, node: Container) -> int:
        """How many names that title and description mark as code stand in a definition, those of
        the named definitions aside."""
        own = {item.name for item in self.named if not isinstance(item, ast.Module)}
        return len(self.outline.holds(node, self.clues.code_names - own))

    def anchored(self, node: Container) -> bool:
        # The definition's own ``def`` line says nothing about what is done in it.
        own = set() if isinstance(node, ast.Module) else {node.name}
        others = [item for item in self.clues.anchors if item.rpartition(".")[2] not in own]
        return bool(self.outline.holds(node, others or self.clues.anchors))

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
        if self.clues.anchors and not self.anchored(node):
            return False
        names = self.clues.evidence_names
        held = self.outline.holds(node, names)
        named_with_anchor = bool(self.clues.anchors) and node in self.named
        return named_with_anchor or (bool(names) and len(held) >= part * len(names))

    def fixed(self, node: Container) -> bool:
        """Whether the suggested code stands there."""
        return any(
            item.weight >= STRONG
            and any(
                self.outline.within(self.outline.at(hit), [node])
                for found in match(item, self.outline)
                for hit in found.hits
            )
            for item in self.clues.suggested
        )

    def add(self, nodes: Iterable[Container], by: str, stand: Stands | None = None) -> None:
        known = {spot.node for spot in self.answer.spots}
        for node in nodes:
            if node not in known:
                known.add(node)
                self.answer.spots.append(Spot(node, by, self.evidence_in(node, stand)))

    def evidence_in(self, node: Container, stand: Stands | None) -> tuple[LineRange, ...]:
        """The evidence in ``node``, its inner definitions included."""
        if stand is None:
            return ()
        found = {
            lines
            for holder, standing in stand.found.items()
            if self.outline.within(holder, [node])
            for lines in standing.lines
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
