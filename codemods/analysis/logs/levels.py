"""The methods of loggers, by what they log."""

from __future__ import annotations

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


def weight(method: str) -> int | None:
    """How much a record of a method weighs, ``None`` if its name does not show it; ``exception()``
    is an error with its traceback, and weighs a little more than an error without."""
    return _WEIGHTS.get(method)
