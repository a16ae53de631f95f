"""Which of several possible places a finding means, or why that cannot be told."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from codemods.codemod import Place, Refusal, site_of
from codemods.findings.model import LineRange
from codemods.transforms._suggestion_code import Kind, read, same
from codemods.transforms._suggestion_found import Found, Located, stands
from codemods.transforms._suggestion_prose import Wish
from codemods.transforms._suggestion_search import find_wish

_SHORT = 3
"""Lines that a place has at most, for a list of lines to be a list of places."""
_SURE = 0.7
"""How like an older version must be that neither evidence nor lines point to."""


def choose(
    places: Sequence[Place],
    wish: Wish,
    contexts: Sequence[str],
    alternatives: Sequence[str] = (),
) -> list[Found] | Refusal:
    """The places that a wish means, all of them to be changed; or the reason to leave it.

    Args:
        places: where the finding stands.
        wish: what it asks for.
        contexts: code that the finding shows; of equal nodes the one in such code is meant.
        alternatives: code that the finding offers in its stead; where it stands, that was chosen.

    Raises:
        NoStepsError: from :func:`find_wish`.
    """
    found = _distinct(item for place in places for item in find_wish(place, wish))
    done = [(place, node) for place in places for node in stands(place, wish)]
    found = _in_scopes(found, wish, places)
    if not found:
        return _nothing(done, wish, places)
    other = _offered(found, alternatives)
    if other is not None:
        return other
    if (
        not wish.shows_old
        and wish.count is None
        and not wish.every
        and _is_done(done, places, wish)
    ):
        return _nothing(done, wish, places)
    pointed = _pointed(found, wish, contexts)
    if wish.count is None and _elsewhere(found, done):
        # The place that the finding shows is done; what is left elsewhere is not its.
        return _nothing(done, wish, places)
    if wish.count is None and len(wish.lines) > 1:
        # "at lines 98-102 and 221-225": each of them is a place.
        wish = replace(wish, count=len(wish.lines))
    chosen = _best(pointed or found)
    listed = _listed(places, wish)
    if len(listed) > 1 and not wish.shows_old:
        by_line = _one_a_line(found, listed)
        if by_line is not None:
            return by_line
        if len(_distinct(pointed)) > len(chosen):
            return _refused(
                "count-differs",
                f"the finding names {len(listed)} places, and {len(chosen)} of them match",
                chosen,
            )
    if wish.count is not None and len(chosen) != wish.count:
        if len(found) == wish.count and (wish.shows_old or _are_equal(found)):
            return found
        if len(chosen) + len([1 for place, node in done if _on(place, node)]) != wish.count:
            return _refused(
                "count-differs",
                f"the finding speaks of {wish.count} places, and {len(chosen)} match",
                chosen,
            )
    if len(chosen) == 1:
        one = chosen[0]
        if not wish.shows_old and not pointed and one.score < _SURE and not _is_telling(wish):
            return _refused(
                "not-sure", "what stands there is not surely what the suggestion replaces", chosen
            )
        return chosen
    if (wish.count is not None or wish.every) and (wish.shows_old or _are_equal(chosen)):
        return chosen
    if pointed and _are_equal(pointed):
        return chosen
    return _refused(
        "several-places",
        f"{len(chosen)} places match, and the finding does not say which it means",
        chosen,
    )


def _elsewhere(found: Sequence[Found], done: Sequence[tuple[Place, Located]]) -> bool:
    """Whether the new code stands where the evidence (or else a line) points to, and the old code
    only elsewhere."""
    evident = any(_overlaps(node, place.evidence) for place, node in done)
    if evident:
        return not any(_overlaps(item.node, item.place.evidence) for item in found)
    return any(_on(*item) for item in done) and not any(
        _on(item.place, item.node) for item in found
    )


def _best(found: Sequence[Found]) -> list[Found]:
    best = max(item.score for item in found)
    return [item for item in found if item.score >= best - 1e-9]


def _listed(places: Sequence[Place], wish: Wish) -> list[tuple[str, LineRange]]:
    """The single lines that the report gives: each of them is a place."""
    lines = {
        (place.source.path, item)
        for place in places
        for item in (*place.reported, *wish.lines)
        if item.end - item.start < _SHORT
    }
    return sorted(lines)


def _one_a_line(
    found: Sequence[Found], listed: Sequence[tuple[str, LineRange]]
) -> list[Found] | None:
    """For every line that is listed the one that fits best; ``None`` where one has none."""
    chosen: list[Found] = []
    for path, lines in listed:
        on = [
            item
            for item in found
            if item.place.source.path == path and _overlaps(item.node, (lines,))
        ]
        if len(_best(on) if on else []) != 1:
            return None
        chosen += _best(on)
    return _distinct(chosen)


def _nothing(done: Sequence[tuple[Place, Located]], wish: Wish, places: Sequence[Place]) -> Refusal:
    shown = _short(wish.new)
    proof = _proof(done, wish, places)
    if proof is not None:
        place, node = proof
        return Refusal(
            "stands-already", f"{shown} stands there", site_of(place.source, node), already=True
        )
    what = f"{_short(wish.old)} is not there" if wish.old else f"nothing there is an older {shown}"
    place = places[0]
    site = site_of(place.source, place.node) if isinstance(place.node, ast.stmt) else None
    return Refusal("not-there", what, site)


def _proof(
    done: Sequence[tuple[Place, Located]], wish: Wish, places: Sequence[Place]
) -> tuple[Place, Located] | None:
    """A place at which the new code stands, if that shows that somebody made the fix: in every
    file of the finding, and where the finding points to unless the old code is known and gone."""
    if _is_trivial(wish):
        return None
    pointing = wish.lines or any(place.evidence or place.reported for place in places)
    if pointing and not wish.shows_old:
        done = [item for item in done if _on(*item) or _overlaps(item[1], wish.lines)]
    if {place.source.path for place in places} - {place.source.path for place, _ in done}:
        return None
    return done[0] if done else None


def _is_trivial(wish: Wish) -> bool:
    """Whether the new code says too little to be evidence that somebody made the fix."""
    new = read(wish.new)
    if new is None or new.kind is Kind.OPERATOR or len(new.text) < 4:
        return True
    return isinstance(new.nodes[0], ast.Name)


def _is_telling(wish: Wish) -> bool:
    """Whether the new code says by itself what it replaces: a keyword with another value, the
    same target, the same callee."""
    new = read(wish.new)
    return new is not None and new.kind in (Kind.KEYWORDS, Kind.STATEMENTS)


def _refused(reason: str, detail: str, found: Sequence[Found]) -> Refusal:
    first = found[0]
    return Refusal(reason, detail, site_of(first.place.source, first.node))


def _distinct(found: Iterable[Found]) -> list[Found]:
    """Each node once: places of a finding may lie in each other."""
    seen: set[tuple[str, int]] = set()
    kept = []
    for item in found:
        key = (item.place.source.path, id(item.node))
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


def _in_scopes(found: list[Found], wish: Wish, places: Sequence[Place]) -> list[Found]:
    """Those in a definition that the sentence names; all, where it names none of the file."""
    names = {part for scope in wish.scopes for part in scope.split("(")[0].split(".")}
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


def _offered(found: Sequence[Found], alternatives: Sequence[str]) -> Refusal | None:
    """Another choice of the finding stands where this one would go."""
    for text in alternatives:
        other = read(text)
        if other is None or other.kind is not Kind.EXPRESSION:
            continue
        for item in found:
            if any(same(other.expression, step.node) for step in item.steps):
                detail = f"{_short(text)} stands there, which the finding offers too"
                site = site_of(item.place.source, item.node)
                return Refusal("stands-already", detail, site, already=True)
    return None


def _is_done(done: Sequence[tuple[Place, Located]], places: Sequence[Place], wish: Wish) -> bool:
    """Whether the new code stands where the finding points to, or anywhere if it points nowhere."""
    pointing = wish.lines or any(place.evidence or place.reported for place in places)
    if not pointing:
        return bool(done)
    return any(_on(place, node) or _overlaps(node, wish.lines) for place, node in done)


def _pointed(found: list[Found], wish: Wish, contexts: Sequence[str]) -> list[Found]:
    """Those that the finding points to: by its sentence's lines, by code that it shows, by where
    its evidence stands, by its lines; the first of these that picks any decides."""
    if wish.lines:
        on = [item for item in found if _overlaps(item.node, wish.lines)]
        if on:
            return on
    # Who speaks of all of them shows one for an example.
    shown = [
        item for item in found if not wish.every and _in_context(item.place, item.node, contexts)
    ]
    pool = shown or found
    on = [item for item in pool if _overlaps(item.node, item.place.evidence)]
    if on:
        return on
    on = [item for item in pool if _overlaps(item.node, item.place.reported)]
    if on:
        return on
    return shown


def _on(place: Place, node: Located) -> bool:
    return _overlaps(node, place.evidence) or _overlaps(node, place.reported)


def _overlaps(node: Located, ranges: Sequence[LineRange]) -> bool:
    lines = LineRange(node.lineno, node.end_lineno or node.lineno)
    return any(item.overlaps(lines) for item in ranges)


def _in_context(place: Place, node: Located, contexts: Sequence[str]) -> bool:
    """Whether ``node`` is, or stands in, an expression or statement that the finding shows."""
    around = [node, *place.source.tree.ancestors(node)]
    for text in contexts:
        shown = read(text)
        if shown is None or shown.kind not in (Kind.EXPRESSION, Kind.STATEMENTS):
            continue
        for pattern in shown.nodes:
            if isinstance(pattern, ast.stmt) and not isinstance(
                pattern, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr, ast.Raise)
            ):
                continue
            if any(same(pattern, item) for item in around):
                return True
    return False


def _are_equal(found: Sequence[Found]) -> bool:
    """Whether the same is done to the same code everywhere, so that it matters not which."""

    def key(item: Found) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (step.kind, "" if step.kind == "argument" else ast.dump(step.node), step.text)
            for step in item.steps
        )

    return len({key(item) for item in found}) == 1


def _short(text: str | None) -> str:
    line = " ".join((text or "").split())
    return f"`{line if len(line) <= 60 else line[:57] + '...'}`"
