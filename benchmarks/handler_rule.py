"""``add-exc-info`` as somebody writes it with libcst alone: what its two peers share.

It decides what the codemod decides in a scan, as far as one file and its words can tell: an error
logged in a handler, by what looks like a logger, without a traceback on the way; not where the
handler raises again or handles what is mostly expected, which the codemod only shows. The list of
those exceptions is the codemod's own.
"""

# The names and parameters of visitors are libcst's.
# ruff: noqa: N802, ARG002

from __future__ import annotations

from fnmatch import fnmatchcase

import libcst as cst

LEVELS = ("error", "critical", "fatal")
LOGGERS = ("logger", "log", "logging")
TRACEBACK = ("exception", "print_exception", "format_exc", "print_exc")
EXPECTED = (
    *("KeyError", "IndexError", "StopIteration", "StopAsyncIteration", "GeneratorExit"),
    *("CancelledError", "KeyboardInterrupt", "SystemExit", "ImportError", "ModuleNotFoundError"),
    *("HTTPException", "HTTPError", "HTTPStatusError", "*ValidationError", "*Invalid*"),
    *("*DecodeError", "*Already*", "*NotAllowed*", "*NotFound*", "*Unauthorized*", "*Forbidden*"),
    *("*Auth*Error", "*Auth*Exception", "*AuthFailed*", "*Permission*", "*NotSupported*"),
    *("*Connect*", "*Timeout*", "*TimedOut*", "*Unavailable*", "*Offline*", "RequestException"),
    *("RequestError", "ClientError", "ClientResponseError", "TransportError", "BrokenPipeError"),
)


def call_to_change(handler: cst.ExceptHandler) -> cst.Call | None:
    """The call of a handler that is to log the traceback; one is enough."""
    names = _names(handler.type)
    if names and all(any(fnmatchcase(name, one) for one in EXPECTED) for name in names):
        return None
    calls = _Calls()
    handler.body.visit(calls)
    return calls.found[0] if calls.found and not calls.spoiled else None


def with_exc_info(call: cst.Call) -> cst.Call:
    """The call with the keyword behind its arguments."""
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    given = cst.Arg(cst.Name("True"), keyword=cst.Name("exc_info"), equal=equal)
    return call.with_changes(args=[*call.args, given])


class _Calls(cst.CSTVisitor):
    """The calls that log an error, and whether anything speaks against them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[cst.Call] = []
        self.spoiled = False

    def visit_Call(self, node: cst.Call) -> None:
        word = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
        given = [item.keyword.value for item in node.args if item.keyword is not None]
        stars = any(item.star == "**" for item in node.args)
        if word in TRACEBACK or "exc_info" in given:
            self.spoiled = True
        elif word in LEVELS and node.args and _is_logger(node.func):
            unclear = stars or "stack_info" in given
            self.found += [] if unclear else [node]

    def visit_Raise(self, node: cst.Raise) -> None:
        self.spoiled = True

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> bool:
        # A handler in a handler is looked at by itself.
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False


def _is_logger(function: cst.BaseExpression) -> bool:
    receiver = function.value if isinstance(function, cst.Attribute) else None
    if isinstance(receiver, cst.Attribute):
        receiver = receiver.attr
    return isinstance(receiver, cst.Name) and receiver.value.strip("_").lower() in LOGGERS


def _names(types: cst.BaseExpression | None) -> list[str]:
    """The last words of the exceptions that are handled."""
    if isinstance(types, cst.Tuple):
        return [name for item in types.elements for name in _names(item.value)]
    if isinstance(types, cst.Attribute):
        return [types.attr.value]
    return [types.value] if isinstance(types, cst.Name) else []
