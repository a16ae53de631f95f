"""What is taken out of shared state into a variable, and changed through that."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codemods.analysis.locks.state import Access, Owner
from codemods.analysis.names.bindings import own_nodes
from codemods.syntax.names import binding_of
from codemods.syntax.parts import targets_of
from codemods.syntax.suspension import MUTATORS
from codemods.syntax.tree import Function

_TAKING = ("get", "setdefault")
"""Methods that hand out an element and leave it where it is."""


def changed_through(owner: Owner, function: Function, found: Sequence[Access]) -> list[Access]:
    """Changes of elements of the state, made through variables, as accesses of the state.

    After ``task = self.tasks[key]``, ``task.owner = me`` changes what others see as much as
    ``self.tasks[key].owner = me`` does.

    Args:
        owner: of the state.
        function: in which they are made.
        found: its accesses of the state.
    """
    taken = _taken(owner, function, found)
    changed: list[Access] = []
    for node in own_nodes(function):
        word: ast.expr | None = None
        match node:
            case ast.Attribute(value=value, ctx=ast.Store() | ast.Del()):
                word = value
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                word = value
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in MUTATORS:
                word = value
        if isinstance(word, ast.Name) and word.id in taken:
            changed.append(Access(word, taken[word.id], True, function))
    return sorted(changed, key=lambda item: item.position)


def _taken(owner: Owner, function: Function, found: Sequence[Access]) -> dict[str, str]:
    """The variables that hold an element and nothing else, with the state that it is of."""
    mine = (access for access in found if access.function is function)
    states: dict[ast.expr, str] = {access.node: access.name for access in mine}
    by_name: dict[str, str] = {}
    makers: dict[str, int] = {}
    for node in own_nodes(function):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        state = states.get(_source(node.value))
        if state is None:
            continue
        for target in targets_of(node):
            if isinstance(target, ast.Name):
                by_name[target.id] = state
                makers[target.id] = makers.get(target.id, 0) + 1
    return {
        name: state
        for name, state in by_name.items()
        if len(binding_of(owner.tree, name, function.body[0]).nodes) == makers[name]
    }


def _source(value: ast.expr) -> ast.expr:
    """What an element is taken out of."""
    match value:
        case ast.Subscript(value=source):
            return source
        case ast.Call(func=ast.Attribute(value=source, attr=name)) if name in _TAKING:
            return source
    return value
