"""Who takes a lock by ``with``, and what is done with it otherwise."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from codemods.analysis.locks.reentry import OwnLock, is_lock
from codemods.analysis.locks.state import in_constructor
from codemods.syntax.dotted import last_name
from codemods.syntax.tree import Function


@dataclass(frozen=True, slots=True)
class OtherUse:
    """A use of a lock that is no plain ``with``, or none that could await."""

    reason: str
    detail: str
    node: ast.expr


def takings(lock: OwnLock) -> dict[ast.With, Function] | OtherUse:
    """Every ``with`` of the owner that takes the lock, with the function that runs it, or the first
    use that is no plain ``with``."""
    owner, tree = lock.owner, lock.owner.tree
    made = {tree.statement(node) for node in lock.made}
    found = {}
    for node in tree.within(owner.node, ast.Attribute, ast.Name):
        if lock.name != last_name(node):
            continue
        runs = tree.function(node)
        function = next((item for item in owner.functions() if item is runs), None)
        if tree.statement(node) in made or (
            function is not None and not is_lock(lock, function, node)
        ):
            continue
        item = tree.parent(node)
        block = tree.parent(item) if item is not None else None
        line = f"line {node.lineno}"
        if function is None:
            detail = f"{lock.shown} is used on {line}, where no coroutine can take it"
            return OtherUse("other-use", detail, node)
        if not isinstance(item, ast.withitem) or not isinstance(block, ast.With):
            detail = f"{line} uses {lock.shown} other than in a with statement"
            return OtherUse("other-use", detail, node)
        if len(block.items) > 1:
            detail = f"{line} takes {lock.shown} together with something else"
            return OtherUse("several-items", detail, node)
        if in_constructor(owner, function):
            detail = f"{function.name}() takes {lock.shown}, and a constructor cannot await"
            return OtherUse("constructor", detail, node)
        found[block] = function
    return found
