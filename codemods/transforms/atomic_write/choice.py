"""Which helper a write is given, and how the statement around it takes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property

from codemods.codemod import AddImport, DropImport, Edit, Operation, Place, Refusal, Unit
from codemods.project.project import Project
from codemods.project.settings import black_settings
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Becomes, InPlace
from codemods.rewriting.reach import spelled
from codemods.syntax.names import free_name, qualified_name
from codemods.syntax.tree import Tree
from codemods.transforms.atomic_write.edit import Layout
from codemods.transforms.atomic_write.helpers import Helper, helpers
from codemods.transforms.atomic_write.own_helper import write_helper
from codemods.transforms.atomic_write.plan import AtomicPlan
from codemods.transforms.atomic_write.reuse import called_instead, is_near, opened_instead, takes
from codemods.transforms.atomic_write.writes import Writing, surrounding, writing


class Choice:
    """Chooses for the writes of one file.

    Args:
        places: all places of a finding in this file: they share one helper.
    """

    def __init__(self, project: Project, plan: AtomicPlan, places: Sequence[Place]) -> None:
        self.project = project
        self.plan = plan
        self.places = places
        self.source: SourceFile = places[0].source
        self.tree: Tree = self.source.tree

    @cached_property
    def _helpers(self) -> tuple[Helper, ...]:
        return tuple(helpers(self.project, self.source))

    def reused(self, made: Writing, block: ast.With | None) -> tuple[Edit, ...] | None:
        """A call of the project's own helper instead of the statement, where one fits."""
        for helper in self._helpers:
            as_path = made.part == "receiver"
            if not takes(self.project, self.source, helper, made.target, as_path=as_path):
                continue
            call = called_instead(self.source, helper, made, block)
            opened = block is not None and opened_instead(self.source, helper, made)
            if call is None and not opened:
                continue
            way = self._way(made.call, helper)
            if way is None:
                continue
            text, imports = way
            if call is None:
                span = self.source.span(made.call.func)
                return (Operation(self.source.path, span, Becomes(text)), *imports)
            span = self.source.span(block or self.tree.statement(made.call))
            payload = InPlace(f"{text}{call}\n")
            operation = Operation(self.source.path, span, payload, Unit.STATEMENT)
            return (operation, *imports, *self._unused(helper, block))
        return None

    def _unused(self, helper: Helper, block: ast.With | None) -> Iterator[DropImport]:
        """The import of :mod:`json`, where the helper dumps and the block did."""
        for call in self.tree.within(block, ast.Call) if block and helper.kind == "json" else ():
            name = call.func
            while isinstance(name, ast.Attribute):
                name = name.value
            if qualified_name(self.tree, call.func) == "json.dump" and isinstance(name, ast.Name):
                yield DropImport(self.source.path, name.id)

    def _way(self, at: ast.Call, helper: Helper) -> tuple[str, tuple[AddImport, ...]] | None:
        """How a helper is written where ``at`` stands, if it should be."""
        if any(item is helper.node for item in self.tree.ancestors(at)):
            # The helper would call itself.
            return None
        later = helper.source is self.source and helper.node.lineno > at.lineno
        if later and self.tree.function(at) is None:
            return None
        way = spelled(self.project, self.source, at, helper.source, helper.node.name)
        if isinstance(way, str) or not is_near(self.project, self.source, way[1]):
            return None
        return way

    def given(
        self, at: ast.Call, target: ast.expr, *, as_path: bool, keep_suffix: bool
    ) -> tuple[str | Refusal, tuple[Edit, ...]]:
        """The name of a helper that gives the path of a temporary file, and what it takes.

        Args:
            target: the file that is replaced.
            as_path: it is a path of :mod:`pathlib`, and the temporary one has to be.
        """
        for helper in self._helpers:
            fits = (
                helper.kind == "path"
                and (helper.keeps_suffix or not keep_suffix)
                and (helper.gives_path or not as_path)
                and takes(self.project, self.source, helper, target, as_path=as_path)
            )
            if not fits:
                continue
            way = self._way(at, helper)
            if way is not None:
                return way
        made = write_helper(
            self.project,
            self.source,
            self._first(),
            durable=self.plan.durable,
            keep_suffix=self._keeps_suffix,
        )
        if isinstance(made, Refusal):
            return made, ()
        return made.name, made.edits

    def _first(self) -> ast.AST:
        """What the helper is put above: the same for all writes of a file."""
        nodes = [
            self._calls[0] if isinstance(item.node, ast.Module) and self._calls else item.node
            for item in self.places
        ]
        return min(nodes, key=lambda node: getattr(node, "lineno", 0))

    @cached_property
    def _calls(self) -> list[ast.Call]:
        """The writes of the file, in the order of the lines."""
        return [
            call
            for call in self.tree.of(ast.Call)
            if isinstance(made := self._made(call), Writing) and not made.only_reads
        ]

    @cached_property
    def _keeps_suffix(self) -> bool:
        """Whether a function that writes one of the files may go by its suffix."""
        return any(
            isinstance(made := self._made(call), Writing) and made.by_name
            for place in self.places
            for call in self.tree.within(place.node, ast.Call)
        )

    def _made(self, call: ast.Call) -> Writing | str | None:
        return writing(self.project, self.source, call, self.plan.writers)

    def variable(self, at: ast.AST) -> str:
        """A free name for the temporary file in the function around ``at``."""
        return free_name(self.tree, surrounding(self.tree, at), "temporary")

    def layout(self, made: Writing, block: ast.With, name: str, variable: str) -> Layout:
        """How the header of a ``with`` statement takes one item more."""
        items = [self.source.segment(item.context_expr) for item in block.items]
        first = f"{name}({self.source.segment(made.target)}) as {variable}"
        names = [ast.unparse(item.optional_vars) for item in block.items if item.optional_vars]
        path = self.source.segment(made.path)
        length = (
            block.col_offset
            + len("with :")
            + len(first)
            + sum(len(item) + 2 for item in items)
            + sum(len(bound) + 4 for bound in names)
            + (len(variable) - len(path))
        )
        if length <= black_settings(self.project.files).line_length:
            return "line"
        if any("\n" in item for item in items):
            return "line"
        if self.project.target_python >= (3, 9):
            return "parentheses"
        return "nested" if len(block.items) == 1 else "line"
