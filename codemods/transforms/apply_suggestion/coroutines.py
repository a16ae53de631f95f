"""Calls of new code whose coroutine nobody would await."""

from __future__ import annotations

import ast
import importlib
import inspect

from codemods.analysis.names.index import index_of
from codemods.codemod import Place
from codemods.project.project import Project
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.apply_suggestion.difference import Step

_FOREIGN = ("aiofiles.", "aiohttp.", "anyio.", "asyncio.", "trio.")
"""Packages of which a function is taken for a coroutine, unless it is known better."""


def unawaited(project: Project, place: Place, step: Step) -> str | None:
    """Which call of the new code makes a coroutine that is neither awaited nor handed on.

    A suggestion names `asyncio.sleep(1)` and means the ``await`` with it, or does not know that
    what it calls is a coroutine: both are for a codemod that changes the colour of functions.
    """
    if step.new is None:
        return None
    renamed = _renamed(place, step)
    if renamed is not None and _makes_coroutine(project, renamed):
        return f"{ast.unparse(renamed)}() has to be awaited, and the suggestion does not"
    parents = {
        id(child): node for node in ast.walk(step.new) for child in ast.iter_child_nodes(node)
    }
    for call in ast.walk(step.new):
        if not isinstance(call, ast.Call):
            continue
        parent = parents.get(id(call))
        if parent is None:
            # The new code is this call: what is around the old code is around it too.
            parent = place.source.tree.parent(step.node) if step.kind == "replace" else None
            if step.kind == "argument":
                continue
        if isinstance(parent, (ast.Await, ast.Call, ast.keyword, ast.Starred)):
            continue
        if _makes_coroutine(project, call.func):
            return f"{ast.unparse(call.func)}() has to be awaited, and the suggestion does not"
    return None


def _renamed(place: Place, step: Step) -> ast.expr | None:
    """The function of an old call of which the step changes the name or a part of it, where
    nothing awaits the call."""
    if step.kind != "replace" or not isinstance(step.new, ast.expr):
        return None
    tree = place.source.tree
    node: ast.AST = step.node
    function = step.new
    parent = tree.parent(node)
    while isinstance(parent, ast.Attribute):
        function = ast.Attribute(function, parent.attr, ast.Load())
        node, parent = parent, tree.parent(parent)
    if not isinstance(parent, ast.Call) or parent.func is not node:
        return None
    around = tree.parent(parent)
    return None if isinstance(around, (ast.Await, ast.Call, ast.keyword)) else function


def _makes_coroutine(project: Project, function: ast.expr) -> bool:
    text = ast.unparse(function)
    name = last_part(text)
    if text.startswith("asyncio."):
        # Imported only here: it takes long, and few suggestions speak of it.
        known = getattr(importlib.import_module("asyncio"), name, None)
        return inspect.iscoroutinefunction(known) or name == "gather"
    if text.startswith(_FOREIGN):
        return name[:1].islower()
    if not name.isidentifier():
        return False
    found = [
        ref.node for ref in index_of(project).definitions(name) if isinstance(ref.node, FUNCTIONS)
    ]
    return bool(found) and all(isinstance(node, ast.AsyncFunctionDef) for node in found)
