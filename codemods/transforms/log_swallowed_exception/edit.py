"""The edits of handlers, carried out in libcst."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codemods.codemod import Edited, Node, Refusal
from codemods.rewriting.handlers import with_name
from codemods.rewriting.parsed import expression, line, statement
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

    def edit(self, node: Node) -> Edited:
        """The handler."""
        if not isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler)):
            return None
        if self.type is not None:
            node = node.with_changes(
                type=expression(self.type), whitespace_after_except=cst.SimpleWhitespace(" ")
            )
        if self.name is not None:
            node = with_name(node, self.name)
        if self.code is None:
            return node
        if not isinstance(node.body, cst.SimpleStatementSuite):
            return Refusal("fragment", "the handler's body is not on the line of its except")
        return node.with_changes(body=_block(node.body, self.code))


@dataclass(frozen=True, slots=True)
class LogInstead:
    """The log call stands where ``pass`` does."""

    code: str

    def edit(self, node: Node) -> Edited:
        """The call. A comment goes above, since the line is longer now; one for a tool is about
        the line and stays behind it."""
        if not isinstance(node, cst.SimpleStatementLine):
            return None
        made = line(self.code)
        leading = list(node.leading_lines)
        behind = node.trailing_whitespace
        if behind.comment is not None:
            if _DIRECTIVE.match(behind.comment.value):
                made = made.with_changes(trailing_whitespace=behind)
            else:
                leading.append(cst.EmptyLine(comment=behind.comment))
        return made.with_changes(leading_lines=leading)


@dataclass(frozen=True, slots=True)
class LogBefore:
    """The log call stands in front of a statement, below its comments."""

    code: str

    def edit(self, node: Node) -> Edited:
        """Both."""
        if not isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            return None
        added = line(self.code).with_changes(leading_lines=node.leading_lines)
        return cst.FlattenSentinel([added, node.with_changes(leading_lines=[])])


@dataclass(frozen=True, slots=True)
class TryInstead:
    """A ``with suppress(…)`` becomes a ``try`` that drops the same, after a log call."""

    head: str
    code: str

    def edit(self, node: Node) -> Edited:
        """The ``try``."""
        if not isinstance(node, cst.With):
            return None
        made = statement(f"try:\n    pass\n{self.head}:\n    {self.code}\n", cst.Try)
        return made.with_changes(body=node.body, leading_lines=node.leading_lines)


def _block(suite: cst.SimpleStatementSuite, code: str) -> cst.IndentedBlock:
    """The body of ``except Exception: pass`` on lines of its own."""
    made = line(code)
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
