"""What is asked of the names of one file, whatever binds them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property

from codemods.codemod import Refusal, lines_of, site_of
from codemods.findings.model import LineRange
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.scopes import find_scope, scope_table
from codemods.syntax.tree import Tree
from codemods.transforms.unused_name.plan import UnusedPlan

SEE_ALL = ("locals", "eval", "exec", "vars")
"""What may read any name of its function."""


@dataclass(frozen=True)
class Names:
    """What is asked of the names of one file, whatever binds them."""

    project: Project
    source: SourceFile
    plan: UnusedPlan
    lines: tuple[LineRange, ...]
    subjects: frozenset[str] = frozenset()
    """The names that the finding is about, as far as it says so."""
    exact: bool = False
    """Whether a linter gives name and line: the same name elsewhere is another finding's."""

    @property
    def tree(self) -> Tree:
        """The tree of the file."""
        return self.source.tree

    @cached_property
    def is_done(self) -> bool:
        """Whether the file binds none of the names that the finding is about; one that it names
        beside them may be the function that they stood in."""
        bound = {name for names in scope_table(self.tree).bindings.values() for name in names}
        defined = {item.name for item in self.tree.definitions()}
        about = {name for name in self.subjects if "." not in name and name != "py"} - defined
        return bool(about) and about.isdisjoint(bound)

    def is_meant(self, node: ast.stmt | ast.excepthandler, *names: str) -> bool:
        """Whether the finding names it, or the few lines on which it stands."""
        head = isinstance(node, ast.ExceptHandler)
        here = LineRange(node.lineno, node.lineno) if head else lines_of(node)
        named = bool(self.plan.names.intersection(names))
        if self.exact and self.plan.names and self.lines:
            return named and any(item.overlaps(here) for item in self.lines)
        if named:
            return True
        # Once what it names is gone, another one stands on its lines, which nobody meant.
        return not self.is_done and any(
            item.overlaps(here) and item.end - item.start <= 2 for item in self.lines
        )

    def is_read(self, name: str, scope: ast.AST) -> ast.AST | None:
        """What reads a local name, or may do so."""
        for node in self.tree.within(scope, ast.Name):
            if node.id in SEE_ALL or (
                node.id == name
                and self.is_load(node)
                and find_scope(self.tree, name, node) is scope
            ):
                return node
        outer = self.tree.within(scope, ast.Nonlocal)
        return next((item for item in outer if name in item.names), None)

    def is_load(self, node: ast.Name) -> bool:
        """Whether a name is read there, and not only bound: ``x += 1`` reads it."""
        stored = isinstance(node.ctx, ast.Store)
        return not stored or isinstance(self.tree.parent(node), ast.AugAssign)

    def refusal(self, reason: str, node: ast.stmt, detail: str) -> Refusal:
        """The site of ``node``, left alone."""
        return Refusal(reason, detail, site_of(self.source, node))
