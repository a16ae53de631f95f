"""The edits of log calls: one gets the exception, alone or with the record before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from codemods.codemod import Edited, Node
from codemods.syntax.arguments import append_keyword
from codemods.syntax.lazy import cst

Way = Literal["exc-info", "exception", "loguru", "loguru-opt"]
"""By ``exc_info=True``, by the method ``exception()``, by ``logger.opt(exception=True)``, or by an
``opt()`` that is there."""


@dataclass(frozen=True, slots=True)
class Told:
    """The call with the exception."""

    way: Way

    def edit(self, node: Node) -> Edited:
        """The call."""
        return told(self.way, node) if isinstance(node, cst.Call) else None


@dataclass(frozen=True, slots=True)
class ToldInOne:
    """The first of a run of statements, a log call, with the exception; the others go: they log
    the traceback."""

    way: Way

    def edit(self, node: Node) -> Edited:
        """The run with one statement."""
        match node:
            case cst.IndentedBlock(
                body=[
                    cst.SimpleStatementLine(
                        body=[cst.Expr(value=cst.Call() as call) as statement, *_]
                    ) as line,
                    *_,
                ]
            ):
                made = statement.with_changes(value=told(self.way, call))
                return node.with_changes(body=[line.with_changes(body=[made])])
        return None


@dataclass(frozen=True, slots=True)
class Gone:
    """A statement that is needed no more."""

    def edit(self, _node: Node) -> Edited:
        """Nothing."""
        return cst.RemoveFromParent()


def told(way: Way, call: cst.Call) -> cst.Call:
    """``call`` told of the exception in the way of its logger."""
    true = cst.Name("True")
    if way == "exception" and isinstance(call.func, cst.Attribute):
        return call.with_changes(func=call.func.with_changes(attr=cst.Name("exception")))
    if way == "exc-info" or not isinstance(call.func, cst.Attribute):
        return append_keyword(call, "exc_info", true)
    receiver = call.func.value
    if way == "loguru-opt" and isinstance(receiver, cst.Call):
        opted = append_keyword(receiver, "exception", true)
    else:
        opted = append_keyword(
            cst.Call(cst.Attribute(receiver, cst.Name("opt"))), "exception", true
        )
    return call.with_changes(func=call.func.with_changes(value=opted))
