"""Which of several possible places a finding means, or why that cannot be told."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from codemods.codemod import Place, Refusal, overlaps, site_of
from codemods.demands.requested import RequestedEdit
from codemods.findings.model import LineRange
from codemods.tables import shortened
from codemods.transforms.apply_suggestion.code import SIMPLE, SnippetKind, read, same
from codemods.transforms.apply_suggestion.found import Found, Located, stands
from codemods.transforms.apply_suggestion.search import find_requested

_NEAR = 5
"""Lines by which a fix moves what it changes."""
_SURE = 0.7
"""How like an older version must be that neither evidence nor lines point to."""
_SHORT = 3
"""Lines that a place has at most, for a list of lines to be a list of places."""


def choose(
    places: Sequence[Place],
    requested: RequestedEdit,
    contexts: Sequence[str],
    alternatives: Sequence[str] = (),
) -> list[Found] | Refusal:
    """The places that a requested edit means, all of them to be changed; or the reason to leave it.

    Args:
        places: where the finding stands.
        requested: what it asks for.
        contexts: code that the finding shows; of equal nodes the one in such code is meant.
        alternatives: code that the finding offers in its stead; where it stands, that was chosen.

    Raises:
        NoStepsError: from :func:`find_requested`.
    """
    done = [(place, node) for place in places for node in stands(place, requested)]
    if requested.kind == "lines":
        nothing = _nothing(done, requested, places)
        what = (
            f"{_short(requested.new)} replaces several lines, and which ones could not be "
            "determined"
        )
        return nothing if nothing.already else Refusal("several-lines", what, nothing.site)
    found = distinct(item for place in places for item in find_requested(place, requested))
    found = in_scopes(found, requested, places)
    if not found:
        return _nothing(done, requested, places)
    other = _offered(found, alternatives)
    if other is not None:
        return other
    if (
        not requested.shows_old
        and requested.count is None
        and not requested.every
        and _is_done(done, places, requested)
    ):
        return _nothing(done, requested, places)
    shown = pointed(found, requested, contexts)
    here = len({id(node) for place, node in done if on(place, node)})
    if here >= (requested.count or 0) and elsewhere(found, done):
        # The place that the finding shows is done; what is left elsewhere is not its.
        return _nothing(done, requested, places)
    if requested.count is None and len(requested.lines) > 1:
        # "at lines 98-102 and 221-225": each of them is a place.
        requested = replace(requested, count=len(requested.lines))
    chosen = best(shown or found)
    by_line = _by_line(found, shown, chosen, listed(places, requested), requested)
    if by_line is not None:
        return by_line
    return _by_count(found, shown, chosen, done, requested)


def _by_line(
    found: list[Found],
    shown: list[Found],
    chosen: list[Found],
    lines: Sequence[tuple[str, LineRange]],
    requested: RequestedEdit,
) -> list[Found] | Refusal | None:
    """The places by the lines that the finding lists; ``None`` where these do not decide."""
    if len(lines) < 2 or requested.shows_old:
        return None
    by_line = one_a_line(found, lines)
    if by_line is not None:
        return by_line
    top = best(found)
    if len(top) == len(lines) and _are_equal(top):
        # As many, all alike: some have moved from their lines.
        return top
    if len(distinct(shown)) > len(chosen):
        text = f"the finding names {len(lines)} places, but {len(chosen)} of them match"
        return _refused("count-differs", text, chosen)
    return None


def _by_count(
    found: list[Found],
    shown: list[Found],
    chosen: list[Found],
    done: Sequence[tuple[Place, Located]],
    requested: RequestedEdit,
) -> list[Found] | Refusal:
    """The places by how many the finding speaks of, or the one that there is."""
    if requested.count is not None and len(chosen) != requested.count:
        if len(found) == requested.count and (requested.shows_old or _are_equal(found)):
            return found
        if len(chosen) + sum(on(*item) for item in done) != requested.count:
            text = f"the finding mentions {requested.count} places, but {len(chosen)} match"
            return _refused("count-differs", text, chosen)
    if len(chosen) == 1:
        if requested.shows_old or shown or chosen[0].score >= _SURE or _is_telling(requested):
            return chosen
        text = "the code here may not be what the suggestion replaces"
        return _refused("not-sure", text, chosen)
    counted = requested.count is not None or requested.every
    if (counted and (requested.shows_old or _are_equal(chosen))) or (shown and _are_equal(shown)):
        return chosen
    text = f"{len(chosen)} places match, and the finding does not say which it means"
    return _refused("several-places", text, chosen)


def _nothing(
    done: Sequence[tuple[Place, Located]], requested: RequestedEdit, places: Sequence[Place]
) -> Refusal:
    shown = _short(requested.new)
    proof = _proof(done, requested, places)
    if proof is not None:
        site = site_of(proof[0].source, proof[1])
        return Refusal("stands-already", f"the code already has {shown}", site, already=True)
    what = f"no code here matches {shown}"
    if requested.old:
        what = f"{_short(requested.old)} was not found"
    place = places[0]
    here = site_of(place.source, place.node) if isinstance(place.node, ast.stmt) else None
    return Refusal("not-there", what, here)


def _proof(
    done: Sequence[tuple[Place, Located]], requested: RequestedEdit, places: Sequence[Place]
) -> tuple[Place, Located] | None:
    """A place at which the new code stands, if that shows that somebody made the fix: in every
    file of the finding, and where the finding points to unless the old code is known and gone."""
    if _is_trivial(requested):
        return None
    here = _here(done, requested)
    if requested.old is not None and (moved := here or [item for item in done if _is_near(*item)]):
        # The old code is gone, and the new one stands where the finding shows the old.
        return moved[0]
    if _points(places, requested) and not requested.shows_old:
        if not here and _says_enough(requested):
            here = [item for item in done if _is_near(*item)] or _at_lines(places, requested)
        done = here
    if {place.source.path for place in places} - {place.source.path for place, _ in done}:
        return None
    return done[0] if done else None


def _says_enough(requested: RequestedEdit) -> bool:
    """Whether the new code tells what it is about: ``timeout=5`` may be another call's."""
    new = read(requested.new)
    return new is not None and (
        new.kind in (SnippetKind.EXPRESSION, SnippetKind.STATEMENTS, SnippetKind.HEADER)
        or (new.kind is SnippetKind.KEYWORDS and requested.callee is not None)
    )


