"""The edits of a :class:`~codemods.analysis.colour.plan.ColourPlan`, for any codemod that has one.

A codemod puts :func:`colour_operations` into its change, and has :data:`PUBLIC` among its options.
"""

from __future__ import annotations

from dataclasses import dataclass

from codemods.analysis.colour.plan import ColourPlan
from codemods.codemod import Edited, Node, Operation, Option, Unit
from codemods.syntax.lazy import cst

PUBLIC: Option[list[str]] = Option(
    "public", [], "dotted names, as patterns, that other code calls: they never become async"
)


@dataclass(frozen=True, slots=True)
class Async:
    """A ``def`` or a ``with`` becomes ``async``."""

    def edit(self, node: Node) -> Edited:
        """The statement."""
        if not isinstance(node, (cst.FunctionDef, cst.With)):
            return None
        space = cst.SimpleWhitespace(" ")
        return node.with_changes(asynchronous=cst.Asynchronous(whitespace_after=space))


@dataclass(frozen=True, slots=True)
class Awaited:
    """A call is awaited."""

    parenthesised: bool

    def edit(self, node: Node) -> Edited:
        """The call behind its ``await``."""
        if not isinstance(node, cst.BaseExpression):
            return None
        return awaited(node, parenthesised=self.parenthesised)


def colour_operations(plan: ColourPlan) -> tuple[Operation, ...]:
    """One operation for each ``def`` that becomes ``async def`` and each call that is awaited."""
    definitions = [
        Operation(item.path, item.source.span(item.node), Async(), Unit.STATEMENT)
        for item in plan.definitions
    ]
    calls = [
        Operation(item.source.path, item.source.span(item.node), Awaited(item.parenthesised))
        for item in plan.calls
    ]
    return (*definitions, *calls)


def awaited(node: cst.BaseExpression, *, parenthesised: bool) -> cst.Await:
    """``await node``; the node's own parentheses go around it all, so that lines may break."""
    lpar, rpar = list(node.lpar), list(node.rpar)
    if parenthesised and not lpar:
        lpar, rpar = [cst.LeftParen()], [cst.RightParen()]
    bare = node.with_changes(lpar=[], rpar=[])
    return cst.Await(bare, lpar=lpar, rpar=rpar, whitespace_after_await=cst.SimpleWhitespace(" "))
