"""Loops, what they go over, and what changes a collection."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from codemods.analysis.locks.state import Owner, in_constructor, touching
from codemods.syntax.dotted import last_name
from codemods.syntax.names import names_bound, qualified_name
from codemods.syntax.parts import is_path, keyword_value, root_name
from codemods.syntax.statements import behind, running_nodes
from codemods.syntax.suspension import MUTATORS
from codemods.syntax.tree import Tree, walk

CollectionKind = Literal["list", "dict", "set", "deque"]
Effect = Literal["remove", "shift", "add", "set"]
"""``remove`` takes out by value or key, ``shift`` by position, ``set`` is ``x[key] = value``."""

COPIES = ("list", "tuple", "sorted", "set", "frozenset", "dict")
_THROUGH = ("enumerate", "reversed", "zip")
_VIEWS = ("items", "values", "keys")
_KINDS: dict[str, CollectionKind] = {
    **dict.fromkeys(("list", "List", "MutableSequence"), "list"),
    **dict.fromkeys(("set", "Set", "MutableSet", "WeakSet"), "set"),
    **dict.fromkeys(("dict", "Dict", "OrderedDict", "defaultdict", "DefaultDict"), "dict"),
    **dict.fromkeys(
        ("Counter", "MutableMapping", "WeakKeyDictionary", "WeakValueDictionary"), "dict"
    ),
    **dict.fromkeys(("deque", "Deque"), "deque"),
}
_TAKING = frozenset({"remove", "discard", "popitem", "clear", "move_to_end"})
_ADDING = MUTATORS - _TAKING - {"pop", "popleft", "insert", "appendleft"}
Loop = ast.For | ast.comprehension


@dataclass(frozen=True, slots=True)
class Iterated:
    """One collection that a loop goes over."""

    loop: Loop
    whole: ast.expr
    """What a copy has to be made of: ``self.jobs.items()``."""
    base: ast.Name | ast.Attribute
    """The collection itself: ``self.jobs``."""
    copied: bool
    """Whether the loop goes over a copy already."""

    @property
    def text(self) -> str:
        """The collection as :func:`ast.unparse` writes it."""
        return ast.unparse(self.base)


@dataclass(frozen=True, slots=True)
class Change:
    """A place where a collection changes."""

    node: ast.expr
    effect: Effect
    method: str


def iterated(tree: Tree, root: ast.AST) -> list[Iterated]:
    """What the loops and comprehensions in ``root`` go over, in the order of the source."""
    loops: list[Loop] = [*tree.within(root, ast.For), *tree.within(root, ast.comprehension)]
    found = [item for loop in loops for item in _peeled(tree, loop, loop.iter)]
    return sorted(found, key=lambda item: (item.whole.lineno, item.whole.col_offset))


def _peeled(tree: Tree, loop: Loop, node: ast.expr) -> Iterator[Iterated]:
    if isinstance(loop, ast.comprehension) and loop.is_async:
        return
    match node:
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if (
            qualified_name(tree, node.func) == f"builtins.{name}"
        ):
            if name in COPIES:
                yield from (replace(item, copied=True) for item in _peeled(tree, loop, first))
            elif name in _THROUGH:
                for part in node.args if name == "zip" else [first]:
                    yield from _peeled(tree, loop, part)
        case ast.Call(func=ast.Attribute(value=base, attr=attr), args=[]) if (
            is_path(base) and getattr(base, "id", "") != "self"
        ):
            if attr in (*_VIEWS, "copy"):
                yield Iterated(loop, node, base, attr == "copy")  # type: ignore[arg-type]
        case ast.Subscript(value=base, slice=ast.Slice()) if is_path(base):
            yield Iterated(loop, node, base, True)  # type: ignore[arg-type]
        case ast.Name() | ast.Attribute() if is_path(node):
            yield Iterated(loop, node, node, False)
    return


def change_at(tree: Tree, node: ast.expr) -> Change | None:
    """How the collection that ``node`` stands for changes right there, if it does in place."""
    parent = tree.parent(node)
    if isinstance(parent, ast.Attribute) and parent.value is node:
        call = tree.call_of(parent)
        if call is not None and parent.attr in MUTATORS:
            return Change(node, _effect(parent.attr, call), parent.attr)
    if isinstance(parent, ast.Subscript) and parent.value is node:
        if isinstance(parent.ctx, ast.Del):
            return Change(node, "shift", "del")
        if isinstance(parent.ctx, ast.Store):
            return Change(node, "set", "=")
    if isinstance(parent, ast.AugAssign) and parent.target is node:
        return Change(node, "add", "+=")
    return None


def _effect(method: str, call: ast.Call) -> Effect:
    if method in _TAKING:
        return "remove"
    if method in _ADDING:
        return "add"
    # `pop(key, default)` is a dictionary's: lists know no default.
    return "remove" if method == "pop" and len(call.args) > 1 else "shift"


def changes_in_body(tree: Tree, item: Iterated) -> list[Change]:
    """Changes of the collection in the loop's own body after which the loop goes on."""
    loop = item.loop
    if not isinstance(loop, ast.For):
        return []
    bound = names_bound(loop.target)
    for statement in loop.body:
        bound |= names_bound(statement)
        for node in running_nodes(statement):
            stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            if stored and f"{item.text}.".startswith(f"{ast.unparse(node)}."):
                # Another object stands there by then.
                return []
    if root_name(item.base) in bound:
        return []
    found = []
    for statement in loop.body:
        for node in running_nodes(statement):
            if isinstance(node, type(item.base)) and ast.unparse(node) == item.text:
                change = change_at(tree, node)
                if change is not None and not leaves(tree, node, loop):
                    found.append(change)
    return found


