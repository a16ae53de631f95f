"""Statements that are to go, and nothing in their place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.codemod import Place, Refusal, overlaps, site_of
from codemods.demands.requested import RequestedEdit
from codemods.project.source import SourceFile
from codemods.syntax.segments import segment_of
from codemods.syntax.statements import block_of
from codemods.tables import shortened
from codemods.transforms.apply_suggestion.code import SIMPLE, names_in, parsed, read, same
from codemods.transforms.apply_suggestion.difference import Step
from codemods.transforms.apply_suggestion.found import Found
from codemods.transforms.apply_suggestion.placing import statements_of


def taken_away(text: str) -> tuple[str, ...] | None:
    """The simple statements of code that a diff takes away; ``None`` where there are others."""
    body = parsed(text, "exec")
    if body is None or not all(isinstance(item, SIMPLE) for item in body):
        return None
    return tuple(segment_of(text, item) for item in body)


def dropped(
    places: Sequence[Place], requested: RequestedEdit, *, beside: bool
) -> list[Found] | Refusal:
    """The statement that is to go, or why it stays.

    Args:
        places: where the finding stands.
        requested: with the statement as its new code.
        beside: whether the finding shows what stays around it: that it is gone is the fix then.
    """
    found = {id(node): (place, node) for place, node in _standing(places, requested)}
    pool = list(found.values())
    pointed = [
        item
        for item in pool
        if overlaps(item[1], requested.lines or (*item[0].evidence, *item[0].reported))
    ]
    shown = f"`{shortened(requested.new)}`"
    if not pool:
        first = places[0]
        site = site_of(first.source, first.node) if isinstance(first.node, ast.stmt) else None
        return Refusal("not-there", f"{shown} was not found", site, already=beside)
    chosen = pointed if len(pool) > 1 else pool
    if len(chosen) != 1:
        detail = (
            f"{shown} is in the code {len(pool)} times, and the finding does not say which one "
            "it means"
        )
        return Refusal("several-places", detail, site_of(pool[0][0].source, pool[0][1]))
    ((place, statement),) = chosen
    site = site_of(place.source, statement)
    if not stands_alone(place.source, statement):
        detail = f"{shown} shares its line with other code, or is the only statement in its block"
        return Refusal("not-alone", detail, site)
    around = place.source.tree.function(statement) or place.source.tree.module
    bound = set(names_in(statement, ast.Store))
    left = [name for name in names_in(around, ast.Load) if name in bound]
    if left:
        return Refusal("still-read", f"{left[0]} is still read", site)
    return [Found(place, statement, (Step("drop", statement),))]


def _standing(
    places: Sequence[Place], requested: RequestedEdit
) -> Iterator[tuple[Place, ast.stmt]]:
    wanted = read(requested.new)
    for place in places:
        for statement in statements_of(place):
            value = statement.value if isinstance(statement, ast.Expr) else statement
            if wanted is not None and any(same(wanted.nodes[0], it) for it in (statement, value)):
                yield place, statement


def stands_alone(source: SourceFile, statement: ast.stmt) -> bool:
    """Whether a statement stands alone on lines without a comment, and others in its block."""
    found = block_of(source.tree, statement)
    if found is None or len(found[0]) < 2:
        return False
    text = "\n".join(
        source.line_text(line).rstrip("\r\n")
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    )
    above = source.line_text(statement.lineno - 1).strip() if statement.lineno > 1 else ""
    return text.strip() == source.segment(statement) and not above.startswith("#")
