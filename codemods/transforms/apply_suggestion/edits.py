"""The structural edits: as operations for the engine, and carried out in libcst."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from codemods.codemod import (
    NO_NODE,
    AddImport,
    Edit,
    Edited,
    Node,
    Operation,
    Place,
    Refusal,
    Unit,
)
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Statement, statements, without_blank
from codemods.syntax.arguments import append_keyword
from codemods.syntax.lazy import cst
from codemods.transforms.apply_suggestion.difference import ADDING, Step, StepKind


@dataclass(frozen=True, slots=True)
class Piece:
    """New code at a place."""

    kind: StepKind
    code: str

    def edit(self, node: Node) -> Edited:
        """The node with the new code."""
        text = self.code
        match self.kind, node:
            case "replace", cst.BaseExpression():
                return _expression(text, node)
            case "operator", (cst.Comparison() | cst.BinaryOperation() | cst.BooleanOperation()):
                return _with_operator(node, text)
            case "attribute", cst.Attribute():
                return node.with_changes(attr=cst.Name(text))
            case "argument", cst.Call():
                return _with_argument(node, text)
            case "suffix", cst.Call():
                return _with_suffix(node, text)
            case "statement", cst.SimpleStatementLine():
                return _statement(text, node)
            case "statement", cst.BaseCompoundStatement():
                return _instead_of_block(text, node)
            case "before", (cst.SimpleStatementLine() | cst.BaseCompoundStatement()):
                return _before(text, node)
            case "after", (cst.SimpleStatementLine() | cst.BaseCompoundStatement()):
                return cst.FlattenSentinel([node, *_body(text)])
            case "decorator", cst.FunctionDef() if not node.decorators:
                return node.with_changes(decorators=[cst.Decorator(cst.parse_expression(text))])
            case "handler", cst.ExceptHandler():
                return node.with_changes(
                    type=cst.parse_expression(text),
                    whitespace_after_except=cst.SimpleWhitespace(" "),
                )
        return Refusal("fragment", NO_NODE)


_UNITS: Mapping[StepKind, Unit] = {
    **dict.fromkeys(("statement", *ADDING, "decorator"), Unit.STATEMENT),
    "handler": Unit.HANDLER,
}


def operation_of(source: SourceFile, step: Step) -> Operation:
    """The operation of one step."""
    text = _in_place(source, step) if step.kind == "replace" else step.text
    unit = _UNITS.get(step.kind, Unit.EXPRESSION)
    return Operation(source.path, source.span(step.node), Piece(step.kind, text), unit)


def _in_place(source: SourceFile, step: Step) -> str:
    """The new expression, in parentheses where the code around it would tear it apart."""
    old, new = step.node, step.new
    text = _quoted_as(source.segment(old), step.text)
    if not isinstance(new, ast.expr) or not isinstance(old, ast.expr):
        return text
    span = source.span(old)
    before, behind = source.utf8[: span.start].rstrip(), source.utf8[span.end :].lstrip()
    enclosed = before.endswith(b"(") and behind.startswith(b")")
    needed = _least_binding(source.tree.parent(old), old)
    return f"({text})" if _binding(new) <= needed and not enclosed else text


_TIGHTEST = 16
_BINDING: Mapping[type[object], int] = {
    **dict.fromkeys((ast.NamedExpr, ast.Yield, ast.YieldFrom), 0),
    **dict.fromkeys((ast.Lambda, ast.IfExp), 1),
    ast.Or: 3,
    ast.And: 4,
    ast.Not: 5,
    ast.Compare: 6,
    **dict.fromkeys((ast.BitOr, ast.BitXor, ast.BitAnd), 7),
    **dict.fromkeys((ast.LShift, ast.RShift), 10),
    **dict.fromkeys((ast.Add, ast.Sub), 11),
    **dict.fromkeys((ast.Mult, ast.MatMult, ast.Div, ast.FloorDiv, ast.Mod), 12),
    **dict.fromkeys((ast.UAdd, ast.USub, ast.Invert), 13),
    ast.Pow: 14,
    ast.Await: 15,
}


def _binding(node: ast.expr) -> int:
    """How tightly an expression holds together, as in Python's table of precedence."""
    return _BINDING.get(type(getattr(node, "op", node)), _TIGHTEST)


def _least_binding(parent: ast.AST | None, node: ast.expr) -> int:
    """What is torn apart in ``parent`` where ``node`` stands: that, and all that binds less."""
    match parent:
        case ast.Attribute() | ast.Await():
            return _TIGHTEST - 1
        case ast.Subscript(value=first) | ast.Call(func=first) if first is node:
            return _TIGHTEST - 1
        case ast.Starred():
            return 6
        case ast.IfExp(orelse=last) if last is node:
            return 0
        case ast.UnaryOp():
            return _binding(parent) - 1
        case ast.BoolOp() | ast.Compare() | ast.BinOp() | ast.IfExp():
            return _binding(parent)
    return -1


def _quoted_as(old: str, new: str) -> str:
    """A plain string in the quotes of the one that it replaces."""
    if old[:1] in ("'", '"') and new[:1] in ("'", '"') and old[:1] != new[:1]:
        body = new[1:-1]
        if new.endswith(new[:1]) and not set(body) & {"'", '"', "\\"} and old[:3] != old[:1] * 3:
            return f"{old[:1]}{body}{old[:1]}"
    return new


