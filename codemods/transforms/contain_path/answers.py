"""What becomes of a path that is refused at a place: an answer, a handler, or nobody takes it."""

from __future__ import annotations

import ast

from codemods.analysis.exceptions.http import HttpExceptions
from codemods.analysis.web.parameters import route_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.reach import Reached, reach
from codemods.syntax.dotted import last_name
from codemods.syntax.handlers import covering, is_broad, type_names
from codemods.syntax.tree import Function, Tree

_FRAMEWORKS = frozenset(("fastapi", "starlette"))


def is_handler(source: SourceFile, function: Function) -> bool:
    """Whether ``function`` answers requests of FastAPI or Starlette."""
    if framework_of(source) is None or route_of(function) is None:
        return False
    methods = [
        last_name(item.func) for item in function.decorator_list if isinstance(item, ast.Call)
    ]
    # A websocket has no status to be answered with.
    return not any(method.startswith("websocket") for method in methods)


def framework_of(source: SourceFile) -> str | None:
    """``fastapi`` or ``starlette``, by the file's imports."""
    found = set()
    for alias in source.tree.of(ast.alias):
        statement = source.tree.parent(alias)
        module = statement.module if isinstance(statement, ast.ImportFrom) else alias.name
        found.update({(module or "").partition(".")[0]} & _FRAMEWORKS)
    return min(found, default=None)


def http_exception(source: SourceFile, at: ast.AST) -> Reached | str:
    """``HTTPException`` as it is reached at ``at``, else why it cannot be, in words."""
    module = "fastapi" if framework_of(source) == "fastapi" else "starlette.exceptions"
    return reach(source, at, module, "HTTPException")


def swallowing(project: Project, source: SourceFile, node: ast.AST) -> ast.ExceptHandler | None:
    """The innermost handler of the function that would not let an ``HTTPException`` from
    ``node`` out."""
    exceptions = HttpExceptions(project)
    for block in covering(source.tree, node):
        for handler in block.handlers:
            if exceptions.catches(source, handler):
                if not exceptions.passes_on(source, handler):
                    return handler
                break
    return None


def ending(tree: Tree, node: ast.AST, name: str) -> ast.ExceptHandler | None:
    """The handler in which an exception called ``name`` from ``node`` ends, without another."""
    for block in covering(tree, node):
        for handler in block.handlers:
            if is_broad(handler) or name in type_names(handler):
                raises = any(
                    isinstance(item, ast.Raise) for part in handler.body for item in ast.walk(part)
                )
                return None if raises else handler
    return None


def skips_in_loop(tree: Tree, function: Function, node: ast.AST) -> ast.stmt | None:
    """The loop around ``node`` that goes on with the next item where something is wrong with one:
    an answer would end it for all."""
    child = node
    for ancestor in tree.ancestors(node):
        if isinstance(ancestor, (ast.For, ast.AsyncFor, ast.While)) and child in ancestor.body:
            goes_on = any(
                isinstance(item, ast.Continue) for part in ancestor.body for item in ast.walk(part)
            )
            return ancestor if goes_on else None
        if ancestor is function:
            break
        child = ancestor
    return None
