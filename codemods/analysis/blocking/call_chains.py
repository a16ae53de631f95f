"""How a call of one of the project's functions comes to block, where that is sure.

Precision first: followed is only what runs on the straight way through a function, not what
stands in a branch, a handler or behind an ``and``, nor what the function remembers once it has
it; and only what waits for something outside of the process. Locks, queues and futures are mostly
waited for where somebody asked first whether that is right. :func:`blocking_path` answers more
freely, for a finding that names the call.
"""

from __future__ import annotations

import ast

from codemods.analysis.blocking.blocking_callers import find_blockers
from codemods.analysis.blocking.bodies import DEPTH, followed_row, last_names, running
from codemods.analysis.blocking.paths import BlockingPath, Step
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import (
    DefinitionRef,
    Known,
)
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name

_Body = tuple[tuple[BlockingPath, ...], tuple[ast.Call, ...]]
"""What a function itself calls of the table, and its other calls that may block."""


class CallChains:
    """Answers how a call comes to block; remembers what each function comes to."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._answers: dict[tuple[DefinitionRef, int], BlockingPath | None] = {}
        self._bodies: dict[DefinitionRef, _Body] = {}

    def of_call(
        self, source: SourceFile, call: ast.Call, depth: int = DEPTH
    ) -> BlockingPath | None:
        """The way from a call of one of the project's functions, the nearest of the worst."""
        found = []
        for value in index_of(self._project).definition_of(source, call.func):
            ref = self._entered(value)
            inner = self._of_function(ref, depth - 1) if ref is not None else None
            if inner is not None:
                first = Step(source.path, call.lineno, value.name)
                found.append(BlockingPath((first, *inner.steps), inner.row))
        # Of several that it can be all must block.
        every = len(found) == len(index_of(self._project).definition_of(source, call.func))
        return min(found, key=_rank) if found and every else None

    def _entered(self, ref: DefinitionRef) -> DefinitionRef | None:
        """The function that runs when ``ref`` is called."""
        if isinstance(ref.node, ast.FunctionDef):
            return ref
        if isinstance(ref.node, ast.ClassDef):
            classes = index_of(self._project).resolver.classes
            for item in classes.member(ref, "__init__", True) or ():
                if isinstance(item, Known) and isinstance(item.ref.node, ast.FunctionDef):
                    return item.ref
        return None

    def _of_function(self, ref: DefinitionRef, depth: int) -> BlockingPath | None:
        """The same for what a function calls; what is remembered is remembered for a depth, or
        the answer would hang on who asked first."""
        if depth < 1:
            return None
        key = (ref, depth)
        if key not in self._answers:
            direct, others = self._body(ref)
            further = (self.of_call(ref.source, call, depth) for call in others)
            found = [*direct, *(path for path in further if path is not None)]
            self._answers[key] = min(found, key=_rank, default=None)
        return self._answers[key]

    def _body(self, ref: DefinitionRef) -> _Body:
        if ref not in self._bodies:
            tree = ref.source.tree
            direct: list[BlockingPath] = []
            others: list[ast.Call] = []
            renamed = {item.asname for item in tree.of(ast.alias) if item.asname}
            for call in tree.within(ref.node, ast.Call):
                if tree.function(call) is not ref.node or not running(
                    self._project, ref.source, tree, call
                ):
                    continue
                word = last_name(call.func)
                known = None
                if word in last_names() or word in renamed:
                    known = followed_row(self._project, ref.source, call)
                if known is not None:
                    name = ref.source.segment(call.func)
                    step = Step(ref.path, call.lineno, name if len(name) <= 50 else known.name)
                    direct.append(BlockingPath((step,), known))
                elif self._may_block(word):
                    others.append(call)
            self._bodies[ref] = tuple(direct), tuple(others)
        return self._bodies[ref]

    def _may_block(self, word: str) -> bool:
        blockers = self._project.surveyed(find_blockers)
        return blockers is None or word in blockers.words


def _rank(path: BlockingPath) -> tuple[int, int]:
    """Smaller is worse for the loop, and nearer."""
    return (-path.row.weight.rank, len(path.steps))


def call_chains(project: Project) -> CallChains:
    """The call chains of a project, remembered until its trees go."""
    return project.memo(CallChains)
