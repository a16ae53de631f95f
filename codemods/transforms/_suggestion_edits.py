"""The structural edits: as operations for the engine, and carried out in libcst."""

from __future__ import annotations

import ast

import libcst as cst

from codemods.codemod import Operation, Refusal, Unit
from codemods.project.source import SourceFile
from codemods.syntax.arguments import append_keyword
from codemods.transforms._suggestion_difference import Step


def unfit(source: SourceFile, step: Step) -> str | None:
    """Why a step's text cannot stand there."""
    if step.kind == "statement":
        text = source.segment(step.node)
        if "#" in text and "\n" in text:
            return "comments stand between the lines that would be replaced"
    return None


def operation_of(source: SourceFile, step: Step) -> Operation:
    units = {"statement": Unit.STATEMENT, "handler": Unit.HANDLER}
    text = step.text
    if step.kind == "replace":
        text = _in_place(source, step)
    return Operation(
        source.path,
        source.span(step.node),
        step.kind,
        units.get(step.kind, Unit.EXPRESSION),
        text,
    )


def _in_place(source: SourceFile, step: Step) -> str:
    """The new expression, in parentheses where the code around it would tear it apart."""
    parent = source.tree.parent(step.node)
    loose = isinstance(
        step.new, (ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.IfExp, ast.Lambda)
    )
    tight = isinstance(
        parent,
        (
            *(ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.IfExp, ast.Attribute),
            *(ast.Await, ast.Starred),
        ),
    ) or (
        isinstance(parent, (ast.Subscript, ast.Call))
        and step.node in (getattr(parent, "value", None), getattr(parent, "func", None))
    )
    span = source.span(step.node)
    enclosed = source.utf8[: span.start].rstrip().endswith(b"(") and source.utf8[
        span.end :
    ].lstrip().startswith(b")")
    return f"({step.text})" if loose and tight and not enclosed else step.text


def edit(
    operation: Operation, node: cst.CSTNode
) -> cst.CSTNode | cst.FlattenSentinel[cst.BaseStatement] | Refusal:
    """The node with the operation's new code."""
    text: str = operation.payload
    match operation.kind, node:
        case "replace", cst.BaseExpression():
            return _expression(text, node)
        case "operator", (cst.Comparison() | cst.BinaryOperation() | cst.BooleanOperation()):
            return _with_operator(node, text)
        case "attribute", cst.Attribute():
            return node.with_changes(attr=cst.Name(text))
        case "argument", cst.Call():
            return _with_argument(node, text)
        case "statement", cst.SimpleStatementLine():
            return _statement(text, node)
        case "handler", cst.ExceptHandler():
            return node.with_changes(
                type=cst.parse_expression(text),
                whitespace_after_except=cst.SimpleWhitespace(" "),
            )
    return Refusal("fragment", "the place is another one in the concrete syntax")


def _expression(text: str, old: cst.BaseExpression) -> cst.BaseExpression:
    new = cst.parse_expression(f"({text})")
    outer = new.with_changes(lpar=list(new.lpar)[1:], rpar=list(new.rpar)[:-1])
    if _needs_no_parentheses(outer) and _is_tight(old):
        return outer
    # Parentheses around the old expression are not part of the place: they stay.
    return outer.with_changes(
        lpar=[*getattr(old, "lpar", ()), *outer.lpar], rpar=[*outer.rpar, *getattr(old, "rpar", ())]
    )


def _needs_no_parentheses(node: cst.BaseExpression) -> bool:
    return isinstance(node, (cst.Name, cst.Attribute, cst.Call, cst.Subscript))


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


def _statement(
    text: str, old: cst.SimpleStatementLine
) -> cst.CSTNode | cst.FlattenSentinel[cst.BaseStatement]:
    first, *rest = cst.parse_module(text).body
    if isinstance(first, cst.SimpleStatementLine) and not rest:
        return first.with_changes(
            leading_lines=old.leading_lines, trailing_whitespace=old.trailing_whitespace
        )
    led = first.with_changes(leading_lines=old.leading_lines)
    return cst.FlattenSentinel([led, *rest])
