"""``with contextlib.suppress(Exception):`` as a ``try`` that logs what it drops."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.codemod import (
    Change,
    DropImport,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    Unit,
    itself,
    overlaps,
    site_of,
)
from codemods.rewriting.log_options import LOGGERS
from codemods.syntax.handlers import BROAD
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import root_name
from codemods.syntax.tree import Tree
from codemods.transforms.log_swallowed_exception.edit import TryInstead
from codemods.transforms.log_swallowed_exception.logging import Writer
from codemods.transforms.log_swallowed_exception.plan import SwallowedPlan
from codemods.transforms.log_swallowed_exception.text import FailingBlock


def suppressions(scope: Scope, plan: SwallowedPlan) -> Iterator[Change | Refusal]:
    """The statements of a finding's places that drop every exception so."""
    found = [(place, block) for place, blocks in scope.once(_meant, itself) for block in blocks]
    if len(found) > 1 and scope.hints.count != len(found):
        for place, block in found:
            detail = (
                f"{len(found)} statements suppress every exception, and the finding does "
                "not say which it means"
            )
            yield Refusal("several", detail, site_of(place.source, block))
        return
    for place, block in found:
        yield _verdict(scope, plan, place, block, plan.template if len(found) == 1 else "")


def _meant(place: Place) -> list[ast.With]:
    tree = place.source.tree
    blocks = [item for item in tree.within(place.node, ast.With) if _drops(tree, item)]
    if isinstance(place.node, ast.Module):
        # Nothing but a line or the evidence ties one of a whole file to the finding.
        ranges = (*place.evidence, *place.reported)
        blocks = [item for item in blocks if overlaps(item, ranges)]
    return place.focus(blocks)


def _drops(tree: Tree, block: ast.With) -> bool:
    """Whether a statement is a ``suppress()`` of everything, and nothing else."""
    match block.items:
        case [ast.withitem(context_expr=ast.Call(func=function, args=[type_]))]:
            known = ast.unparse(type_) in BROAD
            return known and qualified_name(tree, function) == "contextlib.suppress"
    return False


def _verdict(
    scope: Scope, plan: SwallowedPlan, place: Place, block: ast.With, template: str
) -> Change | Refusal:
    source = place.source
    writer = Writer(scope.project, source, tuple(LOGGERS.of(scope.options)))
    failing = FailingBlock(block, block.body, block.body[0])
    logged = writer.write(failing, plan.level, template)
    if isinstance(logged, Refusal):
        return logged
    call = block.items[0].context_expr
    assert isinstance(call, ast.Call)
    head = f"except {ast.unparse(call.args[0])}"
    if logged.name is not None:
        head += f" as {logged.name}"
    edits = (
        Operation(source.path, source.span(block), TryInstead(head, logged.code), Unit.STATEMENT),
        *logged.edits,
        DropImport(source.path, root_name(call.func)),
    )
    what = f"the exception is logged with {logged.callee}() instead of silently suppressed"
    return Change(site_of(source, block), what, edits, Safety.SAFE)
