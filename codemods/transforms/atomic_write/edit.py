"""The edits around a file that is replaced whole, in libcst; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from codemods.codemod import Edited, Node
from codemods.rewriting.parsed import statement, without_blank
from codemods.syntax.concrete import rewritten
from codemods.syntax.lazy import cst

Layout = Literal["line", "parentheses", "nested"]
"""How a ``with`` header takes a second item: behind the first, a line for each in parentheses, or
in a block of its own around the other."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A call that gets the path of a temporary file."""

    helper: str
    """The function that gives it, as an expression."""
    variable: str
    item: int
    """Which item of the ``with`` statement opens the file."""
    part: Literal["argument", "receiver"]
    keyword: str | None
    layout: Layout
    as_text: bool = False
    """Whether the call is given ``str(temporary)``, where there was no ``str()`` before."""

    def edit(self, node: Node) -> Edited:
        """The ``with`` statement that opens it, or the call in one."""
        if isinstance(node, cst.With):
            return _opened(self, node)
        return _wrapped(self, node) if isinstance(node, cst.SimpleStatementLine) else None


@dataclass(frozen=True, slots=True)
class Entered:
    """Statements from the making of a temporary path to the renaming of the file."""

    helper: str
    path: str
    """The file that is replaced, as an expression."""
    variable: str

    def edit(self, node: Node) -> Edited:
        """The statements between the two in a block."""
        if not isinstance(node, cst.IndentedBlock):
            return None
        first, *rest = node.body
        body = list(rest[:-1])
        lines = without_blank(getattr(body[0], "leading_lines", ()))
        body[0] = body[0].with_changes(leading_lines=lines)
        path = cst.parse_expression(self.path)
        leading = getattr(first, "leading_lines", ())
        return node.with_changes(body=[_with(self.helper, path, self.variable, body, leading)])


@dataclass(frozen=True, slots=True)
class Declared:
    """A function that is put beside a statement at the top of a module."""

    code: str
    before: bool
    below: int
    """How many blank lines go behind it."""
    unit: str
    """One level of the file's indentation."""

    def edit(self, node: Node) -> Edited:
        """Both, two blank lines away from each other and from what is above and below."""
        if not isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            return None
        blank = cst.EmptyLine(indent=False)
        # What stands beside the helper has no block from which libcst could tell the unit.
        made = _indented(statement(self.code, cst.FunctionDef), self.unit)
        if self.before:
            made = made.with_changes(leading_lines=node.leading_lines)
            return cst.FlattenSentinel([made, node.with_changes(leading_lines=[blank, blank])])
        body = made.body.with_changes(footer=[blank] * self.below)
        made = made.with_changes(leading_lines=[blank, blank], body=body)
        return cst.FlattenSentinel([node, made])


def _indented(node: cst.FunctionDef, unit: str) -> cst.FunctionDef:
    """``node`` with an indentation of its own for every block."""

    def leave(_original: object, updated: cst.CSTNode) -> cst.CSTNode:
        if isinstance(updated, cst.IndentedBlock):
            return updated.with_changes(indent=unit)
        return updated

    return rewritten(node, leave)


def _opened(payload: Opened, node: cst.With) -> Edited:
    item = node.items[payload.item]
    if not isinstance(item.item, cst.Call):
        return None
    call, path = _redirected(payload, item.item)
    opening = item.with_changes(item=call)
    if payload.layout == "nested":
        inner = node.with_changes(items=[opening], leading_lines=[])
        return _with(payload.helper, path, payload.variable, [inner], node.leading_lines)
    entered = _entered(payload.helper, path, payload.variable)
    items = list(node.items)
    if isinstance(node.lpar, cst.LeftParen) or payload.layout == "line":
        space: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
        if isinstance(node.lpar, cst.LeftParen):
            space = node.lpar.whitespace_after
        entered = entered.with_changes(comma=cst.Comma(whitespace_after=space))
        items[payload.item : payload.item + 1] = [entered, opening]
        return node.with_changes(items=items)
    items[payload.item : payload.item + 1] = [entered, opening]
    broken = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace("    "))
    last = cst.ParenthesizedWhitespace(indent=True)
    return node.with_changes(
        lpar=cst.LeftParen(whitespace_after=broken),
        rpar=cst.RightParen(),
        items=[
            *(part.with_changes(comma=cst.Comma(whitespace_after=broken)) for part in items[:-1]),
            items[-1].with_changes(comma=cst.Comma(whitespace_after=last)),
        ],
    )


def _redirected(payload: Opened, call: cst.Call) -> tuple[cst.Call, cst.BaseExpression]:
    """``call`` with the temporary file in place of the path, and the path."""
    variable = cst.Name(payload.variable)
    if payload.part == "receiver":
        function = cst.ensure_type(call.func, cst.Attribute)
        return call.with_changes(func=function.with_changes(value=variable)), _bare(function.value)
    names = [item.keyword.value if item.keyword is not None else None for item in call.args]
    index = names.index(payload.keyword) if payload.keyword is not None else 0
    given = call.args[index]
    path: cst.BaseExpression = given.value
    made: cst.BaseExpression = variable
    match path:
        case cst.Call(func=cst.Name(value="str"), args=[cst.Arg(value=inner, keyword=None)]):
            path, made = inner, path.with_changes(args=[cst.Arg(variable)])
        case _ if payload.as_text:
            made = cst.Call(cst.Name("str"), [cst.Arg(variable)])
    args = list(call.args)
    args[index] = given.with_changes(value=made)
    return call.with_changes(args=args), _bare(path)


def _bare(path: cst.BaseExpression) -> cst.BaseExpression:
    """An expression without parentheses around all of it: it becomes the only argument."""
    if isinstance(path, (cst.GeneratorExp, cst.Tuple, cst.Yield)):
        return path
    return path.with_changes(lpar=[], rpar=[])


def _wrapped(payload: Opened, node: cst.SimpleStatementLine) -> Edited:
    match node.body:
        case [cst.Expr(value=cst.Call() as call) as statement]:
            written, path = _redirected(payload, call)
        case _:
            return None
    inner = node.with_changes(body=[statement.with_changes(value=written)], leading_lines=[])
    return _with(payload.helper, path, payload.variable, [inner], node.leading_lines)


def _with(
    helper: str,
    path: cst.BaseExpression,
    variable: str,
    body: Sequence[cst.BaseStatement],
    leading: Sequence[cst.EmptyLine],
) -> cst.With:
    items = [_entered(helper, path, variable)]
    return cst.With(items=items, body=cst.IndentedBlock(body), leading_lines=leading)


def _entered(helper: str, path: cst.BaseExpression, variable: str) -> cst.WithItem:
    call = cst.Call(cst.parse_expression(helper), [cst.Arg(path)])
    return cst.WithItem(call, cst.AsName(cst.Name(variable)))
