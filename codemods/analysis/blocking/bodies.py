"""What a call, or a whole function, calls from the table and from the project.

Freely it is whatever may run; strictly it is what runs on the straight way through the function
and waits for something outside of the process: not what stands in a branch, a handler or behind
an ``and``, nor what the function remembers once it has it. Locks, queues and futures are mostly
waited for where somebody asked first whether that is right.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from codemods.analysis.blocking.immediate import in_memory, is_immediate
from codemods.analysis.blocking.switches import is_behind_switch
from codemods.analysis.blocking.table import BlockingKind, Row, Weight, row, rows
from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.index import Index
from codemods.analysis.names.resolver import is_generator
from codemods.analysis.names.values import (
    DefinitionRef,
    Foreign,
    Known,
    Value,
    decorator_names,
    runs_elsewhere,
)
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.statements import blocks_around
from codemods.syntax.tree import FUNCTIONS, Tree, walk

DEPTH = 6
"""How many functions deep a way may be."""
_CACHES = frozenset(
    {"cache", "lru_cache", "cached", "cachedmethod", "cached_property", "memoize", "memoized"}
)
_MOMENT = 0.05
"""Seconds of a sleep that is no reason for a thread."""
_NO_DISK = (b"os.devnull", b'"/proc/', b'"/sys/')
"""Files that are on no disk."""
_FOLLOWED = frozenset({*BlockingKind} - {BlockingKind.LOCK, BlockingKind.CONSOLE, BlockingKind.CPU})


@dataclass(frozen=True, slots=True)
class Step:
    """One call on the way to what blocks."""

    path: str
    line: int
    name: str
    """The function's own name for one of the project, as written for the last one."""


Entered = tuple[Step, DefinitionRef]
"""A call of one of the project's functions, and the function whose body runs."""


@dataclass(frozen=True, slots=True)
class Called:
    """What one call may come to."""

    rows: tuple[tuple[Step, Row], ...]
    """Of the table."""
    entered: tuple[Entered, ...]
    """Of the project: what is synchronous and runs at once."""
    sure: bool = True
    """Whether it comes to nothing else that is known of the project."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a function calls, in itself."""

    worst: tuple[Step, Row] | None
    """Its worst call of the table."""
    calls: tuple[tuple[Entered, ...], ...]
    """For each of its other calls what may be entered."""


def body_of(index: Index, ref: DefinitionRef, may_block: Callable[[str], bool] | None) -> Body:
    """Read a function.

    Args:
        index: of the project.
        ref: the function; any other definition has no body.
        may_block: whether a call by a word can come to what blocks. With it only what surely runs
            is read; ``None`` reads all that may run.
    """
    direct: list[tuple[Step, Row]] = []
    calls: list[tuple[Entered, ...]] = []
    reading = _all(index, ref) if may_block is None else _sure(index, ref, may_block)
    for called in reading:
        # An iterator does its work later.
        direct += [item for item in called.rows if not item[1].lazy]
        if called.sure and called.entered:
            calls.append(called.entered)
    worst = max(direct, key=lambda item: item[1].weight.rank, default=None)
    return Body(worst, tuple(calls))


def _all(index: Index, ref: DefinitionRef) -> Iterator[Called]:
    nodes = own_nodes(ref.node) if isinstance(ref.node, FUNCTIONS) else ()
    for call in nodes:
        if isinstance(call, ast.Call):
            called = what_is_called(index, ref.source, call)
            yield Called(called.rows, ())
            # Of several that it can be each alone may be what runs.
            yield from (Called((), (item,)) for item in called.entered)


def _sure(index: Index, ref: DefinitionRef, may_block: Callable[[str], bool]) -> Iterator[Called]:
    tree = ref.source.tree
    renamed = {item.asname for item in tree.of(ast.alias) if item.asname}
    for call in tree.within(ref.node, ast.Call):
        if tree.function(call) is not ref.node or not running(index, ref.source, tree, call):
            continue
        word = last_name(call.func)
        known = None
        if word in last_names() or word in renamed:
            known = followed_row(index, ref.source, call)
        if known is not None:
            yield Called(((_step(ref.source, call, known), known),), ())
        elif may_block(word):
            yield dataclasses.replace(what_is_called(index, ref.source, call), rows=())


