"""Imports inside a function: a name from the same module joins them, and unused ones leave."""

from __future__ import annotations

import ast
from collections.abc import Collection

from codemods.codemod import AddImport, Edit, Operation, Place, Unit
from codemods.transforms.apply_suggestion.edits import Piece


def local_imports(
    place: Place, needed: Collection[AddImport], at: ast.AST, replaced: Collection[ast.AST]
) -> list[Edit]:
    """The imports that ``needed`` asks for, in the function's own statement where it has one.

    Args:
        place: where the new code goes.
        needed: imports at the top of the file, as :func:`names_for` gives them.
        at: the node that the new code replaces.
        replaced: every node that the change replaces; what only they use is dropped.
    """
    tree = place.source.tree
    function = tree.function(at)
    edits: list[Edit] = []
    for item in needed:
        statement = next(
            (
                node
                for node in (ast.walk(function) if function is not None else ())
                if isinstance(node, ast.ImportFrom)
                and node.module == item.module
                and not node.level
                and tree.function(node) is function
                and node.lineno < getattr(at, "lineno", 0)
                and _is_plain(place, node)
            ),
            None,
        )
        if statement is None or item.name is None or function is None:
            edits.append(item)
            continue
        gone = {id(node) for root in replaced for node in ast.walk(root)}
        used = {
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and id(node) not in gone
        }
        kept = [alias for alias in statement.names if (alias.asname or alias.name) in used]
        names = sorted({ast.unparse(alias) for alias in kept} | {item.name}, key=str.lower)
        before = [ast.unparse(alias) for alias in statement.names]
        if before != sorted(before, key=str.lower):
            names = [ast.unparse(alias) for alias in kept] + [item.name]
        text = f"from {item.module} import {', '.join(dict.fromkeys(names))}"
        span = place.source.span(statement)
        edits.append(Operation(place.source.path, span, Piece("statement", text), Unit.STATEMENT))
    return edits


def _is_plain(place: Place, statement: ast.ImportFrom) -> bool:
    """Whether the import is one line without parentheses, so that nothing of it is lost."""
    text = place.source.segment(statement)
    return "\n" not in text and "(" not in text and "*" not in text
