"""How a name of another file is written at a place, and with which import."""

from __future__ import annotations

import ast

from codemods.analysis.names.import_paths import imports, module_for, place_of, places_named
from codemods.codemod import AddImport
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.imported import can_import, in_effect
from codemods.syntax.scopes import bound_name, find_scope, scope_of


def spelled(
    project: Project, source: SourceFile, at: ast.AST, home: SourceFile, name: str
) -> tuple[str, tuple[AddImport, ...]] | str:
    """How ``name`` of ``home`` is written where ``at`` stands, with the import that it needs.

    Returns:
        The expression and the imports, or why there is no way to it, in words.
    """
    place = place_of(home.path)
    if home.path == source.path:
        return name, ()
    known = _known(project, source, at, place, name)
    if known is not None:
        return known, ()
    module = module_for(project, source, home)
    if module is None:
        return f"nothing says how {source.path} would import {home.path}"
    obstacle = can_import(source.tree, at, module, name)
    if obstacle is not None:
        return f"{name} cannot be imported: {obstacle}"
    if imports(project, home, source.path):
        return f"{home.path} imports {source.path}: the import would be circular"
    return name, (AddImport(source.path, module, name),)


def _known(project: Project, source: SourceFile, at: ast.AST, place: str, name: str) -> str | None:
    """The expression that means the constant by an import that is in effect already."""
    tree = source.tree
    for alias in tree.of(ast.alias):
        bound = bound_name(alias)
        if find_scope(tree, bound, at) is not scope_of(tree, alias):
            continue
        if not in_effect(tree, alias, at):
            continue
        statement = tree.parent(alias)
        if isinstance(statement, ast.Import):
            if place in places_named(project, source, alias.name):
                return f"{alias.asname or alias.name}.{name}"
        elif isinstance(statement, ast.ImportFrom):
            module = "." * statement.level + (statement.module or "")
            if alias.name == name and place in places_named(project, source, module):
                return bound
            dot = "" if module.endswith(".") else "."
            if place in places_named(project, source, f"{module}{dot}{alias.name}"):
                return f"{bound}.{name}"
    return None
