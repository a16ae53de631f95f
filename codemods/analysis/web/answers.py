"""Where text leaves the program for a client; the table is data in ``answers.toml``."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import Any

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Foreign, Known
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import method_of
from codemods.syntax.tree import Function

Argument = str | int

_NUMBERED = re.compile(r"(?:HTTP_(?=\d{3}(?!\d))|WS_(?=\d{4}(?!\d)))(\d+)")
_BLAMED = (1002, 1003, 1007, 1008, 1009)
"""With these a WebSocket is closed for what the client sent (RFC 6455, 7.4.1)."""


@dataclass(frozen=True, slots=True)
class Sink:
    """One way out."""

    name: str
    """As it is said to people."""
    text: tuple[Argument, ...] = ()
    """The arguments that the client gets; empty: all."""
    status: tuple[Argument, ...] = ()
    default: int | None = None
    receivers: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def texts(self, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
        """The arguments of ``call`` that the client gets, each with its keyword or position."""
        for key, item in _given(call):
            if not self.text or key in self.text:
                yield "**" if key is None else str(key), item

    def status_of(self, call: ast.Call) -> int | None:
        """The HTTP status that ``call`` answers with; ``None`` where it cannot be told."""
        return next(map(status_number, self.statuses(call)), self.default)

    def statuses(self, call: ast.Call) -> Iterator[ast.expr]:
        """The arguments of ``call`` that say the HTTP status."""
        yield from (item for key, item in _given(call) if key in self.status)


def _given(call: ast.Call) -> Iterator[tuple[Argument | None, ast.expr]]:
    """The arguments of a call by position or keyword."""
    yield from enumerate(call.args)
    yield from ((item.arg, item.value) for item in call.keywords)


def status_number(node: ast.expr) -> int | None:
    """``500``, ``status.HTTP_404_NOT_FOUND``, ``WS_1008_POLICY_VIOLATION`` or
    ``HTTPStatus.BAD_GATEWAY`` as a number."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, int) else None
    if isinstance(node, ast.Attribute) and node.attr == "value":
        node = node.value
    word = last_name(node)
    if word in HTTPStatus.__members__:
        return HTTPStatus[word].value
    found = _NUMBERED.match(word)
    return int(found[1]) if found else None


def blames_client(status: int) -> bool:
    """Whether an answer says what is wrong with a request, and not with the server."""
    return 300 <= status < 500 or status in _BLAMED


@dataclass(frozen=True, slots=True)
class _Table:
    calls: dict[str, Sink]
    methods: dict[str, list[Sink]]
    route_methods: frozenset[str]
    route_receivers: tuple[str, ...]


@cache
def _table() -> _Table:
    file = resources.files("codemods.analysis.web").joinpath("answers.toml")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    calls = {name: _sink(row, name) for row in data["call"] for name in row["names"]}
    methods: dict[str, list[Sink]] = {}
    for row in data["method"]:
        for name in row["names"]:
            methods.setdefault(name, []).append(_sink(row, name))
    route = data["route"]
    return _Table(calls, methods, frozenset(route["methods"]), tuple(route["receivers"]))


def _sink(row: dict[str, Any], name: str) -> Sink:
    lists = {key: tuple(value) for key, value in row.items() if key not in ("names", "default")}
    return Sink(name, default=row.get("default"), **lists)


@dataclass(frozen=True, slots=True)
class SinkWords:
    """The last words of everything in the table."""

    calls: frozenset[str]
    methods: frozenset[str]
    routes: frozenset[str]


@cache
def sink_words() -> SinkWords:
    """For whoever looks at bytes before anything is parsed."""
    table = _table()
    calls = frozenset(last_part(name) for name in table.calls)
    return SinkWords(calls, frozenset(table.methods), table.route_methods)


@dataclass(frozen=True, slots=True)
class Sinks:
    """The sinks of one project."""

    project: Project
    own: tuple[str, ...] = ()
    """Patterns of callees that the project's settings name."""

    def of(self, source: SourceFile, call: ast.Call, named: Collection[str] = ()) -> Sink | None:
        """The sink that ``call`` is.

        Args:
            source: the file that it stands in.
            call: any call.
            named: last names of callees that a finding names.
        """
        written = " ".join(ast.unparse(call.func).split())
        last = last_part(written)
        found = self._known(source, call)
        if found is not None:
            return found
        if last in named or any(
            fnmatchcase(written, item) or fnmatchcase(last, item) for item in self.own
        ):
            return Sink(written)
        return self._method(source, call)

    def _known(self, source: SourceFile, call: ast.Call) -> Sink | None:
        calls = _table().calls
        written = qualified_name(source.tree, call.func)
        if written in calls:
            return calls[written]
        if not isinstance(call.func, (ast.Name, ast.Attribute)):
            return None
        resolved = index_of(self.project).resolve(source, call.func)
        if resolved in calls:
            return calls[resolved]
        for ref in index_of(self.project).definition_of(source, call.func):
            if isinstance(ref.node, ast.ClassDef):
                lineage = list(index_of(self.project).resolver.classes.lineage(ref))
                own = [item.ref.node for item in lineage if isinstance(item, Known)]
                if not any(method_of(node, "__init__") for node in own):
                    return _inherited(lineage)
        return self._initialised(source, call)

    def _initialised(self, source: SourceFile, call: ast.Call) -> Sink | None:
        """``super().__init__(…)`` in a subclass of an answer."""
        match call.func:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"):
                function = source.tree.function(call)
                owner = (
                    index_of(self.project).resolver.owner(source, function) if function else None
                )
                if owner is not None:
                    return _inherited(index_of(self.project).resolver.classes.lineage(owner))
        return None

    def _method(self, source: SourceFile, call: ast.Call) -> Sink | None:
        if not isinstance(call.func, ast.Attribute):
            return None
        rows = _table().methods.get(call.func.attr)
        if not rows:
            return None
        receiver = call.func.value
        if qualified_name(source.tree, receiver) is not None:
            # A module or an imported thing: ``distributed.broadcast``.
            return None
        kind = index_of(self.project).type_of(source, receiver)
        written = ast.unparse(receiver)
        for row in rows:
            if kind is not None and kind in row.classes:
                return row
            short = last_part(written).lstrip("_")
            if any(fnmatchcase(short.lower(), item) for item in row.receivers):
                return row
        return None


def _inherited(lineage: Iterable[Known | Foreign]) -> Sink | None:
    """The sink that a class of the project is derived from."""
    for base in lineage:
        if isinstance(base, Foreign) and base.name in _table().calls:
            return _table().calls[base.name]
    return None


def route_of(function: Function) -> str | None:
    """The decorator of a route as written, ``None`` for a function that answers nobody."""
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
            continue
        receiver = last_part(ast.unparse(decorator.func.value)).lstrip("_").lower()
        if decorator.func.attr in _table().route_methods and any(
            fnmatchcase(receiver, item) for item in _table().route_receivers
        ):
            return ast.unparse(decorator)
    return None


def returned_status(node: ast.expr) -> int | None:
    """The status of ``return {…}, 500``."""
    if isinstance(node, ast.Tuple) and len(node.elts) > 1:
        return status_number(node.elts[1])
    return None


def any_matches(names: Sequence[str], patterns: Sequence[str]) -> bool:
    """Whether one of the names fits one of the patterns, whatever their case."""
    return any(fnmatchcase(name.lower(), item.lower()) for name in names for item in patterns)
