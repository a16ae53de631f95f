"""How sure it is that a statement is the older version of another."""

from __future__ import annotations

import ast

from codemods.transforms.apply_suggestion.code import (
    alike,
    contains,
    has_wildcard,
    same,
)
from codemods.transforms.apply_suggestion.found import (
    LIKE,
)


def statement_likeness(node: ast.stmt, new: ast.AST) -> float:
    """How sure an older version of ``new`` stands there; a target or a called function that
    differs makes it another statement."""
    if isinstance(node, ast.Assign) and isinstance(new, ast.Assign):
        if len(node.targets) != len(new.targets) or not all(
            same(two, one) for one, two in zip(node.targets, new.targets, strict=True)
        ):
            return 0.0
        return _value_likeness(node.value, new.value)
    if isinstance(node, (ast.AnnAssign, ast.AugAssign)) and isinstance(new, type(node)):
        if not same(new.target, node.target):
            return 0.0
        return max(alike(node, new), LIKE)
    if isinstance(node, ast.Return) and isinstance(new, ast.Return):
        if node.value is None or new.value is None:
            return 0.0
        if loses(node.value, new.value):
            return 0.0
        if contains(new.value, node.value):
            return 0.5 + alike(node, new) / 2
        return alike(node, new)
    if isinstance(node, ast.Expr) and isinstance(new, ast.Expr):
        one, two = node.value, new.value
        if isinstance(one, ast.Call) and isinstance(two, ast.Call) and same(two.func, one.func):
            return 0.0 if loses(one, two) else alike(one, two)
        return 0.0
    if isinstance(node, ast.Raise) and isinstance(new, ast.Raise):
        return alike(node, new)
    return 0.0


def loses(old: ast.expr, new: ast.expr) -> bool:
    """Whether a call has more than its new version: what that leaves out would be lost."""
    if not isinstance(old, ast.Call) or not isinstance(new, ast.Call) or has_wildcard(new):
        return False
    if not same(new.func, old.func):
        return False
    kept = {item.arg for item in new.keywords}
    return len(new.args) < len(old.args) or bool({item.arg for item in old.keywords} - kept)


def _value_likeness(old: ast.expr, new: ast.expr) -> float:
    """How like two values of one target are; the target says half of it already."""
    if loses(old, new):
        return 0.0
    if contains(new, old):
        return 0.9
    likeness = alike(old, new)
    return 0.5 + likeness / 2 if likeness >= 0.3 else 0.0
