"""A check in front of a statement, or in its place, in libcst; nothing here decides anything.

Other checks may stand in front of the statement and behind it already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from codemods.codemod import Edited, Node
from codemods.rewriting.parsed import in_place_of, statements
from codemods.syntax.lazy import cst

Statements: TypeAlias = "Sequence[cst.CSTNode]"


@dataclass(frozen=True, slots=True)
class Before:
    """Statements stand in front of a statement."""

    code: str

    def edit(self, node: Node) -> Edited:
        """All of them; blank lines go above, and comments stay with the statement."""
        statement, *others = _around(node)
        if not isinstance(statement, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            return None
        leading = list(statement.leading_lines)
        blank = 0
        while blank < len(leading) and leading[blank].comment is None:
            blank += 1
        first, *rest = statements(self.code)
        kept = [*leading[: min(blank, 1)], *leading[blank:]]
        return cst.FlattenSentinel(
            [
                first.with_changes(leading_lines=leading[:blank]),
                *rest,
                statement.with_changes(leading_lines=kept),
                *others,
            ]
        )


@dataclass(frozen=True, slots=True)
class After:
    """Statements stand behind a statement, and in front of a comment that belongs to what
    follows."""

    code: str

    def edit(self, node: Node) -> Edited:
        """All of them."""
        first, *rest = statements(self.code)
        blank = [cst.EmptyLine(indent=False)]
        return cst.FlattenSentinel([*_around(node), first.with_changes(leading_lines=blank), *rest])


@dataclass(frozen=True, slots=True)
class Replaced:
    """Statements stand in place of a simple one."""

    code: str

    def edit(self, node: Node) -> Edited:
        """They, among what was put beside it."""
        return _instead(node, self._made)

    def _made(self, node: cst.CSTNode) -> Statements | None:
        if not isinstance(node, cst.SimpleStatementLine):
            return None
        return in_place_of(node, statements(self.code))


@dataclass(frozen=True, slots=True)
class Split:
    """``if not x or y: …`` becomes ``if not x: …``, other statements, and ``if y: …``."""

    code: str
    count: int
    """How many operands the first condition keeps."""
    spaced: bool
    """Whether a blank line is put there."""

    def edit(self, node: Node) -> Edited:
        """They, among what was put beside it."""
        return _instead(node, self._made)

    def _made(self, node: cst.CSTNode) -> Statements | None:
        if not isinstance(node, cst.If):
            return None
        operands, operators = _operands(node.test)
        if not 0 < self.count < len(operands):
            return None
        first = _chain(operands[: self.count], operators[: self.count - 1], node.test)
        rest = _chain(operands[self.count :], operators[self.count :], node.test)
        blank = [cst.EmptyLine(indent=False)] if self.spaced else []
        check, *others = statements(self.code)
        return [
            node.with_changes(test=first),
            check.with_changes(leading_lines=blank),
            *others,
            node.with_changes(test=rest, leading_lines=()),
        ]


def _around(node: Node) -> list[cst.CSTNode]:
    return [*node] if isinstance(node, cst.FlattenSentinel) else [node]


def _instead(node: Node, made: Callable[[cst.CSTNode], Statements | None]) -> Edited:
    """What ``made`` gives in the place of the one that it is for."""
    around = _around(node)
    for index, item in enumerate(around):
        new = made(item)
        if new is not None:
            return cst.FlattenSentinel([*around[:index], *new, *around[index + 1 :]])
    return None


def _operands(
    test: cst.BaseExpression,
) -> tuple[list[cst.BaseExpression], list[cst.BaseBooleanOp]]:
    """The operands and operators of a chain of ``or``."""
    if not isinstance(test, cst.BooleanOperation) or not isinstance(test.operator, cst.Or):
        return [test], []
    operands, operators = ([test.left], []) if test.left.lpar else _operands(test.left)
    return [*operands, test.right], [*operators, test.operator]


def _chain(
    operands: Sequence[cst.BaseExpression],
    operators: Sequence[cst.BaseBooleanOp],
    test: cst.BaseExpression,
) -> cst.BaseExpression:
    """The operands as a chain of their own; what breaks lines still needs its parentheses."""
    made, *others = operands
    for operator, operand in zip(operators, others, strict=True):
        made = cst.BooleanOperation(made, operator, operand)
    if others and test.lpar:
        made = made.with_changes(lpar=test.lpar, rpar=test.rpar)
    return made
