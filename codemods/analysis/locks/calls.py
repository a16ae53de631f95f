"""The calls that matter to a lock: slow ones, own methods, and those that run others' code."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codemods.analysis.blocking.paths import blocking_path
from codemods.analysis.colour.checks import PROPERTIES
from codemods.analysis.locks.sections import SUSPENDING
from codemods.analysis.locks.state import Access, Owner, in_constructor, receivers, touching
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import decorator_names
from codemods.project.project import Project
from codemods.syntax.tree import FUNCTIONS, Function, walk
from codemods.tables import WordTable

NOTIFYING = WordTable(
    "notify notifies callback callbacks broadcast emit dispatch fire publish trigger listener "
    "listeners observer observers hook hooks subscriber subscribers"
)
"""Words of the names of functions that run others' code."""


def notifying(statement: ast.stmt) -> ast.Call | None:
    """The call, if the statement does nothing but tell others."""
    if not isinstance(statement, ast.Expr):
        return None
    call = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        return call if NOTIFYING.found_in(call.func.attr) else None
    return None


def runs_others(owner: Owner, node: ast.AST, function: Function) -> bool:
    """Whether a node calls code that somebody handed over: by a name that says so, a parameter, or
    an attribute that is set to a parameter."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) if NOTIFYING.found_in(name):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _parameters(function) - {*receivers(owner, function)}
        case ast.Call(func=ast.Attribute(attr=name, value=ast.Name(id=receiver))):
            if receiver not in receivers(owner, function):
                return False
            return any(_is_handed_over(owner, item) for item in owner.tree.attributes[name])
    return False


def _is_handed_over(owner: Owner, node: ast.Attribute) -> bool:
    """Whether an attribute is set to a parameter there: ``self._on_change = on_change``."""
    statement = owner.tree.statement(node)
    function = owner.tree.function(node)
    return (
        isinstance(node.ctx, ast.Store)
        and isinstance(statement, (ast.Assign, ast.AnnAssign))
        and isinstance(statement.value, ast.Name)
        and isinstance(function, FUNCTIONS)
        and statement.value.id in _parameters(function)
    )


def _parameters(function: Function) -> set[str]:
    given = function.args
    found = (*given.posonlyargs, *given.args, *given.kwonlyargs)
    return {item.arg for item in found}


def is_slow(project: Project, owner: Owner, node: ast.AST) -> bool:
    """Whether a node is an await, or a call of something that is known to block or is no trifle."""
    if isinstance(node, SUSPENDING):
        return True
    if not isinstance(node, ast.Call):
        return False
    if blocking_path(project, owner.source, node) is not None:
        return True
    return bool(index_of(project).definition_of(owner.source, node.func))


def indirect_writes(owner: Owner, found: Sequence[Access]) -> list[Access]:
    """The calls of the owner's methods that write the state, by themselves or through others."""
    writers: dict[str, str] = {}
    for item in found:
        if item.writes and owner.tree.parent(item.function) is owner.node:
            writers.setdefault(item.function.name, item.name)
    if not isinstance(owner.node, ast.ClassDef):
        return []
    calls = [
        (node, function)
        for function in owner.functions()
        if not in_constructor(owner, function)
        for node, _ in touching(owner, function)
        if isinstance(node, ast.Attribute) and owner.tree.call_of(node) is not None
    ]
    grown = True
    while grown:
        grown = False
        for node, function in calls:
            if node.attr in writers:
                grown = grown or function.name not in writers
                writers.setdefault(function.name, writers[node.attr])
    return [
        Access(node, writers[node.attr], True, function, indirect=True)
        for node, function in calls
        if node.attr in writers
    ]


def own_calls(owner: Owner, nodes: Sequence[ast.AST], function: Function) -> set[str]:
    """The owner's functions that some nodes call; properties count where they are read."""
    names = receivers(owner, function)
    tree = owner.tree
    found = set()
    for item in nodes:
        called = tree.call_of(item) is not None
        if isinstance(item, ast.Name) and not names and called:
            found.add(item.id)
        elif (
            isinstance(item, ast.Attribute)
            and getattr(item.value, "id", None) in names
            and (called or item.attr in _properties(owner))
        ):
            found.add(item.attr)
    return found


def reached(owner: Owner, nodes: Sequence[ast.AST], function: Function) -> set[str]:
    """The owner's functions that some nodes call, by themselves or through others of them."""
    bodies = {item.name: item for item in owner.functions()}
    found: set[str] = set()
    queue = sorted(own_calls(owner, nodes, function))
    while queue:
        name = queue.pop()
        if name not in found and name in bodies:
            found.add(name)
            queue += sorted(own_calls(owner, list(walk(bodies[name])), bodies[name]))
    return found


def _properties(owner: Owner) -> set[str]:
    return {
        item.name
        for item in owner.functions()
        if any(name in PROPERTIES for name in decorator_names(item))
    }
