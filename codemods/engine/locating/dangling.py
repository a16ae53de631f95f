"""What is left in a file of a definition that was deleted: its callers, and its imports."""

from __future__ import annotations

import ast
import builtins

from codemods.engine.locating.outline import Outline
from codemods.engine.locating.tokens import bare


def dangling(outline: Outline, name: str) -> bool:
    """Whether each use of ``name`` in the file is of something that is not there.

    A bare name is such a use if the file binds it nowhere, ``self.name`` if the class has it
    neither as a method nor as state and all its bases stand in the file. What another object is
    asked for may well be there.
    """
    if outline.resolved(name) or hasattr(builtins, name):
        return False
    tree, wanted = outline.tree, bare(name)
    names = [node for node in tree.of(ast.Name) if bare(node.id) == wanted]
    attributes = [node for node in tree.of(ast.Attribute) if bare(node.attr) == wanted]
    if not names and not attributes:
        return False
    if names and (_is_bound(outline, wanted) or any(_is_stored(node) for node in names)):
        return False
    return all(_lacks(outline, node) for node in attributes)


def only_imported(outline: Outline, name: str) -> bool:
    """Whether the file imports a name and does nothing with it: what used it went."""
    imports: list[ast.Import | ast.ImportFrom] = [
        *outline.tree.of(ast.Import),
        *outline.tree.of(ast.ImportFrom),
    ]
    lines = {
        line
        for node in imports
        if any((item.asname or item.name) == name for item in node.names)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return bool(lines) and {hit.start for hit in outline.tokens.find([name])} <= lines


def _is_stored(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _is_bound(outline: Outline, wanted: str) -> bool:
    """Whether an import or a parameter gives the name, or may give it."""
    imported = [
        item
        for aliases in (
            *(node.names for node in outline.tree.of(ast.Import)),
            *(node.names for node in outline.tree.of(ast.ImportFrom)),
        )
        for item in aliases
    ]
    for item in imported:
        if item.name == "*" or bare(item.asname or item.name.partition(".")[0]) == wanted:
            return True
    return any(bare(node.arg) == wanted for node in outline.tree.of(ast.arg))


def _lacks(outline: Outline, node: ast.Attribute) -> bool:
    """Whether ``self.name`` is read in a class that cannot have it."""
    if not isinstance(node.ctx, ast.Load) or not isinstance(node.value, ast.Name):
        return False
    if node.value.id not in ("self", "cls"):
        return False
    owners = [item for item in outline.tree.ancestors(node) if isinstance(item, ast.ClassDef)]
    return bool(owners) and _is_whole(outline, owners[0], set())


def _is_whole(outline: Outline, owner: ast.ClassDef, seen: set[ast.ClassDef]) -> bool:
    """Whether a class and all its bases stand in the file."""
    if owner in seen:
        return True
    seen.add(owner)
    if owner.keywords or any(bare(node.name) == "getattr__" for node in _methods(owner)):
        return False
    by_name = {node.name: node for node in outline.tree.of(ast.ClassDef)}
    for base in owner.bases:
        known = by_name.get(base.id) if isinstance(base, ast.Name) else None
        if known is None and not (isinstance(base, ast.Name) and base.id == "object"):
            return False
        if known is not None and not _is_whole(outline, known, seen):
            return False
    return True


def _methods(owner: ast.ClassDef) -> list[ast.FunctionDef]:
    return [item for item in owner.body if isinstance(item, ast.FunctionDef)]
