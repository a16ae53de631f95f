"""Bounds in the header of a function or in a field, in libcst; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from codemods.codemod import Edited, Node
from codemods.syntax.arguments import append_keyword
from codemods.syntax.concrete import code, nodes_in
from codemods.syntax.lazy import cst

Declaration = TypeVar("Declaration", "cst.Param", "cst.AnnAssign")


@dataclass(frozen=True, slots=True)
class Declared:
    """How one parameter is declared from now on."""

    name: str
    function: str
    """``Query``, as it is reached there."""
    keywords: tuple[tuple[str, str], ...]
    annotated: str = ""
    """``Annotated`` as it is reached there; empty for a declaration in the default."""
    append: bool = False
    """The declaration is there, and only gets the keywords."""

    def edit(self, node: Node) -> Edited:
        """The field of a model."""
        match node:
            case cst.SimpleStatementLine(body=[cst.AnnAssign() as statement]):
                return node.with_changes(body=[_field(statement, self)])
        return None


@dataclass(frozen=True, slots=True)
class Header:
    """The declarations of one function."""

    declared: tuple[Declared, ...]
    indent: str = ""
    """One level of the file, if every parameter gets a line of its own; else empty."""

    def edit(self, node: Node) -> Edited:
        """The function."""
        return _with_header(node, self) if isinstance(node, cst.FunctionDef) else None


def _with_header(node: cst.FunctionDef, header: Header) -> Edited:
    wanted = {item.name: item for item in header.declared}
    parameters = node.params

    def changed(items: Sequence[cst.Param]) -> list[cst.Param]:
        return [
            _parameter(item, wanted.pop(item.name.value)) if item.name.value in wanted else item
            for item in items
        ]

    parameters = parameters.with_changes(
        posonly_params=changed(parameters.posonly_params),
        params=changed(parameters.params),
        kwonly_params=changed(parameters.kwonly_params),
    )
    if wanted:
        return None
    node = node.with_changes(params=parameters)
    return _one_a_line(node, header.indent) if header.indent else node


def _parameter(node: cst.Param, declared: Declared) -> cst.Param:
    if declared.append:
        return _appended(node, declared)
    annotation = node.annotation
    if declared.annotated and annotation is not None:
        made = _annotated(annotation.annotation, declared)
        return node.with_changes(annotation=annotation.with_changes(annotation=made))
    default = node.default if node.default is not None else cst.Ellipsis()
    equal = node.equal
    if not isinstance(equal, cst.AssignEqual):
        # With an annotation the equals sign has blanks around it.
        blank = cst.SimpleWhitespace(" " if annotation is not None else "")
        equal = cst.AssignEqual(blank, blank)
    return node.with_changes(default=_call(declared, default), equal=equal)


def _appended(node: Declaration, declared: Declared) -> Declaration:
    """``node`` with the keywords in the call that declares it already."""
    calls = nodes_in(node, cst.Call)
    target = next((item for item in calls if code(item.func) == declared.function), None)
    if target is None:
        return node
    made = node.deep_replace(target, _with_keywords(target, declared))
    return cst.ensure_type(made, type(node))


def _call(declared: Declared, first: cst.BaseExpression | None) -> cst.Call:
    call = cst.Call(
        cst.parse_expression(declared.function), [cst.Arg(first)] if first is not None else []
    )
    return _with_keywords(call, declared)


def _with_keywords(call: cst.Call, declared: Declared) -> cst.Call:
    for name, value in declared.keywords:
        call = append_keyword(call, name, cst.parse_expression(value))
    return call


def _annotated(annotation: cst.BaseExpression, declared: Declared) -> cst.Subscript:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return cst.Subscript(
        cst.parse_expression(declared.annotated),
        [
            cst.SubscriptElement(cst.Index(annotation), comma=comma),
            cst.SubscriptElement(cst.Index(_call(declared, None))),
        ],
    )


def _field(statement: cst.AnnAssign, declared: Declared) -> cst.AnnAssign:
    if declared.append:
        return _appended(statement, declared)
    blank = cst.SimpleWhitespace(" ")
    return statement.with_changes(
        value=_call(declared, statement.value),
        equal=statement.equal
        if isinstance(statement.equal, cst.AssignEqual)
        else cst.AssignEqual(blank, blank),
    )


def _one_a_line(node: cst.FunctionDef, indent: str) -> cst.FunctionDef:
    """Every parameter on a line of its own, with a comma behind the last."""
    line = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))
    end = cst.ParenthesizedWhitespace(indent=True)
    *before, last = node.params.params
    plain = [item.with_changes(comma=cst.Comma(whitespace_after=line)) for item in before]
    parameters = node.params.with_changes(
        params=[*plain, last.with_changes(comma=cst.Comma(whitespace_after=end))]
    )
    return node.with_changes(params=parameters, whitespace_before_params=line)
