"""Functions of a project that log a text: ``info("…")`` instead of ``logger.info("…")``."""

from __future__ import annotations

import ast

from codemods.analysis.logs.levels import METHODS
from codemods.analysis.names.index import index_of
from codemods.codemod import AddImport, Edit
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.imports import can_import
from codemods.syntax.parts import positional_of


def log_function(
    project: Project, source: SourceFile, at: ast.AST, level: str
) -> tuple[str, tuple[Edit, ...]] | None:
    """The function that logs a text at a level, and the import that it needs at ``at``.

    It is taken from the module of the project from where the file imports one for another level,
    or that one. ``None`` where there is none, or none that a text is enough for.
    """
    tree = source.tree
    for statement in tree.of(ast.ImportFrom):
        given = [item.name for item in statement.names if item.name in METHODS and not item.asname]
        if not given or tree.parent(statement) is not tree.module:
            continue
        called = next((item for item in tree.names[given[0]] if tree.call_of(item)), None)
        refs = index_of(project).definition_of(source, called) if called is not None else ()
        if len(refs) != 1 or not _takes_text(refs[0].source.tree.module, level):
            continue
        module = "." * statement.level + (statement.module or "")
        if level in given:
            return level, ()
        if can_import(tree, at, module, level) is None:
            return level, (AddImport(source.path, module, level),)
    return None


def _takes_text(module: ast.Module, level: str) -> bool:
    """Whether a module has a function of that name that a text is enough for."""
    for function in module.body:
        if isinstance(function, ast.FunctionDef) and function.name == level:
            places = positional_of(function.args)
            needed = len(places) - len(function.args.defaults)
            keywords = [item for item in function.args.kw_defaults if item is None]
            return bool(places) and needed <= 1 and not keywords
    return False
