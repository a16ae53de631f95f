"""Locks of a class or module, and the calls that come back to one while it is held."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from codemods.analysis.locks.facts import Facts, asks_the_caller, facts_at, given, never_runs
from codemods.analysis.locks.state import Owner, receivers
from codemods.analysis.names.resolver import is_generator
from codemods.analysis.names.values import decorator_names
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.locks import HeldLock, held_locks
from codemods.syntax.names import binding_of, qualified_name
from codemods.syntax.parts import keyword_value, targets_of
from codemods.syntax.statements import blocks_around, running_nodes
from codemods.syntax.tree import FUNCTIONS, Function, Tree, position, walk

PLAIN = ("threading.Lock", "multiprocessing.Lock")
REENTRANT = ("threading.RLock", "multiprocessing.RLock")
ASYNC = ("asyncio.Lock", "anyio.Lock", "trio.Lock")
_GETTERS = ("property", "cached_property")


@dataclass(frozen=True, slots=True)
class OwnLock:
    """A lock that a class or module makes."""

    owner: Owner
    name: str
    type: str
    """``threading.Lock`` and the like."""
    made: tuple[ast.expr, ...]
    """What names its type, wherever it is made or annotated."""

    @property
    def shown(self) -> str:
        """``self._lock``, or the variable's name."""
        return f"self.{self.name}" if isinstance(self.owner.node, ast.ClassDef) else self.name


@dataclass(frozen=True, slots=True)
class Again:
    """A place where a lock is held, and how it is taken again from there."""

    node: ast.expr
    function: Function
    path: tuple[str, ...]
    """The functions that are called, the one that takes the lock last; empty where it is taken
    again right there."""


def locks_of_owners(owners: Iterable[Owner], names: Collection[str]) -> list[OwnLock]:
    """The locks of some classes that have one of the names, with or without a
    leading underscore, else those of the modules; without names all locks count."""
    wanted = {name.lstrip("_") for name in names}
    around = dict.fromkeys(owners)
    modules = dict.fromkeys(Owner(owner.source, owner.tree.module) for owner in around)
    for some in (around, modules):
        locks = [lock for owner in some for lock in own_locks(owner)]
        found = [lock for lock in locks if not wanted or lock.name.lstrip("_") in wanted]
        if found:
            return found
    return []


def own_locks(owner: Owner) -> list[OwnLock]:
    """The locks that the owner makes and nothing else is assigned to."""
    found: dict[str, list[ast.expr | None]] = {}
    noted: dict[str, list[ast.expr]] = {}
    for statement in owner.assignments():
        for target in targets_of(statement):
            name = _name(owner, target)
            if name is None:
                continue
            if statement.value is not None:
                found.setdefault(name, []).append(_type_of(statement.value))
            if isinstance(statement, ast.AnnAssign):
                noted.setdefault(name, []).append(statement.annotation)
    locks = []
    for name, made in found.items():
        known = [item for item in made if item is not None]
        types = {qualified_name(owner.tree, item) for item in known}
        if len(known) != len(made) or len(types) != 1:
            continue
        (kind,) = types
        if kind in (*PLAIN, *REENTRANT, *ASYNC):
            words = [node for item in noted.get(name, ()) for node in walk(item)]
            known += [
                node
                for node in words
                if isinstance(node, ast.expr) and qualified_name(owner.tree, node) == kind
            ]
            locks.append(OwnLock(owner, name, kind, tuple(known)))
    return locks


def _name(owner: Owner, target: ast.expr) -> str | None:
    tree = owner.tree
    if isinstance(target, ast.Name):
        return target.id if tree.parent(tree.statement(target)) is owner.node else None
    if isinstance(owner.node, ast.ClassDef) and isinstance(target, ast.Attribute):
        function = tree.function(target)
        if isinstance(function, FUNCTIONS) and isinstance(target.value, ast.Name):
            return target.attr if target.value.id in receivers(owner, function) else None
    return None


def _type_of(value: ast.expr) -> ast.expr | None:
    """What names the type in ``Lock()`` or ``field(default_factory=Lock)``."""
    if not isinstance(value, ast.Call):
        return None
    factory = keyword_value(value, "default_factory") or keyword_value(value, "factory")
    if factory is not None:
        return factory
    return value.func if not value.args and not value.keywords else None


def taken_again(lock: OwnLock, *, surely: bool = False) -> Again | None:
    """The first place, in the order of the source, from which a held lock is taken again.

    Args:
        lock: the lock.
        surely: ways that an argument can close do not count.
    """
    owner, tree = lock.owner, lock.owner.tree
    seen: set[Function] = set()
    for function in owner.functions():
        for node in _nodes(function):
            if not isinstance(node, (ast.Attribute, ast.Name)):
                continue
            if is_lock(lock, function, node):
                if _takes(tree, node) and _is_held(lock, function, node):
                    return Again(node, function, ())
                continue
            for callee in called(owner.source, function, node):
                if _is_held(lock, function, node):
                    facts = facts_at(tree, node)
                    passed = given(tree.call_of(node), callee)
                    # What holds for this call only says nothing of the functions for others.
                    looked = set() if facts or passed else seen
                    path = way_to(lock, callee, looked, facts | passed, surely=surely)
                    if path is not None:
                        return Again(node, function, path)
    return None


