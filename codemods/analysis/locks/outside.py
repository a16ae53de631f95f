"""Who else touches the state: helpers whose callers hold the lock, and code outside its class."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.analysis.locks.state import Owner, accesses, in_constructor, is_write, receivers
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Known
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import readable
from codemods.syntax.locks import held_locks
from codemods.syntax.tree import FUNCTIONS, Function
from codemods.tables import listed

_MOST = 6


def held_by_callers(owner: Owner, function: Function, _seen: frozenset[str] = frozenset()) -> bool:
    """Whether a private method runs only where its callers, methods of its class, hold a lock, or
    while the object is being built."""
    if not function.name.startswith("_") or not isinstance(owner.node, ast.ClassDef):
        return False
    if owner.tree.parent(function) is not owner.node or function.name in _seen:
        return False
    calls = []
    for item in owner.tree.attributes[function.name]:
        call = owner.tree.call_of(item)
        if call is None:
            return False
        calls.append(call)
    seen = _seen | {function.name}
    return bool(calls) and all(_is_held(owner, call, seen) for call in calls)


def _is_held(owner: Owner, call: ast.Call, seen: frozenset[str]) -> bool:
    if any(held.excludes for held in held_locks(owner.tree, call)):
        return True
    caller = owner.tree.function(call)
    if not isinstance(caller, FUNCTIONS):
        return False
    if in_constructor(owner, caller):
        return True
    return held_by_callers(owner, caller, seen)


def outside_notes(project: Project, owner: Owner, state: Sequence[str]) -> Iterator[str]:
    """Places outside the class that reach its state without the lock, writes first; in files
    that mention the class."""
    if not isinstance(owner.node, ast.ClassDef):
        return
    writes: list[str] = []
    reads: list[str] = []
    unread = all(item.writes for item in accesses(owner, state))
    resolver = index_of(project).resolver
    mentioning = [
        source for source in project.containing(owner.name.encode()) if not is_test(source.path)
    ]
    for name in state:
        for source in mentioning:
            tree = readable(source) if source.holds(f".{name}".encode()) else None
            for node in tree.attributes[name] if tree is not None else ():
                values = resolver.at(source, node.value) or ()
                if (
                    tree is not None
                    and any(isinstance(i, Known) and i.ref.node is owner.node for i in values)
                    and not (source is owner.source and _inside(owner, node))
                    and not held_locks(tree, node)
                ):
                    where = f"{source.path}:{node.lineno}"
                    (writes if is_write(tree, node) else reads).append(where)
    if unread and not reads:
        yield f"nothing in the project reads {', '.join(state)} today"
    if writes:
        yield f"written from outside without the lock: {listed(writes, _MOST)}"
    if reads:
        yield f"read from outside without the lock: {listed(reads, _MOST)}"


def _inside(owner: Owner, node: ast.Attribute) -> bool:
    function = owner.tree.function(node)
    if function is None or isinstance(function, ast.Lambda):
        return any(item is owner.node for item in owner.tree.ancestors(node))
    return isinstance(node.value, ast.Name) and node.value.id in receivers(owner, function)
