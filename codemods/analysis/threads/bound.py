"""What ties a function of the project to the event loop, or to the thread, that calls it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.index import Index
from codemods.analysis.names.values import DefinitionRef, Known
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_name
from codemods.syntax.parts import parameters_of, targets_of
from codemods.syntax.tree import FUNCTIONS

_FUNCTIONS_READ = 80
"""How many functions are followed for one answer."""
_LOOP = frozenset(
    {
        *("get_running_loop", "create_task", "ensure_future", "call_soon", "call_later", "call_at"),
        *("create_future", "current_task", "all_tasks", "start_soon", "add_reader", "add_writer"),
        *("add_signal_handler", "deferLater", "callLater", "run_until_complete", "run_forever"),
    }
)
"""Calls that need the loop which runs in the same thread."""
_LOOP_NAMES = frozenset(
    {
        *("asyncio.get_event_loop", "asyncio.gather", "asyncio.shield", "asyncio.wrap_future"),
        *("asyncio.set_event_loop", "anyio.from_thread.run", "asyncio.Runner.get_loop"),
        *("asyncio.run", "anyio.run"),
    }
)
_MAIN_THREAD = ("signal.", "tkinter.", "PyQt5.", "PyQt6.", "PySide2.", "PySide6.", "gi.", "wx.",
                "pyglet.", "pygame.display.", "turtle.")  # fmt: skip
_ANYWHERE = frozenset(
    {"signal.Signals", "signal.strsignal", "signal.valid_signals", "signal.getsignal"}
)
_OF_THE_LOOP = ("asyncio.", "anyio.", "trio.", "uvloop.")
"""What these modules make (an event, a queue, a future, a task) is not to be touched by another
thread than the loop's."""
_OWNED = frozenset({"transport", "_transport"})
_THREADSAFE = frozenset(
    {
        *("call_soon_threadsafe", "is_set", "empty", "full", "qsize", "done", "cancelled"),
        *("is_running", "is_closed", "locked", "get_name"),
    }
)
_CONTEXT_CALLS = frozenset(
    {
        *("structlog.contextvars.bind_contextvars", "structlog.contextvars.clear_contextvars"),
        *("structlog.contextvars.unbind_contextvars", "structlog.threadlocal.bind_threadlocal"),
        *("opentelemetry.context.attach", "starlette_context.context.update"),
    }
)


def main_thread_only(name: str) -> bool:
    """Whether what has this dotted name works in the main thread only."""
    return name.startswith(_MAIN_THREAD) and name not in _ANYWHERE


@dataclass(frozen=True, slots=True)
class Tie:
    """What a function does where it has to run."""

    reason: str
    """A stable identifier: ``needs-the-loop``."""
    detail: str
    perhaps: bool
    """Whether it stands in a branch, so that calls may well pass it by."""


def bound_to_caller(index: Index, source: SourceFile, call: ast.Call) -> Tie | None:
    """Why what ``call`` runs, of the project, has to run where it is called; what surely runs goes
    before what stands in a branch."""
    first: Tie | None = None
    for ref in _bodies(index, source, call):
        for node in own_nodes(ref.node):
            found = _ties(index, ref, node)
            if found is None:
                continue
            reason, why = found
            where = f"{ref.path}:{getattr(node, 'lineno', ref.line)}"
            detail = f"{ref.qualified_name}() ({where}) {why}"
            tie = Tie(reason, detail, reason == "calls-back" or _in_branch(ref, node))
            if not tie.perhaps:
                return tie
            first = first or tie
    return first


def _in_branch(ref: DefinitionRef, node: ast.AST) -> bool:
    for ancestor in ref.source.tree.ancestors(node):
        if ancestor is ref.node:
            return False
        if isinstance(ancestor, (ast.If, ast.IfExp, ast.ExceptHandler, ast.BoolOp, ast.Match)):
            return True
    return False


