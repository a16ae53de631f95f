"""Small questions to a concrete syntax tree.

:mod:`libcst.matchers` answers them too, and importing it takes as long as importing the rest of
libcst: every command would wait for it.
"""

from __future__ import annotations

from typing import TypeVar

from codemods.syntax.lazy import cst

Concrete = TypeVar("Concrete", bound="cst.CSTNode")


def nodes_in(root: cst.CSTNode, kind: type[Concrete]) -> list[Concrete]:
    """The nodes of a kind that are ``root`` or below it, outer ones before what is in them."""
    found = [root] if isinstance(root, kind) else []
    for child in root.children:
        found += nodes_in(child, kind)
    return found


def code(node: cst.CSTNode) -> str:
    """The source text of a node."""
    return cst.Module(body=()).code_for_node(node)
