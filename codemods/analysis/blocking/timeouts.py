"""Calls that wait for something outside, and how each takes a timeout."""

from __future__ import annotations

import ast
import enum
from collections.abc import Set
from dataclasses import dataclass

from codemods.analysis.names.index import Index
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.names import binding, qualified_name
from codemods.syntax.parts import keyword_value, targets_of
from codemods.syntax.tree import Tree, is_none
from codemods.tables import words


class Ending(enum.Enum):
    """What a call does when its time is up."""

    RAISES = enum.auto()
    ANSWERS = enum.auto()
    """It returns all the same, and only what it gives says that it did not get anything."""


_BASES = {
    "Timeout": ("RequestException", "IOError", "OSError"),
    "TimeoutException": ("TransportError", "RequestError", "HTTPError"),
    "TimeoutExpired": ("SubprocessError",),
    "TimeoutError": ("OSError", "URLError"),
}
"""By an exception that says that the time is up, those by which it is caught too."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How a callable takes a timeout."""

    raises: str
    """The exception that says that the time is up, by its last name."""
    position: int
    """Which positional argument it is, from zero."""
    ending: Ending = Ending.RAISES
    is_client: bool = False
    """Whether it is aiohttp's, which takes an object of its own."""

    @property
    def bases(self) -> tuple[str, ...]:
        """By what else the exception is caught, by their last names."""
        return _BASES.get(self.raises, ())


_HTTP = words("get post put patch delete head options request")
_MANY = 9
FUNCTIONS = {
    **{f"requests.{name}": Waiting("Timeout", _MANY) for name in _HTTP},
    **{f"requests.api.{name}": Waiting("Timeout", _MANY) for name in _HTTP},
    **{f"httpx.{name}": Waiting("TimeoutException", _MANY) for name in _HTTP},
    **{f"httpx.{name}": Waiting("TimeoutException", _MANY) for name in ("Client", "AsyncClient")},
    "aiohttp.ClientSession": Waiting("TimeoutError", _MANY, is_client=True),
    "urllib.request.urlopen": Waiting("TimeoutError", 2),
    "socket.create_connection": Waiting("TimeoutError", 1),
    "smtplib.SMTP": Waiting("TimeoutError", 3),
    "smtplib.SMTP_SSL": Waiting("TimeoutError", 5),
    "ftplib.FTP": Waiting("TimeoutError", 4),
    "http.client.HTTPConnection": Waiting("TimeoutError", 2),
    "http.client.HTTPSConnection": Waiting("TimeoutError", _MANY),
    **{
        f"subprocess.{name}": Waiting("TimeoutExpired", _MANY)
        for name in ("run", "call", "check_call", "check_output")
    },
    "concurrent.futures.as_completed": Waiting("TimeoutError", 1),
    "concurrent.futures.wait": Waiting("TimeoutError", 1, Ending.ANSWERS),
}
"""By qualified name."""

_LOCKS = ("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition")
_QUEUES = ("Queue", "LifoQueue", "PriorityQueue", "SimpleQueue", "JoinableQueue")
METHODS = {
    **{f"requests.Session.{name}": Waiting("Timeout", _MANY) for name in _HTTP},
    **{f"httpx.Client.{name}": Waiting("TimeoutException", _MANY) for name in _HTTP},
    **{f"httpx.AsyncClient.{name}": Waiting("TimeoutException", _MANY) for name in _HTTP},
    "subprocess.Popen.wait": Waiting("TimeoutExpired", 0),
    "subprocess.Popen.communicate": Waiting("TimeoutExpired", 1),
    "concurrent.futures.Future.result": Waiting("TimeoutError", 0),
    "concurrent.futures.Future.exception": Waiting("TimeoutError", 0),
    **{
        f"{module}.{kind}.{name}": Waiting(error, at)
        for module in ("queue", "multiprocessing")
        for kind in _QUEUES
        for name, error, at in (("get", "Empty", 1), ("put", "Full", 2))
    },
    **{f"threading.{kind}.acquire": Waiting("", 1, Ending.ANSWERS) for kind in _LOCKS},
    "threading.Event.wait": Waiting("", 0, Ending.ANSWERS),
    "threading.Condition.wait": Waiting("", 0, Ending.ANSWERS),
    "threading.Barrier.wait": Waiting("BrokenBarrierError", 0),
}
"""By the class of the receiver and the method."""

