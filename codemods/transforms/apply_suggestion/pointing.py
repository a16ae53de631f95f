"""Where a finding points to: by its lines, its evidence, and the code and names that it shows."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from codemods.codemod import Place, overlaps
from codemods.findings.model import LineRange
from codemods.transforms.apply_suggestion.code import SnippetKind, read, same
from codemods.transforms.apply_suggestion.found import Found, Located
from codemods.transforms.apply_suggestion.prose import RequestedEdit

_SHORT = 3
"""Lines that a place has at most, for a list of lines to be a list of places."""


def reported_too(places: Sequence[Place]) -> tuple[Place, ...]:
    """The places, and the definitions at reported lines that lie in none of them."""
    more: dict[int, Place] = {}
    for place in places:
        near = [other.lines for other in places if other.source is place.source]
        for lines in place.reported:
            if any(lines.overlaps(item) for item in near):
                continue
            holders = [
                node
                for node in place.source.tree.definitions()
                if node.lineno <= lines.start <= (node.end_lineno or 0)
            ]
            if holders:
                inner = holders[-1]
                known = more[id(inner)].reported if id(inner) in more else ()
                more[id(inner)] = replace(place, node=inner, evidence=(), reported=(*known, lines))
    return (*places, *more.values())


def in_scopes(found: list[Found], requested: RequestedEdit, places: Sequence[Place]) -> list[Found]:
    """Those in a definition that the sentence names; all, where it names none of the file."""
    names = {part for scope in requested.scopes for part in scope.split("(")[0].split(".")}
    defined = {node.name for place in places for node in place.source.tree.definitions()}
    capitalised = {name for name in names if name[:1].isupper() and not name.isupper()}
    names = (names & defined) | capitalised
    if not names:
        return found
    return [
        item
        for item in found
        if names & set(item.place.source.tree.qualified_name(item.node).split("."))
    ]


def pointed(found: list[Found], requested: RequestedEdit, contexts: Sequence[str]) -> list[Found]:
    """Those that the finding points to: by its sentence's lines, by code that it shows, by where
    its evidence stands, by its lines; the first of these that picks any decides."""
    if requested.lines:
        hit = [item for item in found if overlaps(item.node, requested.lines)]
        if hit:
            return hit
    # Who speaks of all of them shows one for an example.
    shown = [
        item
        for item in found
        if not requested.every and in_context(item.place, item.node, contexts)
    ]
    pool = shown or found
    if requested.every:
        return [item for item in pool if on(item.place, item.node)]
    hit = [item for item in pool if overlaps(item.node, item.place.evidence)]
    if hit:
        return hit
    hit = [item for item in pool if overlaps(item.node, item.place.reported)]
    if hit:
        return hit
    return shown


def listed(places: Sequence[Place], requested: RequestedEdit) -> list[tuple[str, LineRange]]:
    """The single lines that the report gives: each of them is a place."""
    lines = {
        (place.source.path, item)
        for place in places
        for item in requested.lines or place.reported
        if item.end - item.start < _SHORT
    }
    return sorted(lines)


def one_a_line(
    found: Sequence[Found], listed: Sequence[tuple[str, LineRange]]
) -> list[Found] | None:
    """For every line that is listed the one that fits best; ``None`` where one has none."""
    chosen: list[Found] = []
    for path, lines in listed:
        hit = [
            item
            for item in found
            if item.place.source.path == path and overlaps(item.node, (lines,))
        ]
        if len(best(hit) if hit else []) != 1:
            return None
        chosen += best(hit)
    return distinct(chosen)


def best(found: Sequence[Found]) -> list[Found]:
    most = max(item.score for item in found)
    return [item for item in found if item.score >= most - 1e-9]


def elsewhere(found: Sequence[Found], done: Sequence[tuple[Place, Located]]) -> bool:
    """Whether the new code stands where the evidence (or else a line) points to, and the old code
    only elsewhere."""
    evident = any(overlaps(node, place.evidence) for place, node in done)
    if evident:
        return not any(overlaps(item.node, item.place.evidence) for item in found)
    return any(on(*item) for item in done) and not any(on(item.place, item.node) for item in found)


def on(place: Place, node: Located) -> bool:
    return overlaps(node, place.evidence) or overlaps(node, place.reported)


def in_context(place: Place, node: Located, contexts: Sequence[str]) -> bool:
    """Whether ``node`` is, or stands in, an expression or statement that the finding shows."""
    around = [node, *place.source.tree.ancestors(node)]
    for text in contexts:
        shown = read(text)
        if shown is None or shown.kind not in (SnippetKind.EXPRESSION, SnippetKind.STATEMENTS):
            continue
        for pattern in shown.nodes:
            if isinstance(pattern, ast.stmt) and not isinstance(
                pattern, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr, ast.Raise)
            ):
                continue
            if any(same(pattern, item) for item in around):
                return True
    return False


def distinct(found: Iterable[Found]) -> list[Found]:
    """Each node once: places of a finding may lie in each other."""
    kept: dict[ast.AST, Found] = {}
    for item in found:
        kept.setdefault(item.node, item)
    return list(kept.values())
