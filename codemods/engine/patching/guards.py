"""Whether a patch takes a question away: may whoever asks do this?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from codemods.engine.patching.power_names import GUARDS
from codemods.syntax.tree import DEFINITIONS, Tree

_WHOLE = ""
"""The name of what stands in no definition."""
_LEAVING = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def loses_a_guard(before: Tree, after: Tree) -> bool:
    """Whether a definition that stays, or the module itself, asks less often whether somebody may,
    or no longer leaves where the answer is no."""
    was, now = _guards(before), _guards(after)
    return any(count > now[name] for name, count in was.items() if name in now)


def _guards(tree: Tree) -> dict[str, int]:
    found = {_WHOLE: _asked(_outside(tree.module))}
    for node in tree.definitions():
        name = tree.qualified_name(node)
        found[name] = found.get(name, 0) + _asked(ast.walk(node))
    return found


def _outside(module: ast.Module) -> Iterator[ast.AST]:
    """The nodes of the module's own statements, such as ``app = FastAPI(dependencies=…)``."""
    for statement in module.body:
        if not isinstance(statement, DEFINITIONS):
            yield from ast.walk(statement)


def _asked(nodes: Iterable[ast.AST]) -> int:
    """How many names ask, and how many ``if`` that ask leave where the answer is no.

    ``is_admin and False`` asks nobody any more.
    """
    count = 0
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute):
            count += _names_a_guard(node)
        elif isinstance(node, ast.If):
            count += _leaves(node) and any(map(_names_a_guard, ast.walk(node.test)))
        elif isinstance(node, ast.BoolOp) and any(
            isinstance(item, ast.Constant) for item in node.values
        ):
            count -= any(map(_names_a_guard, ast.walk(node)))
    return count


def _names_a_guard(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        word = node.id
    elif isinstance(node, ast.Attribute):
        word = node.attr
    else:
        return False
    return any(part in word.lower() for part in GUARDS)


def _leaves(node: ast.If) -> bool:
    for statement in (*node.body, *node.orelse):
        if isinstance(statement, _LEAVING):
            return True
        # ``abort(403)`` raises.
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute):
            name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
            if name in ("abort", "exit", "fail", "redirect"):
                return True
    return False
