"""What is asked of the names of one file, whatever binds them."""

from __future__ import annotations

import ast

from codemods.codemod import Refusal, site_of
from codemods.findings.model import LineRange
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.scopes import find_scope
from codemods.syntax.tree import Tree
from codemods.transforms.unused_name.plan import UnusedPlan


class Names:
    """What is asked of the names of one file, whatever binds them."""

    def __init__(
        self, project: Project, source: SourceFile, plan: UnusedPlan, lines: tuple[LineRange, ...]
    ) -> None:
        self.project = project
        self.source = source
        self.plan = plan
        self.lines = lines
        self.tree: Tree = source.tree

    def is_meant(self, node: ast.stmt | ast.excepthandler, *names: str) -> bool:
        """Whether the finding names it, or the few lines on which it stands."""
        here = LineRange(node.lineno, node.end_lineno or node.lineno)
        if isinstance(node, ast.ExceptHandler):
            here = LineRange(node.lineno, node.lineno)
        return bool(self.plan.names.intersection(names)) or any(
            item.overlaps(here) and item.end - item.start <= 2 for item in self.lines
        )

    def is_read(self, name: str, scope: ast.AST) -> ast.AST | None:
        """What reads a local name, or may do so."""
        for node in self.tree.within(scope, ast.Name):
            stored = isinstance(node.ctx, ast.Store)
            if stored and not isinstance(self.tree.parent(node), ast.AugAssign):
                if node.id in ("locals", "eval", "exec", "vars"):
                    return node
                continue
            if node.id in ("locals", "eval", "exec", "vars"):
                return node
            if node.id == name and find_scope(self.tree, name, node) is scope:
                return node
        for declared in self.tree.within(scope, ast.Nonlocal):
            if name in declared.names:
                return declared
        return None

    def refusal(self, reason: str, node: ast.stmt, detail: str) -> Refusal:
        """The site of ``node``, left alone."""
        return Refusal(reason, detail, site_of(self.source, node))
