"""Who gets a text: operators, other parts of the same system, or a page that shows it anyway."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.names.index import index_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.names import binding_of
from codemods.syntax.parts import values_given
from codemods.syntax.tree import FUNCTIONS, Tree, walk
from codemods.tables import shortened, words
from codemods.transforms.hide_exception_text.leaks import Leak
from codemods.transforms.hide_exception_text.told import Reason

_SOCKETS = frozenset(words("send send_json send_text send_str send_bytes broadcast"))
_TRANSPORTS = frozenset(
    words(
        "zmq pynng nnpy nanomsg rpyc Pyro5 Pyro4 xmlrpc multiprocessing billiard multiprocess "
        "pykka thespian xoscar ray dask distributed mpi4py execnet zerorpc aiozmq aiormq aio_pika "
        "pika kombu celery nats stomp dramatiq rq arq aiokafka kafka paho asyncio_mqtt aiomqtt"
    )
)
"""Modules that connect the processes of one system."""
_BROWSERS = frozenset(words("ws websocket websockets"))
_PEERS = frozenset(words("rpc ipc zmq"))
_REMOTE = frozenset(words("rpc jsonrpc xmlrpc"))
_SERVING = re.compile(
    rb"websocket|\b(?:fastapi|starlette|aiohttp|quart|sanic|tornado|litestar|socketio|channels|"
    rb"django|flask|ninja|robyn|blacksheep|falcon)\b",
    re.IGNORECASE,
)
"""In a file that serves clients: elsewhere what is called ``connection`` may lead anywhere."""
_PARTS = frozenset(words("worker workers supervisor subprocess child peer peers node"))
"""Of a system; a browser is none of them."""
_SHOWN = frozenset(words("flash toast notify_user"))
_MESSAGES = frozenset(words("debug info success warning error add_message"))
_OPERATORS = frozenset(
    words(
        "health healthz healthcheck readiness readyz liveness livez heartbeat admin admins debug "
        "debugger diagnostic diagnostics internal probe probes selftest ping"
    )
)
"""Words of routes, functions, classes and files that are there for operators and developers."""
_STATUS_PAGE = frozenset(
    words(
        "status state get head view handler page endpoint api app router server system service "
        "route check resource bp blueprint v1 v2"
    )
)
"""Of these alone the name of a page is made that shows whether the server is up."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Audience:
    """Of one file."""

    project: Project
    source: SourceFile

    @property
    def _tree(self) -> Tree:
        return self.source.tree

    def operators(self, leak: Leak) -> Reason | None:
        """Routes, classes and files that are for operators."""
        named = [self.source.path.removesuffix(".py")]
        for item in self._tree.ancestors(leak.sink):
            if isinstance(item, FUNCTIONS):
                named += [item.name, *map(ast.unparse, item.decorator_list), *self._prefixes(item)]
            elif isinstance(item, ast.ClassDef):
                named.append(item.name)
        for text in named:
            if not _OPERATORS.isdisjoint(_words(text)) or _is_status_page(text):
                return "internal-route", f"{shortened(text)} is for operators"
        return None

    def _prefixes(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
        """The prefixes of the routers that a function is a route of."""
        for item in function.decorator_list:
            match item:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                    for node in binding_of(self._tree, name, function).nodes:
                        match self._tree.parent(node):
                            case ast.Assign(value=ast.Call(args=args, keywords=keywords)):
                                for given in (*args, *(item.value for item in keywords)):
                                    if isinstance(given, ast.Constant):
                                        yield str(given.value)

    def peer(self, leak: Leak) -> Reason | None:
        """Another process of the same system, and no client."""
        if not isinstance(leak.sink, ast.Call) or not isinstance(leak.sink.func, ast.Attribute):
            return None
        if leak.sink.func.attr not in _SOCKETS:
            return None
        receiver = leak.sink.func.value
        kind = index_of(self.project).type_of(self.source, receiver)
        transports = _TRANSPORTS & set(_imported(self._tree))
        said = not _BROWSERS.isdisjoint(_words(ast.unparse(receiver)))
        if kind is None and transports and not said:
            return "no-client", f"{min(transports)} connects parts of one system"
        if kind is None and not said and not _SERVING.search(self.source.data):
            return "no-client", f"whether {ast.unparse(receiver)} leads to a client is unknown"
        named = [self.source.path.removesuffix(".py").rpartition("/")[2]]
        for item in self._tree.ancestors(leak.sink):
            if isinstance(item, (*FUNCTIONS, ast.ClassDef)):
                named.append(item.name)
        for text in named:
            if not (_PEERS if said else _PEERS | _PARTS).isdisjoint(_words(text)):
                return "no-client", f"{text} talks to another part of the system"
        return None

    def remote(self, leak: Leak) -> str | None:
        """Why whoever calls may be another part of the system, in words: an ``/rpc`` route."""
        for item in self._tree.ancestors(leak.sink):
            if isinstance(item, FUNCTIONS):
                for text in (item.name, *map(ast.unparse, item.decorator_list)):
                    if not _REMOTE.isdisjoint(_words(text)):
                        return f"{shortened(text)} is RPC, perhaps within the same system"
        return None

    def shown_too(self, leak: Leak) -> Reason | None:
        """The same text on another way to whoever uses the page: ``flash(str(e))``."""
        holder = leak.exceptions.holder
        for statement in holder.body if holder is not None else ():
            for call in self._tree.within(statement, ast.Call):
                name = last_name(call.func)
                page = isinstance(call.func, ast.Attribute) and (
                    last_name(call.func.value) == "messages" and name in _MESSAGES
                )
                if (name in _SHOWN or page) and any(
                    isinstance(item, ast.Name) and item.id in leak.names
                    for value in values_given(call)
                    for item in walk(value)
                ):
                    return "shown-too", f"line {call.lineno} also shows it to the user of the page"
        return None


def _is_status_page(text: str) -> bool:
    """Whether a route, a function or a class shows whether the server is up: ``StatusView``,
    ``router.get('/status')``."""
    found = _words(text)
    return "status" in found and found <= _STATUS_PAGE


def _imported(tree: Tree) -> Iterator[str]:
    """The first words of the modules that a file imports."""
    for item in tree.of(ast.Import):
        yield from (alias.name.partition(".")[0] for alias in item.names)
    yield from ((item.module or "").partition(".")[0] for item in tree.of(ast.ImportFrom))


def _words(text: str) -> set[str]:
    return {item.lower() for item in _WORD.findall(text)}
