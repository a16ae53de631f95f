"""What runs before a thread starts and after it ends, as far as one function shows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.threads.calls import Calls, Launch
from codemods.syntax.dotted import last_name
from codemods.syntax.parts import targets_of
from codemods.syntax.statements import LEAVING, blocks_around
from codemods.syntax.tree import DEFINITIONS, FUNCTIONS, Function, Tree, position
from codemods.tables import WordTable

_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_RUNNING = WordTable("started running alive")
"""Last words of the names of flags that are set while a thread runs."""
_ENDS = ("shutdown", "result", "as_completed", "wait", "gather")


@dataclass(frozen=True, slots=True)
class Order:
    """One thread, and the functions of its file."""

    tree: Tree
    calls: Calls
    launch: Launch
    inside: set[Function]
    """What the thread runs."""

    def is_open(self, function: Function) -> bool:
        """Whether others may call a function: nothing in its name or place says that it is
        the file's own."""
        private = function.name.startswith("_") and not function.name.endswith("__")
        return not private and self.tree.function(function) is None

    def beside(self, function: Function, node: ast.AST) -> bool:
        """Whether ``node``, which ``function`` runs, is neither before the start nor after the
        end of the thread."""
        if self.launch.awaited and function is self.launch.launcher:
            return False
        if function in self.inside:
            return True
        starts = list(self._starts(function))
        if not starts and self._left_alone(node):
            return False
        if function is self.launch.launcher and not starts:
            # It is only made here, and somebody else starts it.
            return False
        here = position(node)
        if starts and not any(
            position(item) < here or self._in_one_loop(item, node, function) for item in starts
        ):
            return False
        statement = self.tree.statement(node)
        last = (statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
        return not any(
            position(item) < last and not self._in_one_loop(item, node, function, statement)
            for item in self._ends(function)
        )

    def _left_alone(self, node: ast.AST) -> bool:
        """Whether ``node`` runs only while the thread does not: behind ``if self._started: raise``,
        or below ``if not self._thread.is_alive():``."""
        for block, index in blocks_around(self.tree, node):
            for item in block[:index]:
                match item:
                    case ast.If(test=test, body=[*_, last]) if isinstance(last, LEAVING):
                        if self._runs(test):
                            return True
            parent = self.tree.parent(block[index])
            if isinstance(parent, FUNCTIONS):
                return False
            if isinstance(parent, ast.If) and self._rests(parent, block[index]):
                return True
        return False

    def _rests(self, condition: ast.If, child: ast.AST) -> bool:
        """Whether the branch with ``child`` is the one for a thread that does not run."""
        if child in condition.orelse:
            return self._runs(condition.test)
        match condition.test:
            case ast.UnaryOp(op=ast.Not(), operand=test):
                return self._runs(test)
            case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
                return self._is_thread(left)
        return False

    def _runs(self, test: ast.expr) -> bool:
        """Whether a condition holds for as long as the thread runs."""
        match test:
            case ast.BoolOp(op=ast.And(), values=parts):
                return all(map(self._runs, parts))
            case ast.BoolOp(values=parts):
                return any(map(self._runs, parts))
            case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
                return self._is_thread(left)
            case ast.Call(func=ast.Attribute(value=owner, attr="is_alive")):
                return self._is_thread(owner)
            case ast.Name() | ast.Attribute():
                return self._is_thread(test) or _RUNNING.ends(last_name(test))
        return self._is_thread(test)

    def _is_thread(self, node: ast.expr) -> bool:
        match node:
            case ast.Call(
                func=ast.Name(id="getattr"), args=[owner, ast.Constant(value=str(name)), *_]
            ):
                return f"{ast.unparse(owner)}.{name}" in self._names()
        return self._is_own(node)

    def _starts(self, function: Function) -> Iterator[ast.AST]:
        """Where a function starts the thread, by itself or through others."""
        for item in own_nodes(function):
            if isinstance(item, ast.Call) and self._begins(item, function):
                yield item
        yield from self._through(function, self._begins)

    def _begins(self, call: ast.Call | ast.Await, function: Function) -> bool:
        if isinstance(call, ast.Await):
            return False
        if not self.launch.later:
            return call is self.launch.call
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "start" or call.args:
            return False
        if self._is_own(call.func.value):
            return True
        # One of several in a list, or `Thread(…).start()`: but never before it is made.
        made = self.launch.call
        return (
            made is not None
            and function is self.launch.launcher
            and not self._names()
            and position(made) <= (call.end_lineno or 0, call.end_col_offset or 0)
        )

    def _through(
        self, function: Function, wanted: Callable[[ast.Call | ast.Await, Function], bool]
    ) -> Iterator[ast.AST]:
        """The calls of functions in which, or below which, a wanted call stands."""
        for callee, places in self.calls.callers.items():
            mine = [node for caller, node in places if caller is function]
            if mine and callee is not function and callee not in self.inside:
                below = self.calls.reached(callee) - self.inside
                if any(
                    isinstance(item, (ast.Call, ast.Await)) and wanted(item, part)
                    for part in below
                    for item in own_nodes(part)
                ):
                    yield from mine

    def _is_own(self, receiver: ast.expr) -> bool:
        """Whether it is the thread that is started: what the launch was assigned to, ``self`` in a
        subclass of ``Thread``."""
        if self.launch.call is None:
            return isinstance(receiver, ast.Name) and receiver.id == "self"
        return ast.unparse(receiver) in self._names()

    def _names(self) -> list[str]:
        """What the thread is assigned to where it is made."""
        made = self.tree.parent(self.launch.call) if self.launch.call is not None else None
        if not isinstance(made, (ast.Assign, ast.AnnAssign)):
            return []
        return [ast.unparse(item) for item in targets_of(made)]

    def _ends(self, function: Function) -> Iterator[ast.AST]:
        """Where a function waits for threads, by itself or through a function that it calls."""
        for item in own_nodes(function):
            if isinstance(item, (ast.Call, ast.Await)) and _waits(item, function):
                yield item
        yield from self._through(function, _waits)
        pool = self._pool()
        if pool is not None and function is self.launch.launcher:
            yield _after(pool)

    def _pool(self) -> ast.With | None:
        """The block around the launch at whose end its executor waits for all jobs."""
        call = self.launch.call
        if call is None or not isinstance(call.func, ast.Attribute):
            return None
        pools = {ast.unparse(item) for item in (call.func.value, *call.args[:1])}
        for item in self.tree.ancestors(call):
            if isinstance(item, DEFINITIONS):
                return None
            if isinstance(item, ast.With) and any(
                part.optional_vars is not None and ast.unparse(part.optional_vars) in pools
                for part in item.items
            ):
                return item
        return None

    def _in_one_loop(
        self, one: ast.AST, other: ast.AST, function: Function, around: ast.stmt | None = None
    ) -> bool:
        """Whether both run again and again, so that neither is the first."""
        loops = set()
        for item in self.tree.ancestors(one):
            if item is function:
                break
            if isinstance(item, _LOOPS) and item is not around:
                loops.add(item)
        return any(item in loops for item in self.tree.ancestors(other))


def _waits(call: ast.Call | ast.Await, _function: Function) -> bool:
    if isinstance(call, ast.Await):
        return isinstance(call.value, (ast.Name, ast.Attribute))
    name = last_name(call.func)
    if name != "join":
        return name in _ENDS
    # `", ".join(parts)` and `os.path.join(a, b)` take what a thread's does not.
    return not call.args or (
        len(call.args) == 1
        and (
            (isinstance(call.args[0], ast.Constant) and not isinstance(call.args[0].value, str))
            or "timeout" in ast.unparse(call.args[0]).lower()
        )
    )


def _after(statement: ast.stmt) -> ast.AST:
    """A place right behind a statement."""
    return ast.Pass(
        lineno=statement.end_lineno or statement.lineno, col_offset=statement.end_col_offset or 0
    )
