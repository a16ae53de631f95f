"""What runs in a thread already: what is given to ``to_thread`` and its like."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from codemods.analysis.names.index import index_of
from codemods.project.project import Project
from codemods.syntax.dotted import last_name
from codemods.syntax.tree import Function, Tree
from codemods.tables import words

RUNNERS = words(
    "to_thread run_in_executor run_in_threadpool run_sync async_add_executor_job add_executor_job "
    "submit"
)
"""Functions that run what they are given in a thread."""
_TAKING = ("to_thread", "run_in_executor", "submit", "Thread", "Timer", "map", "start_new_thread")
"""Calls that take a function of the project to a thread, or may."""


def runs_in_thread(tree: Tree, node: ast.AST) -> str | None:
    """The call that gives the function or lambda around ``node`` to a thread."""
    around = tree.function(node)
    if isinstance(around, ast.Lambda):
        parent = tree.parent(around)
        if isinstance(parent, ast.Call) and around in given(parent):
            return ".".join(parts(parent.func))
    if not isinstance(around, ast.FunctionDef):
        return None
    outer = tree.function(around)
    for call in tree.within(outer, ast.Call) if outer is not None else ():
        for item in given(call):
            # The helper, or ``functools.partial(helper, …)``.
            taken = item.args[0] if isinstance(item, ast.Call) and item.args else item
            if isinstance(taken, ast.Name) and taken.id == around.name:
                return ".".join(parts(call.func))
    return None


def subject(node: ast.With | ast.Call) -> str:
    """The name of what is called, or given to a thread; blocks that open files are all alike."""
    if isinstance(node, ast.With):
        return "open"
    handed = given(node)
    chain = parts(handed[0] if handed else node.func)
    return chain[-1] if chain else ""


def given(call: ast.Call) -> list[ast.expr]:
    """What ``call`` runs in a thread, if it is a call that does."""
    chain = parts(call.func)
    if not chain or chain[-1] not in RUNNERS:
        return []
    items = call.args[1:2] if chain[-1] == "run_in_executor" else call.args[:1]
    return list(items)


def parts(node: ast.expr) -> tuple[str, ...]:
    """The names at the end of a chain: ``("tracks", "get")`` of ``repos().tracks.get``."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        names.append(node.id)
    return tuple(reversed(names))


def runs_in_threads(project: Project, functions: Iterable[Function]) -> str | None:
    """Who takes one of the functions to a thread, in words."""
    for function in functions:
        for mention in index_of(project).references(function.name):
            node = mention.node
            if not isinstance(node, ast.Attribute | ast.Name):
                continue
            parent = mention.source.tree.parent(node)
            if isinstance(parent, ast.keyword):
                parent = mention.source.tree.parent(parent)
            if isinstance(parent, ast.Call) and parent.func is not node:
                word = last_name(parent.func)
                refs = index_of(project).definition_of(mention.source, node)
                if word in _TAKING and any(item.node is function for item in refs):
                    where = f"{mention.source.path}:{node.lineno}"
                    return f"{function.name}() runs in a thread ({where})"
    return None
