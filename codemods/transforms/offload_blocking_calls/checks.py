"""Why a call must not be taken to a thread, whatever a finding says."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.blocking.bodies import row_of
from codemods.analysis.blocking.table import BlockingKind, Row
from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.index import Index
from codemods.analysis.names.resolver import is_generator
from codemods.analysis.names.values import decorator_names
from codemods.analysis.threads.bound import main_thread_only
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.locks import THREAD_LOCKS
from codemods.syntax.parts import values_given
from codemods.syntax.statements import is_bare_constant
from codemods.syntax.tree import FUNCTIONS, Function, Tree
from codemods.tables import shortened, words

Why = tuple[str, str]
"""A refusal's reason and detail."""

_ASYNC_LIBRARIES = frozenset(
    {"aiofiles", "aiohttp", "aioredis", "aiosqlite", "asyncio", "asyncpg", "motor", "websockets"}
)
_BOUND_NAMES = ("session", "cursor", "cur", "conn", "connection", "sess", "transaction")
_BOUND_METHODS = frozenset(
    words(
        "add add_all begin begin_nested bulk_insert_mappings bulk_save_objects close commit "
        "connection cursor delete exec execute executemany executescript expire expire_all "
        "expunge fetchall fetchmany fetchone flush get invalidate merge query refresh rollback "
        "scalar scalar_one scalars stream"
    )
)
_BOUND_TYPES = words(
    "sqlite3.Connection sqlite3.Cursor sqlalchemy.orm.Session sqlalchemy.orm.session.Session "
    "sqlalchemy.orm.scoped_session sqlalchemy.orm.sessionmaker sqlalchemy.ext.asyncio. "
    "sqlalchemy.engine.Connection sqlalchemy.Connection sqlmodel.Session"
)
_LOCK_METHODS = frozenset({"acquire", "release", "locked", "notify", "notify_all"})
_CONSUMERS = frozenset(
    f"builtins.{name}" for name in words("list tuple set frozenset sorted sum max min dict")
)


