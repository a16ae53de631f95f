"""A fence that is the code of the evidence with lines more: where the lines go.

Statements that stand there already, or that have an older version, are anchors; what stands
between two of them in the fence goes between them in the code, if they are neighbours of one
block. A value that is to be made first ("Convert to mono first: `mono = f(audio[:n])`") goes above
the statement of the evidence that uses it today, and its name goes in the place of the value.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import groupby

from codemods.codemod import Place, Refusal, overlaps, site_of
from codemods.demands.requested import RequestedEdit
from codemods.syntax.names import binding_of
from codemods.syntax.statements import block_of
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.apply_suggestion.adding import is_addable
from codemods.transforms.apply_suggestion.choice import on
from codemods.transforms.apply_suggestion.code import expressions, leaves, read, same
from codemods.transforms.apply_suggestion.difference import Step
from codemods.transforms.apply_suggestion.found import Found, stands
from codemods.transforms.apply_suggestion.placing import (
    above_comments,
    stands_beside,
    statements_in,
    unplaceable,
)

Result = list[Found] | Refusal
Anchor = tuple[Place, ast.stmt]


def align(
    places: Sequence[Place],
    requested_edits: Sequence[RequestedEdit],
    results: Sequence[Result],
    adds: bool,
) -> list[Found] | Refusal | None:
    """Where the statements of a fence go that neither stand there nor have an older version.

    Args:
        places: where the finding stands.
        requested_edits: the statements of one fence, in order.
        results: what became of each so far.
        adds: whether the sentence above says that something is to be added.

    Returns:
        The insertions, the reason why they cannot be placed, or ``None`` where no statement of
        the fence is an anchor.
    """
    anchors = [_anchor(places, *pair) for pair in zip(requested_edits, results, strict=True)]
    if not any(anchors):
        return None
    evident = [item for item in anchors if item is not None and on(*item)]
    if not evident:
        # A line that happens to be there is no sign that the fence is meant for this place.
        return None
    made: list[Found] = []
    index = 0
    for is_new, group in groupby(anchors, key=lambda anchor: anchor is None):
        start, index = index, index + len(list(group))
        if not is_new:
            continue
        before = anchors[start - 1] if start else None
        behind = anchors[index] if index < len(anchors) else None
        run = _run(requested_edits[start:index], before, behind, adds)
        if isinstance(run, Refusal):
            return run
        made.append(run)
    return made


def _anchor(places: Sequence[Place], requested: RequestedEdit, result: Result) -> Anchor | None:
    if isinstance(result, list):
        if len(result) != 1:
            return None
        place, node = result[0].place, result[0].node
        if isinstance(node, ast.excepthandler):
            return None
        return place, place.source.tree.statement(node)
    found = {
        id(node): (place, node)
        for place in places
        for node in stands(place, requested)
        if isinstance(node, ast.stmt)
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _run(
    requested_edits: Sequence[RequestedEdit],
    before: Anchor | None,
    behind: Anchor | None,
    adds: bool,
) -> Found | Refusal:
    """One run of new statements between its neighbours in the fence."""
    anchor = before or behind
    assert anchor is not None
    place, node = anchor
    site = site_of(place.source, node)
    snippets = [read(requested.new) for requested in requested_edits]
    nodes: list[ast.stmt] = []
    for snippet in snippets:
        if snippet is None or not is_addable(snippet):
            return Refusal("not-there", "the code to insert is not a plain statement", site)
        nodes += statements_in(snippet)
    where = "after" if before is not None else "before"
    found = block_of(place.source.tree, node)
    if found is None:
        return Refusal(
            "no-anchor",
            "the place is not a statement in a block, so nothing can go beside it",
            site,
        )
    block, index = found
    beyond = index + 1 if where == "after" else index - 1
    other = block[beyond] if 0 <= beyond < len(block) else None
    if before is not None and behind is not None:
        if other is not behind[1]:
            text = "the lines around the new code in the suggestion are not adjacent in the file"
            return Refusal("no-anchor", text, site)
    elif other is not None and overlaps(other, place.evidence) and not adds:
        text = (
            "the suggestion leaves out a line of the evidence and does not say whether to delete it"
        )
        return Refusal("not-sure", text, site_of(place.source, other))
    if stands_beside(place.source.tree, node, where, nodes):
        return Refusal("stands-already", "the code already has the new lines", site, already=True)
    problem = unplaceable(place, node, where)
    if problem is not None and before is not None and behind is not None:
        where, node = "before", behind[1]
        problem = unplaceable(place, node, where)
    if problem is not None:
        return Refusal("no-anchor", problem, site)
    side, node = above_comments(place, where, node)
    text = "\n".join(snippet.text for snippet in snippets if snippet is not None)
    return Found(place, node, (Step(side, node, text, ast.Module(nodes, [])),))


def made_first(places: Sequence[Place], requested: RequestedEdit) -> list[Found] | Refusal | None:
    """The insertion and the use of what it makes; ``None`` where it is none of this kind.

    Of the new value's parts the largest that stands once in the evidence is what the new name is
    for.
    """
    new = read(requested.new)
    if new is None or len(new.nodes) != 1 or not requested.ahead:
        return None
    statement = new.nodes[0]
    if not isinstance(statement, ast.Assign) or len(places) != 1:
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
            text = f"{target.id} matches more than one expression in the code"
            return Refusal("several-places", text, site_of(place.source, found[0]))
        if found:
            return _above(place, found[0], target, new.text, statement)
    return None


def _above(
    place: Place, used: ast.expr, target: ast.Name, text: str, statement: ast.stmt
) -> list[Found] | Refusal | None:
    anchor = place.source.tree.statement(used)
    if hasattr(anchor, "body"):
        # A block's header may be run more than once, or not where the block is.
        return None
    problem = unplaceable(place, anchor, "before")
    if problem is not None:
        return Refusal("no-anchor", problem, site_of(place.source, anchor))
    where, beside = above_comments(place, "before", anchor)
    name = ast.Name(target.id, ast.Load())
    made = Step(where, beside, text, ast.Module([statement], []))
    return [Found(place, anchor, (made, Step("replace", used, target.id, name)))]
