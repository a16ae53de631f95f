"""What to call an exception that a handler does not name yet."""

from __future__ import annotations

import ast
from collections import Counter

from codemods.syntax.names import free_name, named
from codemods.syntax.scopes import find_scope, scope_of, scope_table
from codemods.syntax.tree import Tree

_USUAL = ("e", "exc", "error", "err", "ex")


def exception_name(tree: Tree, at: ast.AST, wished: tuple[str, ...] = ()) -> str:
    """A name for the exception that is handled at ``at``: of ``wished``, else the usual one.

    A handler unbinds its name when it ends, so that a name which anything else than handlers
    beside this one binds or reads is not taken.
    """
    names = (item.name for item in tree.of(ast.ExceptHandler))
    usual = Counter(name for name in names if name is not None and name in _USUAL)
    ranked = [*wished, *(name for name, _ in usual.most_common()), *_USUAL]
    free = (name for name in dict.fromkeys(ranked) if _is_free(tree, at, name))
    return next(free, None) or free_name(tree, scope_of(tree, at), ranked[0])


def _is_free(tree: Tree, at: ast.AST, name: str) -> bool:
    scope = scope_of(tree, at)
    for node in scope_table(tree).binders(scope, name):
        if not isinstance(node, ast.ExceptHandler):
            return False
        if at in tree.ancestors(node) or node in tree.ancestors(at):
            return False
    if name in scope_table(tree).outer.get(scope, {}):
        return False
    if any(item.id == name for item in tree.within(at, ast.Name)):
        # It means something else there.
        return False
    return all(_leaves_free(tree, scope, item, name) for item in named(scope, name))


def _leaves_free(tree: Tree, scope: ast.AST, item: ast.Name, name: str) -> bool:
    """Whether a name that stands somewhere in a scope keeps its meaning if a handler beside it
    binds it too."""
    meant = find_scope(tree, name, item)
    if meant is not scope:
        # What it reads from further out would be local from then on.
        return meant is not None and scope in tree.ancestors(meant)
    return any(
        isinstance(ancestor, ast.ExceptHandler) and ancestor.name == name
        for ancestor in tree.ancestors(item)
    )
