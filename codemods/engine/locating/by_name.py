"""Where a finding stands that shows no code: by names, then by lines, then by likeness."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codemods.engine.locating.file_reading import Candidate, FileReading
from codemods.engine.locating.likeness import alike
from codemods.engine.locating.location_hints import gone, is_class
from codemods.engine.locating.outline import Container
from codemods.findings.model import LineRange
from codemods.syntax.tree import FUNCTIONS

_SAYING = frozenset("([{=<>+-*/%")
"""Tokens of code that is more than a name."""
_FEW = 3
"""Lines that a report points at, and no block of them."""


def without_evidence(reading: FileReading) -> None:
    """Rule 4 of :mod:`codemods.engine.locating.places`."""
    named = _narrowed(reading)
    functions = any(isinstance(node, FUNCTIONS) for node in named)
    if named and (functions or not reading.is_lost):
        reading.answer.sure = True
        hit = [node for node in named if any(reading.is_at(node, i) for i in reading.reported)]
        chosen = hit or named
        if unclear := reading.unclear(chosen):
            names = " and ".join(map(reading.outline.name, unclear[:4]))
            reading.answer.attempts.append(
                f"the finding matches {names} equally: name the one that it means"
            )
            chosen = [node for node in chosen if node not in unclear]
            if not chosen:
                return
        by_title = reading.named_by == "the title names"
        if not hit and not by_title and (better := _better_at_lines(reading, named)):
            reading.add(better, "other names of the finding occur in")
            return
        reading.add(chosen, reading.named_by)
        if hit and not by_title:
            # One line is where the description says: so are the others.
            free = [i for i in reading.reported if not any(reading.touches(n, i) for n in hit)]
            least = max(1, min(map(reading.uses, hit)))
            others = [
                node
                for node in reading.at_lines(free)
                if isinstance(node, FUNCTIONS) and reading.uses(node) >= least
            ]
            reading.add(others, "the reported lines are those of")
        return
    if reading.is_lost:
        reading.answer.attempts.append(f"what the finding names is no longer in {reading.path}")
        _like(reading)
        return
    if reading.reported:
        for node in reading.at_lines():
            if isinstance(node, FUNCTIONS) and reading.mentioned(node):
                reading.add([node], "the reported lines and names of the finding are in")
    if not reading.answer.candidates:
        _like(reading)
    if not reading.answer.candidates and reading.is_named:
        _together(reading)
    if not reading.answer.candidates and reading.is_named:
        _at_exact_lines(reading)
    subject = reading.hints.subject(reading.outline)
    whole = not any(gone([item], reading.outline, reading.here) for item in subject)
    if not reading.answer.candidates and not reading.has_lines and reading.is_named and whole:
        reading.add([reading.outline.module], "the finding names no line and no definition: all of")
    if not reading.answer.candidates:
        reading.answer.attempts.append(f"none of the finding's names is defined in {reading.path}")


def _at_exact_lines(reading: FileReading) -> None:
    """The definition, or the module, at a reported line that holds code which the finding quotes:
    lines that are exact are a place. What stands only once in the file may be a line off."""
    # A name, with dots or without, is used in many places.
    shown = [keys for keys in reading.hints.quoted if not _SAYING.isdisjoint(keys)]
    found: dict[Container, list[LineRange]] = {}
    for keys in shown:
        hits = reading.outline.tokens.find(keys)
        for lines in reading.written:
            if lines.end - lines.start >= _FEW:
                continue
            wide = LineRange(max(1, lines.start - 1), lines.end + 1) if len(hits) == 1 else lines
            here = [item for hit in hits if (item := LineRange(hit.start, hit.end)).overlaps(wide)]
            for item in here:
                inner = reading.outline.innermost(item.start, item.end)
                found.setdefault(inner, []).append(item)
    if found:
        reading.answer.sure = True
    for node, ranges in found.items():
        by = "the reported line has the code that the finding quotes, in"
        reading.answer.candidates.append(Candidate(node, by, tuple(dict.fromkeys(ranges))))


def _better_at_lines(reading: FileReading, named: Sequence[Container]) -> list[Container]:
    """The definitions at the lines that hold more of what the finding calls by name than the
    ones it names: "not stopped if ``stop()`` is not called" is about another one."""

    held = reading.uses
    most = max(map(held, named))
    at_lines: list[Container] = [
        node for node in reading.at_lines() if isinstance(node, FUNCTIONS) and held(node) > most
    ]
    if at_lines or most:
        return at_lines
    others = [node for node in reading.outline.functions() if held(node)]
    return [*others] if len(others) == 1 else []


def _together(reading: FileReading) -> None:
    """The one function that holds most of the names that title and description mark as code;
    or what uses the state that the title names."""
    ranked = sorted(
        ((reading.uses(node), node) for node in reading.outline.functions()
         if not reading.outline.is_factory(node)),
        key=lambda pair: -pair[0],
    )  # fmt: skip
    if ranked and ranked[0][0] > 2 and (len(ranked) == 1 or ranked[1][0] * 2 <= ranked[0][0]):
        reading.add([ranked[0][1]], "most names of the finding occur only in")
    else:
        by_state(reading)


def by_state(reading: FileReading) -> None:
    """What uses the state that the title names, if it names no other definition."""
    for item in reading.hints.named:
        if item.owner and is_class(item.owner) and not reading.outline.resolved(item.owner):
            # ``Cache._entries`` of a class that went.
            continue
        keeping = reading.outline.keeping(item.name) if "_" in item.name else []
        keeping = _meant(reading, keeping)
        if keeping and set(reading.titled) <= set(keeping):
            reading.answer.sure = True
            reading.answer.candidates = []
            reading.add(keeping, f"the title names {item.name}, which is used in")
            return


def _meant(reading: FileReading, keeping: list[Container]) -> list[Container]:
    """Of several classes that keep state of one name those that the finding names, else those
    at its lines."""
    classes = [node for node in keeping if isinstance(node, ast.ClassDef)]
    if len(classes) < 2 or len(classes) < len(keeping) or len(classes) == reading.hints.count:
        return keeping
    named = [node for node in classes if node.name in reading.hints.classes]
    at_lines = [node for node in classes if any(reading.touches(node, i) for i in reading.reported)]
    return [*(named or at_lines)]


def _like(reading: FileReading) -> None:
    found, by = alike(reading.hints, reading.outline)
    reading.add(found, by)


def _narrowed(reading: FileReading) -> list[Container]:
    """What the finding names; methods of the class where the title has only that."""
    named = list(reading.named)
    if reading.named_by != "the title names":
        return _with_alike(reading, named)
    classes = [node for node in named if isinstance(node, ast.ClassDef)]
    if len(classes) != len(named):
        return _with_alike(reading, named)
    for sentence in reading.hints.described:
        if gone(sentence, reading.outline, reading.here):
            # Later sentences name siblings that are right, and so may the reported lines by now.
            return named
        methods = [
            node
            for node in reading.outline.named(sentence)
            if isinstance(node, FUNCTIONS) and reading.outline.within(node, classes)
        ]
        if methods:
            reading.named_by = "the title names its class, the description"
            return [*methods]
    at_lines = [
        node
        for node in reading.at_lines()
        if isinstance(node, FUNCTIONS)
        and reading.outline.within(node, classes)
        and reading.mentioned(node)
    ]
    if at_lines:
        reading.named_by = "the title names its class, the reported lines are those of"
    return [*at_lines] or named


def _with_alike(reading: FileReading, named: list[Container]) -> list[Container]:
    """With the others of an enumeration whose names the report has nearly right."""
    if not named or not all(isinstance(node, FUNCTIONS) for node in named):
        return named
    if reading.unclear(named):
        return named
    found, by = alike(reading.hints, reading.outline)
    fresh = [node for node in found if node not in named]
    if fresh and by.startswith("by its name"):
        reading.add(named, reading.named_by)
        reading.add(fresh, by)
        return [*named, *fresh]
    return named
