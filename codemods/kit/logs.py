"""Loggers and log calls."""

from __future__ import annotations

from codemods.analysis.logs.levels import weight
from codemods.analysis.logs.loggers import FAMILIAR, LoggerKind, kind_of, kind_of_name
from codemods.analysis.logs.tracebacks import shown_in, shows_traceback
from codemods.rewriting.module_logger import ModuleLogger

__all__ = [
    "FAMILIAR",
    "LoggerKind",
    "ModuleLogger",
    "kind_of",
    "kind_of_name",
    "shown_in",
    "shows_traceback",
    "weight",
]
