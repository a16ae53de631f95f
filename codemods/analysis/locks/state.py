"""Shared state and who touches it: attributes of a class, or variables of a module."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from codemods.analysis.names.values import decorator_names, first_parameter
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.locks import held_locks, lock_kind
from codemods.syntax.names import binding_of
from codemods.syntax.parts import targets_of
from codemods.syntax.suspension import MUTATORS
from codemods.syntax.tree import FUNCTIONS, Function, Tree, position

CONSTRUCTORS = (
    *("__init__", "__new__", "__post_init__", "__init_subclass__", "__set_name__", "__del__"),
)
"""What runs before anybody else has the object, or when nobody has it any more."""
_CONTAINERS = frozenset(
    {
        *("OrderedDict", "Counter", "ChainMap", "UserDict", "UserList", "SortedDict", "LRUCache"),
        *("TTLCache", "WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "SortedList"),
    }
)


@dataclass(frozen=True, slots=True)
class Owner:
    """The class whose attributes, or the module whose variables, are the state."""

    source: SourceFile
    node: ast.ClassDef | ast.Module

    @property
    def tree(self) -> Tree:
        """The file's."""
        return self.source.tree

    @property
    def name(self) -> str:
        """The class name, ``""`` for the module."""
        return self.node.name if isinstance(self.node, ast.ClassDef) else ""

    def assignments(self) -> list[ast.Assign | ast.AnnAssign]:
        """The assignments in the class or module, nested definitions included."""
        found: list[ast.Assign | ast.AnnAssign]
        found = self.tree.within(self.node, ast.Assign, ast.AnnAssign)
        return sorted(found, key=position)

    def functions(self) -> list[Function]:
        """The methods with the functions in them, or all functions of the module."""
        if isinstance(self.node, ast.ClassDef):
            return self.tree.methods[self.node]
        return [item for item in self.tree.definitions() if isinstance(item, FUNCTIONS)]

    def has(self, function: Function) -> bool:
        """Whether it is one of them."""
        return self.node is self.tree.module or self.tree.class_around(function) is self.node


@dataclass(frozen=True, slots=True)
class Access:
    """One read or write of the state in a function."""

    node: ast.Attribute | ast.Name
    name: str
    writes: bool
    function: Function
    indirect: bool = False
    """Whether it is a call of a method of the owner that writes the state."""

    @property
    def position(self) -> tuple[int, int]:
        """For the order of the source."""
        return self.node.lineno, self.node.col_offset


def owner_of(source: SourceFile, node: ast.AST | None) -> Owner:
    """The class around a node of ``source``, else the module."""
    while node is not None and not isinstance(node, (ast.ClassDef, ast.Module)):
        node = source.tree.parent(node)
    return Owner(source, node if node is not None else source.tree.module)


def owners_in(source: SourceFile) -> list[Owner]:
    """The classes of a file, and behind them its module."""
    nodes: list[ast.ClassDef | ast.Module] = [*source.tree.of(ast.ClassDef), source.tree.module]
    return [Owner(source, node) for node in nodes]


def receivers(owner: Owner, function: Function) -> tuple[str, ...]:
    """The names by which ``function`` reaches the owner's attributes: ``self``, the class."""
    if not isinstance(owner.node, ast.ClassDef):
        return ()
    tree = owner.tree
    current: ast.AST | None = function
    while current is not None and tree.parent(current) is not owner.node:
        current = tree.parent(current)
    if not isinstance(current, FUNCTIONS):
        return (owner.name,)
    first = None if "staticmethod" in decorator_names(current) else first_parameter(current)
    return (first, owner.name) if first else (owner.name,)


def accesses(owner: Owner, names: Collection[str]) -> list[Access]:
    """Every access of the state in the owner's functions, in the order of the source.

    Constructors are left out: nobody else has the object yet.
    """
    found = []
    for function in owner.functions():
        if in_constructor(owner, function):
            continue
        found += [
            Access(node, name, is_write(owner.tree, node), function)
            for node, name in touching(owner, function)
            if name in names
        ]
    return sorted(found, key=lambda item: item.position)


