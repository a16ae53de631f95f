"""Which of several possible places a finding means, or why that cannot be told."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from codemods.codemod import Place, Refusal, overlaps, site_of
from codemods.findings.model import LineRange
from codemods.tables import shortened
from codemods.transforms.apply_suggestion.code import SnippetKind, read, same
from codemods.transforms.apply_suggestion.found import Found, Located, stands
from codemods.transforms.apply_suggestion.pointing import (
    best,
    distinct,
    elsewhere,
    in_scopes,
    listed,
    on,
    one_a_line,
    pointed,
)
from codemods.transforms.apply_suggestion.prose import RequestedEdit
from codemods.transforms.apply_suggestion.search import find_requested

_NEAR = 5
"""Lines by which a fix moves what it changes."""
_SURE = 0.7
"""How like an older version must be that neither evidence nor lines point to."""


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
    if requested.form == "lines":
        return _for_lines(places, requested)
    found = distinct(item for place in places for item in find_requested(place, requested))
    done = [(place, node) for place in places for node in stands(place, requested)]
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
        return _refused(
            "count-differs",
            f"the finding names {len(lines)} places, and {len(chosen)} of them match",
            chosen,
        )
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
        if len(chosen) + len([1 for place, node in done if on(place, node)]) != requested.count:
            return _refused(
                "count-differs",
                f"the finding speaks of {requested.count} places, and {len(chosen)} match",
                chosen,
            )
    if len(chosen) == 1:
        one = chosen[0]
        if (
            not requested.shows_old
            and not shown
            and one.score < _SURE
            and not _is_telling(requested)
        ):
            return _refused(
                "not-sure", "what stands there is not surely what the suggestion replaces", chosen
            )
        return chosen
    if (requested.count is not None or requested.every) and (
        requested.shows_old or _are_equal(chosen)
    ):
        return chosen
    if shown and _are_equal(shown):
        return chosen
    return _refused(
        "several-places",
        f"{len(chosen)} places match, and the finding does not say which it means",
        chosen,
    )


def _for_lines(places: Sequence[Place], requested: RequestedEdit) -> Refusal:
    done = [(place, node) for place in places for node in stands(place, requested)]
    nothing = _nothing(done, requested, places)
    if nothing.already:
        return nothing
    text = f"{_short(requested.new)} is for several lines, and which they are is not certain"
    return Refusal("several-lines", text, nothing.site)


def _nothing(
    done: Sequence[tuple[Place, Located]], requested: RequestedEdit, places: Sequence[Place]
) -> Refusal:
    shown = _short(requested.new)
    proof = _proof(done, requested, places)
    if proof is not None:
        place, node = proof
        return Refusal(
            "stands-already", f"{shown} stands there", site_of(place.source, node), already=True
        )
    what = (
        f"{_short(requested.old)} is not there"
        if requested.old
        else f"no code there is what {shown} could replace"
    )
    place = places[0]
    site = site_of(place.source, place.node) if isinstance(place.node, ast.stmt) else None
    return Refusal("not-there", what, site)


def _proof(
    done: Sequence[tuple[Place, Located]], requested: RequestedEdit, places: Sequence[Place]
) -> tuple[Place, Located] | None:
    """A place at which the new code stands, if that shows that somebody made the fix: in every
    file of the finding, and where the finding points to unless the old code is known and gone."""
    if _is_trivial(requested):
        return None
    here = [item for item in done if on(*item) or overlaps(item[1], requested.lines)]
    if requested.old is not None and (moved := here or [item for item in done if _is_near(*item)]):
        # The old code is gone, and the new one stands where the finding shows the old.
        return moved[0]
    pointing = requested.lines or any(place.evidence or place.reported for place in places)
    if pointing and not requested.shows_old:
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
                detail = f"{_short(text)} stands there, which the finding offers too"
                site = site_of(item.place.source, item.node)
                return Refusal("stands-already", detail, site, already=True)
    return None


def _is_done(
    done: Sequence[tuple[Place, Located]], places: Sequence[Place], requested: RequestedEdit
) -> bool:
    """Whether the new code stands where the finding points to, or anywhere if it points nowhere."""
    pointing = requested.lines or any(place.evidence or place.reported for place in places)
    if not pointing:
        return bool(done)
    return any(on(place, node) or overlaps(node, requested.lines) for place, node in done)


def _are_equal(found: Sequence[Found]) -> bool:
    """Whether the same is done to the same code everywhere, so that it matters not which."""

    def key(item: Found) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (step.kind, "" if step.kind == "argument" else ast.dump(step.node), step.text)
            for step in item.steps
        )

    return len({key(item) for item in found}) == 1


def _short(text: str | None) -> str:
    return f"`{shortened(text or '')}`"
