"""The place in one file: from a finding's hints to definitions.

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
   else the one function that holds all names of the evidence that are not called;
4. no evidence code: the definitions that the title names, else those of the first sentence of the
   description that names any (with those at the other reported lines, when one reported line is
   in a named definition, so that lines did not drift), else the definition at the reported lines,
   if it holds something that title or description call by name; else names that are nearly right;
   else the whole file, if no line is reported.

In every case the plan's anchors must stand in the place.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codemods.engine.locating.by_name import by_state, without_evidence
from codemods.engine.locating.evidence_match import (
    CLOSE,
    MOST,
    STRONG,
    EvidenceMatches,
    match_evidence,
)
from codemods.engine.locating.file_reading import NAMES_ENOUGH, NAMES_MOST, Answer, FileReading
from codemods.engine.locating.likeness import said_in_words
from codemods.engine.locating.location_hints import LocationHints
from codemods.engine.locating.mentions import in_words
from codemods.engine.locating.outline import Container, Outline
from codemods.engine.locating.tokens import weight
from codemods.findings.model import LineRange
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import FUNCTIONS, Definition

ENOUGH = 0.34
"""The part of the evidence that has to stand in a file, unless a name agrees too."""
LOST = 0.9
"""The part of the evidence that must stand where what the title names does not."""


def places_in(
    outline: Outline, hints: LocationHints, reported: tuple[LineRange, ...], *, named: bool = True
) -> Answer:
    """Where in the file of ``outline`` the finding stands.

    Args:
        named: the report names this very file (or git says that it moved there). Otherwise its
            lines say nothing, and most of the evidence or a name of the title must stand.
    """
    reading = FileReading(outline, hints, reported if named else (), named)
    answer = _find(reading)
    if answer.candidates and hints.anchors:
        return _anchored(reading, answer)
    return answer


def _find(reading: FileReading) -> Answer:
    """Applies the rules in their order."""
    matches = _matches(reading)
    reading.answer.fraction = matches.fraction
    if _by_scopes(reading, matches):
        return reading.answer
    if reading.hints.regions:
        if not _by_evidence(reading, matches):
            _by_name_without_evidence(reading, matches)
    else:
        without_evidence(reading)
    return reading.answer


def _matches(reading: FileReading) -> EvidenceMatches:
    return match_evidence(
        reading.hints.regions,
        reading.outline,
        preferred=reading.titled,
        classes=reading.hints.classes,
        reported=reading.reported,
        count=reading.hints.count,
    )


def _by_scopes(reading: FileReading, matches: EvidenceMatches) -> bool:
    """Rule 1."""
    if not reading.hints.scopes:
        return False
    found = reading.outline.named(reading.hints.scopes)
    if not found:
        names = ", ".join(item.text for item in reading.hints.scopes)
        reading.answer.attempts.append(f"{reading.path} does not define {names}")
        return False
    held = [node for node in found if reading.evidence_in(node, matches)]
    reading.answer.sure = True
    reading.add(_same_name(reading.outline, found, held), "the finding asks for", matches)
    return True


def _by_evidence(reading: FileReading, matches: EvidenceMatches) -> bool:
    """Rule 2; ``False`` if the evidence does not stand, or not surely enough."""
    reading.answer.attempts += [f"{text} of {reading.path}" for text in matches.ambiguous]
    found = dict(matches.found)
    agrees = any(item.named or item.supported for item in found.values()) or any(
        reading.outline.within(node, reading.titled) for node in found
    )
    enough = ENOUGH if reading.is_named else MOST
    scored = matches.matched > 0 and (
        matches.fraction >= enough or (agrees and matches.matched >= STRONG)
    )
    if not found or not scored:
        return False
    if matches.fraction < MOST and all(isinstance(node, ast.Module) for node in found):
        # Beside a constant the report showed functions, and those are gone.
        reading.answer.attempts.append(
            f"{reading.path} has only lines of the evidence that are outside any definition"
        )
        return False
    if not reading.titled and reading.is_lost:
        # Renamed in place; otherwise the same lines elsewhere are another's.
        found = {node: item for node, item in found.items() if item.supported}
        if matches.fraction < LOST or not found:
            return False
    reading.answer.sure = True
    functions = [node for node in reading.titled if isinstance(node, FUNCTIONS)]
    inside = [node for node in found if reading.outline.within(node, functions)]
    if functions and inside:
        chosen = list(dict.fromkeys(_named_holder(reading, node, functions) for node in inside))
        at_lines = [node for node, item in found.items() if item.supported]
        if at_lines and not any(node in inside for node in at_lines):
            chosen += [node for node in at_lines if not isinstance(node, ast.Module)]
        reading.add(chosen, "the title names it and the evidence is in", matches)
        return True
    # The same lines in a sister of the named function are no defect of that function, and often
    # all that is left when it was fixed. A named function that the evidence calls is the callee.
    called = any(node.name in reading.hints.evidence_names for node in functions)
    at_reported = any(item.supported for item in found.values()) and not any(
        reading.outline.within(node, functions) for node in reading.at_lines()
    )
    if functions and not at_reported and not (called and matches.fraction >= MOST):
        if reading.agreeing(functions):
            reading.add(functions, reading.named_by)
            return True
        return False
    if _by_words_instead(reading, list(found)):
        return True
    classes = [node for node in reading.titled if isinstance(node, ast.ClassDef)]
    held = [node for node in classes if any(reading.outline.within(n, [node]) for n in found)]
    if held:
        _in_classes(reading, held, matches)
        return True
    places = [node for node in found if not isinstance(node, ast.Module)]
    reading.add(reading.outermost(places) or found, "the evidence is in", matches)
    reading.add(
        _others_at_lines(reading, matches), "the reported lines and names of the evidence are in"
    )
    return True


def _others_at_lines(reading: FileReading, matches: EvidenceMatches) -> list[Container]:
    """Functions at reported lines for which the report shows no code, or paraphrases it.

    Only where other lines of the report are exact: then these are too.
    """
    if not any(item.supported for item in matches.found.values()):
        return []
    moved = [LineRange(i.start + matches.drift, i.end + matches.drift) for i in reading.reported]
    shown = [line for item in matches.found.values() for line in item.lines]
    # What is shown may stand a line or two beside its own lines, and explains them all the same.
    wide = [LineRange(max(1, line.start - CLOSE), line.end + CLOSE) for line in shown]
    bare_lines = [
        item
        for item, line in zip(moved, reading.reported, strict=True)
        if not any(item.overlaps(near) or line.overlaps(near) for near in wide)
    ]
    names = {item.name for item in reading.hints.named if item.marked}
    wanted = (names, 1) if names else (reading.hints.evidence_names, 2)
    return [
        node
        for node in reading.at_lines(bare_lines)
        if isinstance(node, FUNCTIONS)
        and not reading.outline.within(node, matches.found)
        and len(reading.outline.holds(node, wanted[0])) >= wanted[1]
    ]


def _named_holder(
    reading: FileReading, node: Container, functions: Sequence[Definition]
) -> Container:
    """The named function around ``node``; the innermost of them."""
    for item in (node, *reading.outline.around(node)):
        if item in functions:
            return item
    return node


def _by_words_instead(reading: FileReading, found: Sequence[Container]) -> bool:
    """Where the evidence shows something else than the place (a request model, a constant):
    the function that the title says in words, if it is at the reported lines or if no function
    holds evidence."""
    if reading.titled or any(item in found for item in reading.at_lines()):
        return False
    called = said_in_words(in_words(reading.hints.title), reading.outline)
    by_words = [node for node in called if node not in found]
    at_lines = [node for node in reading.at_lines() if node in by_words]
    elsewhere = any(isinstance(node, FUNCTIONS) for node in found)
    if not at_lines and (elsewhere or len(by_words) != 1):
        return False
    reading.add(at_lines or by_words, "the title says in words")
    return True


def _in_classes(
    reading: FileReading, classes: Sequence[ast.ClassDef], matches: EvidenceMatches
) -> None:
    shown = {name for region in reading.hints.regions for name in region.headers}
    for node in classes:
        holders = [
            item
            for item in matches.found
            if item is not node and reading.outline.within(item, [node])
        ]
        methods = reading.outermost([item for item in holders if isinstance(item, FUNCTIONS)])
        if len(methods) == 1 and node.name not in shown and not _spans(reading, node):
            reading.add(methods, "the title names its class and the evidence is in", matches)
        else:
            reading.add([node], "the title names it and the evidence is in", matches)


def _spans(reading: FileReading, node: ast.ClassDef) -> bool:
    """Whether the headings of the evidence name several methods of a class."""
    said = [owner for region in reading.hints.regions for owner in region.owners]
    methods = [item for item in reading.outline.named(said) if isinstance(item, FUNCTIONS)]
    return len([item for item in methods if reading.outline.within(item, [node])]) > 1


def _by_name_without_evidence(reading: FileReading, matches: EvidenceMatches) -> None:
    """Rule 3."""
    if not matches.ambiguous:
        part = f"{matches.fraction:.0%} of" if matches.matched else "none of"
        reading.answer.attempts.append(f"{part} the evidence is in {reading.path}")
    if not reading.is_named:
        # Of a file that nobody named, a name that its code also has proves nothing.
        return
    agreeing = [] if _shown_is_gone(reading) else reading.agreeing(reading.named)
    if agreeing:
        reading.answer.sure = True
        reading.add(agreeing, f"the evidence has changed, but {reading.named_by}", matches)
        return
    if matches.matched and not any(isinstance(i, FUNCTIONS) for i in reading.titled):
        # Something of it is left, and the state that it is about has a name.
        by_state(reading)
        if reading.answer.candidates:
            return
    if reading.named:
        names = ", ".join(reading.outline.name(node) for node in reading.named[:4])
        reading.answer.attempts.append(f"{names} has none of the code that the evidence shows")
        return
    for node in reading.at_lines():
        if isinstance(node, FUNCTIONS) and _agrees_at_lines(reading, node):
            reading.answer.sure = True
            reading.add([node], "the reported lines and the names of the evidence are in", matches)
    if not reading.answer.candidates:
        _by_marks(reading, matches)


def _agrees_at_lines(reading: FileReading, node: Container) -> bool:
    """Whether a function is still the one of the reported lines, by the names of the evidence:
    it holds most of them, and half of them just there."""
    if reading.fixed(node):
        return True
    names = reading.hints.evidence_names
    there = reading.said_at(node, names)
    return reading.agrees(node, NAMES_MOST) and len(there) >= NAMES_ENOUGH * len(names)


def _by_marks(reading: FileReading, matches: EvidenceMatches) -> None:
    """Evidence that was rewritten: every name and longer string of it is in just one function."""
    marks = reading.hints.evidence_marks
    if len(marks) < 2 or weight([*marks]) < STRONG or not reading.is_named or reading.is_lost:
        return
    only = reading.outline.only(marks)
    if only is not None and (not reading.hints.anchors or reading.anchored(only)):
        reading.answer.sure = True
        reading.add([only], "the evidence has changed; all its names occur only in", matches)


def _shown_is_gone(reading: FileReading) -> bool:
    """Whether the evidence shows a function that the file does not define any more, so that
    the class around it is no place."""
    if any(isinstance(node, FUNCTIONS) for node in reading.named):
        return False
    shown = {name for region in reading.hints.regions for name in region.headers}
    return any(not reading.outline.defines(name) for name in shown)


def _anchored(reading: FileReading, answer: Answer) -> Answer:
    """Only the candidates that hold an anchor; else what is around them, or at the lines."""
    kept = [
        candidate
        for candidate in answer.candidates
        if reading.anchored(candidate.node) or reading.fixed(candidate.node)
    ]
    if kept:
        answer.candidates = kept
        return answer
    around = [
        outer
        for candidate in answer.candidates
        if candidate.evidence
        for outer in reading.outline.around(candidate.node)
        if isinstance(outer, FUNCTIONS)
    ]
    wider = [node for node in (*around, *reading.at_lines()) if reading.anchored(node)]
    names = ", ".join(reading.outline.name(candidate.node) for candidate in answer.candidates[:4])
    answer.candidates = []
    if wider and answer.fraction >= ENOUGH:
        reading.add(wider[:1], "the code that the finding is about surrounds the evidence in")
        return answer
    answer.attempts.append(f"{names} contains none of {', '.join(reading.hints.anchors[:6])}")
    return answer


def _same_name(
    outline: Outline, found: Sequence[Container], held: Sequence[Container]
) -> list[Container]:
    """Of several definitions of one name those that hold evidence, if any do."""
    with_evidence = {last_part(outline.name(node)) for node in held}
    return [
        node for node in found if node in held or last_part(outline.name(node)) not in with_evidence
    ]