def what_is_called(index: Index, source: SourceFile, call: ast.Call) -> Called:
    """What a call may come to, by all that its function can be."""
    resolver = index.resolver
    known: dict[tuple[Step, Row], None] = {}
    entered: dict[DefinitionRef, Step] = {}
    sure = True
    for value in resolver.evaluate(call.func, resolver.context(source, call)) or ():
        found = _row(value)
        if found is not None:
            known[_step(source, call, found), found] = None
        elif isinstance(value, Known):
            step = Step(source.path, call.lineno, value.ref.name)
            refs = _entered(index, value)
            sure = sure and bool(refs)
            for ref in refs:
                entered.setdefault(ref, step)
    return Called(tuple(known), tuple((step, ref) for ref, step in entered.items()), sure)


def _entered(index: Index, value: Known) -> list[DefinitionRef]:
    """The synchronous functions whose bodies run when ``value`` is called."""
    found = [value.ref]
    if isinstance(value.ref.node, ast.ClassDef):
        name = "__call__" if value.instance else "__init__"
        members = index.resolver.classes.member(value.ref, name, True)
        found = [item.ref for item in members or () if isinstance(item, Known)]
    return [
        ref
        for ref in found
        if isinstance(ref.node, ast.FunctionDef)
        and not is_generator(ref.node)
        and not runs_elsewhere(ref)
    ]


def _row(value: Value) -> Row | None:
    return row(value.name) if isinstance(value, Foreign) and not value.instance else None


def row_of(index: Index, source: SourceFile, call: ast.Call) -> Row | None:
    """The table's row for a call that can be nothing else."""
    name = index.foreign(source, call.func)
    return row(name) if name is not None else None


def _step(source: SourceFile, call: ast.Call, known: Row) -> Step:
    """The callable as it stands in the source, where that is short."""
    text = source.segment(call.func)
    name = text if len(text) <= 50 and "\n" not in text else known.name
    return Step(source.path, call.lineno, name)


def running(index: Index, source: SourceFile, tree: Tree, call: ast.Call) -> DefinitionRef | None:
    """The plain function that makes a call whenever it is called itself."""
    function = tree.function(call)
    if (
        not isinstance(function, ast.FunctionDef)
        or not _is_straight(tree, function, call)
        or is_generator(function)
        or _is_remembered(tree, function, call)
        or is_behind_switch(tree, function, call)
    ):
        return None
    ref = index.resolver.reference(source, function)
    return None if runs_elsewhere(ref) else ref


def _is_database_in_memory(index: Index, source: SourceFile) -> bool:
    """Whether a file connects to no database but one in memory, which waits for nothing."""
    if not source.holds(b'":memory:"'):
        return False
    connected = [
        call.args[:1]
        for call in source.tree.of(ast.Call)
        if last_name(call.func) == "connect"
        and index.foreign(source, call.func) == "sqlite3.connect"
    ]
    return bool(connected) and all(
        isinstance(item, ast.Constant) and item.value == ":memory:"
        for given in connected
        for item in given
    )


def followed_row(index: Index, source: SourceFile, call: ast.Call) -> Row | None:
    """The table's row for a call, if it is one that is followed."""
    known = row_of(index, source, call)
    if known is None or not is_followed(known):
        return None
    if known.name.startswith("sqlite3.") and _is_database_in_memory(index, source):
        return None
    if in_memory(index, source, call, known) or is_immediate(source.tree, call, known):
        return None
    function = source.tree.function(call)
    if known.kind is BlockingKind.FILE and any(map(source.holds, _NO_DISK)):
        text = source.segment(function or call).encode()
        if any(word in text for word in _NO_DISK):
            return None
    if known.name.startswith("socket.") and function is not None:
        # ``s.setblocking(False)``: it does not wait.
        calls = (item.func for item in walk(function) if isinstance(item, ast.Call))
        if any(last_name(item) in ("setblocking", "settimeout") for item in calls):
            return None
    return dataclasses.replace(known, weight=Weight.NORMAL) if _is_moment(known, call) else known


def _is_moment(known: Row, call: ast.Call) -> bool:
    """A sleep of some milliseconds: to start a thread takes as long."""
    match call.args:
        case [ast.Constant(value=int() | float() as seconds)]:
            return known.kind is BlockingKind.SLEEP and seconds < _MOMENT
    return False


def is_followed(item: Row) -> bool:
    """Whether a function that calls it counts as one that blocks."""
    return not item.lazy and not item.weight.is_trifle and item.kind in _FOLLOWED


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
    return any(
        _gives_what_is_there(statement)
        for block, index in blocks_around(tree, call)
        for statement in block[:index]
    )


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
    return frozenset(last_part(name) for name in rows())
