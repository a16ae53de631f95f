"""Edits of handlers: their heads, their first lines, and new ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from codemods.codemod import Edited, Node
from codemods.rewriting.parsed import line, statement
from codemods.syntax.lazy import cst

Handler: TypeAlias = "cst.ExceptHandler | cst.ExceptStarHandler"


def with_name(handler: Handler, name: str) -> Handler:
    """The handler with a name for its exception."""
    given = cst.AsName(
        cst.Name(name),
        whitespace_before_as=cst.SimpleWhitespace(" "),
        whitespace_after_as=cst.SimpleWhitespace(" "),
    )
    return handler.with_changes(name=given)


@dataclass(frozen=True, slots=True)
class Named:
    """A handler that names its exception."""

    name: str

    def edit(self, node: Node) -> Edited:
        """The handler; one that has a name already is another one."""
        if not isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler)) or node.name:
            return None
        return with_name(node, self.name)


@dataclass(frozen=True, slots=True)
class OneMore:
    """A ``try`` has one handler more."""

    code: str
    """``except Exception:``, and what it does, indented by four spaces."""
    index: int | None = None
    """In front of which one it comes; ``None`` for behind all of them."""

    def edit(self, node: Node) -> Edited:
        """The ``try``; a blank line stands above the handler where it does above its neighbor."""
        if not isinstance(node, cst.Try):
            return None
        (added,) = statement(f"try:\n    pass\n{self.code}", cst.Try).handlers
        handlers = list(node.handlers)
        index = len(handlers) if self.index is None else self.index
        beside = handlers[min(index, len(handlers) - 1)] if handlers else node.finalbody
        blank = [item for item in beside.leading_lines if item.comment is None] if beside else []
        handlers.insert(index, added.with_changes(leading_lines=blank[:1]))
        return node.with_changes(handlers=handlers)


@dataclass(frozen=True, slots=True)
class First:
    """A handler does something before all else."""

    code: str
    """The statement."""

    def edit(self, node: Node) -> Edited:
        """The handler with one line more, or with that in place of a ``pass``."""
        match node:
            case cst.ExceptHandler(body=cst.IndentedBlock(body=[first, *rest]) as body):
                kept = [first, *rest] if rest or not _is_pass(first) else []
                return node.with_changes(body=body.with_changes(body=[line(self.code), *kept]))
        return None


def _is_pass(found: cst.BaseStatement) -> bool:
    match found:
        case cst.SimpleStatementLine(
            body=[cst.Pass()],
            leading_lines=[],
            trailing_whitespace=cst.TrailingWhitespace(comment=None),
        ):
            return True
    return False
