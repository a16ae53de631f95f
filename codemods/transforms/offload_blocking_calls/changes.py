"""From a call or block that blocks to a change, or to the reason why it stays."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from codemods.analysis.flow.around import (
    binds_tighter,
    is_hanging,
    timeout_note,
    wants_blank,
    words,
)
from codemods.analysis.flow.block_names import root_name
from codemods.analysis.names.index import index_of
from codemods.analysis.threads.bound import bound_to_caller
from codemods.analysis.threads.process_state import changed_around
from codemods.analysis.threads.worlds import loop_awaited, only_anyio, other_loop
from codemods.codemod import (
    AddImport,
    Change,
    DropImport,
    Edit,
    Operation,
    Payload,
    Refusal,
    Safety,
    Scope,
    Unit,
)
from codemods.project.source import SourceFile
from codemods.rewriting.thread_calls import Thread
from codemods.syntax.awaiting import held_locks, in_cancelled_handler, in_finally, why_no_await
from codemods.syntax.imports import can_import, local_name
from codemods.syntax.names import binding_of
from codemods.syntax.parts import values_given
from codemods.syntax.suspension import new_suspension_hazard
from codemods.transforms.offload_blocking_calls.checks import Checks, Why
from codemods.transforms.offload_blocking_calls.edit import (
    AddTimeout,
    AsyncSleep,
    BlockInThread,
    CallInThread,
    FileAccess,
)
from codemods.transforms.offload_blocking_calls.files import FileShapes, WholeFile

_Imports = tuple[AddImport, ...]
_Edits = tuple[AddImport | DropImport, ...]


class _StaysError(Exception):
    """Something stays as it is: which node, and why."""

    def __init__(self, node: ast.stmt | ast.expr, why: Why) -> None:
        super().__init__(why[1])
        self.node = node
        self.why = why


class Changes:
    """Makes changes for one scope."""

    def __init__(self, scope: Scope, timeout: str | None = None, *, asked: bool = False) -> None:
        self.scope = scope
        self.timeout = timeout
        self.asked = asked
        self.index = index_of(scope.project)
        self.checks = Checks(self.index)
        self.files = FileShapes(self.index)

    def of(
        self, source: SourceFile, node: ast.With | ast.Call, safety: Safety = Safety.REVIEW
    ) -> Change | Refusal:
        """A call, a ``with open(…)`` block or an ``open(…)`` inside an expression, or why it
        stays.

        Args:
            safety: of a call that opens no file.
        """
        try:
            if isinstance(node, ast.With) or self.files.is_opener(source, node):
                return self._file(source, node)
            return self._call(source, node, safety)
        except _StaysError as error:
            reason, detail = error.why
            # A coroutine blocks nothing: there is nothing to be done.
            asked = False if reason == "callee-is-coroutine" else None
            return Refusal(reason, detail, self.scope.site(source, error.node), asked=asked)

    def of_block(self, source: SourceFile, block: ast.With) -> Change | Refusal:
        """The same of a ``with open(…)`` in a scan: one that cannot become a function blocks all
        the same, and is shown."""
        result = self.of(source, block)
        if isinstance(result, Change) or result.reason != "with-open-body":
            return result
        found = "with open() blocks the event loop"
        site = self.scope.site(source, block)
        return Change(site, found, (), Safety.DISPLAY, (result.detail,), found=found)

    # What may be offloaded

    def _call(self, source: SourceFile, call: ast.Call, safety: Safety) -> Change:
        sleeps = self.index.foreign(source, call.func) == "time.sleep"
        why = self.checks.why_not(source, call) or self._why_not_here(source, call, sleeps)
        plain = len(call.args) == 1 and not call.keywords
        if why is None and sleeps and (not plain or isinstance(call.args[0], ast.Starred)):
            detail = "time.sleep() is called with arguments that asyncio.sleep() does not take"
            why = "sleep-arguments", detail
        tie = bound_to_caller(self.index, source, call) if why is None else None
        if tie is not None and not (self.asked and tie.perhaps):
            why = tie.reason, tie.detail
        if why is not None:
            raise _StaysError(call, why)
        tighter = binds_tighter(source, call)
        if sleeps:
            sleep, imports = self._spelled(source, call, "sleep")
            what = "time.sleep() becomes asyncio.sleep()"
            edits: _Edits = (*imports, *self._unused(source, call.func))
            return self._change(source, call, what, AsyncSleep(sleep, tighter), edits, safety)
        thread, imports = self._thread(source, call)
        payload = CallInThread(thread, tighter, is_hanging(source, call))
        what = f"{words(source, call.func)}() runs in a thread"
        change = self._change(source, call, what, payload, imports, safety)
        # Who names the call wants it moved; what a branch of it needs is for them to know.
        notes = (*change.notes, tie.detail) if tie is not None else change.notes
        return dataclasses.replace(change, notes=notes)

    def _unused(self, source: SourceFile, function: ast.expr) -> tuple[DropImport, ...]:
        """The import of what is called no longer; the engine keeps it while anything needs it."""
        root = root_name(function)
        return (DropImport(source.path, root),) if root is not None else ()

    def _file(self, source: SourceFile, node: ast.With | ast.Call) -> Change:
        why = self._why_not_here(source, node)
        if why is not None:
            raise _StaysError(node, why)
        if isinstance(node, ast.With):
            whole = self.files.whole_of_block(source, node)
            return self._whole(source, node, whole) if whole else self._block(source, node)
        whole = self.files.whole_of_expression(source, node)
        if whole is None:
            detail = (
                "open() is not in a with block, so its reads and writes would stay on the "
                "event loop"
            )
            raise _StaysError(node, ("open-without-with", detail))
        return self._whole(source, whole.call, whole)

    def _whole(self, source: SourceFile, node: ast.With | ast.Call, whole: WholeFile) -> Change:
        thread, imports = self._thread(source, node)
        edits: list[AddImport | DropImport] = [*imports]
        on_path = self.index.foreign(source, whole.opening.func) == "pathlib.Path.open"
        path_class = converter = None
        path = None if on_path else values_given(whole.opening)[0]
        if path is not None and self.index.type_of(source, path) != "pathlib.Path":
            path_class, imports = self._spelled(source, node, "Path", "pathlib")
            edits += imports
        if whole.converter is not None:
            module, name = whole.converter
            converter, imports = self._spelled(source, node, name, module)
            edits += (*imports, *self._unused(source, whole.call.func))
        payload = FileAccess(
            thread,
            whole.method,
            path_class,
            whole.keywords,
            whole.handle,
            converter,
            on_path,
            binds_tighter(source, whole.call),
        )
        verb = "read" if whole.method.startswith("read") else "written"
        return self._change(source, node, f"the file is {verb} in a thread", payload, tuple(edits))

    def _block(self, source: SourceFile, node: ast.With) -> Change:
        block = self.files.block(source, node)
        if isinstance(block, tuple):
            raise _StaysError(node, block)
        thread, imports = self._thread(source, node)
        payload = BlockInThread(thread, block, wants_blank(source, node))
        what = f"the block that opens a file runs in a thread, as {block.name}()"
        return self._change(source, node, what, payload, imports)

    def add_timeout(self, source: SourceFile, call: ast.Call) -> Change | None:
        """``asyncio.wait_for`` around a call that is offloaded but may take for ever."""
        if self.timeout is None or not isinstance(source.tree.parent(call), ast.Await):
            return None
        if any(
            isinstance(part.context_expr, ast.Call)
            and words(source, part.context_expr.func).endswith(("timeout", "timeout_at"))
            for item in source.tree.ancestors(call)
            if isinstance(item, ast.AsyncWith)
            for part in item.items
        ):
            return None
        try:
            thread, imports = self._thread(source, call)
        except _StaysError:
            return None
        if thread.wait_for is None:
            return None
        what = f"the wait for the thread gets a timeout of {self.timeout} seconds"
        return self._change(source, call, what, AddTimeout(thread), imports)

    def _why_not_here(self, source: SourceFile, node: ast.AST, sleeps: bool = False) -> Why | None:
        target = self.scope.project.target_python
        why = why_no_await(source.tree, node, target_python=target)
        if why is not None:
            return why
        other = other_loop(self.scope.project, source) or loop_awaited(self.index, source, node)
        if other is not None:
            return "other-event-loop", other
        if sleeps or target >= (3, 9):
            return None
        version = ".".join(map(str, target))
        return "target-too-old", f"the project supports Python {version}, and to_thread needs 3.9"

    # Names

    def _thread(self, source: SourceFile, at: ast.stmt | ast.expr) -> tuple[Thread, _Imports]:
        to_thread, imports = self._spelled(source, at, "to_thread")
        timeout = self.timeout
        if timeout is not None and not timeout[0].isdigit():
            root = timeout.partition(".")[0]
            if binding_of(source.tree, root, at).kind == "unknown":
                timeout = None
        if timeout is None:
            return Thread(to_thread), imports
        wait_for, more = self._spelled(source, at, "wait_for")
        return Thread(to_thread, wait_for, timeout), tuple(dict.fromkeys((*imports, *more)))

    def _spelled(
        self, source: SourceFile, at: ast.stmt | ast.expr, name: str, module: str = "asyncio"
    ) -> tuple[str, _Imports]:
        """How ``module.name`` is written at a place, and the imports that this needs."""
        found = local_name(source.tree, at, module, name)
        if found is not None:
            return found, ()
        whole = module != "pathlib"
        why = can_import(source.tree, at, module, None if whole else name)
        if why is not None:
            raise _StaysError(at, ("name-taken", why))
        if whole:
            return f"{module}.{name}", (AddImport(source.path, module),)
        return name, (AddImport(source.path, module, name),)

    # Results

    def _world(self, source: SourceFile, node: ast.AST) -> Iterator[str]:
        """What speaks against an await of asyncio there, for people who see it only shown."""
        changed = None if self.asked else changed_around(source.tree, node)
        if changed is not None:
            yield (
                f"line {changed} changes the whole process during the call, and other tasks "
                "would run with the change"
            )
        if only_anyio(source):
            yield (
                "the file imports anyio and may not run on asyncio: "
                "anyio.to_thread.run_sync() and anyio.sleep() work on every event loop"
            )

    def _change(
        self,
        source: SourceFile,
        node: ast.stmt | ast.expr,
        what: str,
        payload: Payload,
        imports: _Edits,
        safety: Safety = Safety.REVIEW,
    ) -> Change:
        tree = source.tree
        notes = []
        if in_finally(tree, node):
            safety = Safety.DISPLAY
            notes.append(
                "it is in a finally block: if the task is cancelled, the await is cut short"
            )
        elif in_cancelled_handler(tree, node):
            safety = Safety.DISPLAY
            notes.append(
                "it is in code that handles a cancellation, where an await may be cut short"
            )
        elif not self.asked and getattr(tree.function(node), "name", "") == "__aexit__":
            safety = Safety.DISPLAY
            notes.append("it is in __aexit__(): if the task is cancelled, the await is cut short")
        around = list(self._world(source, node))
        if around:
            safety = Safety.DISPLAY
            notes += around
        notes += [
            f"{lock.text} (line {lock.node.lineno}) is held while the thread works"
            for lock in held_locks(tree, node)
            if lock.is_async
        ]
        hazard = new_suspension_hazard(tree, node)
        if hazard is not None:
            notes.append(
                f"{source.path}:{node.lineno}: the await is a new suspension point between the "
                f"check on line {hazard[0]} and the use on line {hazard[1]}: another task may "
                "change what was checked"
            )
        thread = getattr(payload, "thread", None)
        timed = isinstance(thread, Thread) and thread.timeout is not None
        if timed:
            notes.append(timeout_note(source, node))
        unit = Unit.STATEMENT if isinstance(node, ast.stmt) else Unit.EXPRESSION
        operation = Operation(source.path, source.span(node), payload, unit)
        edits: tuple[Edit, ...] = (operation, *imports)
        aspects = ("timeout",) if timed else ()
        blocking = f"{words(source, node.func)}()" if isinstance(node, ast.Call) else "with open()"
        found = f"{blocking} blocks the event loop"
        site = self.scope.site(source, node)
        return Change(site, what, edits, safety, tuple(notes), aspects, found)
