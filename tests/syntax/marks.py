"""Finding a node in a snippet by the name ``HERE``."""

from __future__ import annotations

import ast
import textwrap

from codemods.syntax.tree import Tree


def marked(text: str, mark: str = "HERE") -> tuple[Tree, ast.Name]:
    """The tree of a snippet, and the one name in it that is ``mark``."""
    tree = Tree(ast.parse(textwrap.dedent(text)))
    (node,) = [item for item in tree.of(ast.Name) if item.id == mark]
    return tree, node
