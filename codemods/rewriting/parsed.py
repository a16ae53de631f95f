"""Statements and expressions from their text, to replace others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from codemods.codemod import Edited, Node, Refusal
from codemods.syntax.arguments import append_keyword
from codemods.syntax.lazy import cst

Statement: TypeAlias = "cst.SimpleStatementLine | cst.BaseCompoundStatement"
Kind = TypeVar("Kind", bound="cst.SimpleStatementLine | cst.BaseCompoundStatement")


def statements(code: str) -> list[Statement]:
    """The statements of ``code``, which is indented by four spaces per level.

    libcst writes their blocks in the unit of the file that they come to stand in.
    """
    return list(cst.parse_module(code).body)


def statement(code: str, kind: type[Kind]) -> Kind:
    """The one statement of ``code``.

    Raises:
        TypeError: where it is none of ``kind``.
    """
    (made,) = statements(code)
    if not isinstance(made, kind):
        raise TypeError(f"{code!r} is a {type(made).__name__}, not a {kind.__name__}")
    return made


def line(code: str) -> cst.SimpleStatementLine:
    """The one simple statement of ``code``."""
    return statement(code, cst.SimpleStatementLine)


def in_place_of(old: Statement, new: Sequence[Statement]) -> cst.FlattenSentinel[Statement]:
    """``new`` instead of the statement ``old``: the comments above and after it stay.

    The comment at the end of ``old`` goes to the first new statement that has an end of line of
    its own; where there is none, it goes above.
    """
    first, *rest = new
    leading = list(old.leading_lines)
    if isinstance(old, cst.SimpleStatementLine) and old.trailing_whitespace.comment is not None:
        if isinstance(first, cst.SimpleStatementLine):
            first = first.with_changes(trailing_whitespace=old.trailing_whitespace)
        else:
            leading.append(cst.EmptyLine(comment=old.trailing_whitespace.comment))
    return cst.FlattenSentinel([first.with_changes(leading_lines=leading), *rest])


def expression(code: str, in_place_of: cst.BaseExpression | None = None) -> cst.BaseExpression:
    """The expression ``code``, in the parentheses of the one that it replaces."""
    made = cst.parse_expression(code)
    if in_place_of is not None and in_place_of.lpar and not made.lpar:
        made = made.with_changes(lpar=in_place_of.lpar, rpar=in_place_of.rpar)
    return made


def without_blank(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """The lines above a statement from the first comment on."""
    first = next((at for at, item in enumerate(lines) if item.comment is not None), len(lines))
    return list(lines[first:])


@dataclass(frozen=True, slots=True)
class Becomes:
    """Replaces an expression."""

    code: str

    def edit(self, node: Node) -> Edited:
        """The new expression in the parentheses of the old one."""
        return expression(self.code, node) if isinstance(node, cst.BaseExpression) else None


@dataclass(frozen=True, slots=True)
class Value:
    """Replaces a string literal or a number; a string keeps its quotes."""

    value: str | int | float

    def edit(self, node: Node) -> Edited:
        """The string in its own quotes, or the number."""
        if isinstance(node, cst.SimpleString) and isinstance(self.value, str):
            if any(mark in self.value for mark in "\"'\\"):
                return Refusal("quotes", "the new text contains quotes")
            return node.with_changes(value=f"{node.prefix}{node.quote}{self.value}{node.quote}")
        if isinstance(node, cst.Integer) and isinstance(self.value, int):
            return node.with_changes(value=str(self.value))
        # It may be a part of several that stand side by side.
        return Refusal("fragment", "the value is not a plain string or integer literal")


@dataclass(frozen=True, slots=True)
class Keyword:
    """Adds a keyword argument to a call, or gives the one of that name another value."""

    name: str
    code: str

    def edit(self, node: Node) -> Edited:
        """The call with another value for it, else with one argument more, in its layout."""
        if not isinstance(node, cst.Call):
            return None
        value = expression(self.code)
        for index, item in enumerate(node.args):
            if item.keyword is not None and item.keyword.value == self.name:
                args = (*node.args[:index], item.with_changes(value=value), *node.args[index + 1 :])
                return node.with_changes(args=args)
        return append_keyword(node, self.name, value)


@dataclass(frozen=True, slots=True)
class LastName:
    """Replaces the last word of a name: ``b`` of ``a.b``."""

    name: str

    def edit(self, node: Node) -> Edited:
        """The name."""
        if isinstance(node, cst.Attribute):
            return node.with_changes(attr=cst.Name(self.name))
        return expression(self.name, node) if isinstance(node, cst.Name) else None


@dataclass(frozen=True, slots=True)
class LeftOperand:
    """Replaces an operation by its left operand."""

    def edit(self, node: Node) -> Edited:
        """The operand, in the parentheses of both."""
        if not isinstance(node, cst.BinaryOperation):
            return None
        return node.left.with_changes(lpar=node.lpar, rpar=node.rpar)


@dataclass(frozen=True, slots=True)
class InPlace:
    """Replaces a statement by others; its comments stay."""

    code: str

    def edit(self, node: Node) -> Edited:
        """The new statements with the comments of the old one."""
        if not isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            return None
        return in_place_of(node, statements(self.code))


@dataclass(frozen=True, slots=True)
class Behind:
    """Adds statements after a simple one."""

    code: str

    def edit(self, node: Node) -> Edited:
        """Both."""
        if not isinstance(node, cst.SimpleStatementLine):
            return None
        return cst.FlattenSentinel([node, *statements(self.code)])


@dataclass(frozen=True, slots=True)
class Around:
    """Wraps statements into the block of another one, such as a ``with``."""

    code: str
    """That one, with a ``pass`` where they are to stand."""

    def edit(self, node: Node) -> Edited:
        """The statement around them; the comments above the first stay above all."""
        made = statements(self.code)[0]
        if not isinstance(node, cst.IndentedBlock) or not isinstance(made, (cst.Try, cst.With)):
            return None
        first, *rest = node.body
        lines = getattr(first, "leading_lines", ())
        inside = [first.with_changes(leading_lines=()), *rest]
        around = made.with_changes(leading_lines=lines, body=made.body.with_changes(body=inside))
        return node.with_changes(body=[around])


@dataclass(frozen=True, slots=True)
class WithoutName:
    """Removes the name of a handler's exception: ``as error``."""

    def edit(self, node: Node) -> Edited:
        """The handler."""
        if not isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler)):
            return None
        return node.with_changes(name=None)


@dataclass(frozen=True, slots=True)
class DefinedBehind:
    """Adds the definition of a function after a statement."""

    code: str
    blank: int
    """How many blank lines stand between them."""

    def edit(self, node: Node) -> Edited:
        """Both."""
        before = [*node] if isinstance(node, cst.FlattenSentinel) else [node]
        lines = [cst.EmptyLine(indent=False)] * self.blank
        made = statement(self.code, cst.FunctionDef).with_changes(leading_lines=lines)
        return cst.FlattenSentinel([*before, made])
