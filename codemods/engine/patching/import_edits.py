"""Imports that a change wants, and imports that it made unused, as byte edits of a file."""

from __future__ import annotations

import weakref

from codemods.analysis.references.reaching import who_reaches
from codemods.codemod import AddImport, DropImport
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.imports import add_import, drop_import, is_used
from codemods.syntax.spans import Span


def import_edit(
    project: Project, source: SourceFile, item: AddImport | DropImport, line_length: int
) -> tuple[Span, bytes] | None:
    """The edit for one import, ``None`` where there is nothing to do.

    Args:
        project: asked which packages are its own, and who else reaches a name of this file.
        source: the file with everything else done to it already.
        item: what is wanted.
        line_length: beyond which an import is put in parentheses.
    """
    if isinstance(item, AddImport):
        return add_import(
            source.utf8,
            source.tree,
            item.module,
            item.name,
            source.newline,
            alias=item.alias,
            line_length=line_length,
            first_party=own_packages(project),
        )
    if is_used(source.tree, item.name) or who_reaches(project, source.path, item.name):
        return None
    return drop_import(source.utf8, source.tree, item.name, source.newline)


def own_packages(project: Project) -> frozenset[str]:
    """The names under which the project's own code is imported: its topmost packages, and the
    modules that stand in no package."""
    found = _PACKAGES.get(project)
    if found is None:
        found = _PACKAGES[project] = _own_packages(project.python_paths)
    return found


def _own_packages(paths: tuple[str, ...]) -> frozenset[str]:
    packages = {path.rpartition("/")[0] for path in paths if path.endswith("/__init__.py")}
    names = set()
    for path in paths:
        folder, _, file = path.rpartition("/")
        if folder not in packages:
            names.add(file.partition(".")[0])
            continue
        while (above := folder.rpartition("/")[0]) in packages:
            folder = above
        names.add(folder.rpartition("/")[2])
    return frozenset(names - {"__init__", "setup", "conftest"})


_PACKAGES: weakref.WeakKeyDictionary[Project, frozenset[str]] = weakref.WeakKeyDictionary()
