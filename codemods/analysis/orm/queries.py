"""What else is called on the query that a loader option belongs to."""

from __future__ import annotations

import ast

from codemods.syntax.dotted import last_name
from codemods.syntax.parts import keyword_value, targets_of
from codemods.syntax.tree import FUNCTIONS, Tree
from codemods.tables import WordTable

_SINGLE = (
    *("one", "one_or_none", "first", "scalar_one", "scalar_one_or_none", "scalar", "get"),
    *("get_one", "get_or_404", "first_or_404", "one_or_404"),
)
_LOCKS = WordTable("for_update lock locks locked locking")
_ROUNDS = 4
"""How often a query may be built on in a new variable."""


def locks_rows(tree: Tree, node: ast.AST) -> bool:
    """Whether the query is made with ``with_for_update``, or handed to a function that by its
    name locks rows."""
    return any(
        _LOCKS.found_in(last_name(call.func)) or keyword_value(call, "with_for_update") is not None
        for call in query_calls(tree, node)
    )


def loads_one_object(tree: Tree, node: ast.AST) -> bool:
    """Whether the query is made for one object: ``get``, ``one``, ``first``, ``limit(1)``."""
    for call in query_calls(tree, node):
        method = last_name(call.func)
        if method in _SINGLE and _is_of_query(call):
            return True
        limit = call.args[0] if method == "limit" and call.args else None
        if isinstance(limit, ast.Constant) and limit.value == 1:
            return True
    return False


def query_calls(tree: Tree, node: ast.AST) -> list[ast.Call]:
    """The calls of the expression around ``node``, and of those that go on with its variable."""
    root = whole_expression(tree, node)
    roots = [root]
    names = _bound(tree, root)
    function = next((item for item in tree.ancestors(node) if isinstance(item, FUNCTIONS)), None)
    scope: ast.AST = function or tree.module
    for _ in range(_ROUNDS):
        added = [
            other
            for name in tree.within(scope, ast.Name)
            if name.id in names
            and isinstance(name.ctx, ast.Load)
            and _goes_on(tree, name)
            and (other := whole_expression(tree, name)) not in roots
        ]
        if not added:
            break
        roots += list(dict.fromkeys(added))
        names |= {name for item in added for name in _bound(tree, item)}
    return [call for item in roots for call in tree.within(item, ast.Call)]


def whole_expression(tree: Tree, node: ast.AST) -> ast.AST:
    """The outermost expression around ``node`` in its statement."""
    ends = (ast.stmt, ast.Lambda, ast.ExceptHandler, ast.Module)
    return next((child for around, child in tree.steps(node) if isinstance(around, ends)), node)


def _bound(tree: Tree, root: ast.AST) -> set[str]:
    """The names that the statement gives the value of ``root``."""
    return {item.id for item in targets_of(tree.parent(root)) if isinstance(item, ast.Name)}


def _goes_on(tree: Tree, name: ast.Name) -> bool:
    """Whether the query in ``name`` is built on or run: ``query.filter()``, ``execute(query)``,
    ``options(*options)``."""
    parent = tree.parent(name)
    if isinstance(parent, ast.Attribute):
        return isinstance(tree.parent(parent), ast.Call)
    if isinstance(parent, ast.Starred):
        parent = tree.parent(parent)
    return isinstance(parent, (ast.Call, ast.keyword))


def _is_of_query(call: ast.Call) -> bool:
    """``session.get(User, 1, options=[…])`` loads one object; ``settings.get("limit")`` in the
    same statement says nothing of the query."""
    getting = last_name(call.func) in ("get", "get_one")
    return not getting or keyword_value(call, "options") is not None
