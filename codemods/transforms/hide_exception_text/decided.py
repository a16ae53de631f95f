"""Texts that somebody chose for those who read them: a scan leaves them, or only shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.exceptions.text import Exceptions, LeafKind, asks_for_debug
from codemods.analysis.logs.withheld import comment_of
from codemods.analysis.names.index import index_of
from codemods.analysis.web.answers import Sinks
from codemods.analysis.web.promises import is_careful, promises_text
from codemods.analysis.web.statuses import is_for_client, numbers_of, statuses_around
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.handlers import handler_types
from codemods.syntax.names import binding_of
from codemods.syntax.parts import parameters_of, targets_of
from codemods.syntax.statements import blocks_around, leaves
from codemods.syntax.tree import FUNCTIONS, TRIES, Tree, walk
from codemods.tables import words
from codemods.transforms.hide_exception_text.audience import Audience
from codemods.transforms.hide_exception_text.leaks import Leak
from codemods.transforms.hide_exception_text.logging import covers
from codemods.transforms.hide_exception_text.told import own_text, passed_on, told_quietly

_GRPC = frozenset(words("abort abort_with_status set_details"))
_REDIRECTED = 300
"""Statuses below tell that all is well."""
Reason = tuple[str, str]
"""An identifier, and the same for people."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided about the texts of one file."""

    project: Project
    source: SourceFile
    sinks: Sinks

    @property
    def _tree(self) -> Tree:
        return self.source.tree

    def kept(self, leak: Leak) -> Reason | None:
        """Why a scan leaves the text of a leak, ``None`` where nothing speaks for it."""
        audience = Audience(self.project, self.source)
        checks = (
            *(self._status, self._choice, self._reading),
            *(self._debug, audience.operators, audience.peer, audience.shown_too),
        )
        found = next((found for check in checks if (found := check(leak)) is not None), None)
        return found or told_quietly(self._tree, leak) or own_text(self._tree, leak)

    def said(self, leak: Leak) -> str | None:
        """A comment that says that somebody is to read the text: it would be wrong afterwards."""
        holder = leak.exceptions.holder
        first = holder.lineno if holder is not None else leak.sink.lineno
        text, began = "", first
        for number in range(first, (leak.sink.end_lineno or leak.sink.lineno) + 1):
            comment, alone = comment_of(self.source.line_text(number))
            if not text or not alone:
                began = number
            text = "" if comment is None else f"{text} {comment}" if alone else comment
            if text and promises_text(text):
                return f"the comment on line {began} says that someone should read it"
        return self._said_around(holder)

    def _said_around(self, holder: ast.AST | None) -> str | None:
        """The same, above the ``try`` or in the docstring of the function."""
        attempt = self._tree.parent(holder) if isinstance(holder, ast.ExceptHandler) else None
        if not isinstance(attempt, TRIES):
            return None
        above: list[str] = []
        number = attempt.lineno - 1
        while number > 0:
            comment, alone = comment_of(self.source.line_text(number))
            if comment is None or not alone:
                break
            above.insert(0, comment)
            number -= 1
        if promises_text(" ".join(above)):
            return f"the comment on line {number + 1} says that someone should read it"
        function = self._tree.function(attempt)
        if isinstance(function, FUNCTIONS) and promises_text(ast.get_docstring(function) or ""):
            return f"the docstring of {function.name}() says that someone should read it"
        return None

    def doubt(self, leak: Leak) -> str | None:
        """Why a text is only shown, for people: whoever gets it may be no client, or may read it as
        the content of an answer."""
        method = leak.sink.func if isinstance(leak.sink, ast.Call) else None
        if (
            isinstance(method, ast.Attribute)
            and method.attr in _GRPC
            and "context" in ast.unparse(method.value).lower()
        ):
            return "gRPC clients are usually other parts of the same system"
        if (remote := Audience(self.project, self.source).remote(leak)) is not None:
            return remote
        if (line := passed_on(leak)) is not None:
            return f"line {line} asks the recipient to pass it on"
        statuses = self._statuses(leak)
        if statuses and max(statuses) < _REDIRECTED:
            return f"it is sent with status {max(statuses)}, as the content of the response"
        if not statuses and isinstance(leak.sink, ast.Return):
            # ``except Exception: return {"error": str(e)}`` tells whatever happens to break.
            holder = leak.exceptions.holder
            types = handler_types(holder) if isinstance(holder, ast.ExceptHandler) else []
            broad = not types or not {"Exception", "BaseException"}.isdisjoint(types)
            if isinstance(leak.sink.value, ast.Call) or not broad:
                return "it is sent as the content of a normal response"
        return None

    def _statuses(self, leak: Leak) -> list[int]:
        """The numbers with which a text goes out, as far as they are known."""
        found = [] if leak.status is None else [leak.status]
        for status in self._given(leak):
            found += [number for number in numbers_of(self._tree, status) if number is not None]
        statement = self._tree.statement(leak.leaf.via or leak.node)
        for item in self._tree.ancestors(leak.leaf.via or leak.node):
            if item is statement:
                break
            if isinstance(item, ast.Call):
                sink = self.sinks.of(self.source, item)
                number = sink.status_of(item) if sink is not None else None
                found += [] if number is None else [number]
        return found

    def helper(self, leak: Leak) -> str | None:
        """The function of the project that puts the exception's text into the leak's."""
        if leak.leaf.kind is not LeafKind.PASSED:
            return None
        for call in (item for item in walk(leak.node) if isinstance(item, ast.Call)):
            for ref in index_of(self.project).definition_of(self.source, call.func):
                if isinstance(ref.node, FUNCTIONS) and not is_careful(ref.node.name):
                    names = frozenset(_given(call, ref.node, leak.exceptions.names))
                    inside = Exceptions(ref.source.tree, names, ref.node)
                    if names and any(map(inside.kind, _returned(ref.source.tree, ref.node))):
                        return ref.node.name
        return None

    def _status(self, leak: Leak) -> Reason | None:
        """A status that blames the client, or one that is decided elsewhere."""
        grpc = isinstance(leak.sink, ast.Call) and last_name(leak.sink.func) in _GRPC
        for status in self._given(leak):
            for number in numbers_of(self._tree, status, grpc=grpc):
                if number is None:
                    written = " ".join(ast.unparse(status).split())
                    return "status-given", f"{written} decides with which status it is sent"
                if is_for_client(number):
                    detail = f"status {number} tells the client what is wrong with its request"
                    return "client-error-status", detail
        return None

    def _given(self, leak: Leak) -> Iterator[ast.expr]:
        """The expressions that say with which status a text goes out."""
        tree, sent = self._tree, leak.leaf.via or leak.node
        yield from statuses_around(tree, sent, leak.exceptions.holder)
        statement = tree.statement(sent)
        for item in tree.ancestors(sent):
            if item is statement:
                return
            if isinstance(item, ast.Call):
                sink = self.sinks.of(self.source, item)
                yield from sink.statuses(item) if sink is not None else ()
                if item is leak.sink and last_name(item.func) in _GRPC and len(item.args) > 1:
                    yield item.args[0]

    def _choice(self, leak: Leak) -> Reason | None:
        """One text among others."""
        for node in self._chosen_in(leak):
            detail = f"line {node.lineno} chooses between it and another text"
            return "chosen-text", detail
        for name, assigned in self._carriers(leak):
            others = self._others(leak, name)
            asked = next((i for i in self._tree.ancestors(assigned) if isinstance(i, ast.If)), None)
            names = {i.id for i in walk(asked.test) if isinstance(i, ast.Name)} if asked else set()
            if asked and names <= leak.exceptions.names and _is_about_text(leak, asked.test):
                # ``if error:`` asks whether there is one at all.
                continue
            if others and not covers(self._tree, assigned, leak.sink):
                return (
                    "chosen-text",
                    f"{name} contains it on some paths only, and another text on the others",
                )
        return None

    def _reading(self, leak: Leak) -> Reason | None:
        """``"expired" in message``: what the text says decides what else is told."""
        names = {*leak.names, *(name for name, _ in self._carriers(leak))}
        holder = leak.exceptions.holder
        for item in holder.body if holder is not None else ():
            for node in walk(item):
                if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
                    asked = (part for part in walk(node.comparators[0]))
                    if any(isinstance(part, ast.Name) and part.id in names for part in asked):
                        return (
                            "chosen-text",
                            f"line {node.lineno} makes a decision based on the text",
                        )
        return None

    def _chosen_in(self, leak: Leak) -> Iterator[ast.expr]:
        """Conditional expressions in and around the text, with a text without the exception."""
        sent = self._tree.statement(leak.node)
        around = (item for item in self._tree.ancestors(leak.node) if item is not sent)
        nodes: list[ast.AST] = [*walk(leak.node)]
        for item in around:
            if isinstance(item, ast.stmt):
                break
            nodes.append(item)
        for node in nodes:
            match node:
                case ast.IfExp(test=test, body=body, orelse=orelse):
                    sides = [self._carries(leak, item) for item in (body, orelse)]
                    if any(sides) and not all(sides) and not _is_about_text(leak, test):
                        yield node
                case ast.BoolOp(values=values):
                    # ``str(e) or "unknown"`` is a text for where there is none.
                    others = [item for item in values if not self._carries(leak, item)]
                    if len(others) < len(values) and not all(
                        isinstance(item, ast.Constant) for item in others
                    ):
                        yield node

    def _carries(self, leak: Leak, node: ast.expr) -> bool:
        return any(
            leaf.kind in (LeafKind.TEXT, LeafKind.TRACEBACK, LeafKind.PASSED, LeafKind.CODE)
            for leaf in leak.exceptions.leaves(node, "")
        )

    def _carriers(self, leak: Leak) -> Iterator[tuple[str, ast.stmt]]:
        """The variables by which the exception comes into the text, with each assignment."""
        holder = leak.exceptions.holder
        statements = [
            (target.id, node, node.value)
            for item in (holder.body if holder is not None else ())
            for node in walk(item)
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
            for target in targets_of(node)
            if isinstance(target, ast.Name)
        ]
        waiting = [*leak.names, *([leak.leaf.via.id] if leak.leaf.via is not None else [])]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for target, statement, value in statements:
                if target == name and self._carries(leak, value):
                    yield name, statement
                    waiting += [item.id for item in walk(value) if isinstance(item, ast.Name)]

    def _others(self, leak: Leak, name: str) -> bool:
        """Whether a variable may hold another text than the exception's."""
        values = leak.exceptions.variables.get(name, [])
        if any(item is None or not self._carries(leak, item) for item in values):
            return True
        inside = {id(node) for node in walk(leak.exceptions.holder or self._tree.module)}
        bound = binding_of(self._tree, name, leak.sink).nodes
        given = isinstance(leak.exceptions.holder, FUNCTIONS) and any(
            item.arg == name for item in parameters_of(leak.exceptions.holder.args)
        )
        return given or any(id(node) not in inside for node in bound)

    def _debug(self, leak: Leak) -> Reason | None:
        """A setting above, behind which only developers come."""
        places = [leak.sink, *(statement for _, statement in self._carriers(leak))]
        for place in places:
            for block, index in blocks_around(self._tree, place):
                for earlier in block[:index]:
                    match earlier:
                        case ast.If(
                            test=ast.UnaryOp(op=ast.Not(), operand=test), body=body, orelse=[]
                        ) if leaves(body) and asks_for_debug(test):
                            line = earlier.lineno
                            return "debug-guarded", f"line {line} lets only debug settings through"
            for item in self._tree.ancestors(place):
                if isinstance(item, FUNCTIONS):
                    break
                if (
                    isinstance(item, ast.If)
                    and asks_for_debug(item.test)
                    and place is not leak.sink
                ):
                    return (
                        "debug-guarded",
                        f"it is created only under the debug setting on line {item.lineno}",
                    )
        return None


def _is_about_text(leak: Leak, test: ast.expr) -> bool:
    """Whether a condition asks no more than whether the exception has a text."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _is_about_text(leak, inner)
        case ast.Compare(left=left, comparators=[ast.Constant()]):
            return _is_about_text(leak, left)
        case ast.Call(func=ast.Name(id="len"), args=[inner]):
            return _is_about_text(leak, inner)
    return leak.exceptions.kind(test) is LeafKind.TEXT


def _given(
    call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef, names: frozenset[str]
) -> Iterator[str]:
    """The parameters of a function that a call gives an exception to."""
    parameters = [item.arg for item in parameters_of(function.args)]
    positional = parameters[1:] if parameters[:1] in (["self"], ["cls"]) else parameters
    if not isinstance(call.func, ast.Attribute):
        positional = parameters
    for name, value in (
        *zip(positional, call.args, strict=False),
        *((item.arg or "", item.value) for item in call.keywords),
    ):
        if isinstance(value, ast.Name) and value.id in names and name in parameters:
            yield name


def _returned(tree: Tree, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    for item in tree.within(function, ast.Return):
        if item.value is not None and tree.function(item) is function:
            yield item.value
