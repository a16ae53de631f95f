"""The methods of loggers, by what they log."""

from __future__ import annotations

import ast

from codemods.project.source import SourceFile
from codemods.syntax.names import qualified_name

LEVELS = ("debug", "info", "warning", "error", "critical")
"""The levels as they are mostly written, weakest first."""
METHODS = ("debug", "info", "warn", "warning", "error", "fatal", "critical")
"""The methods that log at a level, by all its names; weakest first, the usual name last."""
NOTICED = METHODS[2:]
"""Those of the levels that are written by default."""
ERRORS = METHODS[4:]
"""Those that say that something failed."""
LOGGING = (*METHODS, "exception", "log")
"""Everything that writes a record."""
AWAITED = tuple(f"a{name}" for name in LOGGING)
"""The same as structlog's coroutines."""

_WEIGHTS = {name: number for number, name in enumerate((*LEVELS[:4], "exception", LEVELS[4]))}
_WEIGHTS |= {"warn": _WEIGHTS["warning"], "fatal": _WEIGHTS["critical"]}
_NUMBERS = {"ERROR": 40, "CRITICAL": 50, "FATAL": 50}


def level_of(source: SourceFile, node: ast.Call) -> str | None:
    """The method of a call that is written like one of a logger, ``error`` also for
    ``log(logging.ERROR, …)``; ``""`` if the level of ``log()`` is unknown, ``None`` for a call of
    something else.
    """
    if isinstance(node.func, ast.Attribute):
        method = node.func.attr
    elif not source.holds(b"from logging import"):
        return None
    else:
        module, _, method = (qualified_name(source.tree, node.func) or "").partition(".")
        if module != "logging":
            return None
    if method in (*METHODS, "exception"):
        return method
    if method == "log" and node.args:
        return _numbered(source, node.args[0])
    return None


def _numbered(source: SourceFile, node: ast.expr) -> str:
    """The level that the first argument of ``log()`` means."""
    value = node.value if isinstance(node, ast.Constant) else qualified_name(source.tree, node)
    for name, number in _NUMBERS.items():
        if value in (number, name, f"logging.{name}"):
            return name.lower()
    return ""


def weight(method: str) -> int | None:
    """How much a record of a method weighs, ``None`` if its name does not show it; ``exception()``
    is an error with its traceback, and weighs a little more than an error without."""
    return _WEIGHTS.get(method)
