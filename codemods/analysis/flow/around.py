"""What is around a call: handlers, operators, layout."""

from __future__ import annotations

import ast
from collections.abc import Collection

from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.handlers import covering, is_broad, type_names
from codemods.syntax.parts import callee_of, values_given
from codemods.syntax.statements import block_of
from codemods.tables import shortened


def timeout_note(source: SourceFile, node: ast.AST) -> str:
    """Where the ``TimeoutError`` goes that is new there."""
    where = goes_to(source, node, "TimeoutError", ("OSError",))
    return f"on a timeout the thread keeps running, and {where}"


def goes_to(source: SourceFile, node: ast.AST, exception: str, bases: Collection[str] = ()) -> str:
    """Where an exception goes that is new at ``node``, in words.

    Args:
        bases: exceptions, by their last names, that those who catch them catch it with.
    """
    for block in covering(source.tree, node):
        for handler in block.handlers:
            if is_broad(handler) or not {exception, *bases}.isdisjoint(type_names(handler)):
                shown = source.line_text(handler.lineno).strip().rstrip(":")
                return f"{exception} goes to `{shown}` (line {handler.lineno})"
    return f"{exception} goes to the caller: no handler around it catches it"


def taken_by(source: SourceFile, call: ast.Call) -> str:
    """What takes the call as its first argument: ``wait_for`` of ``wait_for(fetch(), 3)``."""
    around = source.tree.parent(call)
    is_first = isinstance(around, ast.Call) and around.args[:1] == [call]
    return last_name(callee_of(around)) if is_first and around is not None else ""


def under_timeout(source: SourceFile, call: ast.Call) -> bool:
    """Whether the call stands in ``async with asyncio.timeout(…)``, or one of its kind."""
    return any(
        isinstance(part.context_expr, ast.Call)
        and ast.unparse(part.context_expr.func).endswith(("timeout", "timeout_at", "fail_after"))
        for item in source.tree.ancestors(call)
        if isinstance(item, ast.AsyncWith)
        for part in item.items
    )


def words(source: SourceFile, node: ast.expr) -> str:
    return shortened(source.segment(node))


def binds_tighter(source: SourceFile, call: ast.expr) -> bool:
    """Whether what stands around ``call`` would take ``await`` away from it."""
    parent = source.tree.parent(call)
    if isinstance(parent, (ast.Attribute, ast.Subscript)):
        return parent.value is call
    return isinstance(parent, ast.Await) or source.tree.call_of(call) is not None


def is_hanging(source: SourceFile, call: ast.Call) -> bool:
    """Whether continuation lines are aligned with the first argument."""
    arguments = values_given(call)
    if not arguments or (call.end_lineno or 0) == call.lineno:
        return False
    opening = source.utf8.find(b"(", source.span(call.func).end)
    starts = sorted(source.span(item).start for item in arguments)
    line = source.line_of(opening)
    if source.line_of(starts[0]) != line:
        return False
    column = opening + 1 - source.line_starts[line - 1]
    following = source.line_text(line + 1)
    return len(following) - len(following.lstrip(" ")) == column and call.end_lineno != line


def wants_blank(source: SourceFile, node: ast.stmt) -> bool:
    """Whether a ``def`` in the place of ``node`` needs a blank line above it."""
    place = block_of(source.tree, node)
    if place is not None and place[1] == 0:
        return False
    above = source.line_text(node.lineno - 1).strip()
    return bool(above) and not above.startswith("#")
