"""Calls of the table that do not wait at their place."""

from __future__ import annotations

import ast

from codemods.analysis.blocking.table import BlockingKind, Row
from codemods.analysis.names.index import Index
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.parts import values_given
from codemods.syntax.tree import FUNCTIONS, Tree, walk

_BUFFERS = ("io.BytesIO", "io.StringIO")
_ARCHIVES = ("zipfile.", "tarfile.")
UNPACKING = frozenset({"extract", "extractall"})
"""What comes out of a buffer then goes to a disk."""
_ELSEWHERE = frozenset({BlockingKind.NETWORK, BlockingKind.PROCESS, BlockingKind.DATABASE})
"""What waits for somebody else, be it given a buffer: an upload."""
_NOTHING = frozenset({"pathlib.Path.home", "pathlib.Path.expanduser"})
"""Reads the environment: a finding may name it, a scan has no reason to."""
_AT_ONCE = frozenset({"LOCK_NB", "LOCK_UN"})
_WAITING = ("block", "blocking", "timeout", "wait")
_NUMERIC = "NUMERIC"
"""In the flags that ask a resolver for addresses in numbers only."""


def is_immediate(tree: Tree, call: ast.Call, row: Row) -> bool:
    """``queue.get(block=False)``, ``thread.join(timeout=0)``, ``pool.shutdown(wait=False)``,
    ``select.select(…, 0)``: no wait."""
    if row.name.startswith("fcntl.") and any(
        last_name(node) in _AT_ONCE for item in call.args for node in walk(item)
    ):
        return True
    if row.name == "socket.getaddrinfo":
        # Numbers are looked up nowhere.
        return any(_NUMERIC in ast.unparse(k) for k in call.keywords)
    if row.name in _NOTHING:
        return True
    if row.kind is not BlockingKind.LOCK and row.name != "select.select":
        return False
    keywords = (k.value for k in call.keywords if k.arg in _WAITING)
    # ``queue.put(0)`` puts a zero; the lists of ``select()`` stand before its timeout.
    first = 3 if row.name == "select.select" else int(row.name.endswith(".put"))
    return _is_filled(tree, call) or any(
        isinstance(item, ast.Constant) and item.value in (False, 0)
        for item in (*call.args[first:], *keywords)
    )


def _is_filled(tree: Tree, call: ast.Call) -> bool:
    """``while not queue.empty(): queue.get()``: there is something to get."""
    if not isinstance(call.func, ast.Attribute):
        return False
    owner = ast.unparse(call.func.value)
    asked = (f"{owner}.empty()", f"{owner}.qsize()", f"{owner}.full()")
    for ancestor in tree.ancestors(call):
        if isinstance(ancestor, FUNCTIONS):
            return False
        if isinstance(ancestor, (ast.While, ast.If)):
            test = ast.unparse(ancestor.test)
            if any(item in test for item in asked):
                return True
    return False


def in_memory(index: Index, source: SourceFile, call: ast.Call, row: Row) -> bool:
    """Whether a call works on a buffer, or on an archive of its function that is one:
    ``tarfile.open(fileobj=io.BytesIO())``."""
    if not source.holds(b"BytesIO") and not source.holds(b"StringIO"):
        return False
    if not is_done_in_memory(row):
        return False
    if given_buffer(index, source, call):
        return True
    function = source.tree.function(call)
    if function is None or not row.name.startswith(_ARCHIVES):
        return False
    openings = (item for item in walk(function) if isinstance(item, ast.Call))
    return any(given_buffer(index, source, item) for item in openings)


def is_done_in_memory(row: Row) -> bool:
    """Whether a callable that is given a buffer waits for nothing."""
    return row.kind not in _ELSEWHERE and last_part(row.name) not in UNPACKING


def given_buffer(index: Index, source: SourceFile, call: ast.Call) -> bool:
    """Whether a call is given a buffer in memory."""
    return any(index.type_of(source, item) in _BUFFERS for item in values_given(call))