def _bodies(index: Index, source: SourceFile, call: ast.Call) -> Iterator[DefinitionRef]:
    """The plain functions that run when ``call`` does, breadth first."""
    queue = list(entered(index, source, call))
    seen = set(queue)
    for ref in queue:
        yield ref
        if len(seen) > _FUNCTIONS_READ:
            continue
        for node in own_nodes(ref.node):
            if isinstance(node, ast.Call):
                for inner in entered(index, ref.source, node):
                    if inner not in seen:
                        seen.add(inner)
                        queue.append(inner)


def entered(index: Index, source: SourceFile, call: ast.Call) -> Iterator[DefinitionRef]:
    """The plain functions of the project that ``call`` runs itself."""
    for ref in index.definition_of(source, call.func):
        if isinstance(ref.node, ast.ClassDef):
            for item in index.resolver.classes.member(ref, "__init__", True) or ():
                if isinstance(item, Known) and isinstance(item.ref.node, ast.FunctionDef):
                    yield item.ref
        elif isinstance(ref.node, ast.FunctionDef):
            yield ref


def _ties(index: Index, ref: DefinitionRef, node: ast.AST) -> tuple[str, str] | None:
    if readable(ref.source) is None:
        return None
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        if _is_local(index, ref, last_name(node.value)):
            return "thread-local", f"sets {ast.unparse(node)}, which is local to each thread"
        return None
    if not isinstance(node, ast.Call):
        return None
    word, text = last_name(node.func), f"{ast.unparse(node.func)}()"
    name = index.foreign(ref.source, node.func) or ""
    if name in _LOOP_NAMES or (word in _LOOP and not index.definition_of(ref.source, node.func)):
        return "needs-the-loop", f"calls {text}, which needs the running event loop"
    if isinstance(node.func, ast.Attribute) and word not in _THREADSAFE:
        kind = index.type_of(ref.source, node.func.value) or ""
        if kind.startswith(_OF_THE_LOOP):
            return "needs-the-loop", f"calls {text} of a {kind}, which belongs to the event loop"
    if isinstance(node.func, ast.Attribute) and last_name(node.func.value) in _OWNED:
        return "needs-the-loop", f"calls {text}, and a transport belongs to its event loop"
    if isinstance(node.func, ast.Name) and _is_given(ref, node.func.id):
        return "calls-back", f"calls {text}, an argument that may belong to the event loop"
    if main_thread_only(name):
        return "main-thread-only", f"calls {text}, which works only in the main thread"
    sets_variable = (
        isinstance(node.func, ast.Attribute)
        and word == "set"
        and index.type_of(ref.source, node.func.value) == "contextvars.ContextVar"
        and not _is_reset(ref, node.func.value)
    )
    if name in _CONTEXT_CALLS or sets_variable:
        return (
            "sets-context",
            f"calls {text}, whose setting is lost with the thread's copy of the context",
        )
    return None


def _is_given(ref: DefinitionRef, name: str) -> bool:
    """Whether a name is a parameter of the function, and no class by its annotation."""
    return isinstance(ref.node, FUNCTIONS) and any(
        item.arg == name
        and not (item.annotation and "type[" in ast.unparse(item.annotation).lower())
        for item in parameters_of(ref.node.args)[(name in ("cls", "self")) :]
    )


def _is_reset(ref: DefinitionRef, variable: ast.expr) -> bool:
    """Whether the function sets a context variable back before it returns."""
    text = ast.unparse(variable)
    return isinstance(ref.node, FUNCTIONS) and any(
        isinstance(node, ast.Attribute) and node.attr == "reset" and ast.unparse(node.value) == text
        for node in own_nodes(ref.node)
    )


def _is_local(index: Index, ref: DefinitionRef, name: str) -> bool:
    """Whether the file makes a ``threading.local`` of that name."""
    tree = ref.source.tree
    made: list[ast.Assign | ast.AnnAssign] = [*tree.of(ast.Assign), *tree.of(ast.AnnAssign)]
    return any(
        isinstance(node.value, ast.Call)
        and index.foreign(ref.source, node.value.func) == "threading.local"
        and any(last_name(target) == name for target in targets_of(node))
        for node in made
    )
