"""What only the replaced code read: its variables and a function's own imports go with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.codemod import DropLines, Place
from codemods.project.source import SourceFile
from codemods.syntax.names import names_loaded
from codemods.syntax.scopes import bound_name
from codemods.syntax.spans import Span
from codemods.syntax.statements import block_of
from codemods.syntax.tree import Function
from codemods.transforms.apply_suggestion.difference import Step

_PLAIN = (
    *(ast.Name, ast.Attribute, ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop),
    *(ast.expr_context,),
)
"""What does nothing but give a value."""


def leftovers(place: Place, steps: Sequence[Step]) -> tuple[list[DropLines], list[str]]:
    """The statements that nothing needs any more, and notes on those that had better stay.

    Args:
        place: where the steps are.
        steps: what is done in one function.
    """
    tree = place.source.tree
    replaced = [step for step in steps if step.kind in ("replace", "statement")]
    functions = {tree.function(step.node) for step in replaced}
    function = functions.pop() if len(functions) == 1 else None
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [], []
    new = set[str]().union(*(names_loaded(step.new) for step in steps if step.new is not None))
    gone: list[ast.AST] = [step.node for step in replaced]
    found: list[ast.stmt] = []
    while True:
        more = [
            statement
            for statement in _binders(function)
            if statement not in gone and _is_left(function, statement, gone, new)
        ]
        if not more:
            break
        found += more
        gone += more
    operations: list[DropLines] = []
    notes: list[str] = []
    for statement in found:
        if _can_go(place.source, statement) and block_of(tree, statement) is not None:
            span = _lines_of(place.source, statement)
            operations.append(DropLines(place.source.path, span))
        else:
            names = ", ".join(sorted(_bound(statement)))
            notes.append(f"{names} on line {statement.lineno} is read by nothing any more")
    return operations, notes


def _binders(function: Function) -> Iterator[ast.Assign | ast.Import | ast.ImportFrom]:
    for node in ast.walk(function):
        if isinstance(node, (ast.Import, ast.ImportFrom)) or (
            isinstance(node, ast.Assign) and len(_bound(node)) == len(node.targets)
        ):
            yield node


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {bound_name(alias) for alias in statement.names}
    if isinstance(statement, ast.Assign):
        return {item.id for item in statement.targets if isinstance(item, ast.Name)}
    return set()


def _is_left(
    function: Function, statement: ast.stmt, gone: Sequence[ast.AST], new: set[str]
) -> bool:
    """Whether code that goes read what ``statement`` binds, and nothing that stays does."""
    names = _bound(statement)
    out = {id(node) for root in gone for node in ast.walk(root)}
    before = {
        node.id
        for root in gone
        for node in ast.walk(root)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    if not names or not names <= before or names & new or names & _shared(function):
        return False
    return not any(
        isinstance(node, ast.Name)
        and node.id in names
        and id(node) not in out
        and not (isinstance(node.ctx, ast.Store) and _stores(statement, node))
        for node in ast.walk(function)
    )


def _stores(statement: ast.stmt, node: ast.Name) -> bool:
    return isinstance(statement, ast.Assign) and node in statement.targets


def _shared(function: Function) -> set[str]:
    return {
        name
        for node in ast.walk(function)
        if isinstance(node, (ast.Global, ast.Nonlocal))
        for name in node.names
    }


def _can_go(source: SourceFile, statement: ast.stmt) -> bool:
    """Whether the statement does nothing else, and stands alone on lines without a comment."""
    if isinstance(statement, ast.Assign) and not all(
        isinstance(node, _PLAIN) for node in ast.walk(statement.value)
    ):
        return False
    found = block_of(source.tree, statement)
    if found is None or len(found[0]) < 2:
        return False
    text = "\n".join(
        source.line_text(line).rstrip("\r\n")
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    )
    above = source.line_text(statement.lineno - 1).strip() if statement.lineno > 1 else ""
    return text.strip() == source.segment(statement) and not above.startswith("#")


def _lines_of(source: SourceFile, statement: ast.stmt) -> Span:
    start = source.line_starts[statement.lineno - 1]
    return Span(start, source.line_end(statement.end_lineno or statement.lineno))
