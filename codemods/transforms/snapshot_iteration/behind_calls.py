"""Loops whose body calls a method that takes elements out of what the loop goes over."""

from __future__ import annotations

import ast

from codemods.analysis.flow.loops import Iterated, change_at, leaves
from codemods.analysis.locks.reentry import called
from codemods.analysis.locks.state import Owner, receivers
from codemods.project.source import SourceFile
from codemods.syntax.names import names_bound
from codemods.syntax.parts import values_given
from codemods.syntax.statements import running_nodes
from codemods.syntax.tree import FUNCTIONS, Function, Tree

_TAKES_OUT = frozenset({"remove", "discard", "pop", "del"})


def taken_out_by(
    source: SourceFile, owner: Owner | None, name: str, item: Iterated
) -> tuple[ast.Call, bool] | None:
    """The call of an own method that takes elements out of the collection, in a loop that goes
    on, and whether it surely takes out the element that it is given.

    ``for s in self._subscribers: self.unsubscribe(s)``
    """
    tree, loop = source.tree, item.loop
    function = tree.function(item.whole)
    if owner is None or owner.source is not source or not isinstance(owner.node, ast.ClassDef):
        return None
    if not isinstance(loop, ast.For) or not isinstance(function, FUNCTIONS):
        return None
    visited = names_bound(loop.target)
    for node in (node for statement in loop.body for node in running_nodes(statement)):
        call = tree.call_of(node) if isinstance(node, ast.Attribute) else None
        if not isinstance(node, ast.Attribute) or call is None or leaves(tree, node, loop):
            continue
        for method in called(source, function, node):
            sure = _takes_out(tree, owner, method, name)
            if sure is not None:
                given = {getattr(part, "id", None) for part in values_given(call)}
                return call, sure and not visited.isdisjoint(given)
    return None


def _takes_out(tree: Tree, owner: Owner, method: Function, name: str) -> bool | None:
    """Whether a method surely takes an element out, ``None`` where it takes out nothing."""
    found: bool | None = None
    for node in tree.within(method, ast.Attribute):
        if node.attr != name or getattr(node.value, "id", None) not in receivers(owner, method):
            continue
        change = change_at(tree, node)
        if change is not None and change.method in _TAKES_OUT:
            found = found or not _in_branch(tree, method, node)
    return found


def _in_branch(tree: Tree, method: Function, node: ast.AST) -> bool:
    for ancestor in tree.ancestors(node):
        if ancestor is method:
            return False
        if isinstance(ancestor, (ast.If, ast.IfExp, ast.BoolOp, ast.ExceptHandler, ast.For)):
            return True
    return False
