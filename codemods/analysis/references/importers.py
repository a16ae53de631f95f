"""Who imports a file, in any form that a statement can have."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.import_order import Import


@dataclass(frozen=True, slots=True)
class Importer:
    """One name of an import that brings a file, or something of it."""

    source: SourceFile
    statement: Import
    alias: ast.alias
    submodule: bool
    """Whether the name is the module itself: ``from package import module``."""

    @property
    def is_package_file(self) -> bool:
        """Whether a package does it, which may only pass the names on."""
        return self.source.path.endswith("/__init__.py") and isinstance(
            self.statement, ast.ImportFrom
        )


def importers(project: Project, path: str, going: frozenset[str]) -> Iterator[Importer]:
    """The imports that lead to ``path``, but for those in files of ``going``.

    An import of which nobody can tell where it leads counts where its words fit the path: a folder
    may be put on ``sys.path`` by hand.
    """
    stem = path.removesuffix(".py").removesuffix("/__init__")
    parts = stem.split("/")
    modules = project.modules
    # Wherever a folder with both stands on the path, the package goes before the module.
    shadowed = modules.file_at(stem) not in (path, None)
    for source in project.containing(parts[-1].encode()):
        tree = readable(source)
        if source.path in going or tree is None:
            continue
        for alias in tree.of(ast.alias):
            statement = tree.parent(alias)
            if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                continue
            for name, submodule in _modules_of(statement, alias):
                level = len(name) - len(name.lstrip("."))
                place = (
                    modules.relative(source.path, level, name.lstrip(".") or None)
                    if level
                    else modules.place(name, source.path)
                )
                file = modules.file_at(place) if place is not None else None
                if file == path or (
                    file is None
                    and not level
                    and not shadowed
                    and not (place is not None and modules.is_folder(place))
                    and _fits(name, parts)
                ):
                    yield Importer(source, statement, alias, submodule)
                    break


def _modules_of(statement: Import, alias: ast.alias) -> Iterator[tuple[str, bool]]:
    """The modules that a name of an import can be, with whether the name is that module."""
    if isinstance(statement, ast.Import):
        words = alias.name.split(".")
        for end in range(len(words), 0, -1):
            yield ".".join(words[:end]), True
        return
    module = "." * statement.level + (statement.module or "")
    yield f"{module}{'' if module.endswith('.') else '.'}{alias.name}", True
    yield module, False


def _fits(name: str, parts: list[str]) -> bool:
    """Whether an import that leads nowhere by itself may mean the file all the same."""
    words = name.split(".")
    return parts[-len(words) :] == words
