"""Code that runs with a debug setting only."""

from __future__ import annotations

import ast
import re

from codemods.syntax.dotted import last_name
from codemods.syntax.tree import FUNCTIONS, Tree, walk

_DEBUG = re.compile(
    r"debug|development|dev_?mode|\bis_dev|verbose|expose|stack_?trace|show_(?:err|trace|exc)|testing",
    re.IGNORECASE,
)


def asks_for_debug(test: ast.expr) -> bool:
    """Whether a condition is a debug setting."""
    return any(
        _DEBUG.search(item.value)
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
        else _DEBUG.search(last_name(item))
        for item in walk(test)
    )


def debug_guard(tree: Tree, node: ast.AST) -> ast.If | None:
    """The ``if`` around ``node``, in its function, whose condition is a debug setting."""
    for ancestor in tree.ancestors(node):
        if isinstance(ancestor, ast.If) and asks_for_debug(ancestor.test):
            return ancestor
        if isinstance(ancestor, FUNCTIONS):
            return None
    return None
