"""Code after a guard that ordinary calls never pass."""

from __future__ import annotations

import ast
import re

from codemods.syntax.statements import blocks_around, leaves
from codemods.syntax.tree import Function, Tree, walk
from codemods.tables import WordTable

_SWITCH = re.compile(
    r"(?:^|[._\"'])(?:debug\w*|chaos|crash\w*|dry_?run|fail(?:ure)?_?(?:at|on|rate|inject\w*)|"
    r"faults?|inject\w*|mock\w*|profil(?:e|ing)\w*|simulat\w*|slow_?mode|testing|test_mode|"
    r"is_test|throttle\w*|trace_?enabled)(?:$|[._\"'(])",
    re.IGNORECASE,
)
"""Names of what is switched on to look for faults."""
_ENVIRONMENT = WordTable("os_environ getenv")


def is_behind_switch(tree: Tree, function: Function, call: ast.Call) -> bool:
    """Whether ordinary calls of ``function`` return before they make ``call``.

    A guard in front of it returns nothing, and asks for a switch, or for what the function itself
    sets behind it (it runs once), or no way that returns passes the call at all.
    """
    guards = [
        statement
        for block, index in blocks_around(tree, call)
        for statement in block[:index]
        if isinstance(statement, ast.If) and _returns_nothing(statement)
    ]
    if not guards:
        return False
    if any(_asks_for_switch(item.test) or _is_done_once(function, item) for item in guards):
        return True
    return _always_raises(tree, call)


def _returns_nothing(statement: ast.If) -> bool:
    last = statement.body[-1]
    return isinstance(last, ast.Return) and (
        last.value is None or (isinstance(last.value, ast.Constant) and last.value.value is None)
    )


def _asks_for_switch(test: ast.expr) -> bool:
    text = ast.unparse(test)
    return _SWITCH.search(text) is not None or _ENVIRONMENT.found_in(text)


def _is_done_once(function: Function, guard: ast.If) -> bool:
    """``if self._ready: return``, and ``self._ready = True`` behind it."""
    match guard.test:
        case ast.Compare(left=state, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            pass
        case ast.Name() | ast.Attribute() as state:
            pass
        case _:
            return False
    text = ast.unparse(state)
    return any(
        isinstance(node, (ast.Name, ast.Attribute))
        and isinstance(node.ctx, ast.Store)
        and node.lineno > guard.lineno
        and ast.unparse(node) == text
        for node in walk(function)
    )


def _always_raises(tree: Tree, call: ast.Call) -> bool:
    """Whether what stands behind ``call`` ends in a ``raise``."""
    return any(
        leaves(block[index:]) and isinstance(block[-1], ast.Raise)
        for block, index in blocks_around(tree, call)
    )
