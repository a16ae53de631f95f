"""Definitions that nearly go by a name of the report, or that it says in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz

from codemods.engine.locating.location_hints import LocationHints
from codemods.engine.locating.mentions import in_words, words
from codemods.engine.locating.outline import Container, Outline
from codemods.syntax.tree import Definition, Function

SIBLING_SCORE, SIBLING_MARGIN = 60, 10
"""For a name in a list with names that exist, the likeness it needs and its lead, of 100."""


def alike(hints: LocationHints, outline: Outline) -> tuple[list[Container], str]:
    """Definitions that nearly go by the names of the finding, where there is no doubt; and how
    that was found, in words."""
    for sentence in (*hints.lists, *((item,) for item in hints.named)):
        exact = [item for item in sentence if outline.resolve(item)]
        missing = [
            item.name
            for item in sentence
            if item.marked and item not in exact and item.owner is None and "_" in item.name
        ]
        if not missing:
            continue
        taken = [node for item in exact for node in outline.resolve(item)]
        if not taken:
            # A name that stands in the code is a callee or a variable, and no misspelling.
            missing = [name for name in missing if not outline.holds(outline.module, [name])]
        found = nearly_called(missing, outline, taken, hints.code_names)
        # One of a list that was deleted leaves its likeness to a sister: all must be found,
        # and one of them by its very words.
        sure = any(sorted(words(i)) == sorted(words(n.name)) for i, n in found.items())
        if sure and len(found) == len(missing):
            pairs = ", ".join(f"{name} is {outline.name(node)}" for name, node in found.items())
            return [*found.values()], f"by its name ({pairs})"
    called = said_in_words(in_words(hints.title), outline)
    if len(called) == 1:
        return [*called], f"the title says {outline.name(called[0])} in words, which is"
    return [], ""


def said_in_words(text: str, outline: Outline) -> list[Function]:
    """Functions whose whole name is said in words: ``batch metadata update``.

    Args:
        text: a title or a note; order does not count, two words at least must agree.
        outline: the file.
    """
    said = set(words(text))
    found = [
        node
        for node in outline.functions()
        if len(parts := set(words(node.name)) - {"get", "on", "handle", "the"}) >= 2
        and parts <= said
    ]
    longest = max((len(words(node.name)) for node in found), default=0)
    return [node for node in found if len(words(node.name)) == longest]


def nearly_called(
    names: list[str], outline: Outline, taken: list[Definition], said: frozenset[str]
) -> dict[str, Function]:
    """Functions that go by nearly these names, where there is no doubt which.

    Args:
        names: as the report writes them; none of them is defined in the file.
        outline: the file.
        taken: definitions that other names of the same list mean already: what is alike is
            looked for beside them (same parent, both async or both not). Where there are none,
            only the order of the words may differ: ``get_playlist`` is no other spelling of
            ``get_playlists``.
        said: every name of the finding; what it calls rightly elsewhere, it means there.
    """
    parents = {outline.tree.parent(node) for node in taken}
    kinds = {type(node) for node in taken}
    free = [
        node
        for node in outline.functions()
        if node not in taken
        and node.name not in said
        and (not taken or (outline.tree.parent(node) in parents and type(node) in kinds))
    ]
    found: dict[str, Function] = {}
    # The surest first: what it takes no longer competes for the others.
    while True:
        left = [node for node in free if node not in found.values()]
        pairs = [
            (score, name, node)
            for name in names
            if name not in found and (pair := _nearest(name, left)) is not None
            for score, node in (pair,)
            if score >= (SIBLING_SCORE if taken else 100)
        ]
        if not pairs:
            return found
        _, name, node = max(pairs, key=lambda item: item[0])
        found[name] = node


def _nearest(name: str, among: Iterable[Function]) -> tuple[float, Function] | None:
    """The function that is most like a name, if it leads by enough, with its likeness."""
    ranked = sorted(
        ((_likeness(name, node.name), node) for node in among if not _is_special(name, node.name)),
        key=lambda pair: -pair[0],
    )
    if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < SIBLING_MARGIN):
        return None
    return ranked[0]


def _is_special(said: str, name: str) -> bool:
    """Whether one name is the other and something more: ``update_cover_path`` is no spelling of
    ``update_cover`` but its sister."""
    one, other = set(words(said)) - {"get"}, set(words(name)) - {"get"}
    return one < other or other < one


def _likeness(said: str, name: str) -> float:
    """0 to 100: how alike two names are, the order of their words aside."""
    return float(fuzz.token_sort_ratio(" ".join(words(said)), " ".join(words(name))))
