"""The edits of handlers, carried out in libcst."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from codemods.codemod import Operation, Refusal
from codemods.rewriting.parsed import expression, statements
from codemods.syntax.lazy import cst

_DIRECTIVE = re.compile(
    r"#\s*(?:noqa|nosec|type:|pragma|pylint|pyright|mypy|fmt|ruff|nosemgrep|autofix)"
)
"""Comments that say something to a tool about their own line."""


@dataclass(frozen=True, slots=True)
class HandlerEdit:
    """What becomes of the head of a handler, and of a body that stands behind it on one line."""

    type: str | None = None
    """The type that it is to catch; ``None`` where that stays."""
    name: str | None = None
    """What its exception is to be called; ``None`` where that stays."""
    code: str | None = None
    """The log call, where the body is on the line of the head."""


def edit(operation: Operation, node: Any) -> Any:
    """The log call, the handler with another head, the ``try`` for a ``with suppress``, or the
    module's new logger."""
    match operation.kind, node:
        case "replace", cst.SimpleStatementLine():
            return _replaced(node, operation.payload)
        case "insert", cst.SimpleStatementLine() | cst.BaseCompoundStatement():
            (added,) = statements(operation.payload)
            lines = list(node.leading_lines)
            return cst.FlattenSentinel(
                [added.with_changes(leading_lines=lines), node.with_changes(leading_lines=[])]
            )
        case "handler", cst.ExceptHandler() | cst.ExceptStarHandler():
            return _handler(node, operation.payload)
        case "method", cst.Attribute():
            return node.with_changes(attr=cst.Name(operation.payload))
        case "method", cst.Name():
            return expression(operation.payload, in_place_of=node)
        case "suppress", cst.With():
            return _try_for(node, *operation.payload)
        case "add-logger", cst.SimpleStatementLine():
            (logger,) = statements(operation.payload)
            blank = cst.EmptyLine(indent=False)
            return cst.FlattenSentinel([node, logger.with_changes(leading_lines=[blank])])
    return Refusal("fragment", "the place is not there in the concrete syntax")


def _replaced(node: cst.SimpleStatementLine, code: str) -> Any:
    """The log call where ``pass`` stands. Its comment goes above, since the line is longer now;
    one for a tool is about the line and stays behind it."""
    (made,) = statements(code)
    leading = list(node.leading_lines)
    behind = node.trailing_whitespace
    if behind.comment is not None:
        if _DIRECTIVE.match(behind.comment.value):
            made = made.with_changes(trailing_whitespace=behind)
        else:
            leading.append(cst.EmptyLine(comment=behind.comment))
    return made.with_changes(leading_lines=leading)


def _handler(node: Any, wanted: HandlerEdit) -> Any:
    changes: dict[str, Any] = {}
    if wanted.type is not None:
        changes["type"] = expression(wanted.type)
        changes["whitespace_after_except"] = cst.SimpleWhitespace(" ")
    if wanted.name is not None:
        changes["name"] = cst.AsName(
            cst.Name(wanted.name),
            whitespace_before_as=cst.SimpleWhitespace(" "),
            whitespace_after_as=cst.SimpleWhitespace(" "),
        )
    if wanted.code is not None:
        if not isinstance(node.body, cst.SimpleStatementSuite):
            return Refusal("fragment", "the handler's body is not on the line of its head")
        changes["body"] = _block(node.body, wanted.code)
    return node.with_changes(**changes)


def _block(suite: cst.SimpleStatementSuite, code: str) -> cst.IndentedBlock:
    """The body of ``except Exception: pass`` on lines of its own."""
    (made,) = statements(code)
    kept = [item for item in suite.body if not isinstance(item, cst.Pass)]
    header = cst.TrailingWhitespace()
    comment = suite.trailing_whitespace.comment
    if comment is not None and _DIRECTIVE.match(comment.value):
        header = suite.trailing_whitespace
    elif comment is not None:
        made = made.with_changes(leading_lines=[cst.EmptyLine(comment=comment)])
    rest = [
        cst.SimpleStatementLine([item.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])
        for item in kept
    ]
    return cst.IndentedBlock(body=[made, *rest], header=header)


def _try_for(node: cst.With, head: str, code: str) -> Any:
    """The ``try`` that drops what ``node`` drops, after a log call."""
    (made,) = statements(f"try:\n    pass\n{head}:\n    {code}\n")
    return made.with_changes(body=node.body, leading_lines=node.leading_lines)
