"""The places of a definition at which an exception's text goes to a client, or may."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from codemods.analysis.exceptions.text import (
    Exceptions,
    Leaf,
    LeafKind,
    exceptions_at,
    given_exceptions,
)
from codemods.analysis.web.answers import Sinks, returned_status, route_of
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.parts import values_given
from codemods.syntax.tree import FUNCTIONS, Function, Tree, walk
from codemods.tables import words
from codemods.transforms.hide_exception_text.shown import is_log, skeleton

_PATHS = frozenset(
    words(
        "cmd command connection_string dir directory dsn file_name filename filepath folder "
        "password path query secret sql stderr stdout token"
    )
)
"""Last words of the names of values that tell a client of the server, as exceptions do."""
NEVER = frozenset(("str", "repr", "print", "format", "type", "isinstance", "len", "set_exception"))


@dataclass(frozen=True, slots=True)
class Leak:
    """One text on its way out."""

    sink: ast.Call | ast.Return | ast.Assign
    name: str
    """What it goes to, in words: ``HTTPException``, ``the response``."""
    callee: str
    """As in :class:`~codemods.transforms.hide_exception_text.shown.Shown`."""
    leaf: Leaf
    status: int | None
    exceptions: Exceptions
    known: bool
    """Whether the table or the project's settings have the sink; else only a finding shows it."""

    @property
    def node(self) -> ast.expr:
        """The expression that is to be replaced."""
        return self.leaf.node

    @property
    def names(self) -> set[str]:
        """The names in that expression."""
        return {item.id for item in walk(self.node) if isinstance(item, ast.Name)}

    @property
    def skeleton(self) -> str:
        """The text with ``{}`` for values, as ``Shown.skeleton`` has it."""
        return skeleton(self.node)

    @property
    def is_text(self) -> bool:
        """Whether it is the text of an exception, and not what somebody made of it."""
        return self.leaf.kind in (LeafKind.TEXT, LeafKind.TRACEBACK)


@dataclass(frozen=True, slots=True)
class Reader:
    """Finds the leaks of one file."""

    source: SourceFile
    sinks: Sinks
    callees: Collection[str] = ()
    """Last names of what a finding shows; ``.attribute`` and ``return`` too."""

    @property
    def tree(self) -> Tree:
        """The file's."""
        return self.source.tree

    def leaks(self, root: ast.AST) -> Iterator[Leak]:
        """Everything below ``root`` that carries an exception to a client, in source order."""
        found: dict[tuple[int, int], Leak] = {}
        for node in self._looked_at(root):
            exceptions = exceptions_at(self.tree, node)
            for leak in self._of(node, exceptions) if exceptions is not None else ():
                # ``send_text(json.dumps(…))`` and a response that is returned are one.
                found.setdefault((id(leak.node), id(leak.leaf.via)), leak)
        yield from sorted(found.values(), key=lambda leak: self.source.span(leak.node))

    def _looked_at(self, root: ast.AST) -> Iterator[ast.AST]:
        """What stands in handlers, and in functions that are given an exception."""
        holders: list[ast.ExceptHandler | Function] = [
            *self.tree.within(root, ast.ExceptHandler),
            *self.tree.within(root, ast.FunctionDef),
            *self.tree.within(root, ast.AsyncFunctionDef),
        ]
        for holder in holders:
            if isinstance(holder, ast.ExceptHandler) or given_exceptions(holder):
                for statement in holder.body:
                    yield from self.tree.within(statement, ast.Call, ast.Return, ast.Assign)

    def _of(self, node: ast.AST, exceptions: Exceptions) -> Iterator[Leak]:
        match node:
            case ast.Call() if not is_log(node):
                yield from self._of_call(node, exceptions)
            case ast.Return(value=ast.expr() as value):
                function = self.tree.function(node)
                known = isinstance(function, FUNCTIONS) and route_of(function) is not None
                if known or "return" in self.callees:
                    status = returned_status(value)
                    for leaf in exceptions.leaves(value, ""):
                        yield Leak(node, "the response", "return", leaf, status, exceptions, known)
            case ast.Assign(targets=[ast.Attribute(attr=attr)], value=value):
                if f".{attr}" in self.callees:
                    for leaf in exceptions.leaves(value, attr):
                        yield Leak(node, attr, f".{attr}", leaf, None, exceptions, False)

    def _of_call(self, call: ast.Call, exceptions: Exceptions) -> Iterator[Leak]:
        arguments = values_given(call)
        name = last_name(call.func)
        # Whom it goes to is asked last: that may lead through the whole project.
        if name in NEVER or not any(any(exceptions.leaves(item, "")) for item in arguments):
            return
        sink = self.sinks.of(self.source, call, self.callees)
        if sink is None:
            return
        known = name not in self.callees or self.sinks.of(self.source, call) is not None
        for slot, item in sink.texts(call):
            for leaf in exceptions.leaves(item, slot):
                if not known and getattr(leaf.node, "id", None) in exceptions.names:
                    # The exception itself: what the function makes of it is its own matter.
                    continue
                status = sink.status_of(call)
                if status is None or status == 200:
                    status = self._returned_with(call) or status
                yield Leak(call, last_part(sink.name), name, leaf, status, exceptions, known)

    def _returned_with(self, call: ast.Call) -> int | None:
        """The status of ``return jsonify(…), 500``."""
        parent = self.tree.parent(call)
        if isinstance(parent, ast.Tuple) and isinstance(self.tree.parent(parent), ast.Return):
            return returned_status(parent)
        return None

    def siblings(self, root: ast.AST, names: Collection[str]) -> Iterator[tuple[ast.Call, str]]:
        """Calls of the same sinks that tell a path or a query, which no exception is."""
        for call in sorted(self.tree.within(root, ast.Call), key=self.source.span):
            arguments = values_given(call) if last_name(call.func) in names else []
            for item in (item for argument in arguments for item in walk(argument)):
                written = ast.unparse(item.value) if isinstance(item, ast.FormattedValue) else ""
                if _is_internal(written):
                    yield call, written


def _is_internal(name: str) -> bool:
    parts = name.lower().replace(".", "_").split("_")
    return parts[-1] in _PATHS or "_".join(parts[-2:]) in _PATHS