class Checks:
    """Asks a project about calls; one for each run of ``find``."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def why_not(self, source: SourceFile, call: ast.Call) -> Why | None:
        """Why taking ``call`` to a thread is wrong; ``None`` when nothing speaks against it."""
        written = f"{shortened(source.segment(call.func))}()"
        known = row_of(self.index, source, call)
        return (
            self._elsewhere(source, call, written)
            or _row_says_no(written, known)
            or self._handle(source, call, written, known)
            or self._bound(source, call, written, known)
            or self._holds_session(source, call, written)
            or self._stops(source, call, written)
            or self._lazy(source, call, written, known)
        )

    def _elsewhere(self, source: SourceFile, call: ast.Call, written: str) -> Why | None:
        """Coroutines do not block, and what ``with`` enters has its work ahead."""
        tree = source.tree
        parent = tree.parent(call)
        if isinstance(parent, ast.Await):
            return "callee-is-coroutine", f"{written} is already awaited, so it is a coroutine"
        if self.index.is_coroutine(source, call.func):
            return (
                "callee-is-coroutine",
                f"{written} is a coroutine, which does not block by itself",
            )
        if isinstance(parent, (ast.withitem, ast.AsyncFor, ast.comprehension)):
            holder = tree.parent(parent) if isinstance(parent, ast.withitem) else parent
            if (
                isinstance(holder, (ast.AsyncWith, ast.AsyncFor))
                or getattr(holder, "is_async", None) == 1
            ):
                return "callee-is-coroutine", f"{written} is already entered or iterated with async"
        if isinstance(parent, ast.Call) and parent.func is not call:
            consumer = self.index.foreign(source, parent.func) or ""
            if consumer.startswith("asyncio.") and consumer != "asyncio.to_thread":
                return (
                    "callee-is-coroutine",
                    f"{written} is passed to {consumer}, so it is a coroutine",
                )
        name = self.index.foreign(source, call.func) or ""
        if name.partition(".")[0] in _ASYNC_LIBRARIES or name.startswith("httpx.AsyncClient"):
            return "callee-is-coroutine", f"{written} belongs to an asynchronous library"
        if isinstance(parent, ast.withitem):
            return (
                "context-manager",
                (
                    f"{written} is entered by with: only its creation would move to a thread, "
                    "not its work"
                ),
            )
        return None

    # What must stay in its thread

    def _handle(
        self, source: SourceFile, call: ast.Call, written: str, known: Row | None
    ) -> Why | None:
        """Buffers in memory wait for nothing; an open file should move with its ``open``."""
        for item in call.args if known is not None else ():
            kind = self.index.type_of(source, item)
            if kind in ("io.BytesIO", "io.StringIO"):
                return "in-memory", f"{written} works on a buffer in memory and does not block"
            if kind == "io.TextIOWrapper":
                return (
                    "open-without-with",
                    (
                        f"{written} uses a file that is opened elsewhere, whose other reads and "
                        "writes would stay on the event loop"
                    ),
                )
        return None

    def _bound(
        self, source: SourceFile, call: ast.Call, written: str, known: Row | None
    ) -> Why | None:
        if main_thread_only(self.index.foreign(source, call.func) or ""):
            return "main-thread-only", f"{written} works only in the main thread"
        # The table knows what may leave its thread; names are asked where it knows nothing.
        for method, owner in _chain(call.func) if known is None else ():
            kind = self.index.type_of(source, owner) or ""
            if kind in THREAD_LOCKS or (
                method in _LOCK_METHODS and "lock" in last_name(owner).lower()
            ):
                return "lock", f"{written}: a lock belongs to the thread that takes it"
            if kind.startswith(_BOUND_TYPES):
                return "thread-bound", f"{written}: a {kind} must stay in its thread"
            if method in _BOUND_METHODS and (not kind) and _is_bound_name(last_name(owner)):
                return (
                    "thread-bound",
                    (
                        f"{written}: {last_name(owner)} looks like a database session or "
                        "cursor, which must stay in its thread"
                    ),
                )
        for item in values_given(call):
            kind = self.index.type_of(source, item) or ""
            if kind.startswith(_BOUND_TYPES) or (
                not kind
                and isinstance(item, (ast.Name, ast.Attribute))
                and _is_bound_name(last_name(item))
            ):
                return (
                    "thread-bound",
                    f"{written} is given {last_name(item) or 'one'}: a database session or "
                    "cursor must stay in its thread",
                )
        return None

    def _holds_session(self, source: SourceFile, call: ast.Call, written: str) -> Why | None:
        """A method of an object that keeps a session, and works with it: a repository."""
        if not isinstance(call.func, ast.Attribute):
            return None
        # A method of a protocol says nothing of what those do that keep to it.
        refs = [ref for ref in self.index.definition_of(source, call.func) if _does(ref.node)]
        if not refs:
            # A receiver of unknown type, or of a protocol: its name says which class is meant.
            said = {*last_name(call.func.value).lower().strip("_").split("_")}
            refs = [
                ref
                for ref in self.index.definitions(call.func.attr)
                if _does(ref.node)
                and isinstance(holder := ref.source.tree.parent(ref.node), ast.ClassDef)
                and any(len(word) > 3 and word in holder.name.lower() for word in said)
            ]
        kept = [_own_session(ref.node) for ref in refs if isinstance(ref.node, FUNCTIONS)]
        if not kept or not all(kept):
            return None
        return (
            "thread-bound",
            (
                f"{written} uses {kept[0]} of its object: a database session or cursor must "
                "stay in its thread"
            ),
        )

    # Iterators

    def _stops(self, source: SourceFile, call: ast.Call, written: str) -> Why | None:
        detail = f"{written} may raise StopIteration, and then the await never completes"
        if self.index.foreign(source, call.func) == "builtins.next" and len(call.args) < 2:
            return "stop-iteration", detail
        if isinstance(call.func, ast.Attribute) and call.func.attr == "__next__":
            return "stop-iteration", detail
        for ref in self.index.definition_of(source, call.func):
            if isinstance(ref.node, FUNCTIONS) and _raises_stop(ref.source.tree, ref.node):
                return "stop-iteration", detail
        return None

    def _lazy(
        self, source: SourceFile, call: ast.Call, written: str, known: Row | None
    ) -> Why | None:
        detail = f"{written} returns an iterator, whose work is done later on the event loop"
        if known is not None and known.lazy:
            return "lazy-iterator", detail
        for ref in self.index.definition_of(source, call.func):
            names = decorator_names(ref.node)
            if any("contextmanager" in name for name in names):
                return (
                    "context-manager",
                    f"{written} returns a context manager, and nothing has run yet",
                )
            if isinstance(ref.node, FUNCTIONS) and is_generator(ref.node):
                return "lazy-iterator", detail
        return None

    def consumer(self, source: SourceFile, call: ast.Call) -> ast.Call | None:
        """``list(p.glob("*"))`` around a lazy ``call``: the call that does the work."""
        parent = source.tree.parent(call)
        if not isinstance(parent, ast.Call) or parent.args[:1] != [call]:
            return None
        return parent if self.index.foreign(source, parent.func) in _CONSUMERS else None


def _does(node: ast.AST) -> bool:
    """Whether a function has a body."""
    if not isinstance(node, FUNCTIONS):
        return True
    return not all(isinstance(item, ast.Pass) or is_bare_constant(item) for item in node.body)


def _own_session(function: Function) -> str:
    """The session of its own object that a method reads, ``""`` where it reads none."""
    for node in own_nodes(function):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Load()):
                if _is_bound_name(name):
                    return f"self.{name}"
    return ""


def _row_says_no(written: str, known: Row | None) -> Why | None:
    if known is None or known.offload:
        return None
    reason = {BlockingKind.DATABASE: "thread-bound", BlockingKind.LOCK: "lock"}.get(
        known.kind, "not-in-thread"
    )
    return reason, f"{written} is not moved to a thread: {known.why}"


def _raises_stop(tree: Tree, function: Function) -> bool:
    """Whether a plain function lets a ``StopIteration`` out."""
    for node in own_nodes(function) if not is_generator(function) else ():
        match node:
            case (
                ast.Raise(exc=ast.Name(id="StopIteration"))
                | ast.Raise(exc=ast.Call(func=ast.Name(id="StopIteration")))
            ):
                return True
            case ast.Call(func=ast.Name(id="next"), args=[_]):
                if not any(isinstance(i, ast.Try) and i.handlers for i in tree.ancestors(node)):
                    return True
    return False


def _chain(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Each method of ``session.query(X).first`` with what it is called on, last first."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        if isinstance(node, ast.Attribute):
            yield node.attr, node.value
        node = node.func if isinstance(node, ast.Call) else node.value


def _is_bound_name(name: str) -> bool:
    word = name.strip("_").lower()
    return word == "db" or word in _BOUND_NAMES or word.endswith(("_session", "_cursor", "_conn"))
