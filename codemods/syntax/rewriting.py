"""Rewriting all nodes below one, by a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from codemods.syntax.lazy import cst

Root = TypeVar("Root", bound="cst.CSTNode")


def rewritten(node: Root, leave: Callable[[cst.CSTNode, cst.CSTNode], cst.CSTNode]) -> Root:
    """``node`` with everything below it as ``leave`` gives it, the inner nodes first.

    Args:
        node: any node, in whose place one of the same kind comes.
        leave: gets each node as it was and with what was made of its children, and gives what
            stands there; for most the second argument.
    """

    class Visitor(cst.CSTTransformer):
        # Not ``leave_Call`` and the like: one function has all of it before it.
        def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> cst.CSTNodeT:
            return cast("cst.CSTNodeT", leave(original_node, updated_node))

    made = node.visit(Visitor())
    if not isinstance(made, type(node)):
        raise TypeError(f"a {type(node).__name__} became a {type(made).__name__}")
    return made
