"""The calls that a scan finds: by the table of blocking callables, inside ``async def`` only."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from codemods.analysis.blocking.bodies import last_names, row_of
from codemods.analysis.blocking.callers import find_blocking_callers
from codemods.analysis.blocking.paths import blocking_path
from codemods.analysis.blocking.table import BlockingKind, Row, Weight
from codemods.analysis.names.index import index_of
from codemods.analysis.threads.handed_over import runs_in_thread
from codemods.codemod import Change, Option, Refusal, Safety, Scope
from codemods.project.paths import is_test
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.tree import FUNCTIONS, position
from codemods.transforms.offload_blocking_calls.changes import Changes
from codemods.transforms.offload_blocking_calls.files import OPENERS

TESTS: Option[bool] = Option(
    "tests", False, "Whether a scan looks into test files, which may block as they like."
)
DEPTH: Option[float] = Option(
    "depth",
    3,
    "How many calls lead at most to what blocks, so that a scan writes the change; where more do, "
    "it only shows it.",
)
"""The blocking call is one of them."""
_CONTENT = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "load", "dump"})
"""Of the callables that are neither cheap nor heavy: those that move a file's whole content."""


def scanned(scope: Scope) -> Iterator[Change | Refusal]:
    """Every blocking call in the coroutines of the scope."""
    changes = Changes(scope)
    for place in scope.places:
        if TESTS.of(scope.options) or not is_test(place.source.path):
            yield from _Scan(scope, place.source, changes).results(place.node)


class _Scan:
    def __init__(self, scope: Scope, source: SourceFile, changes: Changes) -> None:
        self.scope = scope
        self.source = source
        self.tree = source.tree
        self.index = index_of(scope.project)
        self.changes = changes
        self.names = last_names() | {
            alias.asname
            for alias in self.tree.of(ast.alias)
            if alias.asname and last_part(alias.name) in last_names()
        }
        self.own = self._own_names()

    def results(self, root: ast.AST) -> Iterator[Change | Refusal]:
        """What each call of a blocking callable comes to, in source order."""
        calls = {
            id(call): call
            for function in self.tree.within(root, ast.AsyncFunctionDef)
            for call in self.tree.within(function, ast.Call)
        }
        blocks: set[ast.With] = set()
        for call in sorted(calls.values(), key=position):
            name = last_name(call.func)
            if name in self.names:
                row = row_of(self.index, self.source, call)
                if row is not None:
                    yield from self._of_row(call, row, blocks)
                    continue
            if self.own is None or name in self.own:
                yield from self._of_own(call)

    def _of_row(
        self, call: ast.Call, row: Row, blocks: set[ast.With]
    ) -> Iterator[Change | Refusal]:
        if runs_in_thread(self.tree, call) is not None or _is_immediate(call, row):
            return
        block = self._block_around(call)
        if block is not None:
            # One answer for a block, whatever is called in it.
            if block not in blocks:
                blocks.add(block)
                yield self.changes.file(self.source, block, Safety.REVIEW)
            return
        if self.index.foreign(self.source, call.func) in OPENERS:
            yield self.changes.file(self.source, call, Safety.REVIEW)
        elif row.name.startswith("io.TextIOWrapper."):
            opened = self._is_opened_in_place(call)
            if not opened:
                detail = f"{self.source.segment(call.func)}() uses a file that is opened elsewhere"
                yield Refusal("open-without-with", detail, self.scope.site(self.source, call))
        elif row.name == "json.load" and call.args and self._is_open(call.args[0]):
            return
        else:
            consumer = self.changes.checks.consumer(self.source, call) if row.lazy else None
            yield self.changes.call(self.source, consumer or call, _safety(row))

    def _own_names(self) -> frozenset[str] | None:
        """The words by which the file calls what blocks further down, where that is known."""
        blocking_callers = self.scope.project.surveyed(find_blocking_callers)
        return (
            blocking_callers.callers.get(self.source.path, frozenset())
            if blocking_callers
            else None
        )

    def _of_own(self, call: ast.Call) -> Iterator[Change | Refusal]:
        """A call of one of the project's functions that surely blocks further down."""
        if (
            isinstance(self.tree.parent(call), ast.Await)
            or not isinstance(self.tree.function(call), ast.AsyncFunctionDef)
            or runs_in_thread(self.tree, call) is not None
        ):
            return
        path = blocking_path(self.scope.project, self.source, call, strict=True)
        if path is None:
            return
        short = len(path.steps) <= DEPTH.of(self.scope.options)
        heavy = path.row.weight is Weight.HEAVY
        result = self.changes.call(self.source, call, _safest(short, heavy))
        if isinstance(result, Change):
            result = dataclasses.replace(result, notes=(*result.notes, f"it blocks by {path}"))
        yield result

    def _block_around(self, call: ast.Call) -> ast.With | None:
        """The ``with open(…)`` that ``call`` is a part of, in the same function."""
        for ancestor in self.tree.ancestors(call):
            if isinstance(ancestor, ast.With) and self.changes.files.opens(self.source, ancestor):
                return ancestor
            if isinstance(ancestor, FUNCTIONS):
                return None
        return None

    def _is_open(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self.index.foreign(self.source, node.func) in OPENERS

    def _is_opened_in_place(self, call: ast.Call) -> bool:
        """``open(p).read()``: the ``open`` has its own answer."""
        return isinstance(call.func, ast.Attribute) and self._is_open(call.func.value)


def _safety(row: Row) -> Safety:
    """A file's name changed, a lock waited for: worth showing, seldom worth a thread."""
    if row.weight is Weight.CHEAP or row.kind is BlockingKind.LOCK:
        return Safety.DISPLAY
    if row.replacement is not None and row.kind is not BlockingKind.SLEEP:
        return Safety.DISPLAY
    is_small = row.weight is Weight.NORMAL and row.kind is BlockingKind.FILE and not row.lazy
    if is_small and last_part(row.name) not in _CONTENT:
        return Safety.DISPLAY
    return Safety.REVIEW


def _safest(short: bool, heavy: bool) -> Safety:
    """A long way may not be gone every time, and a small local file is read before a thread has
    started."""
    return Safety.REVIEW if short and heavy else Safety.DISPLAY


_NOTHING = frozenset({"pathlib.Path.home", "pathlib.Path.expanduser"})
"""Reads the environment: a finding may name it, a scan has no reason to."""
_AT_ONCE = frozenset({"LOCK_NB", "LOCK_UN"})


def _is_immediate(call: ast.Call, row: Row) -> bool:
    """``queue.get(block=False)``, ``thread.join(timeout=0)``: it does not wait."""
    if row.name in _NOTHING:
        return True
    if row.name.startswith("fcntl.") and any(
        last_name(node) in _AT_ONCE for item in call.args for node in ast.walk(item)
    ):
        return True
    if row.kind is not BlockingKind.LOCK:
        return False
    return any(
        isinstance(item, ast.Constant) and item.value in (False, 0)
        for item in (
            *call.args,
            *(k.value for k in call.keywords if k.arg in ("block", "blocking", "timeout")),
        )
    )
