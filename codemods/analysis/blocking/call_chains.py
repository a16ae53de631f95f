"""How a call of one of the project's functions comes to block, where that is sure.

Precision first: followed is only what runs on the straight way through a function, not what
stands in a branch, a handler or behind an ``and``, nor what the function remembers once it has
it; and only what waits for something outside of the process. Locks, queues and futures are mostly
waited for where somebody asked first whether that is right. :meth:`Index.blocking` answers more
freely, for a finding that names the call.
"""

from __future__ import annotations

import ast
from functools import cache

from codemods.analysis.blocking.paths import BlockingPath, Step, runs_elsewhere
from codemods.analysis.blocking.table import Kind, Row, Weight, row, rows
from codemods.analysis.names.resolver import is_generator
from codemods.analysis.names.values import DefinitionRef, Foreign, Known, decorator_names
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.tree import Tree, walk

DEPTH = 6
"""How many calls deep a way may be."""
_CACHES = frozenset(
    {"cache", "lru_cache", "cached", "cachedmethod", "cached_property", "memoize", "memoized"}
)
_BUFFERS = ("io.BytesIO", "io.StringIO")
_FOLLOWED = frozenset({*Kind} - {Kind.LOCK, Kind.CONSOLE, Kind.CPU})

_Body = tuple[tuple[BlockingPath, ...], tuple[ast.Call, ...]]
"""What a function itself calls of the table, and its other calls that may block."""


class Ways:
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
        for value in self._project.index.definition_of(source, call.func):
            ref = self._entered(value)
            inner = self._of_function(ref, depth - 1) if ref is not None else None
            if inner is not None:
                first = Step(source.path, call.lineno, value.name)
                found.append(BlockingPath((first, *inner.steps), inner.row))
        # Of several that it can be all must block.
        every = len(found) == len(self._project.index.definition_of(source, call.func))
        return min(found, key=_rank) if found and every else None

    def _entered(self, ref: DefinitionRef) -> DefinitionRef | None:
        """The function that runs when ``ref`` is called."""
        if isinstance(ref.node, ast.FunctionDef):
            return ref
        if isinstance(ref.node, ast.ClassDef):
            classes = self._project.index.resolver.classes
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
        blockers = self._project.blockers
        return blockers is None or word in blockers.words


def _rank(path: BlockingPath) -> tuple[int, int]:
    """Smaller is worse for the loop, and nearer."""
    return (-path.row.weight.rank, len(path.steps))


def ways_of(project: Project) -> Ways:
    """The ways of a project, remembered with what its index remembers."""
    index = project.index
    if index.ways is None:
        index.ways = Ways(project)
    return index.ways


def running(
    project: Project, source: SourceFile, tree: Tree, call: ast.Call
) -> DefinitionRef | None:
    """The plain function that makes a call whenever it is called itself."""
    function = tree.function(call)
    if (
        not isinstance(function, ast.FunctionDef)
        or not _is_straight(tree, function, call)
        or is_generator(function)
        or _is_remembered(tree, function, call)
    ):
        return None
    ref = project.index.resolver.reference(source, function)
    return None if runs_elsewhere(ref) else ref


def followed_row(project: Project, source: SourceFile, call: ast.Call) -> Row | None:
    """The table's row for a call, if it is one that is followed."""
    resolver = project.index.resolver
    values = resolver.evaluate(call.func, resolver.context(source, call)) or ()
    if len(values) != 1 or not isinstance(values[0], Foreign) or values[0].instance:
        return None
    known = row(values[0].name)
    if known is None or not is_followed(known):
        return None
    if b"BytesIO" in source.data or b"StringIO" in source.data:
        given = (*call.args, *(item.value for item in call.keywords))
        if any(project.index.type_of(source, item) in _BUFFERS for item in given):
            return None
    function = source.tree.function(call)
    if known.name.startswith("socket.") and function is not None:
        # ``s.setblocking(False)``: it does not wait.
        calls = (item.func for item in walk(function) if isinstance(item, ast.Call))
        if any(last_name(item) in ("setblocking", "settimeout") for item in calls):
            return None
    return known


def is_followed(item: Row) -> bool:
    """Whether a function that calls it counts as one that blocks."""
    return not item.lazy and item.weight is not Weight.CHEAP and item.kind in _FOLLOWED


def _is_straight(tree: Tree, function: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether ``call`` runs whenever ``function`` does, but for what leaves it before."""
    child: ast.AST = call
    for ancestor in tree.ancestors(call):
        if ancestor is function:
            return True
        match ancestor:
            case ast.If(test=part) | ast.While(test=part) | ast.IfExp(test=part):
                if child is not part:
                    return False
            case ast.BoolOp(values=[first, *_]):
                if child is not first:
                    return False
            case ast.ExceptHandler() | ast.Match() | ast.Assert() | ast.Raise():
                return False
            case ast.Try() | ast.TryStar() if child in ancestor.orelse:
                return False
            case _:
                pass
        child = ancestor
    return False


def _is_remembered(tree: Tree, function: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether a function gives what it has, and makes ``call`` only when it has nothing yet."""
    if not _CACHES.isdisjoint(decorator_names(function)):
        return True
    child: ast.AST = tree.statement(call)
    for parent in tree.ancestors(child):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and child in block:
                before = block[: block.index(child)]
                if any(_gives_what_is_there(statement) for statement in before):
                    return True
        if parent is function:
            return False
        child = parent
    return False


def _gives_what_is_there(statement: ast.stmt) -> bool:
    """``if key in known: return known[key]``, ``if self._x is not None: return self._x``."""
    if not isinstance(statement, ast.If):
        return False
    last = statement.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return False
    given = ast.unparse(last.value)
    parts = statement.test.values if isinstance(statement.test, ast.BoolOp) else [statement.test]
    for part in parts:
        match part:
            case ast.Compare(ops=[ast.In()], comparators=[known]):
                if given.startswith((f"{ast.unparse(known)}[", f"{ast.unparse(known)}.get(")):
                    return True
            case ast.Compare(left=found, ops=[ast.IsNot()]) | (
                (ast.Name() | ast.Attribute() | ast.NamedExpr()) as found
            ):
                if ast.unparse(getattr(found, "target", found)) == given:
                    return True
            case _:
                pass
    return False


@cache
def last_names() -> frozenset[str]:
    """The last parts of all names of the table."""
    return frozenset(name.rpartition(".")[2] for name in rows())


def last_name(node: ast.expr) -> str:
    """The word before the parenthesis of a call."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
