"""What kind of statements can be added: plain ones, guards, and what cleans a name."""

from __future__ import annotations

import ast

from codemods.syntax.names import names_loaded
from codemods.syntax.statements import leaves
from codemods.transforms.apply_suggestion.code import Snippet, SnippetKind, has_wildcard


def is_check(node: ast.AST) -> bool:
    """Whether a statement is what one calls a check or a guard."""
    return isinstance(node, ast.Assert) or is_guard(node)


def is_addable(new: Snippet) -> bool:
    """Whether a snippet is whole statements: a call, an assignment, a guard that leaves."""
    if any(has_wildcard(node) for node in new.nodes):
        return False
    if new.kind is SnippetKind.EXPRESSION:
        return isinstance(new.nodes[0], ast.Call)
    if new.kind is not SnippetKind.STATEMENTS:
        return False
    return all(isinstance(node, ast.stmt) and is_plain(node) for node in new.nodes)


def is_plain(statement: ast.stmt) -> bool:
    """A simple statement that does something, or a guard."""
    if isinstance(statement, (ast.Assign, ast.AugAssign, ast.Assert, ast.Raise)):
        return True
    if isinstance(statement, ast.AnnAssign):
        return statement.value is not None
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    return is_guard(statement)


def is_guard(statement: ast.AST) -> bool:
    """``if …:`` with simple statements of which the last leaves, and no ``else``."""
    return (
        isinstance(statement, ast.If)
        and not statement.orelse
        and leaves(statement.body)
        and not any(hasattr(item, "body") for item in statement.body)
    )


def is_cleaning(statement: ast.AST) -> bool:
    """``x = f(x)``: a name bound anew from what it held, or ``if x not in y: x = z``."""
    if isinstance(statement, ast.If):
        return (
            not statement.orelse
            and len(statement.body) == 1
            and isinstance(statement.body[0], ast.Assign)
            and bool(_targets(statement.body[0]) & names_loaded(statement.test))
        )
    if not isinstance(statement, ast.Assign):
        return False
    return bool(_targets(statement) & names_loaded(statement.value))


def is_guarding(new: Snippet | None) -> bool:
    """Whether code is a guard, or cleans a name: it goes before the first use of what it reads."""
    return (
        new is not None
        and new.kind is SnippetKind.STATEMENTS
        and all(is_guard(node) or is_cleaning(node) for node in new.nodes)
    )


def _targets(statement: ast.Assign) -> set[str]:
    return {item.id for item in statement.targets if isinstance(item, ast.Name)}
