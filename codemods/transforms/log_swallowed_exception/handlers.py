"""Handlers from which nobody learns of the exception, and which of them must stay so."""

from __future__ import annotations

import ast
import enum
import re

from codemods.analysis.logs.levels import AWAITED, LOGGING
from codemods.analysis.logs.tracebacks import shown_in
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.handlers import innermost_handler, is_broad, reraising, type_names
from codemods.syntax.statements import is_bare_constant
from codemods.syntax.tree import FUNCTIONS, Function, Tree, position

_TELLS = re.compile(
    r"(?:^|_)(?:a?warn|log|print|report|notif|notice|record|capture_\w|alert|fail|skip|abort)|"
    r"(?:^|_)(?:a?(?:debug|info|error|critical|exception)|xfail|s?echo|quit|die|stop_err)(?:$|_)|"
    r"exit(?:$|_)"
)
"""Names of functions that tell somebody: a log, a terminal, an error tracker, a test run. Parts of
names (``log_error``), so that no list of methods does."""
_CONTROL = (
    # Optional packages, lookups, queues, and files that may be gone: the exception is the answer.
    *("ImportError", "ModuleNotFoundError", "KeyError", "IndexError", "LookupError"),
    *("AttributeError", "StopIteration", "StopAsyncIteration", "QueueEmpty", "QueueFull"),
    *("Empty", "Full", "FileNotFoundError", "FileExistsError", "ProcessLookupError"),
    *("NotImplementedError", "BrokenPipeError", "ConnectionResetError", "WebSocketDisconnect"),
    *("NameError", "DoesNotExist", "NoResultFound", "InvalidStateError", "BlockingIOError"),
)
_CANCELLED = ("CancelledError", "GeneratorExit", "KeyboardInterrupt", "SystemExit")
_MACHINERY = ("emit", "handle", "handleError", "format", "formatException", "filter", "makeRecord")
_LOGGING_BASES = ("Handler", "Formatter", "Filter", "Filterer", "Logger", "LoggerAdapter")
_REGISTERING = ("atexit.register", "register", "signal.signal", "weakref.finalize")


class Silence(enum.IntEnum):
    """How a handler keeps silent."""

    NOT = 0
    """It does not: it logs, raises, tells somebody, or hands the exception on."""
    NOTHING = 1
    """It does nothing: ``pass``."""
    VALUE = 2
    """It goes on with a plain value: ``return None``, ``continue``, ``state = None``."""
    WORK = 3
    """It calls something else instead."""


def silence(tree: Tree, handler: ast.ExceptHandler) -> Silence:
    """How far ``handler`` keeps its exception to itself."""
    nodes = [item for statement in handler.body for item in ast.walk(statement)]
    if any(isinstance(item, (ast.Raise, ast.Yield, ast.YieldFrom)) for item in nodes):
        return Silence.NOT
    if handler.name and any(isinstance(i, ast.Name) and i.id == handler.name for i in nodes):
        return Silence.NOT
    calls = [item for item in nodes if isinstance(item, ast.Call)]
    if shown_in(tree, handler) or any(_TELLS.search(last_name(call.func)) for call in calls):
        return Silence.NOT
    if all(isinstance(item, ast.Pass) or is_bare_constant(item) for item in handler.body):
        return Silence.NOTHING
    simple = (ast.Pass, ast.Continue, ast.Break, ast.Return, ast.Assign, ast.AnnAssign, ast.Expr)
    if not all(isinstance(statement, simple) for statement in handler.body):
        return Silence.NOT
    return Silence.WORK if calls else Silence.VALUE


def prints_only(handler: ast.ExceptHandler) -> bool:
    """Whether a handler prints, goes on with a plain value, and does nothing else."""
    nodes = [item for statement in handler.body for item in ast.walk(statement)]
    calls = [item for item in nodes if isinstance(item, ast.Call)]
    plain = (ast.Expr, ast.Return, ast.Pass, ast.Continue, ast.Break, ast.Assign)
    return (
        bool(calls)
        and all(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls)
        and all(isinstance(statement, plain) for statement in handler.body)
    )