def _is_near(place: Place, node: Located) -> bool:
    """Whether a node stands a few lines from where the report points: the fix moved it there."""
    return any(
        lines.start - _NEAR <= node.lineno <= lines.end + _NEAR
        for lines in (*place.evidence, *place.reported)
    )


def _at_lines(places: Sequence[Place], requested: RequestedEdit) -> list[tuple[Place, Located]]:
    """The new code on the very lines of the report, outside of the definition that it names."""
    whole = [replace(place, node=place.source.tree.module) for place in places]
    return [
        (place, node)
        for place in whole
        for node in stands(place, requested)
        if overlaps(node, place.reported)
        and all(item.end - item.start < _NEAR for item in place.reported)
    ]


def _is_trivial(requested: RequestedEdit) -> bool:
    """Whether the new code says too little to be evidence that somebody made the fix."""
    new = read(requested.new)
    if new is None or new.kind is SnippetKind.OPERATOR or len(new.text) < 4:
        return True
    return isinstance(new.nodes[0], ast.Name)


def _is_telling(requested: RequestedEdit) -> bool:
    """Whether the new code says by itself what it replaces: a keyword with another value, the
    same target, the same callee."""
    new = read(requested.new)
    return new is not None and new.kind in (SnippetKind.KEYWORDS, SnippetKind.STATEMENTS)


def _refused(reason: str, detail: str, found: Sequence[Found]) -> Refusal:
    first = found[0]
    return Refusal(reason, detail, site_of(first.place.source, first.node))


def _offered(found: Sequence[Found], alternatives: Sequence[str]) -> Refusal | None:
    """Another choice of the finding stands where this one would go."""
    for text in alternatives:
        other = read(text)
        if other is None or other.kind is not SnippetKind.EXPRESSION:
            continue
        for item in found:
            if any(same(other.expression, step.node) for step in item.steps):
                detail = f"the code already has {_short(text)}, which the finding also offers"
                site = site_of(item.place.source, item.node)
                return Refusal("stands-already", detail, site, already=True)
    return None


def _is_done(
    done: Sequence[tuple[Place, Located]], places: Sequence[Place], requested: RequestedEdit
) -> bool:
    """Whether the new code stands where the finding points to, or anywhere if it points nowhere."""
    return bool(_here(done, requested) if _points(places, requested) else done)


def _here(
    done: Sequence[tuple[Place, Located]], requested: RequestedEdit
) -> list[tuple[Place, Located]]:
    """What stands where the finding points to."""
    return [item for item in done if on(*item) or overlaps(item[1], requested.lines)]


def _points(places: Sequence[Place], requested: RequestedEdit) -> bool:
    pointing = any(place.evidence or place.reported for place in places)
    return bool(requested.lines) or pointing


def _are_equal(found: Sequence[Found]) -> bool:
    """Whether the same is done to the same code everywhere, so that it matters not which."""
    made = {
        tuple(
            (step.kind, "" if step.kind == "argument" else ast.dump(step.node), step.text)
            for step in item.steps
        )
        for item in found
    }
    return len(made) == 1


def _short(text: str | None) -> str:
    return f"`{shortened(text or '')}`"


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
    said = [item for item in found if overlaps(item.node, requested.lines)]
    if said:
        return said
    # Who speaks of all of them shows one for an example.
    shown = [
        item
        for item in found
        if not requested.every and in_context(item.place, item.node, contexts)
    ]
    pool = shown or found
    if requested.every:
        return [item for item in pool if on(item.place, item.node)]
    evident = [item for item in pool if overlaps(item.node, item.place.evidence)]
    return evident or [item for item in pool if overlaps(item.node, item.place.reported)] or shown


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
        hit = best(
            item
            for item in found
            if item.place.source.path == path and overlaps(item.node, (lines,))
        )
        if len(hit) != 1:
            return None
        chosen += hit
    return distinct(chosen)


def best(found: Iterable[Found]) -> list[Found]:
    found = list(found)
    most = max((item.score for item in found), default=0.0)
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
        patterns = [node for node in shown.nodes if isinstance(node, (ast.expr, *SIMPLE))]
        if any(same(pattern, item) for pattern in patterns for item in around):
            return True
    return False


def distinct(found: Iterable[Found]) -> list[Found]:
    """Each node once: places of a finding may lie in each other."""
    kept: dict[ast.AST, Found] = {}
    for item in found:
        kept.setdefault(item.node, item)
    return list(kept.values())
