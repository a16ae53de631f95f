"""A value that is to be made first: "Convert to mono first: `mono = f(audio[:n])`".

The new statement goes above the one of the evidence that uses the value today, and its name goes
in the place of the value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from codemods.codemod import Place, Refusal, overlaps, site_of
from codemods.syntax.names import binding_of
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.apply_suggestion.code import SnippetKind, expressions, leaves, read, same
from codemods.transforms.apply_suggestion.difference import Step
from codemods.transforms.apply_suggestion.found import Found
from codemods.transforms.apply_suggestion.placing import above_comments, unplaceable
from codemods.transforms.apply_suggestion.prose import RequestedEdit

_FIRST = re.compile(r"\b(?:first|beforehand|up front|before)\b", re.IGNORECASE)


def made_first(places: Sequence[Place], requested: RequestedEdit) -> list[Found] | Refusal | None:
    """The insertion and the use of what it makes; ``None`` where it is none of this kind.

    Of the new value's parts the largest that stands once in the evidence is what the new name is
    for.
    """
    new = read(requested.new)
    if (
        new is None
        or new.kind is not SnippetKind.STATEMENTS
        or not _FIRST.search(requested.sentence)
    ):
        return None
    statement = new.nodes[0]
    if len(new.nodes) != 1 or not isinstance(statement, ast.Assign) or len(places) != 1:
        return None
    target, place = statement.targets[0], places[0]
    if not isinstance(target, ast.Name) or not isinstance(place.node, FUNCTIONS):
        return None
    if binding_of(place.source.tree, target.id, place.node.body[0]).kind != "unknown":
        return None
    used = [
        node
        for node in expressions(place.node)
        if overlaps(node, place.evidence) and not isinstance(node, (ast.Name, ast.Constant))
    ]
    parts = sorted(
        expressions(statement.value), key=lambda part: sum(leaves(part).values()), reverse=True
    )
    for part in parts:
        if isinstance(part, (ast.Name, ast.Constant)):
            continue
        found = [node for node in used if same(part, node)]
        if len(found) > 1:
            site = site_of(place.source, found[0])
            return Refusal(
                "several-places", f"what {target.id} is for stands there more than once", site
            )
        if found:
            return _above(place, found[0], target, new.text, statement)
    return None


def _above(
    place: Place, used: ast.expr, target: ast.Name, text: str, statement: ast.stmt
) -> list[Found] | Refusal | None:
    anchor = place.source.tree.statement(used)
    problem = unplaceable(place, anchor, "before")
    if hasattr(anchor, "body"):
        # A block's header may be run more than once, or not where the block is.
        return None
    if problem is not None:
        return Refusal("no-anchor", problem, site_of(place.source, anchor))
    where, beside = above_comments(place, "before", anchor)
    name = ast.Name(target.id, ast.Load())
    made = Step(where, beside, text, ast.Module([statement], []))
    return [Found(place, anchor, (made, Step("replace", used, target.id, name)))]
