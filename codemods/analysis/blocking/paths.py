"""Which functions of a project stop the event loop, and through what."""

from __future__ import annotations

import ast
from collections import deque
from dataclasses import dataclass

from codemods.analysis.blocking.table import Row, row
from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.index import index_of
from codemods.analysis.names.resolver import is_generator
from codemods.analysis.names.values import DefinitionRef, Foreign, Known, Value, runs_elsewhere
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.tree import FUNCTIONS, Function

DEPTH = 6
"""How many calls deep is looked."""
FUNCTIONS_READ = 400
"""How many functions are read for one answer; a call that leads to more is a hub of the program,
and what it blocks on stands nearer than that."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call on the way to what blocks."""

    path: str
    line: int
    name: str
    """The function's own name for one of the project, as written for the last one."""


@dataclass(frozen=True, slots=True)
class BlockingPath:
    """How a call comes to block."""

    steps: tuple[Step, ...]
    """The call that was asked about first, the blocking callable last."""
    row: Row
    """The table's row for the last step."""

    @property
    def direct(self) -> bool:
        """Whether the call itself is in the table. Only then do ``row.offload``, ``row.lazy`` and
        ``row.replacement`` speak of it: a function that makes its own connection may well run in
        a thread."""
        return len(self.steps) == 1

    def __str__(self) -> str:
        last = self.steps[-1]
        names = " → ".join(step.name for step in self.steps)
        return names if self.direct else f"{names} ({last.path}:{last.line})"


@dataclass(frozen=True, slots=True)
class _Body:
    """What a function calls, in itself."""

    blocks: Step | None
    """Its worst call of a row of the table."""
    row: Row | None
    callees: tuple[tuple[DefinitionRef, Step], ...]


class Blocking:
    """Answers :func:`blocking_path`; remembers what each function calls."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._bodies: dict[Function, _Body] = {}
        self._answers: dict[Function, BlockingPath | None] = {}

    def of_call(self, source: SourceFile, call: ast.Call) -> BlockingPath | None:
        """How ``call`` comes to block, ``None`` where that cannot be told or does not happen."""
        resolver = index_of(self._project).resolver
        if readable(source) is None:
            return None
        values = resolver.evaluate(call.func, resolver.context(source, call))
        best: BlockingPath | None = None
        for value in values or ():
            found = self._of_value(source, call, value)
            if found is not None and (best is None or _rank(found) < _rank(best)):
                best = found
        return best

    def _of_value(self, source: SourceFile, call: ast.Call, value: Value) -> BlockingPath | None:
        known = _row(value)
        if known is not None:
            name = _written(source, call.func, known)
            return BlockingPath((Step(source.path, call.lineno, name),), known)
        for ref in self._reached(value):
            inner = self.of_function(ref)
            if inner is not None:
                first = Step(source.path, call.lineno, _called(value, ref))
                return BlockingPath((first, *inner.steps), inner.row)
        return None

    def of_function(self, ref: DefinitionRef) -> BlockingPath | None:
        """How running ``ref`` comes to block; the steps begin inside it."""
        if not isinstance(ref.node, FUNCTIONS):
            return None
        if ref.node not in self._answers:
            self._answers[ref.node] = self._search(ref)
        return self._answers[ref.node]

    def _search(self, ref: DefinitionRef) -> BlockingPath | None:
        """Breadth first, so that the nearest of the worst is found; cycles are met once."""
        best: BlockingPath | None = None
        queue: deque[tuple[DefinitionRef, tuple[Step, ...]]] = deque([(ref, ())])
        seen = {ref.node}
        while queue and len(seen) <= FUNCTIONS_READ:
            current, steps = queue.popleft()
            body = self._body(current)
            if body.blocks is not None and body.row is not None:
                found = BlockingPath((*steps, body.blocks), body.row)
                if best is None or _rank(found) < _rank(best):
                    best = found
                if body.row.weight == "heavy":
                    return best
            if len(steps) < DEPTH - 1:
                for callee, step in body.callees:
                    if callee.node not in seen:
                        seen.add(callee.node)
                        queue.append((callee, (*steps, step)))
        return best

    def _body(self, ref: DefinitionRef) -> _Body:
        node = ref.node
        if not isinstance(node, FUNCTIONS):
            return _Body(None, None, ())
        found = self._bodies.get(node)
        if found is None:
            found = self._bodies[node] = self._read(ref, node)
        return found

    def _read(self, ref: DefinitionRef, function: Function) -> _Body:
        resolver = index_of(self._project).resolver
        worst: tuple[int, Step, Row] | None = None
        callees: dict[DefinitionRef, Step] = {}
        for node in own_nodes(function):
            if not isinstance(node, ast.Call):
                continue
            for value in resolver.evaluate(node.func, resolver.context(ref.source, node)) or ():
                known = _row(value)
                if known is not None:
                    if not known.lazy and (worst is None or known.weight.rank > worst[0]):
                        name = _written(ref.source, node.func, known)
                        worst = (known.weight.rank, Step(ref.path, node.lineno, name), known)
                    continue
                for callee in self._reached(value):
                    callees.setdefault(callee, Step(ref.path, node.lineno, _called(value, callee)))
        if worst is None:
            return _Body(None, None, tuple(callees.items()))
        return _Body(worst[1], worst[2], tuple(callees.items()))

    def _reached(self, value: Value) -> list[DefinitionRef]:
        """The synchronous functions whose bodies run when ``value`` is called."""
        if not isinstance(value, Known):
            return []
        found = [value.ref]
        if isinstance(value.ref.node, ast.ClassDef):
            members = index_of(self._project).resolver.classes.member(
                value.ref, "__call__" if value.instance else "__init__", True
            )
            found = [item.ref for item in members or () if isinstance(item, Known)]
        return [
            ref
            for ref in found
            if isinstance(ref.node, ast.FunctionDef)
            and not is_generator(ref.node)
            and not runs_elsewhere(ref)
        ]


def blocking_path(project: Project, source: SourceFile, call: ast.Call) -> BlockingPath | None:
    """How a call comes to stop the event loop: by the table of blocking callables, or through the
    project's synchronous functions, at most six calls deep."""
    return project.memo(Blocking).of_call(source, call)


def _row(value: Value) -> Row | None:
    return row(value.name) if isinstance(value, Foreign) and not value.instance else None


def _rank(path: BlockingPath) -> tuple[int, int]:
    """Smaller is worse for the loop, and nearer."""
    return (-path.row.weight.rank, len(path.steps))


def _called(value: Value, ref: DefinitionRef) -> str:
    """The name by which people know a call: the class, not its ``__init__``."""
    return value.ref.name if isinstance(value, Known) else ref.name


def _written(source: SourceFile, function: ast.expr, known: Row) -> str:
    """The callable as it stands in the source, where that is short."""
    text = source.segment(function)
    return text if len(text) <= 50 and "\n" not in text else known.name
