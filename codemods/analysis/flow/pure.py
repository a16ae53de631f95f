"""Expressions that do nothing but give a value."""

from __future__ import annotations

import ast

from codemods.tables import words

_PURE_CALLS = frozenset(
    words(
        "abs bool dict enumerate float frozenset int isinstance len list max min range repr round "
        "set sorted str sum tuple type zip"
    )
)
_PURE = (
    *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.BinOp, ast.UnaryOp),
    *(ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.JoinedStr),
    *(ast.FormattedValue, ast.Starred, ast.expr_context, ast.operator, ast.unaryop, ast.boolop),
    *(ast.cmpop, ast.Lambda, ast.arguments, ast.arg),
)


def is_pure(value: ast.expr) -> bool:
    """Whether leaving out the expression leaves out nothing but its value."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.func.id not in _PURE_CALLS:
                return False
        elif not isinstance(node, (*_PURE, ast.keyword)):
            return False
    return True
