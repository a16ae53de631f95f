"""A log call that is told of its exception, in libcst."""

from __future__ import annotations

from codemods.codemod import Operation, Refusal
from codemods.syntax.arguments import append_keyword
from codemods.syntax.lazy import cst


def edit(operation: Operation, node: cst.CSTNode) -> cst.CSTNode | cst.RemovalSentinel | Refusal:
    """The call with the exception; the run of statements without the traceback line."""
    match operation.kind, node:
        case "remove", _:
            return cst.RemoveFromParent()
        case "replace-line", cst.IndentedBlock(body=[cst.SimpleStatementLine() as line, *_]):
            expression = line.body[0]
            if isinstance(expression, cst.Expr) and isinstance(expression.value, cst.Call):
                call = _told(operation.payload, expression.value)
                line = line.with_changes(body=[expression.with_changes(value=call)])
                return node.with_changes(body=[line])
        case kind, cst.Call():
            return _told(kind, node)
    return Refusal("fragment", "the log call is not there in the concrete syntax")


def _told(kind: str, call: cst.Call) -> cst.Call:
    """``call`` told of the exception in the way of its logger."""
    true = cst.Name("True")
    if kind == "exc-info" or not isinstance(call.func, cst.Attribute):
        return append_keyword(call, "exc_info", true)
    receiver = call.func.value
    if kind == "loguru-opt" and isinstance(receiver, cst.Call):
        opted = append_keyword(receiver, "exception", true)
    else:
        opted = append_keyword(
            cst.Call(cst.Attribute(receiver, cst.Name("opt"))), "exception", true
        )
    return call.with_changes(func=call.func.with_changes(value=opted))
