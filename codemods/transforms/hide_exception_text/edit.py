"""The new text, and the log in front of it, in libcst."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import (
    NO_NODE,
    Edited,
    Node,
    Refusal,
)
from codemods.rewriting.parsed import line, without_blank
from codemods.syntax.lazy import cst


@dataclass(frozen=True, slots=True)
class Text:
    """Another text goes to the client."""

    code: str

    def edit(self, node: Node) -> Edited:
        """The text."""
        if not isinstance(node, cst.BaseExpression):
            return None
        # The parentheses around the old text hold the lines of the new one together.
        text = cst.parse_expression(f"({self.code})")
        return text.with_changes(lpar=node.lpar, rpar=node.rpar)


@dataclass(frozen=True, slots=True)
class InsertLog:
    """A log call comes in front of a statement, whose comments stay with it."""

    code: str

    def edit(self, node: Node) -> Edited:
        """Both."""
        if not isinstance(node, cst.SimpleStatementLine):
            return Refusal("fragment", NO_NODE)
        own = without_blank(node.leading_lines)
        above = node.leading_lines[: len(node.leading_lines) - len(own)]
        added = line(self.code).with_changes(leading_lines=above)
        return cst.FlattenSentinel([added, node.with_changes(leading_lines=own)])
