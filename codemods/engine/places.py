"""The place in one file: from a finding's clues to definitions.

The rules, in the order in which they apply:

1. the plan's scopes, where they exist in the file;
2. evidence code: each region stands in the definition that holds most of it. Where the title
   names functions, those of them that hold evidence are the places, with the others that hold
   evidence at reported lines if the reported lines are not in the named ones. Where it names only
   a class, the class is the place if the evidence shows the class line or stands in several of
   its methods, else the one method. Otherwise each definition that holds evidence is a place.
   Module-level lines are no place of their own beside a definition;
3. evidence code that stands nowhere: a definition that the finding names, if it holds the plan's
   anchors, or without anchors at least half of the names of the evidence, or the suggested code;
4. no evidence code: the definitions that the title names, else those of the first sentence of the
   description that names any (with those at the other reported lines, when one reported line is
   in a named definition, so that lines did not drift), else the definition at the reported lines,
   if it holds something that title or description call by name; else names that are nearly right;
   else the whole file, if no line is reported.

In every case the plan's anchors must stand in the place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from codemods.engine.clues import Clues
from codemods.engine.mentions import words
from codemods.engine.outline import Container, Outline
from codemods.engine.standing import MOST, STRONG, Stands, match, stands
from codemods.findings.model import LineRange
from codemods.syntax.tree import FUNCTIONS, Definition

ENOUGH = 0.34
"""The part of the evidence that has to stand in a file, unless a name agrees too."""
NAMES_ENOUGH, NAMES_MOST = 0.5, 0.8
"""The part of the evidence's names that a definition must hold: one that the finding names, and
a class or one that only its lines speak for."""
LOST = 0.9
"""The part of the evidence that must stand where what the title names does not."""


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


def places_in(
    outline: Outline, clues: Clues, reported: tuple[LineRange, ...], *, named: bool = True
) -> Answer:
    """Where in the file of ``outline`` the finding stands.

    Args:
        named: the report names this very file (or git says that it moved there). Otherwise its
            lines say nothing, and most of the evidence or a name of the title must stand.
    """
    finder = _Finder(outline, clues, reported if named else (), named)
    answer = finder.find()
    if answer.spots and clues.anchors:
        return finder.anchored(answer)
    return answer


class _Finder:
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

    def find(self) -> Answer:
        """Applies the rules in their order."""
        stand = self._stand()
        self.answer.fraction = stand.fraction
        if self._by_scopes(stand):
            return self.answer
        if self.clues.regions:
            if not self._by_evidence(stand):
                self._by_name_without_evidence(stand)
        else:
            self._without_evidence()
        return self.answer

    def _stand(self) -> Stands:
        return stands(
            self.clues.regions,
            self.outline,
            preferred=self.titled,
            reported=self.reported,
            count=self.clues.count,
        )

    def _add(self, nodes: Iterable[Container], by: str, stand: Stands | None = None) -> None:
        known = {spot.node for spot in self.answer.spots}
        for node in nodes:
            if node not in known:
                known.add(node)
                self.answer.spots.append(Spot(node, by, self._lines(node, stand)))

    def _lines(self, node: Container, stand: Stands | None) -> tuple[LineRange, ...]:
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

    # 1. the plan knows better

    def _by_scopes(self, stand: Stands) -> bool:
        if not self.clues.scopes:
            return False
        found = self.outline.named(self.clues.scopes)
        if not found:
            names = ", ".join(item.text for item in self.clues.scopes)
            self.answer.tried.append(f"{self.path} does not define {names}")
            return False
        held = [node for node in found if self._lines(node, stand)]
        self.answer.sure = True
        self._add(_same_name(self.outline, found, held), "the finding asks for", stand)
        return True

    # 2. the evidence stands

    def _by_evidence(self, stand: Stands) -> bool:
        self.answer.tried += [f"{text} of {self.path}" for text in stand.ambiguous]
        found = dict(stand.found)
        agrees = any(item.named or item.supported for item in found.values()) or any(
            self.outline.within(node, self.titled) for node in found
        )
        enough = ENOUGH if self.is_named else MOST
        scored = stand.matched > 0 and (
            stand.fraction >= enough or (agrees and stand.matched >= STRONG)
        )
        if not found or not scored:
            return False
        if stand.fraction < LOST and not self.titled and self.clues.lost(self.outline):
            return False
        self.answer.sure = True
        functions = [node for node in self.titled if isinstance(node, FUNCTIONS)]
        inside = [node for node in found if self.outline.within(node, functions)]
        if functions and inside:
            chosen = list(dict.fromkeys(self._named_holder(node, functions) for node in inside))
            at_lines = [node for node, item in found.items() if item.supported]
            if at_lines and not any(node in inside for node in at_lines):
                chosen += [node for node in at_lines if not isinstance(node, ast.Module)]
            self._add(chosen, "the title names it and the evidence stands in", stand)
            return True
        if functions and not (stand.fraction >= MOST or any(i.supported for i in found.values())):
            if self._agreeing(functions):
                self._add(functions, self.named_by)
                return True
            return False
        if self._by_words_instead(list(found)):
            return True
        classes = [node for node in self.titled if isinstance(node, ast.ClassDef)]
        held = [node for node in classes if any(self.outline.within(n, [node]) for n in found)]
        if held:
            self._in_classes(held, stand)
            return True
        places = [node for node in found if not isinstance(node, ast.Module)]
        self._add(self._outermost(places) or found, "the evidence stands in", stand)
        self._add(self._others_at_lines(stand), "the reported lines, and names of it, are in")
        return True

    def _others_at_lines(self, stand: Stands) -> list[Container]:
        """Functions at reported lines for which the report shows no code, or paraphrases it.

        Only where other lines of the report are exact: then these are too.
        """
        if not any(item.supported for item in stand.found.values()):
            return []
        moved = [LineRange(i.start + stand.drift, i.end + stand.drift) for i in self.reported]
        shown = [line for item in stand.found.values() for line in item.lines]
        bare_lines = [item for item in moved if not any(item.overlaps(line) for line in shown)]
        names = {item.name for item in self.clues.named if item.marked}
        wanted = (names, 1) if names else (self.clues.evidence_names, 2)
        return [
            node
            for node in self._at_lines(bare_lines)
            if isinstance(node, FUNCTIONS)
            and not self.outline.within(node, stand.found)
            and len(self.outline.holds(node, wanted[0])) >= wanted[1]
        ]

    def _named_holder(self, node: Container, functions: Sequence[Definition]) -> Container:
        """The named function around ``node``; the innermost of them."""
        for item in (node, *self.outline.around(node)):
            if item in functions:
                return item
        return node

    def _by_words_instead(self, found: Sequence[Container]) -> bool:
        """Where the evidence shows something else than the place (a request model, a constant):
        the function that the title says in words, if it is at the reported lines or if no function
        holds evidence."""
        if self.titled or any(item in found for item in self._at_lines()):
            return False
        by_words = [node for node in self.outline.by_words(self.clues.title) if node not in found]
        at_lines = [node for node in self._at_lines() if node in by_words]
        elsewhere = any(isinstance(node, FUNCTIONS) for node in found)
        if not at_lines and (elsewhere or len(by_words) != 1):
            return False
        self._add(at_lines or by_words, "the title says in words")
        return True

    def _in_classes(self, classes: Sequence[ast.ClassDef], stand: Stands) -> None:
        shown = {name for region in self.clues.regions for name in region.headers}
        for node in classes:
            holders = [
                item
                for item in stand.found
                if item is not node and self.outline.within(item, [node])
            ]
            methods = self._outermost([item for item in holders if isinstance(item, FUNCTIONS)])
            if len(methods) == 1 and node.name not in shown and not self._spans(node):
                self._add(methods, "the title names its class and the evidence stands in", stand)
            else:
                self._add([node], "the title names it and the evidence stands in", stand)

    def _spans(self, node: ast.ClassDef) -> bool:
        """Whether the headings of the evidence name several methods of a class."""
        said = [owner for region in self.clues.regions for owner in region.owners]
        methods = [item for item in self.outline.named(said) if isinstance(item, FUNCTIONS)]
        return len([item for item in methods if self.outline.within(item, [node])]) > 1

    def _outermost(self, nodes: Sequence[Container]) -> list[Container]:
        """Without those inside another: one place holds both, and the evidence tells them apart."""
        return [
            node for node in nodes if not any(other in nodes for other in self.outline.around(node))
        ]

    # 3. the evidence does not stand

    def _by_name_without_evidence(self, stand: Stands) -> None:
        part = f"{stand.fraction:.0%} of" if stand.matched else "nothing of"
        self.answer.tried.append(f"{part} the evidence stands in {self.path}")
        agreeing = [] if self._shown_is_gone() else self._agreeing(self.named)
        if agreeing:
            self.answer.sure = True
            self._add(agreeing, f"the evidence has changed, but {self.named_by}", stand)
            return
        if stand.matched and not any(isinstance(i, FUNCTIONS) for i in self.titled):
            # Something of it is left, and the state that it is about has a name.
            self._by_state()
            if self.answer.spots:
                return
        if self.named:
            names = ", ".join(self.outline.name(node) for node in self.named[:4])
            self.answer.tried.append(f"{names} holds none of what the evidence shows")
            return
        for node in self._at_lines():
            if isinstance(node, FUNCTIONS) and self._agrees(node, NAMES_MOST):
                self.answer.sure = True
                self._add([node], "the reported lines and the names of the evidence are in", stand)

    def _shown_is_gone(self) -> bool:
        """Whether the evidence shows a function that the file does not define any more, so that
        the class around it is no place."""
        if any(isinstance(node, FUNCTIONS) for node in self.named):
            return False
        shown = {name for region in self.clues.regions for name in region.headers}
        return any(not self.outline.defines(name) for name in shown)

    def _agreeing(self, nodes: Iterable[Container]) -> list[Container]:
        return [
            node
            for node in nodes
            if self._agrees(node, NAMES_ENOUGH if isinstance(node, FUNCTIONS) else NAMES_MOST)
        ]

    def _agrees(self, node: Container, part: float) -> bool:
        """Whether a definition is still the one that the finding speaks of."""
        if self._fixed(node):
            return True
        if self.clues.anchors and not self._anchored(node):
            return False
        names = self.clues.evidence_names
        held = self.outline.holds(node, names)
        named_with_anchor = bool(self.clues.anchors) and node in self.named
        return named_with_anchor or (bool(names) and len(held) >= part * len(names))

    def _fixed(self, node: Container) -> bool:
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

    # 4. no evidence

    def _without_evidence(self) -> None:
        named = self._narrowed()
        functions = any(isinstance(node, FUNCTIONS) for node in named)
        if named and (functions or not self.clues.lost(self.outline)):
            self.answer.sure = True
            hit = [node for node in named if any(self._is_at(node, i) for i in self.reported)]
            chosen = hit or named
            by_title = self.named_by == "the title names"
            if not hit and not by_title and (better := self._better_at_lines(named)):
                self._add(better, "other names that the finding uses stand in")
                return
            self._add(chosen, self.named_by)
            if hit and not by_title:
                # One line is where the description says: so are the others.
                free = [i for i in self.reported if not any(self._touches(n, i) for n in hit)]
                least = max(1, min(map(self._uses, hit)))
                others = [
                    node
                    for node in self._at_lines(free)
                    if isinstance(node, FUNCTIONS) and self._uses(node) >= least
                ]
                self._add(others, "the reported lines are those of")
            return
        if self.clues.lost(self.outline):
            self.answer.tried.append(f"what the finding names is not in {self.path} any more")
            self._like()
            return
        if self.reported:
            for node in self._at_lines():
                if isinstance(node, FUNCTIONS) and self._mentioned(node):
                    self._add([node], "the reported lines, and names that the finding uses, are in")
        if not self.answer.spots:
            self._like()
        if not self.answer.spots and self.is_named:
            self._together()
        if not self.answer.spots and not self.has_lines and self.is_named:
            self._add([self.outline.module], "no line and no definition is named: the whole of")
        if not self.answer.spots:
            self.answer.tried.append(f"nothing that the finding names is defined in {self.path}")

    def _better_at_lines(self, named: Sequence[Container]) -> list[Container]:
        """The definitions at the lines that hold more of what the finding calls by name than the
        ones it names: "not stopped if ``stop()`` is not called" is about another one."""

        held = self._uses
        most = max(map(held, named))
        at_lines: list[Container] = [
            node for node in self._at_lines() if isinstance(node, FUNCTIONS) and held(node) > most
        ]
        if at_lines or most:
            return at_lines
        others = [node for node in self.outline.functions() if held(node)]
        return [*others] if len(others) == 1 else []

    def _uses(self, node: Container) -> int:
        """How many names that title and description mark as code stand in a definition, those of
        the named definitions aside."""
        own = {item.name for item in self.named if not isinstance(item, ast.Module)}
        return len(self.outline.holds(node, self.clues.code_names - own))

    def _together(self) -> None:
        """The one function that holds most of the names that title and description mark as code;
        or what uses the state that the title names."""
        ranked = sorted(
            ((self._uses(node), node) for node in self.outline.functions()
             if not self.outline.is_factory(node)),
            key=lambda pair: -pair[0],
        )  # fmt: skip
        if ranked and ranked[0][0] > 1 and (len(ranked) == 1 or ranked[1][0] * 2 <= ranked[0][0]):
            self._add([ranked[0][1]], "most names that the finding uses stand only in")
        else:
            self._by_state()

    def _by_state(self) -> None:
        for item in self.clues.named:
            keeping = self.outline.keeping(item.name) if "_" in item.name else []
            if keeping and set(self.titled) <= set(keeping):
                self.answer.sure = True
                self.answer.spots = []
                self._add(keeping, f"the title names {item.name}, which is used in")
                return

    def _like(self) -> None:
        alike, by = self.clues.like(self.outline)
        self._add(alike, by)

    def _narrowed(self) -> list[Container]:
        """What the finding names; methods of the class where the title has only that."""
        named = list(self.named)
        if self.named_by != "the title names":
            return self._with_alike(named)
        classes = [node for node in named if isinstance(node, ast.ClassDef)]
        if len(classes) != len(named):
            return self._with_alike(named)
        for sentence in self.clues.described:
            methods = [
                node
                for node in self.outline.named(sentence)
                if isinstance(node, FUNCTIONS) and self.outline.within(node, classes)
            ]
            if methods:
                self.named_by = "the title names its class, the description"
                return [*methods]
        at_lines = [
            node
            for node in self._at_lines()
            if isinstance(node, FUNCTIONS)
            and self.outline.within(node, classes)
            and self._mentioned(node)
        ]
        if at_lines:
            self.named_by = "the title names its class, the reported lines are those of"
        return [*at_lines] or named

    def _with_alike(self, named: list[Container]) -> list[Container]:
        """With the others of an enumeration whose names the report has nearly right."""
        if not named or not all(isinstance(node, FUNCTIONS) for node in named):
            return named
        alike, by = self.clues.like(self.outline)
        fresh = [node for node in alike if node not in named]
        if fresh and by.startswith("by its name"):
            self._add(named, self.named_by)
            self._add(fresh, by)
            return [*named, *fresh]
        return named

    def _at_lines(self, ranges: Sequence[LineRange] | None = None) -> list[Container]:
        """The innermost definitions at the reported lines, in the report's order."""
        found: dict[Container, None] = {}
        for lines in self.reported if ranges is None else ranges:
            inner = self.outline.innermost(lines.start, lines.end)
            if isinstance(inner, FUNCTIONS) and not self.outline.is_factory(inner):
                found[inner] = None
                continue
            # A range that begins at a decorator or runs over the end still means the definition.
            over = [node for node in self.outline.functions() if self._touches(node, lines)]
            over = [node for node in over if not self.outline.is_factory(node)]
            found.update(dict.fromkeys(self._outermost(over)))
        return list(found)

    def _touches(self, node: Container, lines: LineRange) -> bool:
        return self.outline.lines(node).overlaps(lines)

    def _is_at(self, node: Container, lines: LineRange) -> bool:
        """Whether at least half of the definition, or of the lines, is in the other."""
        own = self.outline.lines(node)
        both = min(own.end, lines.end) - max(own.start, lines.start) + 1
        return both * 2 > min(own.end - own.start, lines.end - lines.start) + 1

    def _mentioned(self, node: Container) -> bool:
        """Whether the definition holds something that title or description mark as code."""
        if self.clues.anchors and self._anchored(node):
            return True
        names = self.clues.code_names
        if self.outline.holds(node, names):
            return True
        # Without any name in code the words of the title must be in the definition's own name.
        own = set() if isinstance(node, ast.Module) else set(words(node.name))
        said = {word for word in words(self.clues.title) if len(word) > 3}
        return not names and bool(own & said)

    # in every case

    def _anchored(self, node: Container) -> bool:
        return bool(self.outline.holds(node, self.clues.anchors))

    def anchored(self, answer: Answer) -> Answer:
        """Only the spots that hold an anchor; else what is around them, or at the lines."""
        kept = [
            spot for spot in answer.spots if self._anchored(spot.node) or self._fixed(spot.node)
        ]
        if kept:
            answer.spots = kept
            return answer
        around = [
            outer
            for spot in answer.spots
            if spot.evidence
            for outer in self.outline.around(spot.node)
            if isinstance(outer, FUNCTIONS)
        ]
        wider = [node for node in (*around, *self._at_lines()) if self._anchored(node)]
        names = ", ".join(self.outline.name(spot.node) for spot in answer.spots[:4])
        answer.spots = []
        if wider and answer.fraction >= ENOUGH:
            self._add(wider[:1], "what the finding is about stands around the evidence, in")
            return answer
        answer.tried.append(f"none of {', '.join(self.clues.anchors[:6])} stands in {names}")
        return answer


def _same_name(
    outline: Outline, found: Sequence[Container], held: Sequence[Container]
) -> list[Container]:
    """Of several definitions of one name those that hold evidence, if any do."""
    with_evidence = {outline.name(node).rpartition(".")[2] for node in held}
    return [
        node
        for node in found
        if node in held or outline.name(node).rpartition(".")[2] not in with_evidence
    ]


def _joined(lines: Iterable[LineRange]) -> tuple[LineRange, ...]:
    """Sorted, and those that touch as one."""
    joined: list[LineRange] = []
    for item in sorted(lines):
        if joined and item.start <= joined[-1].end + 1:
            joined[-1] = LineRange(joined[-1].start, max(joined[-1].end, item.end))
        else:
            joined.append(item)
    return tuple(joined)
