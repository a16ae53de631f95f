"""Which functions are taken to a thread by name."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from codemods.analysis.names.index import index_of
from codemods.project.project import Project
from codemods.syntax.dotted import last_name
from codemods.syntax.tree import Function

_RUNNERS = ("to_thread", "run_in_executor", "submit", "Thread", "Timer", "map", "start_new_thread")


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
                if word in _RUNNERS and any(item.node is function for item in refs):
                    where = f"{mention.source.path}:{node.lineno}"
                    return f"{function.name}() runs in a thread ({where})"
    return None
