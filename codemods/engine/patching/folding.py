"""What an expression of constants is worth: ``"sys" + "tem"``, ``0o700 | 0o077``, ``not True``.

Whoever hides a value writes it in pieces, or gives it a name first.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

Constants = Mapping[str, object]
"""The values of names that a file gives one."""


class Unknown:
    """The value of what is more than constants."""


UNKNOWN = Unknown()
_DEEP = 40
"""How many operators are followed; a longer chain is nothing that is looked for."""


def constants_of(module: ast.Module) -> dict[str, object]:
    """The last value of each name that is given constants, anywhere in the file."""
    found: dict[str, object] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            targets = [node.target]
        else:
            continue
        assert node.value is not None
        known = folded(node.value, {})
        if isinstance(known, Unknown):
            continue
        found.update((item.id, known) for item in targets if isinstance(item, ast.Name))
    return found


def folded(node: ast.expr, names: Constants, deep: int = 0) -> object:
    """The value of an expression of constants; :data:`UNKNOWN` for any other."""
    if deep > _DEEP:
        return UNKNOWN
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return names.get(node.id, UNKNOWN)
    if isinstance(node, ast.UnaryOp):
        value = folded(node.operand, names, deep + 1)
        return not value if isinstance(node.op, ast.Not) and value is not UNKNOWN else UNKNOWN
    if isinstance(node, ast.BinOp):
        left = folded(node.left, names, deep + 1)
        return _joined(left, node.op, folded(node.right, names, deep + 1))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _called(node.func.id, [folded(item, names, deep + 1) for item in node.args])
    return UNKNOWN


def _joined(left: object, operator: ast.operator, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str) and isinstance(operator, ast.Add):
        return left + right
    if isinstance(left, int) and isinstance(right, int):
        if isinstance(operator, ast.BitOr):
            return left | right
        if isinstance(operator, ast.Add):
            return left + right
        if isinstance(operator, ast.BitAnd):
            return left & right
    return UNKNOWN


def _called(name: str, values: list[object]) -> object:
    if name == "bool" and len(values) == 1 and values[0] is not UNKNOWN:
        return bool(values[0])
    if name == "int" and len(values) == 2 and isinstance(values[0], str):
        try:
            return int(values[0], values[1]) if isinstance(values[1], int) else UNKNOWN
        except ValueError:
            return UNKNOWN
    return UNKNOWN


def beginning(node: ast.expr, names: Constants) -> str:
    """The constant text that a text begins with: ``http://`` of ``f"http://{host}"``."""
    while isinstance(node, ast.BinOp | ast.JoinedStr):
        known = folded(node, names)
        if isinstance(known, str):
            return known
        if isinstance(node, ast.BinOp):
            node = node.left
        elif node.values:
            node = node.values[0]
        else:
            return ""
    known = folded(node, names)
    return known if isinstance(known, str) else ""
