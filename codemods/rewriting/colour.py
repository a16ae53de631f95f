"""The edits of a :class:`~codemods.analysis.colour.plan.ColourPlan`, for any codemod that has one.

A codemod puts :func:`colour_operations` into its change, and hands every operation whose kind is
in :data:`COLOUR_KINDS` to :func:`edit_colour`.
"""

from __future__ import annotations

from typing import Any

from codemods.analysis.colour.plan import ColourPlan
from codemods.codemod import Operation, Refusal, Unit
from codemods.syntax.lazy import cst

COLOUR_DEF = "colour-def"
COLOUR_AWAIT = "colour-await"
COLOUR_KINDS = frozenset({COLOUR_DEF, COLOUR_AWAIT})


def colour_operations(plan: ColourPlan) -> tuple[Operation, ...]:
    """One operation for each ``def`` that becomes ``async def`` and each call that is awaited."""
    definitions = [
        Operation(item.path, item.source.span(item.node), COLOUR_DEF, Unit.STATEMENT)
        for item in plan.definitions
    ]
    calls = [
        Operation(
            item.source.path,
            item.source.span(item.node),
            COLOUR_AWAIT,
            Unit.EXPRESSION,
            payload=item.parenthesised,
        )
        for item in plan.calls
    ]
    return (*definitions, *calls)


def edit_colour(operation: Operation, node: Any) -> cst.CSTNode | Refusal:
    """Carry out one of :func:`colour_operations`."""
    if operation.kind == COLOUR_DEF and isinstance(node, cst.FunctionDef):
        return node.with_changes(
            asynchronous=cst.Asynchronous(whitespace_after=cst.SimpleWhitespace(" "))
        )
    if operation.kind == COLOUR_AWAIT and isinstance(node, cst.BaseExpression):
        return awaited(node, parenthesised=bool(operation.payload))
    return Refusal("fragment", "the function or call is not there in the concrete syntax")


def awaited(node: cst.BaseExpression, *, parenthesised: bool) -> cst.Await:
    """``await node``; the node's own parentheses go around it all, so that lines may break."""
    lpar, rpar = list(node.lpar), list(node.rpar)
    if parenthesised and not lpar:
        lpar, rpar = [cst.LeftParen()], [cst.RightParen()]
    bare = node.with_changes(lpar=[], rpar=[])
    return cst.Await(bare, lpar=lpar, rpar=rpar, whitespace_after_await=cst.SimpleWhitespace(" "))