def leaves(tree: Tree, node: ast.AST, loop: ast.For) -> bool:
    """Whether the loop is over for sure once ``node`` has run."""
    child: ast.AST = tree.statement(node)
    inner = False
    if isinstance(child, ast.Return):
        return True
    while child is not loop:
        parent = tree.parent(child)
        if parent is None:
            return False
        for following in behind(tree, child):
            if isinstance(following, (ast.Return, ast.Raise)):
                return True
            if isinstance(following, ast.Break) and not inner:
                return True
            if isinstance(following, ast.Continue):
                return False
        inner = inner or (parent is not loop and isinstance(parent, (ast.For, ast.While)))
        child = parent
    return False


def kind_of(owner: Owner, name: str) -> CollectionKind | None:
    """What an attribute or variable is, by what the owner assigns to it and how it annotates it;
    ``None`` where that says nothing, or different things."""
    kinds: set[CollectionKind | None] = set()
    for node in walk(owner.node):
        if isinstance(node, ast.AnnAssign) and last_name(node.target) == name:
            kinds.add(_of_annotation(node.annotation))
        elif isinstance(node, ast.Assign) and any(last_name(item) == name for item in node.targets):
            kinds.add(_of_value(node.value))
    kinds.discard(None)
    return kinds.pop() if len(kinds) == 1 else None


def _of_annotation(node: ast.expr) -> CollectionKind | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _KINDS.get(node.value.partition("[")[0].strip())
    if isinstance(node, ast.Subscript):
        node = node.value
    return _KINDS.get(last_name(node))


def _of_value(node: ast.expr) -> CollectionKind | None:
    match node:
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Set() | ast.SetComp():
            return "set"
        case ast.Call(func=function):
            factory = keyword_value(node, "default_factory")
            return _KINDS.get(last_name(function)) or _KINDS.get(last_name(factory))
    return None


def made_here(node: ast.expr) -> bool:
    """Whether an expression makes a new collection."""
    return _of_value(node) is not None


def changes_elsewhere(owner: Owner, name: str, item: Iterated | None) -> list[Change]:
    """Where the owner's functions change the collection in place, but for the loop's own body and
    for what runs before anybody else has the object."""
    tree = owner.tree
    inside = set(walk(item.loop)) if item is not None else set()
    found = []
    for function in owner.functions():
        if in_constructor(owner, function):
            continue
        for node, word in touching(owner, function):
            if word == name and node not in inside:
                change = change_at(tree, node)
                if change is not None:
                    found.append(change)
    return found


def disturbs(kind: CollectionKind | None, change: Change) -> bool:
    """Whether a loop over such a collection goes wrong when this happens meanwhile.

    What is appended to a list is visited, and an assigned item changes no size but a
    dictionary's.
    """
    if kind == "list":
        return change.effect in ("remove", "shift")
    if change.effect == "set":
        return kind == "dict"
    if kind is None:
        return change.effect in ("remove", "shift") or change.method == "add"
    return True
