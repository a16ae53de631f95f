"""The options of the codemods that look at log calls."""

from __future__ import annotations

import enum

from codemods.analysis.logs.doubts import ORDINARY
from codemods.codemod import Option


class Style(enum.StrEnum):
    """How a project writes that the traceback is logged."""

    EXC_INFO = "exc_info"
    EXCEPTION = "exception"


LOGGERS: Option[list[str]] = Option(
    "loggers", [], "receivers that are also loggers, as patterns: `self.journal`"
)
EXPECTED: Option[list[str]] = Option(
    "expected", [*ORDINARY], "exceptions, as patterns, whose handlers a scan leaves alone"
)
STYLE: Option[Style] = Option(
    "style", Style.EXC_INFO, "`exception` writes `logger.exception()` instead of `error()`"
)
