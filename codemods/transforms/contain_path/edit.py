"""A check in front of a statement, or in its place, in libcst; nothing here decides anything."""

from __future__ import annotations

from typing import Any

from codemods.codemod import Operation, Refusal
from codemods.rewriting.parsed import expression, in_place_of, statements
from codemods.syntax.lazy import cst

TEXT = "text"
"""An expression becomes another; the payload is its code."""
BEFORE = "before"
"""The payload's statements stand in front of the statement."""
AFTER = "after"
"""They stand behind it, and in front of a comment that belongs to what follows."""
REPLACE = "replace"
"""They stand in its place."""
SPLIT = "split"
"""``if not x or y: …`` becomes ``if not x: …``, the payload's statements, and ``if y: …``; the
payload says how many operands the first condition keeps, and whether a blank line is put there."""


def edit_path(operation: Operation, node: Any) -> Any:
    """Carry out one operation on an expression or a statement."""
    if operation.kind == TEXT and isinstance(node, cst.BaseExpression):
        return expression(operation.payload, node)
    # Other checks may stand in front of the statement and behind it already.
    around = [*node] if isinstance(node, cst.FlattenSentinel) else [node]
    if operation.kind == BEFORE:
        return cst.FlattenSentinel([*_before(statements(operation.payload), around)])
    if operation.kind == AFTER:
        first, *rest = statements(operation.payload)
        blank = [cst.EmptyLine(indent=False)]
        return cst.FlattenSentinel([*around, first.with_changes(leading_lines=blank), *rest])
    for index, item in enumerate(around):
        made = _instead(operation, item)
        if made is not None:
            return cst.FlattenSentinel([*around[:index], *made, *around[index + 1 :]])
    return Refusal("fragment", "the statement is not there in the concrete syntax")


def _instead(operation: Operation, node: Any) -> list[Any] | None:
    """What takes the place of a statement, ``None`` for one that is not meant."""
    if operation.kind == REPLACE and isinstance(node, cst.SimpleStatementLine):
        return [*in_place_of(node, statements(operation.payload))]
    if operation.kind == SPLIT and isinstance(node, cst.If):
        return _split(operation.payload, node)
    return None


def _before(made: list[Any], around: list[Any]) -> list[Any]:
    """``made`` in front of statements, whose blank lines go above; comments stay with them."""
    node, *others = around
    leading = list(node.leading_lines)
    blank = 0
    while blank < len(leading) and leading[blank].comment is None:
        blank += 1
    first, *rest = made
    kept = [*leading[: min(blank, 1)], *leading[blank:]]
    return [
        first.with_changes(leading_lines=leading[:blank]),
        *rest,
        node.with_changes(leading_lines=kept),
        *others,
    ]


def _split(payload: tuple[str, int, bool], node: cst.If) -> list[Any] | None:
    code, count, spaced = payload
    test: Any = node.test
    operands, operators = _operands(test)
    if not 0 < count < len(operands):
        return None
    first = _chain(operands[:count], operators[: count - 1], test)
    rest = _chain(operands[count:], operators[count:], test)
    blank = [cst.EmptyLine(indent=False)] if spaced else []
    check, *others = statements(code)
    return [
        node.with_changes(test=first),
        check.with_changes(leading_lines=blank),
        *others,
        node.with_changes(test=rest, leading_lines=()),
    ]


def _operands(test: Any) -> tuple[list[Any], list[Any]]:
    """The operands and operators of a chain of ``or``."""
    if not isinstance(test, cst.BooleanOperation) or not isinstance(test.operator, cst.Or):
        return [test], []
    operands, operators = ([test.left], []) if test.left.lpar else _operands(test.left)
    return [*operands, test.right], [*operators, test.operator]


def _chain(operands: list[Any], operators: list[Any], test: Any) -> Any:
    """The operands as a chain of their own; what breaks lines still needs its parentheses."""
    made, *others = operands
    for operator, operand in zip(operators, others, strict=True):
        made = cst.BooleanOperation(made, operator, operand)
    if others and test.lpar:
        made = made.with_changes(lpar=test.lpar, rpar=test.rpar)
    return made
