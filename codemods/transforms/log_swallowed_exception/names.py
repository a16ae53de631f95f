"""What an exception may be called in a handler without hiding anything."""

from __future__ import annotations

import ast
from collections import Counter

from codemods.syntax.names import free_name
from codemods.syntax.scopes import find_scope, scope_of, scope_table
from codemods.syntax.tree import Tree

_USUAL = ("e", "exc", "error", "err", "ex")


def exception_name(tree: Tree, at: ast.AST, wished: tuple[str, ...]) -> str:
    """A name for the exception that is handled at ``at``: of ``wished``, else the usual one.

    A handler unbinds its name when it ends, so that a name which anything else than handlers
    beside this one binds or reads is not taken.
    """
    usual = Counter(
        item.name
        for item in tree.of(ast.ExceptHandler)
        if item.name is not None and item.name in _USUAL
    )
    ranked = [*wished, *(name for name, _ in usual.most_common()), *_USUAL]
    for name in dict.fromkeys(ranked):
        if _is_free(tree, at, name):
            return name
    return free_name(tree, scope_of(tree, at), ranked[0])


def _is_free(tree: Tree, at: ast.AST, name: str) -> bool:
    scope = scope_of(tree, at)
    for node in scope_table(tree).binders(scope, name):
        if not isinstance(node, ast.ExceptHandler):
            return False
        if at in tree.ancestors(node) or node in tree.ancestors(at):
            return False
    if name in scope_table(tree).outer.get(scope, {}):
        return False
    for item in tree.within(at, ast.Name):
        if item.id == name:
            # It means something else there.
            return False
    return all(
        any(
            isinstance(ancestor, ast.ExceptHandler) and ancestor.name == name
            for ancestor in tree.ancestors(item)
        )
        for item in tree.within(scope, ast.Name)
        if item.id == name and find_scope(tree, name, item) is scope
    )
