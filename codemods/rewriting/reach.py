"""By which expression a module or a name of it is reached at a place, and with which import."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from codemods.analysis.names.constants import defines, homes
from codemods.analysis.names.import_paths import imports, module_for, place_of, places_named
from codemods.codemod import AddImport
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_part
from codemods.syntax.imported import can_import, in_effect, local_name
from codemods.syntax.names import binding, binding_of, qualified_name
from codemods.syntax.scopes import bound_name, find_scope, scope_of, scope_table


@dataclass(frozen=True, slots=True)
class Reached:
    """An expression, and the import that it needs."""

    text: str
    imports: tuple[AddImport, ...] = ()


def reach(source: SourceFile, at: ast.AST, module: str, name: str | None = None) -> Reached | str:
    """How ``module`` or ``module.name`` can be written at ``at``, or why it cannot, in words.

    What the file imports already is used; a name that means something else there is reached
    through its module (``fastapi.Path`` where ``Path`` is :mod:`pathlib`'s).
    """
    tree = source.tree
    existing = local_name(tree, at, module, name)
    if existing is not None:
        return Reached(existing)
    why = can_import(tree, at, module, name)
    if why is None:
        return Reached(name or module, (AddImport(source.path, module, name),))
    if name is not None and can_import(tree, at, module) is None:
        return Reached(f"{module}.{name}", (AddImport(source.path, module),))
    return why


def reach_beside(
    project: Project, source: SourceFile, at: ast.Name, name: str, module: str = ""
) -> Reached | str:
    """How another constant, from the module of the one at ``at``, can be written there, or why it
    cannot, in words.

    Args:
        module: where the other one comes from, if that is known.
    """
    tree = source.tree
    old = qualified_name(tree, at)
    found = binding(tree, at)
    if old is None and found.scope_node is tree.module:
        if scope_table(tree).binders(tree.module, name):
            return Reached(name)
        if not module:
            return f"{name} is not defined in {source.path}, but {at.id} is"
    elif old is None and not module:
        return f"{at.id} is not imported, and no import for it could be determined"
    for home in dict.fromkeys((module, (old or "").rpartition(".")[0])):
        if home and defines(project, home, name):
            return reach(source, at, home, name)
    return f"{name} is not defined in the module that {at.id} comes from"


def spelled(
    project: Project, source: SourceFile, at: ast.AST, home: SourceFile, name: str
) -> tuple[str, tuple[AddImport, ...]] | str:
    """How ``name`` of ``home`` is written at ``at``, with the import that it needs.

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
        return f"how {source.path} could import {home.path} is unknown"
    obstacle = can_import(source.tree, at, module, name)
    if obstacle is not None:
        return f"{name} cannot be imported: {obstacle}"
    if imports(project, home, source.path):
        return f"{home.path} imports {source.path}, so the import would be circular"
    return name, (AddImport(source.path, module, name),)


def constant_at(
    project: Project, source: SourceFile, at: ast.AST, name: str
) -> tuple[str, tuple[AddImport, ...]] | str:
    """How a constant is written at ``at`` if only its name is known, and its imports: what the
    place knows by that name, otherwise the constant of the one file of the project that defines it;
    or why it cannot be written, in words."""
    if binding_of(source.tree, name, at).kind in ("module", "import", "local", "parameter"):
        return name, ()
    found = homes(project, name)
    if len(found) != 1:
        where = " and ".join(item.path for item in found)
        return f"{name} is {'defined in ' + where if where else 'not defined'}"
    return spelled(project, source, at, found[0], name)


def value_at(project: Project, source: SourceFile, at: ast.AST, value: str) -> Reached | str:
    """How a number, or a constant given by its name, is written at ``at``, or why it cannot be."""
    if value[0].isdigit():
        return Reached(value)
    found = constant_at(project, source, at, last_part(value))
    return found if isinstance(found, str) else Reached(*found)


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
