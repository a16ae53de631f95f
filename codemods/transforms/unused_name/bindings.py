"""Variables and names of exceptions that nothing reads, and how each goes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.flow.pure import is_pure
from codemods.codemod import (
    Change,
    DropLines,
    Edit,
    Edited,
    Node,
    Operation,
    Refusal,
    Safety,
    Unit,
    site_of,
)
from codemods.rewriting.parsed import WithoutName
from codemods.rewriting.removal import lines_of
from codemods.syntax.lazy import cst
from codemods.syntax.parts import targets_of
from codemods.syntax.scopes import find_scope, scope_of
from codemods.syntax.statements import siblings
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.unused_name.base import SEE_ALL, Names


@dataclass(frozen=True, slots=True)
class ValueAlone:
    """What a variable is given, without the variable."""

    def edit(self, node: Node) -> Edited:
        """The expression as a statement."""
        match node:
            case cst.SimpleStatementLine(
                body=[cst.Assign(value=value) | cst.AnnAssign(value=cst.BaseExpression() as value)]
            ):
                return node.with_changes(body=[cst.Expr(value)])
        return None


class Bindings(Names):
    """Decides about the variables and handlers of one file that a finding can mean."""

    def verdicts(self) -> Iterator[Change | Refusal]:
        """A change or a refusal for each, handlers first."""
        if self.plan.bindings:
            yield from self._handlers()
            yield from self._bindings()

    def _handlers(self) -> Iterator[Change | Refusal]:
        for handler in self.tree.of(ast.ExceptHandler):
            name = handler.name
            if name is None or not self.is_meant(handler, name, f"as {name}"):
                continue
            read = any(
                isinstance(item, ast.Name) and item.id in (name, *SEE_ALL)
                for statement in handler.body
                for item in ast.walk(statement)
            )
            if read:
                yield Refusal("used", f"the handler reads {name}", site_of(self.source, handler))
                continue
            what = f"the name {name} is removed from the handler, which does not read it"
            span = self.source.span(handler)
            operation = Operation(self.source.path, span, WithoutName(), Unit.HANDLER)
            yield Change(site_of(self.source, handler), what, (operation,), Safety.SAFE)

    def _bindings(self) -> Iterator[Change | Refusal]:
        nodes: list[ast.Assign | ast.AnnAssign] = self.tree.of(ast.Assign, ast.AnnAssign)
        for node in nodes:
            target, *others = targets_of(node)
            value = node.value
            if others or not isinstance(target, ast.Name) or value is None:
                continue
            name, scope = target.id, scope_of(self.tree, node)
            if not self.is_meant(node, name) or not isinstance(scope, FUNCTIONS):
                continue
            if find_scope(self.tree, name, target) is not scope:
                continue
            if self.is_read(name, scope) is not None:
                if name in self.plan.names:
                    yield self.refusal("used", node, f"{name} is used in {scope.name}()")
                continue
            yield self._binding_goes(node, name, value)

    def _binding_goes(
        self, node: ast.Assign | ast.AnnAssign, name: str, value: ast.expr
    ) -> Change | Refusal:
        if is_pure(value):
            span = lines_of(self.source, node, comments_above=self.plan.comments)
            if span is None:
                return self.refusal("shares-lines", node, "it shares its line with other code")
            if len(siblings(self.tree, node)) < 2:
                return self.refusal(
                    "only-statement",
                    node,
                    f"the assignment of {name} is the only statement in its block",
                )
            what = f"{name} is removed: nothing reads it"
            edit: Edit = DropLines(self.source.path, span)
        else:
            what = f"the name {name} is removed: nothing reads it; its value is still computed"
            span = self.source.span(node)
            edit = Operation(self.source.path, span, ValueAlone(), Unit.STATEMENT)
        return Change(site_of(self.source, node), what, (edit,), Safety.REVIEW)