def in_constructor(owner: Owner, function: Function) -> bool:
    """Whether a method of a class runs while nobody else has the object."""
    is_method = isinstance(owner.node, ast.ClassDef) and owner.tree.parent(function) is owner.node
    return is_method and function.name in CONSTRUCTORS


def touching(owner: Owner, function: Function) -> Iterator[tuple[ast.Attribute | ast.Name, str]]:
    tree = owner.tree
    if isinstance(owner.node, ast.ClassDef):
        known = receivers(owner, function)
        for item in tree.within(function, ast.Attribute):
            if (
                isinstance(item.value, ast.Name)
                and item.value.id in known
                and _running(tree, item) is function
            ):
                yield item, item.attr
        return
    for word in tree.within(function, ast.Name):
        if _running(tree, word) is function and binding_of(tree, word.id, word).kind == "module":
            yield word, word.id


def _running(tree: Tree, node: ast.AST) -> Function | None:
    """The function that runs ``node``; a lambda counts as a part of the one around it."""
    current: ast.AST | None = node
    while current is not None:
        function = tree.function(current)
        if function is None or isinstance(function, FUNCTIONS):
            return function
        current = function
    return None


def is_write(tree: Tree, node: ast.expr) -> bool:
    """Whether the state, an item of it, or what it holds is changed there."""
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return True
    child: ast.AST = node
    parent = tree.parent(node)
    while isinstance(parent, ast.Subscript) and parent.value is child:
        if not isinstance(parent.ctx, ast.Load):
            return True
        child, parent = parent, tree.parent(parent)
    return _mutates(tree, child)


def _mutates(tree: Tree, node: ast.AST) -> bool:
    parent = tree.parent(node)
    if not isinstance(parent, ast.Attribute) or parent.value is not node:
        return False
    return parent.attr in MUTATORS and tree.call_of(parent) is not None


def mutable_names(owner: Owner) -> list[str]:
    """The state that changes after construction, in the order of its first mention; no locks."""
    tree = owner.tree
    found: dict[str, None] = {}
    changed: set[str] = set()
    objects = _objects(owner)

    def changes(node: ast.Attribute | ast.Name, name: str) -> bool:
        # `self.queue.clear()` changes the queue, and what guards that is its own class's matter.
        return is_write(tree, node) and not (name in objects and _mutates(tree, node))

    for function in owner.functions():
        built = in_constructor(owner, function)
        for node, name in touching(owner, function):
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                found.setdefault(name)
            if not built and changes(node, name):
                changed.add(name)
    for statement in owner.node.body:
        found.update(dict.fromkeys(target.id for target in _targets(statement)))
    locks = locks_of(owner)
    return [name for name in found if name in changed and name not in locks]


def _objects(owner: Owner) -> set[str]:
    """The state that is made as an object of a class which is no container."""
    found = set()
    for item in owner.assignments():
        if isinstance(item.value, ast.Call):
            made = last_part(ast.unparse(item.value.func))
            if made.lstrip("_")[:1].isupper() and made not in _CONTAINERS:
                found |= {last_name(target) for target in targets_of(item)}
    return found


def _targets(statement: ast.stmt) -> list[ast.Name]:
    """The names that an assignment gives a value."""
    given = targets_of(statement) if not isinstance(statement, ast.AugAssign) else []
    return [item for item in given if isinstance(item, ast.Name)]


def locks_of(owner: Owner) -> dict[str, str]:
    """The owner's locks by name: ``thread`` or ``async``."""
    found: dict[str, str] = {}
    tree = owner.tree
    for node in tree.within(owner.node, ast.Attribute) if owner.name else ():
        stored = isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
        if stored and node.attr not in found and (kind := lock_kind(tree, node)):
            found[node.attr] = kind
    for statement in owner.node.body:
        for target in _targets(statement):
            if kind := lock_kind(tree, target):
                found[target.id] = kind
    return found


def lock_held(owner: Owner, access: Access, lock: str | None = None) -> bool:
    """Whether a lock (``lock``, or any) is held where the access stands."""
    return any(
        item.excludes and (lock is None or last_part(item.text) == lock)
        for item in held_locks(owner.tree, access.node)
    )
