"""What one function calls that blocks, on the straight way through it.

What stands in a branch, a handler or behind an ``and`` is not followed, nor what the function
remembers once it has it; and only what waits for something outside of the process.
"""

from __future__ import annotations

import ast
from functools import cache

from codemods.analysis.blocking.table import Kind, Row, Weight, row, rows
from codemods.analysis.names.index import index_of
from codemods.analysis.names.resolver import is_generator
from codemods.analysis.names.values import DefinitionRef, Foreign, decorator_names, runs_elsewhere
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.statements import blocks_around
from codemods.syntax.tree import Tree, walk

DEPTH = 6
"""How many calls deep a way may be."""
_CACHES = frozenset(
    {"cache", "lru_cache", "cached", "cachedmethod", "cached_property", "memoize", "memoized"}
)
_BUFFERS = ("io.BytesIO", "io.StringIO")
_FOLLOWED = frozenset({*Kind} - {Kind.LOCK, Kind.CONSOLE, Kind.CPU})


def running(
    project: Project, source: SourceFile, tree: Tree, call: ast.Call
) -> DefinitionRef | None:
    """The plain function that makes a call whenever it is called itself."""
    function = tree.function(call)
    if (
        not isinstance(function, ast.FunctionDef)
        or not _is_straight(tree, function, call)
        or is_generator(function)
        or _is_remembered(tree, function, call)
    ):
        return None
    ref = index_of(project).resolver.reference(source, function)
    return None if runs_elsewhere(ref) else ref


def followed_row(project: Project, source: SourceFile, call: ast.Call) -> Row | None:
    """The table's row for a call, if it is one that is followed."""
    resolver = index_of(project).resolver
    values = resolver.evaluate(call.func, resolver.context(source, call)) or ()
    if len(values) != 1 or not isinstance(values[0], Foreign) or values[0].instance:
        return None
    known = row(values[0].name)
    if known is None or not is_followed(known):
        return None
    if b"BytesIO" in source.data or b"StringIO" in source.data:
        given = (*call.args, *(item.value for item in call.keywords))
        if any(index_of(project).type_of(source, item) in _BUFFERS for item in given):
            return None
    function = source.tree.function(call)
    if known.name.startswith("socket.") and function is not None:
        # ``s.setblocking(False)``: it does not wait.
        calls = (item.func for item in walk(function) if isinstance(item, ast.Call))
        if any(last_name(item) in ("setblocking", "settimeout") for item in calls):
            return None
    return known


def is_followed(item: Row) -> bool:
    """Whether a function that calls it counts as one that blocks."""
    return not item.lazy and item.weight is not Weight.CHEAP and item.kind in _FOLLOWED


def _is_straight(tree: Tree, function: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether ``call`` runs whenever ``function`` does, but for what leaves it before."""
    child: ast.AST = call
    for ancestor in tree.ancestors(call):
        if ancestor is function:
            return True
        match ancestor:
            case ast.If(test=part) | ast.While(test=part) | ast.IfExp(test=part):
                if child is not part:
                    return False
            case ast.BoolOp(values=[first, *_]):
                if child is not first:
                    return False
            case ast.ExceptHandler() | ast.Match() | ast.Assert() | ast.Raise():
                return False
            case ast.Try() | ast.TryStar() if child in ancestor.orelse:
                return False
            case _:
                pass
        child = ancestor
    return False


def _is_remembered(tree: Tree, function: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether a function gives what it has, and makes ``call`` only when it has nothing yet."""
    if not _CACHES.isdisjoint(decorator_names(function)):
        return True
    return any(
        _gives_what_is_there(statement)
        for block, index in blocks_around(tree, call)
        for statement in block[:index]
    )


def _gives_what_is_there(statement: ast.stmt) -> bool:
    """``if key in known: return known[key]``, ``if self._x is not None: return self._x``."""
    if not isinstance(statement, ast.If):
        return False
    last = statement.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return False
    given = ast.unparse(last.value)
    parts = statement.test.values if isinstance(statement.test, ast.BoolOp) else [statement.test]
    for part in parts:
        match part:
            case ast.Compare(ops=[ast.In()], comparators=[known]):
                if given.startswith((f"{ast.unparse(known)}[", f"{ast.unparse(known)}.get(")):
                    return True
            case ast.Compare(left=found, ops=[ast.IsNot()]) | (
                (ast.Name() | ast.Attribute() | ast.NamedExpr()) as found
            ):
                if ast.unparse(getattr(found, "target", found)) == given:
                    return True
            case _:
                pass
    return False


@cache
def last_names() -> frozenset[str]:
    """The last parts of all names of the table."""
    return frozenset(last_part(name) for name in rows())
