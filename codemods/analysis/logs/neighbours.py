"""What stands beside a log call and shows who is to see its exception: other records of it, and
the other handlers of the same ``try``."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.logs.levels import level_of, weight
from codemods.analysis.logs.tracebacks import run_together, shown_in
from codemods.analysis.logs.withheld import TellsAll, shows_text
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.handlers import innermost_handler, is_broad
from codemods.syntax.tree import TRIES, Tree
from codemods.tables import words

_PRINTS = words("print echo secho")
_STREAMS = words("sys.stdout.write sys.stderr.write stdout.write stderr.write")


class Audience(enum.Enum):
    """Who else is shown the exception."""

    FEW = enum.auto()
    """Whoever reads records of a lower level."""
    TERMINAL = enum.auto()
    """A person at a terminal."""
    SAME = enum.auto()
    """Whoever reads the log call, in a second record."""


@dataclass(frozen=True, slots=True)
class OtherRecord:
    """Another place of the handler that shows the exception."""

    audience: Audience
    line: int


def other_record(
    source: SourceFile, handler: ast.ExceptHandler, call: ast.Call, tells_all: TellsAll
) -> OtherRecord | None:
    """Where the handler shows the text of its exception besides ``call``, on the same way through
    it; ``None`` if nowhere. One for few or for a terminal counts before a second record.

    Args:
        source: the file.
        handler: that runs the call.
        call: of a logger.
        tells_all: see :func:`codemods.analysis.logs.withheld.redacted_by`.
    """
    found = list(_others(source, handler, call, tells_all))
    return min(found, key=lambda item: item.audience.value) if found else None


def _others(
    source: SourceFile, handler: ast.ExceptHandler, call: ast.Call, tells_all: TellsAll
) -> Iterator[OtherRecord]:
    tree = source.tree
    for statement in handler.body:
        for other in tree.within(statement, ast.Call):
            if other is call or innermost_handler(tree, other) is not handler:
                continue
            audience = _audience(source, other, call)
            if (
                audience is not None
                and run_together(tree, other, call)
                and shows_text(tree, handler, other, tells_all)
            ):
                yield OtherRecord(audience, other.lineno)


def _audience(source: SourceFile, other: ast.Call, call: ast.Call) -> Audience | None:
    if last_name(other.func) in _PRINTS or ast.unparse(other.func) in _STREAMS:
        return Audience.TERMINAL
    level = level_of(source, other)
    if level is None and last_name(other.func) != "trace":
        return None
    own, noticed = weight(level or "debug"), weight("warning")
    if own is None or noticed is None or own < noticed:
        return Audience.FEW
    return None if own < (weight(level_of(source, call) or "") or 0) else Audience.SAME


def told_by_sibling(tree: Tree, handler: ast.ExceptHandler) -> int | None:
    """The line in which a broad handler of the same ``try`` shows its traceback, which this one,
    for a few exceptions, logs without: ``except Refused`` before ``except Exception``."""
    attempt = tree.parent(handler)
    if not isinstance(attempt, TRIES) or is_broad(handler):
        return None
    shown = [item for other in filter(is_broad, attempt.handlers) for item in shown_in(tree, other)]
    return shown[0].lineno if shown else None