def _nodes(function: Function) -> list[ast.expr]:
    found = [node for statement in function.body for node in running_nodes(statement)]
    placed = [node for node in found if isinstance(node, ast.expr)]
    return sorted(placed, key=position)


def is_lock(lock: OwnLock, function: Function, node: ast.expr) -> bool:
    """Whether an expression in ``function`` is the lock."""
    if isinstance(lock.owner.node, ast.ClassDef):
        return (
            isinstance(node, ast.Attribute)
            and node.attr == lock.name
            and isinstance(node.value, ast.Name)
            and node.value.id in receivers(lock.owner, function)
        )
    if not isinstance(node, ast.Name) or node.id != lock.name:
        return False
    return binding_of(lock.owner.tree, node.id, node).kind == "module"


def _takes(tree: Tree, node: ast.expr) -> bool:
    """Whether the lock is taken there, for as long as it takes: a try or a timeout ends."""
    parent = tree.parent(node)
    if isinstance(parent, ast.withitem):
        return parent.context_expr is node
    if not isinstance(parent, ast.Attribute) or parent.attr != "acquire":
        return False
    call = tree.parent(parent)
    return isinstance(call, ast.Call) and not call.args and not call.keywords


def _is_held(lock: OwnLock, function: Function, node: ast.expr) -> bool:
    names = receivers(lock.owner, function)
    texts = {f"{name}.{lock.name}" for name in names} if names else {lock.name}
    tree = lock.owner.tree
    return any(
        item.text in texts
        and (isinstance(item.node, (ast.With, ast.AsyncWith)) or _acquired(tree, item))
        for item in held_locks(tree, node)
    )


def _acquired(tree: Tree, held: HeldLock) -> bool:
    """Whether ``lock.acquire()``, which does not give up, stands right in front of the ``try``
    whose ``finally`` releases it."""
    for block, index in blocks_around(tree, held.node):
        before = block[index - 1] if index else None
        return isinstance(before, ast.Expr) and ast.unparse(before) == f"{held.text}.acquire()"
    return False


def called(
    source: SourceFile, function: Function, node: ast.Attribute | ast.Name
) -> list[Function]:
    """The functions of the file that run when ``node`` is evaluated: a method of the same object
    that is called there, a property, a function of the module.

    A coroutine that is not awaited runs later, and a generator when somebody takes from it.
    """
    tree = source.tree
    call = tree.call_of(node)
    awaited = call is not None and isinstance(tree.parent(call), ast.Await)
    holder: ast.ClassDef | ast.Module = tree.module
    if isinstance(node, ast.Attribute):
        owner = tree.class_around(function)
        if owner is None or not isinstance(node.value, ast.Name):
            return []
        if node.value.id not in receivers(Owner(source, owner), function):
            return []
        holder = owner
    elif call is None or binding_of(tree, node.id, node).kind != "definition":
        return []
    return [
        item
        for item in tree.functions[holder, last_name(node)]
        if (isinstance(node, ast.Name) or _is_run(item, node, call))
        and not is_generator(item)
        and (awaited or not isinstance(item, ast.AsyncFunctionDef))
    ]


def _is_run(method: Function, node: ast.Attribute, call: ast.Call | None) -> bool:
    """Whether a method runs where it is called, or a property where it is read or set."""
    names = decorator_names(method)
    if call is None and not isinstance(node.ctx, ast.Load):
        return "setter" in names
    return (call is None) != set(_GETTERS).isdisjoint(names)


def way_to(
    lock: OwnLock,
    start: Function,
    seen: set[Function],
    facts: Facts | None = None,
    *,
    surely: bool = False,
) -> tuple[str, ...] | None:
    """The shortest chain of calls from ``start`` to a function that takes the lock.

    Args:
        lock: the lock.
        start: the function that is called.
        seen: functions from which no way leads there; where none does, those on the way are added.
        facts: what is known where it is called.
        surely: ways that an argument can close do not count.
    """
    if start in seen:
        return None
    seen.add(start)
    tree = lock.owner.tree

    def is_reached(function: Function, node: ast.expr, known: Facts) -> bool:
        if never_runs(tree, function, node, known):
            return False
        return not surely or not asks_the_caller(tree, function, node, known)

    queue: list[tuple[Function, tuple[str, ...], Facts]] = [(start, (start.name,), facts or {})]
    while queue:
        function, path, known = queue.pop(0)
        attributes = {text: value for text, value in known.items() if "." in text}
        for node in _nodes(function):
            if not isinstance(node, (ast.Attribute, ast.Name)):
                continue
            if lock.owner.has(function) and is_lock(lock, function, node):
                if _takes(tree, node) and is_reached(function, node, known):
                    return path
                continue
            for callee in called(lock.owner.source, function, node):
                if callee not in seen and is_reached(function, node, known):
                    seen.add(callee)
                    more = attributes | given(tree.call_of(node), callee)
                    queue.append((callee, (*path, callee.name), more))
    return None
