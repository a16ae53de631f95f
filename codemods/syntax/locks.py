"""Which locks are held where, and whether they are of threads or of an event loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.names import binding_of, qualified_name
from codemods.syntax.scopes import steps_in_frame
from codemods.syntax.tree import TRIES, Tree, walk

LOCK_TYPES = ("Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore")
THREAD_LOCKS = frozenset(
    f"{module}.{name}"
    for module in ("threading", "multiprocessing", "_thread")
    for name in (*LOCK_TYPES, "allocate_lock")
)
ASYNC_LOCKS = frozenset(
    f"{module}.{name}"
    for module in ("asyncio", "anyio", "trio")
    for name in (*LOCK_TYPES, "CapacityLimiter", "StrictFIFOLock")
)
_LOCK_WORDS = frozenset({"lock", "locks", "rlock", "mutex", "locked", "semaphore", "filelock"})
_NO_LOCKS = ("block", "clock", "unlock", "deadlock", "flock", "oclock", "interlock")

LockKind = Literal["thread", "async"]
"""Whether a lock is one of threads or of the event loop."""


@dataclass(frozen=True, slots=True)
class HeldLock:
    """A lock that is held where a node runs."""

    node: ast.stmt
    """The ``with`` or ``async with``, or the ``try`` whose ``finally`` releases it."""
    is_async: bool
    text: str
    """The expression of the lock, as :func:`ast.unparse` writes it."""

    @property
    def excludes(self) -> bool:
        """Whether it keeps others out: a semaphore lets several in, whatever it is for."""
        return "semaphore" not in self.text.lower()


def held_locks(tree: Tree, node: ast.AST) -> tuple[HeldLock, ...]:
    """The locks that the function which runs ``node`` holds there, the innermost first.

    A ``with`` counts when its object is known to be a lock (by what is assigned to the name or
    attribute in the function, class or module), or when a word of its name says so (``lock``,
    ``mutex``, ``semaphore``); so does ``lock.acquire()`` with ``release()`` in a ``finally``.
    """
    return tuple(_held(tree, node))


def lock_kind(tree: Tree, expression: ast.expr) -> LockKind | None:
    """Whether an expression is a threading lock or an asyncio lock, by what the file assigns to it
    or by the call itself; ``None`` if the file does not show it."""
    if isinstance(expression, ast.Call):
        return _kind_of_type(tree, expression.func)
    kinds = (_kind_of_value(tree, value) for value in _assigned(tree, expression))
    return next((kind for kind in kinds if kind is not None), None)


def is_lock(tree: Tree, expression: ast.expr) -> bool:
    """Whether an expression is a lock, according to the file or to its own name."""
    return lock_kind(tree, expression) is not None or looks_like_lock(expression)


def looks_like_lock(expression: ast.expr) -> bool:
    """Whether a word of the expression's names says that it is a lock: ``self._cache_lock``,
    ``get_lock(key)``, ``FileLock(path)``; but not ``block`` or ``clock``."""
    while True:
        if _says_lock(last_name(expression)):
            return True
        if isinstance(expression, ast.Call):
            expression = expression.func
        elif isinstance(expression, (ast.Attribute, ast.Subscript)):
            expression = expression.value
        else:
            return False


def names_lock(name: str) -> bool:
    """Whether a name that a report writes ends like that of a lock: ``self._cache_lock``,
    ``mutex``, ``Lock``. Shorter than :func:`looks_like_lock`: prose has words like ``locked``."""
    return name.lower().endswith(("lock", "mutex"))


def locks_named(names: Iterable[str]) -> tuple[str, ...]:
    """The last words of the names that are those of locks, each once, without the classes."""
    last = (last_part(name) for name in names if names_lock(name))
    return tuple(dict.fromkeys(name for name in last if name not in ("Lock", "RLock")))


def _says_lock(name: str) -> bool:
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return any(
        word in _LOCK_WORDS or (word.endswith("lock") and not word.endswith(_NO_LOCKS))
        for word in map(str.lower, words)
    )


def _held(tree: Tree, node: ast.AST) -> Iterator[HeldLock]:
    for ancestor, child in steps_in_frame(tree, node):
        if isinstance(ancestor, (ast.With, ast.AsyncWith)):
            items = ancestor.items
            if isinstance(child, ast.withitem):
                # Later items are entered while the earlier ones are held already.
                items = items[: items.index(child)]
            for item in reversed(items):
                lock = item.context_expr
                if is_lock(tree, lock):
                    yield HeldLock(ancestor, isinstance(ancestor, ast.AsyncWith), ast.unparse(lock))
        elif isinstance(ancestor, TRIES) and child not in ancestor.finalbody:
            yield from _released(tree, ancestor)


def _released(tree: Tree, statement: ast.Try | ast.TryStar) -> Iterator[HeldLock]:
    for part in statement.finalbody:
        for call in walk(part):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "release"
            ):
                lock = call.func.value
                if is_lock(tree, lock):
                    is_async = lock_kind(tree, lock) == "async" or _is_awaited(
                        tree, statement, lock
                    )
                    yield HeldLock(statement, is_async, ast.unparse(lock))


def _is_awaited(tree: Tree, statement: ast.stmt, lock: ast.expr) -> bool:
    """Whether the function that holds ``statement`` awaits ``lock.acquire()``."""
    function = tree.function(statement) or tree.module
    text = f"{ast.unparse(lock)}.acquire"
    return any(
        isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == text
        for node in tree.within(function, ast.Await)
    )


def _assigned(tree: Tree, expression: ast.expr) -> Iterator[ast.expr]:
    """The values and annotations that the file gives to a name or to ``self.name``."""
    if isinstance(expression, ast.Name):
        targets: list[ast.AST] = list(binding_of(tree, expression.id, expression).nodes)
    elif (
        isinstance(expression, ast.Attribute)
        and isinstance(expression.value, ast.Name)
        and expression.value.id in ("self", "cls")
    ):
        targets = list(_attribute_targets(tree, expression))
    else:
        return
    for target in targets:
        parent = tree.parent(target)
        if isinstance(target, ast.arg):
            if target.annotation is not None:
                yield target.annotation
        elif isinstance(parent, ast.AnnAssign):
            yield parent.annotation
            if parent.value is not None:
                yield parent.value
        elif isinstance(parent, (ast.Assign, ast.NamedExpr)):
            yield parent.value


def _attribute_targets(tree: Tree, expression: ast.Attribute) -> Iterator[ast.AST]:
    owner = tree.class_around(expression)
    if owner is None:
        return
    for attribute in tree.stored[owner, expression.attr]:
        if isinstance(attribute.value, ast.Name):
            yield attribute
    for node in tree.names[expression.attr]:
        if isinstance(node.ctx, ast.Store) and tree.parent(tree.statement(node)) is owner:
            yield node


def _kind_of_value(tree: Tree, value: ast.expr) -> LockKind | None:
    if not isinstance(value, ast.Call):
        return _kind_of_type(tree, value)
    # `field(default_factory=threading.Lock)` of a dataclass.
    factories = [k.value for k in value.keywords if k.arg in ("default_factory", "factory")]
    kinds = (_kind_of_type(tree, item) for item in (value.func, *factories))
    return next((kind for kind in kinds if kind is not None), None)


def _kind_of_type(tree: Tree, node: ast.expr) -> LockKind | None:
    name = qualified_name(tree, node)
    if name in THREAD_LOCKS:
        return "thread"
    return "async" if name in ASYNC_LOCKS else None
