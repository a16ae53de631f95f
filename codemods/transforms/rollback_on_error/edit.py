"""Where the session is rolled back, in libcst; nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Edited, Node
from codemods.rewriting.parsed import line, statement
from codemods.syntax.lazy import cst


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Statements come into a ``try`` that rolls back."""

    session: str
    """Whose ``rollback()`` is called, with its ``await``."""

    def edit(self, node: Node) -> Edited:
        """The ``try``."""
        if not isinstance(node, cst.IndentedBlock):
            return None
        made = _rolling_back(self.session)
        first, *rest = node.body
        lines = getattr(first, "leading_lines", ())
        inside = [first.with_changes(leading_lines=()), *rest]
        around = made.with_changes(leading_lines=lines, body=made.body.with_changes(body=inside))
        return node.with_changes(body=[around])


@dataclass(frozen=True, slots=True)
class WithHandler:
    """A ``try`` gets a handler that rolls back."""

    session: str

    def edit(self, node: Node) -> Edited:
        """The ``try``; a blank line stands above the handler where it does above the others."""
        if not isinstance(node, cst.Try):
            return None
        below = node.handlers[-1] if node.handlers else node.finalbody
        blank = [item for item in below.leading_lines if item.comment is None] if below else []
        (handler,) = _rolling_back(self.session).handlers
        added = handler.with_changes(leading_lines=blank[:1])
        return node.with_changes(handlers=[*node.handlers, added])


@dataclass(frozen=True, slots=True)
class InHandler:
    """A handler rolls back before it does anything else."""

    session: str

    def edit(self, node: Node) -> Edited:
        """The handler with one line more, or with that in place of a ``pass``."""
        match node:
            case cst.ExceptHandler(body=cst.IndentedBlock(body=[first, *rest]) as body):
                kept = [first, *rest] if rest or not _is_pass(first) else []
                added = line(f"{self.session}.rollback()\n")
                return node.with_changes(body=body.with_changes(body=[added, *kept]))
        return None


def _rolling_back(session: str) -> cst.Try:
    code = f"try:\n    pass\nexcept Exception:\n    {session}.rollback()\n    raise\n"
    return statement(code, cst.Try)


def _is_pass(found: cst.BaseStatement) -> bool:
    match found:
        case cst.SimpleStatementLine(
            body=[cst.Pass()],
            leading_lines=[],
            trailing_whitespace=cst.TrailingWhitespace(comment=None),
        ):
            return True
    return False