def tells(call: ast.Call) -> bool:
    """Whether a call tells somebody what happened, by its name."""
    return _TELLS.search(last_name(call.func)) is not None


def logs_in(tree: Tree, handler: ast.ExceptHandler) -> list[ast.Call]:
    """The calls of ``handler`` itself that are written like log calls, in source order."""
    found = [
        call
        for statement in handler.body
        for call in tree.within(statement, ast.Call)
        if last_name(call.func) in (*LOGGING, *AWAITED) and innermost_handler(tree, call) is handler
    ]
    return sorted(found, key=position)


def try_of(tree: Tree, handler: ast.ExceptHandler) -> ast.Try:
    """The ``try`` of a handler."""
    parent = tree.parent(handler)
    if not isinstance(parent, (ast.Try, ast.TryStar)):
        raise TypeError("the parent of the handler is not a try statement")
    return parent  # type: ignore[return-value]


def obstacle(
    source: SourceFile, handler: ast.ExceptHandler, *, named: bool
) -> tuple[str, str] | None:
    """Why no log line may stand in ``handler``, as an identifier and in words.

    Args:
        named: the finding points at this very handler, so that what is only likely to be meant
            so is no reason.
    """
    tree = source.tree
    types = type_names(handler)
    if cancelled := [name for name in types if name in _CANCELLED]:
        detail = (
            f"it also catches {cancelled[0]}, which is not a failure and would be logged as one"
        )
        return "cancellation", detail
    function = tree.function(handler)
    if isinstance(function, FUNCTIONS) and _is_machinery(tree, function):
        detail = f"{function.name}() is part of the logging, so a log call in it may never end"
        return "logging-machinery", detail
    if isinstance(function, FUNCTIONS) and function.name == "__del__":
        # It may run as the interpreter ends, when the logging is gone.
        return "finalizer", "__del__() may run when logging no longer works"
    if named:
        return None
    if types and not is_broad(handler):
        if all(name in _CONTROL for name in types):
            return "control-flow", f"{types[0]} is an expected result here, not a failure"
        return "narrow-type", f"the handler catches only {', '.join(types)}, possibly on purpose"
    if isinstance(function, FUNCTIONS):
        if function.name in ("__exit__", "__aexit__"):
            return "finalizer", f"{function.name}() cleans up, and a log call must not interfere"
        if _is_registered(tree, function.name):
            return "at-exit", f"{function.name}() runs at exit or in a signal handler"
    if in_cleanup(tree, handler):
        return "cleanup", "the try is one step of a cleanup that must go on"
    return None


def in_cleanup(tree: Tree, handler: ast.ExceptHandler) -> bool:
    """Whether the ``try`` stands in a ``finally``, or in a handler that raises again."""
    child: ast.AST = handler
    for ancestor in tree.ancestors(handler):
        if isinstance(ancestor, (ast.Try, ast.TryStar)) and child in ancestor.finalbody:
            return True
        if isinstance(ancestor, ast.ExceptHandler) and reraising(ancestor) is not None:
            return True
        if isinstance(ancestor, FUNCTIONS):
            return False
        child = ancestor
    return False


def _is_machinery(tree: Tree, function: Function) -> bool:
    """Whether a log call runs the function: then one in it may run it again."""
    if function.name in (*LOGGING, *AWAITED):
        return True
    holder = tree.parent(function)
    if function.name not in _MACHINERY or not isinstance(holder, ast.ClassDef):
        return False
    bases = [last_part(ast.unparse(base)) for base in holder.bases]
    return function.name == "emit" or any(name.endswith(_LOGGING_BASES) for name in bases)


def _is_registered(tree: Tree, name: str) -> bool:
    """Whether the function is given to ``atexit`` or to a signal, in this file."""
    given = [call for call in tree.of(ast.Call) if name in map(last_name, call.args)]
    called = [ast.unparse(call.func) for call in given]
    return any(text in _REGISTERING or text.endswith("add_signal_handler") for text in called)
