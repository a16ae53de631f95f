"""Small questions to a concrete syntax tree, and rewriting one by a function.

:mod:`libcst.matchers` answers them too, and importing it takes as long as importing the rest of
libcst: every command would wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from codemods.syntax.lazy import cst

Concrete = TypeVar("Concrete", bound="cst.CSTNode")


def nodes_in(root: cst.CSTNode, kind: type[Concrete]) -> list[Concrete]:
    """The nodes of a kind that are ``root`` or below it, outer ones first."""
    found = [root] if isinstance(root, kind) else []
    for child in root.children:
        found += nodes_in(child, kind)
    return found


def code(node: cst.CSTNode) -> str:
    """The source text of a node."""
    return cst.Module(body=()).code_for_node(node)


def rewritten(node: Concrete, leave: Callable[[cst.CSTNode, cst.CSTNode], cst.CSTNode]) -> Concrete:
    """``node`` with everything below it as ``leave`` returns it, inner nodes first.

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
