"""Constants of a project: where one is defined, and how another file would come by it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.codemod import AddImport
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.imported import can_import, in_effect, type_checking
from codemods.syntax.scopes import bound_name, find_scope, scope_of
from codemods.syntax.tree import Tree

_MOST_MODULES = 400
"""Modules that are read to tell whether an import would come back to where it started."""


def definition_in(tree: Tree, name: str) -> ast.Assign | ast.AnnAssign | None:
    """The one statement at the top of a module that gives ``name`` its value."""
    found: list[ast.Assign | ast.AnnAssign] = []
    for statement in tree.module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                found.append(statement)
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr()) if target == name:
                found.append(statement)
    return found[0] if len(found) == 1 else None


def homes(project: Project, name: str) -> list[SourceFile]:
    """The files that define ``name`` at their top, tests left out."""
    start = re.compile(rb"^" + re.escape(name.encode()) + rb"[ \t]*[:=]", re.MULTILINE)
    found = []
    for source in project.containing(name.encode()):
        if not start.search(source.data) or is_test(source.path):
            continue
        tree = readable(source)
        if tree is not None and definition_in(tree, name) is not None:
            found.append(source)
    return found


def is_test(path: str) -> bool:
    """Whether a file belongs to the tests, by its name or a folder's."""
    parts = path.split("/")
    return parts[-1].startswith(("test_", "conftest")) or any(
        part in ("test", "tests") for part in parts[:-1]
    )


def readable(source: SourceFile) -> Tree | None:
    """The tree of a file, ``None`` where it cannot be parsed."""
    try:
        return source.tree
    except SourceError:
        # Nobody asked about this file: what it holds is not known, and decides nothing.
        return None


def spelled(
    project: Project, source: SourceFile, at: ast.AST, home: SourceFile, name: str
) -> tuple[str, tuple[AddImport, ...]] | str:
    """How ``name`` of ``home`` is written where ``at`` stands, with the import that it needs.

    Returns:
        The expression and the imports, or why there is no way to it, in words.
    """
    place = _place(home.path)
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
            if place in _places(project, source, alias.name):
                return f"{alias.asname or alias.name}.{name}"
        elif isinstance(statement, ast.ImportFrom):
            module = "." * statement.level + (statement.module or "")
            if alias.name == name and place in _places(project, source, module):
                return bound
            dot = "" if module.endswith(".") else "."
            if place in _places(project, source, f"{module}{dot}{alias.name}"):
                return f"{bound}.{name}"
    return None


def module_for(project: Project, source: SourceFile, home: SourceFile) -> str | None:
    """The module name under which ``source`` would import from ``home``.

    As the file itself, or else its neighbours, import from that module already; else relative
    where the file imports so from its own package, else the shortest name that leads there.
    """
    place = _place(home.path)
    folder = source.path.rpartition("/")[0]
    near = [other for other in project.python_paths if other.rpartition("/")[0] == folder]
    for path in [source.path, *(item for item in near if item != source.path)]:
        tree = readable(project.source(path))
        for statement in tree.of(ast.ImportFrom) if tree is not None else ():
            module = "." * statement.level + (statement.module or "")
            if statement.module and place in _places(project, project.source(path), module):
                return module
    tree = source.tree
    parts = place.split("/")
    relative = _relative(project, source.path, place)
    if relative is not None and any(item.level for item in tree.of(ast.ImportFrom)):
        return relative
    names = [".".join(parts[index:]) for index in range(len(parts) - 1, -1, -1)]
    own = [name for name in names if place in _places(project, source, name)]
    roots = {
        (item.module or "").partition(".")[0] for item in tree.of(ast.ImportFrom) if not item.level
    }
    used = [name for name in own if name.partition(".")[0] in roots]
    if used or own:
        return (used or own)[0]
    return relative


def _relative(project: Project, path: str, place: str) -> str | None:
    """``.x`` or ``..y.x`` within one package."""
    modules = project.index.resolver.modules
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
    modules = project.index.resolver.modules
    for alias in tree.of(ast.alias):
        if scope_of(tree, alias) is not tree.module and not everywhere:
            continue
        if not everywhere and any(type_checking(tree, item) for item in tree.ancestors(alias)):
            continue
        statement = tree.parent(alias)
        names = [alias.name]
        if isinstance(statement, ast.ImportFrom):
            module = "." * statement.level + (statement.module or "")
            names = [module, f"{module}{'' if module.endswith('.') else '.'}{alias.name}"]
        for name in names:
            for place in _places(project, source, name):
                path = modules.file_at(place)
                if path is not None:
                    yield path


def _places(project: Project, source: SourceFile, module: str) -> tuple[str, ...]:
    """The place of a module as ``source`` names it, relative or not; empty for a foreign one."""
    modules = project.index.resolver.modules
    name = module.lstrip(".")
    level = len(module) - len(name)
    place = (
        modules.relative(source.path, level, name or None)
        if level
        else modules.place(name, source.path)
    )
    return () if place is None else (place,)


def _place(path: str) -> str:
    return path.rpartition(".")[0].removesuffix("/__init__")
