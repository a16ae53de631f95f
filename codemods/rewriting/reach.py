"""By which expression a module or a name of it is reached at a place, and with which import."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from codemods.codemod import AddImport
from codemods.project.source import SourceFile
from codemods.syntax.imports import can_import, local_name


@dataclass(frozen=True, slots=True)
class Reached:
    """An expression, and the import that it needs."""

    text: str
    imports: tuple[AddImport, ...] = ()


def reach(source: SourceFile, at: ast.AST, module: str, name: str | None = None) -> Reached | str:
    """How ``module`` or ``module.name`` can be written at ``at``, else why it cannot, in words.

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