LAST_NAMES = frozenset(name.rpartition(".")[2] for name in (*FUNCTIONS, *METHODS))
_SUBMITS = ("submit", "run_coroutine_threadsafe")
_TYPES = {
    "requests.sessions.Session": "requests.Session",
    "requests.session": "requests.Session",
    "requests.sessions.session": "requests.Session",
    "concurrent.futures._base.Future": "concurrent.futures.Future",
}


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call that can be told how long to wait."""

    call: ast.Call
    name: str
    """The qualified name of what is called."""
    how: Waiting

    @property
    def given(self) -> ast.expr | None:
        """The timeout that the call has, ``None`` of it included."""
        given = keyword_value(self.call, "timeout")
        if given is not None:
            return given
        return next(iter(self.call.args[self.how.position :]), None)

    @property
    def is_unbounded(self) -> bool:
        """Whether it waits as long as it takes."""
        return self.given is None or is_none(self.given)

    @property
    def never_waits(self) -> bool:
        """Whether a call of ``acquire``, ``get`` or ``put`` does not wait at all."""
        word = last_part(self.name)
        if word not in ("acquire", "get", "put") or self.name.startswith(("requests", "httpx")):
            return False
        at = 1 if word == "put" else 0
        blocking = keyword_value(self.call, "block") or keyword_value(self.call, "blocking")
        if blocking is None and len(self.call.args) > at:
            blocking = self.call.args[at]
        return isinstance(blocking, ast.Constant) and blocking.value is False


def waiting_calls(
    index: Index, source: SourceFile, root: ast.AST, names: Set[str] = LAST_NAMES
) -> list[WaitingCall]:
    """The calls below ``root`` that can be told how long to wait.

    Args:
        index: of the project.
        source: the file.
        root: a node of it.
        names: what is called, by its last name.
    """
    found = []
    for call in source.tree.within(root, ast.Call):
        known = _waiting(index, source, call) if last_name(call.func) in names else None
        if known is not None:
            found.append(WaitingCall(call, *known))
    return found


def _waiting(index: Index, source: SourceFile, call: ast.Call) -> tuple[str, Waiting] | None:
    """The qualified name of a call that can be told how long to wait, and how; ``None`` for every
    other call, and where the receiver's class is not known."""
    name = qualified_name(source.tree, call.func)
    if name in FUNCTIONS:
        return name, FUNCTIONS[name]
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in LAST_NAMES:
        return None
    kind = _kind(index, source, call.func.value)
    method = f"{kind}.{call.func.attr}"
    return (method, METHODS[method]) if method in METHODS else None


def _kind(index: Index, source: SourceFile, receiver: ast.expr) -> str | None:
    """The class of a receiver."""
    found = index.type_of(source, receiver)
    if found is None:
        for value in _values(source.tree, receiver):
            if isinstance(value, ast.Call):
                if last_name(value.func) in _SUBMITS:
                    return "concurrent.futures.Future"
                found = qualified_name(source.tree, value.func)
    return _TYPES.get(found, found) if found is not None else None


def _values(tree: Tree, receiver: ast.expr) -> list[ast.expr]:
    """What a variable is given, where that is one thing; the receiver itself where it is a call."""
    if isinstance(receiver, ast.Call):
        return [receiver]
    if not isinstance(receiver, ast.Name):
        return []
    bound = binding(tree, receiver).nodes
    values = []
    for node in bound:
        parent = tree.parent(node)
        value = getattr(parent, "value", None) if node in targets_of(parent) else None
        context = getattr(parent, "context_expr", None)
        values.append(value if value is not None else context)
    found = [value for value in values if isinstance(value, ast.expr)]
    return found if len(found) == len(values) == 1 else []


def of_timed_client(source: SourceFile, call: ast.Call) -> bool:
    """Whether the client that a request is made with has a timeout of its own."""
    if not isinstance(call.func, ast.Attribute):
        return False
    return any(
        isinstance(value, ast.Call) and keyword_value(value, "timeout") is not None
        for value in _values(source.tree, call.func.value)
    )
