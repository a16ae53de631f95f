"""From a call or block that blocks to a change, or to the reason why it stays."""

from __future__ import annotations

import ast

from codemods.analysis.flow.around import (
    binds_tighter,
    is_hanging,
    timeout_note,
    wants_blank,
    words,
)
from codemods.analysis.names.index import index_of
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
from codemods.syntax.suspension import new_suspension_hazard
from codemods.transforms.offload_blocking_calls.checks import Checks, Why, imports_other_loop
from codemods.transforms.offload_blocking_calls.edit import AddTimeout, AsyncSleep, CallInThread
from codemods.transforms.offload_blocking_calls.file_edit import BlockInThread, FileAccess
from codemods.transforms.offload_blocking_calls.files import FileShapes, WholeFile

_Spelled = tuple[str, tuple[AddImport, ...]]
"""How a name is written at a place, and the imports that this needs."""


class Changes:
    """Makes changes for one scope."""

    def __init__(self, scope: Scope, timeout: str | None = None) -> None:
        self.scope = scope
        self.timeout = timeout
        self.checks = Checks(index_of(scope.project))
        self.files = FileShapes(index_of(scope.project))

    # What may be offloaded

    def call(self, source: SourceFile, call: ast.Call, safety: Safety) -> Change | Refusal:
        """One call, or why it stays."""
        why = self.checks.why_not(source, call) or self._why_not_here(source, call)
        if why is not None:
            return self._refusal(source, call, why)
        if self.checks.index.foreign(source, call.func) == "time.sleep":
            return self._sleep(source, call, safety)
        target = self._target_too_old()
        thread = self._thread(source, call)
        if target is not None or isinstance(thread, str):
            return self._refusal(source, call, target or ("name-taken", str(thread)))
        payload = CallInThread(thread[0], binds_tighter(source, call), is_hanging(source, call))
        what = f"{words(source, call.func)}() runs in a thread"
        return self._change(source, call, what, payload, thread[1], safety)

    def _sleep(self, source: SourceFile, call: ast.Call, safety: Safety) -> Change | Refusal:
        if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
            detail = "time.sleep() is called in a way that asyncio.sleep() does not take"
            return self._refusal(source, call, ("sleep-arguments", detail))
        spelled = self._spelled(source, call, "sleep")
        if isinstance(spelled, str):
            return self._refusal(source, call, ("name-taken", spelled))
        payload = AsyncSleep(spelled[0], binds_tighter(source, call))
        what = "time.sleep() became asyncio.sleep()"
        unused = self._unused(source, call.func)
        return self._change(source, call, what, payload, (*spelled[1], *unused), safety)

    def _unused(self, source: SourceFile, function: ast.expr) -> tuple[DropImport, ...]:
        """The import of what is called no longer; the engine keeps it while anything needs it."""
        root = function
        while isinstance(root, ast.Attribute):
            root = root.value
        return (DropImport(source.path, root.id),) if isinstance(root, ast.Name) else ()

    def file(
        self, source: SourceFile, node: ast.With | ast.Call, safety: Safety
    ) -> Change | Refusal:
        """A ``with open(…)`` block, or an ``open(…)`` inside an expression."""
        at: ast.stmt | ast.expr = node
        why = self._why_not_here(source, node) or self._target_too_old()
        if why is not None:
            return self._refusal(source, at, why)
        if isinstance(node, ast.Call):
            whole = self.files.whole_of_expression(source, node)
            if whole is None:
                detail = (
                    "open() is not in a with block: in a thread it would leave every read and "
                    "write on the loop"
                )
                return self._refusal(source, at, ("open-without-with", detail))
            return self._whole(source, whole.call, whole, safety)
        whole = self.files.whole_of_block(source, node)
        if whole is not None:
            return self._whole(source, node, whole, safety)
        return self._block(source, node, safety)

    def _whole(
        self, source: SourceFile, node: ast.With | ast.Call, whole: WholeFile, safety: Safety
    ) -> Change | Refusal:
        thread = self._thread(source, node)
        if isinstance(thread, str):
            return self._refusal(source, node, ("name-taken", thread))
        edits: list[AddImport | DropImport] = [*thread[1]]
        on_path = self.checks.index.foreign(source, whole.opening.func) == "pathlib.Path.open"
        path_class = None
        if not on_path and not self._is_path(source, whole.opening):
            spelled = self._spelled(source, node, "Path", "pathlib")
            if isinstance(spelled, str):
                return self._refusal(source, node, ("name-taken", spelled))
            path_class = spelled[0]
            edits += spelled[1]
        converter = None
        if whole.converter is not None:
            module, name = whole.converter
            spelled = self._spelled(source, node, name, module)
            if isinstance(spelled, str):
                return self._refusal(source, node, ("name-taken", spelled))
            converter = spelled[0]
            edits += (*spelled[1], *self._unused(source, whole.call.func))
        payload = FileAccess(
            thread[0],
            whole.method,
            path_class,
            whole.keywords,
            whole.handle,
            converter,
            on_path,
            binds_tighter(source, whole.call),
        )
        verb = "read" if whole.method.startswith("read") else "written"
        what = f"the file is {verb} in a thread"
        return self._change(source, node, what, payload, tuple(edits), safety)

    def _is_path(self, source: SourceFile, opening: ast.Call) -> bool:
        path = opening.args[0] if opening.args else opening.keywords[0].value
        return index_of(self.scope.project).type_of(source, path) == "pathlib.Path"

    def _block(self, source: SourceFile, node: ast.With, safety: Safety) -> Change | Refusal:
        block = self.files.block(source, node)
        if isinstance(block, tuple):
            return self._refusal(source, node, block)
        thread = self._thread(source, node)
        if isinstance(thread, str):
            return self._refusal(source, node, ("name-taken", thread))
        payload = BlockInThread(
            thread[0],
            block.name,
            block.outputs,
            block.returns,
            block.direct,
            wants_blank(source, node),
        )
        what = f"the block that opens a file runs in a thread, as {block.name}()"
        return self._change(source, node, what, payload, thread[1], safety)

    def add_timeout(self, source: SourceFile, call: ast.Call) -> Change | Refusal | None:
        """``asyncio.wait_for`` around a call that is offloaded but may take for ever."""
        if self.timeout is None or not isinstance(source.tree.parent(call), ast.Await):
            return None
        if any(
            isinstance(item, ast.AsyncWith)
            and any(
                isinstance(part.context_expr, ast.Call)
                and words(source, part.context_expr.func).endswith(("timeout", "timeout_at"))
                for part in item.items
            )
            for item in source.tree.ancestors(call)
        ):
            return None
        thread = self._thread(source, call)
        if isinstance(thread, str) or thread[0].wait_for is None:
            return None
        what = f"the thread is waited for at most {self.timeout} seconds"
        return self._change(source, call, what, AddTimeout(thread[0]), thread[1], Safety.REVIEW)

    # Where

    def _why_not_here(self, source: SourceFile, node: ast.AST) -> Why | None:
        target = self.scope.project.target_python
        why = why_no_await(source.tree, node, target_python=target)
        if why is not None:
            return why
        other = imports_other_loop(source.tree)
        if other is not None:
            return "other-event-loop", f"the file imports {other}: asyncio may not be its loop"
        return None

    def _target_too_old(self) -> Why | None:
        target = self.scope.project.target_python
        if target >= (3, 9):
            return None
        version = ".".join(map(str, target))
        return "target-too-old", f"the project supports Python {version}, to_thread came with 3.9"

    # Names

    def _thread(
        self, source: SourceFile, at: ast.AST
    ) -> tuple[Thread, tuple[AddImport, ...]] | str:
        to_thread = self._spelled(source, at, "to_thread")
        if isinstance(to_thread, str):
            return to_thread
        timeout = self.timeout
        if timeout is not None and not timeout[0].isdigit():
            root = timeout.partition(".")[0]
            if binding_of(source.tree, root, at).kind == "unknown":
                timeout = None
        if timeout is None:
            return Thread(to_thread[0]), to_thread[1]
        wait_for = self._spelled(source, at, "wait_for")
        if isinstance(wait_for, str):
            return wait_for
        thread = Thread(to_thread[0], wait_for[0], timeout)
        return thread, tuple(dict.fromkeys((*to_thread[1], *wait_for[1])))

    def _spelled(
        self, source: SourceFile, at: ast.AST, name: str, module: str = "asyncio"
    ) -> _Spelled | str:
        """How ``module.name`` is written at a place, or why it cannot be."""
        found = local_name(source.tree, at, module, name)
        if found is not None:
            return found, ()
        whole = module != "pathlib"
        why = can_import(source.tree, at, module, None if whole else name)
        if why is not None:
            return why
        if whole:
            return f"{module}.{name}", (AddImport(source.path, module),)
        return name, (AddImport(source.path, module, name),)

    # Results

    def _refusal(
        self, source: SourceFile, node: ast.stmt | ast.expr, why: Why, already: bool = False
    ) -> Refusal:
        return Refusal(why[0], why[1], self.scope.site(source, node), already)

    def _change(
        self,
        source: SourceFile,
        node: ast.stmt | ast.expr,
        what: str,
        payload: Payload,
        imports: tuple[AddImport | DropImport, ...],
        safety: Safety,
    ) -> Change:
        tree = source.tree
        notes = []
        if in_finally(tree, node):
            safety = Safety.DISPLAY
            notes.append(
                "it stands in a finally: when the task is cancelled, the await is cut short"
            )
        elif in_cancelled_handler(tree, node):
            safety = Safety.DISPLAY
            notes.append(
                "it stands where a cancellation is handled: an await there may be cut short"
            )
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