def _expression(text: str, old: cst.BaseExpression) -> cst.BaseExpression:
    new = cst.parse_expression(f"({text})")
    outer = new.with_changes(lpar=list(new.lpar)[1:], rpar=list(new.rpar)[:-1])
    if isinstance(outer, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)) and _is_tight(old):
        return outer
    # Parentheses around the old expression are not part of the place: they stay.
    return outer.with_changes(
        lpar=[*getattr(old, "lpar", ()), *outer.lpar], rpar=[*outer.rpar, *getattr(old, "rpar", ())]
    )


def _is_tight(node: cst.BaseExpression) -> bool:
    """Whether the parentheses of ``node`` hold nothing else: no line break, no comment."""
    left = [item.whitespace_after for item in getattr(node, "lpar", ())]
    right = [item.whitespace_before for item in getattr(node, "rpar", ())]
    return all(isinstance(item, cst.SimpleWhitespace) for item in (*left, *right))


def _with_operator(
    node: cst.Comparison | cst.BinaryOperation | cst.BooleanOperation, symbol: str
) -> cst.CSTNode:
    example = cst.parse_expression(f"a {symbol} b")
    if isinstance(node, cst.Comparison) and isinstance(example, cst.Comparison):
        first = node.comparisons[0]
        changed = first.with_changes(operator=example.comparisons[0].operator)
        return node.with_changes(comparisons=[changed, *node.comparisons[1:]])
    if isinstance(node, (cst.BinaryOperation, cst.BooleanOperation)) and isinstance(
        example, type(node)
    ):
        return node.with_changes(operator=example.operator)
    return node


def _with_argument(node: cst.Call, text: str) -> cst.CSTNode:
    example = cst.parse_expression(f"f({text})")
    if not isinstance(example, cst.Call):
        return node
    argument = example.args[0]
    if argument.keyword is not None:
        return append_keyword(node, argument.keyword.value, argument.value)
    last = [
        item.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
        for item in node.args[-1:]
    ]
    return node.with_changes(args=[*node.args[:-1], *last, argument])


def _with_suffix(node: cst.Call, text: str) -> cst.CSTNode:
    example = cst.parse_expression(f"_{text}")
    if not isinstance(example, cst.Call) or not isinstance(example.func, cst.Attribute):
        return node
    # Parentheses around the call stand around the whole afterwards.
    inner = node.with_changes(lpar=[], rpar=[])
    func = example.func.with_changes(value=inner)
    return example.with_changes(func=func, lpar=node.lpar, rpar=node.rpar)


def _statement(
    text: str, old: cst.SimpleStatementLine
) -> cst.CSTNode | cst.FlattenSentinel[Statement]:
    body = _body(text)
    if len(body) == 1 and isinstance(body[0], cst.SimpleStatementLine):
        return body[0].with_changes(
            leading_lines=old.leading_lines, trailing_whitespace=old.trailing_whitespace
        )
    comment = old.trailing_whitespace.comment
    above = [*old.leading_lines, *([cst.EmptyLine(comment=comment)] if comment else [])]
    return cst.FlattenSentinel([body[0].with_changes(leading_lines=above), *body[1:]])


def _instead_of_block(
    text: str, old: cst.BaseCompoundStatement
) -> cst.CSTNode | cst.FlattenSentinel[Statement] | Refusal:
    """New statements for a header and its one block; what is said behind the last line stays."""
    block = old.body
    last = block.body[-1] if isinstance(block, cst.IndentedBlock) else None
    branched = isinstance(old, (cst.Try, cst.TryStar, cst.Match)) or getattr(old, "orelse", None)
    if branched or not isinstance(last, cst.SimpleStatementLine):
        return Refusal(
            "fragment",
            "the code to replace has several blocks, and the suggestion has one statement",
        )
    if any(line.comment is not None for line in getattr(block, "footer", ())):
        return Refusal("fragment", "the code to replace ends with comments that would be lost")
    lines = getattr(old, "leading_lines", ())
    return _statement(
        text,
        cst.SimpleStatementLine(
            [cst.Pass()], leading_lines=lines, trailing_whitespace=last.trailing_whitespace
        ),
    )


def _before(
    text: str, old: cst.SimpleStatementLine | cst.BaseCompoundStatement
) -> cst.FlattenSentinel[Statement]:
    """New statements above ``old``: the blank lines go above them, its comments stay with it."""
    own = without_blank(old.leading_lines)
    first, *rest = _body(text)
    above = old.leading_lines[: len(old.leading_lines) - len(own)]
    new = [first.with_changes(leading_lines=above), *rest]
    return cst.FlattenSentinel([*new, old.with_changes(leading_lines=own)])


def _body(text: str) -> list[Statement]:
    """The statements of ``text``, each on a line of its own."""
    return [line for item in statements(text) for line in _one_a_line(item)]


def _one_a_line(statement: Statement) -> list[Statement]:
    """``a; b`` as two lines, and a body behind its colon as a block."""
    if isinstance(statement, cst.SimpleStatementLine):
        return [*_lines(statement.body)]
    if isinstance(statement.body, cst.SimpleStatementSuite):
        block = cst.IndentedBlock(_lines(statement.body.body))
        return [statement.with_changes(body=block)]
    return [statement]


def _lines(parts: Sequence[cst.BaseSmallStatement]) -> list[cst.SimpleStatementLine]:
    return [
        cst.SimpleStatementLine([part.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])
        for part in parts
    ]


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
