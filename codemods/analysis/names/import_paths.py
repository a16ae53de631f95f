"""Under which module names files of a project import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.names.index import index_of
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.import_order import source_module
from codemods.syntax.imported import type_checking
from codemods.syntax.scopes import imported_name, scope_of

_MOST_MODULES = 400
"""Modules that are read to tell whether an import would come back to where it started."""


def module_for(project: Project, source: SourceFile, home: SourceFile) -> str | None:
    """The module name under which ``source`` would import from ``home``.

    As the file itself, or else its neighbours, import from that module already; else relative
    where the file imports so from its own package, else the shortest name that leads there.
    """
    place = place_of(home.path)
    folder = source.path.rpartition("/")[0]
    near = [other for other in project.python_paths if other.rpartition("/")[0] == folder]
    for path in [source.path, *(item for item in near if item != source.path)]:
        tree = readable(project.source(path))
        for statement in tree.of(ast.ImportFrom) if tree is not None else ():
            module = source_module(statement)
            if statement.module and place in places_named(project, project.source(path), module):
                return module
    tree = source.tree
    parts = place.split("/")
    relative = _relative(project, source.path, place)
    if relative is not None and any(item.level for item in tree.of(ast.ImportFrom)):
        return relative
    names = [".".join(parts[index:]) for index in range(len(parts) - 1, -1, -1)]
    own = [name for name in names if place in places_named(project, source, name)]
    roots = {
        (item.module or "").partition(".")[0] for item in tree.of(ast.ImportFrom) if not item.level
    }
    used = [name for name in own if name.partition(".")[0] in roots]
    return next(iter(used or own), relative)


def _relative(project: Project, path: str, place: str) -> str | None:
    """``.x`` or ``..y.x`` within one package."""
    modules = index_of(project).resolver.modules
    folder, level = path.rpartition("/")[0], 1
    while modules.is_package(folder):
        if place.startswith(f"{folder}/"):
            return "." * level + place[len(folder) + 1 :].replace("/", ".")
        folder, level = folder.rpartition("/")[0], level + 1
    return None


def imports(project: Project, start: SourceFile, target: str) -> bool:
    """Whether importing ``start`` imports the file ``target``, directly or through others."""
    seen = {start.path}
    queue = [start]
    while queue and len(seen) < _MOST_MODULES:
        source = queue.pop(0)
        for path in imported_files(project, source):
            if path == target:
                return True
            if path not in seen:
                seen.add(path)
                queue.append(project.source(path))
    return False


def imported_files(
    project: Project, source: SourceFile, *, everywhere: bool = False
) -> Iterator[str]:
    """The files that are imported when ``source`` is: not by its functions, not for types.

    With ``everywhere`` those too.
    """
    tree = readable(source)
    if tree is None:
        return
    modules = index_of(project).resolver.modules
    for alias in tree.of(ast.alias):
        if not everywhere and (
            scope_of(tree, alias) is not tree.module
            or any(type_checking(tree, item) for item in tree.ancestors(alias))
        ):
            continue
        statement = tree.parent(alias)
        names = [alias.name]
        if isinstance(statement, ast.ImportFrom):
            module = source_module(statement)
            names = [module, imported_name(tree, alias)]
        for name in names:
            for place in places_named(project, source, name):
                path = modules.file_at(place)
                if path is not None:
                    yield path


def places_named(project: Project, source: SourceFile, module: str) -> tuple[str, ...]:
    """The place of a module as ``source`` names it, relative or not; empty for a foreign one."""
    modules = index_of(project).resolver.modules
    name = module.lstrip(".")
    level = len(module) - len(name)
    place = (
        modules.relative(source.path, level, name or None)
        if level
        else modules.place(name, source.path)
    )
    return () if place is None else (place,)


def place_of(path: str) -> str:
    return path.rpartition(".")[0].removesuffix("/__init__")
