"""Rewriting all nodes below one, by a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codemods.syntax.lazy import cst


def rewritten(node: cst.CSTNode, leave: Callable[[Any, Any], Any]) -> Any:
    """``node`` with everything below it as ``leave`` gives it, the inner nodes first.

    Args:
        node: any node.
        leave: gets each node as it was and with what was made of its children, and gives what
            stands there; for most the second argument.
    """

    class Visitor(cst.CSTTransformer):
        # Not ``leave_Call`` and the like: one function has all of it before it.
        def on_leave(self, original_node: Any, updated_node: Any) -> Any:
            return leave(original_node, updated_node)

    return node.visit(Visitor())
