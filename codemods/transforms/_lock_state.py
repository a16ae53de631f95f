"""Shared state and who touches it: attributes of a class, or variables of a module."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from codemods.codemod import Place
from codemods.project.source import SourceFile
from codemods.project.values import decorator_names, first_parameter
from codemods.syntax.locks import held_locks, lock_kind
from codemods.syntax.names import binding_of
from codemods.syntax.suspension import MUTATORS
from codemods.syntax.tree import FUNCTIONS, Function, Tree
from codemods.transforms._lock_plan import LockPlan

CONSTRUCTORS = ("__init__", "__new__", "__post_init__", "__init_subclass__", "__set_name__")
"""What runs before anybody else has the object."""
_CONTAINERS = frozenset(
    {
        *("OrderedDict", "Counter", "ChainMap", "UserDict", "UserList", "SortedDict", "LRUCache"),
        *("TTLCache", "WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "SortedList"),
    }
)
_MOST = 3


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

    def functions(self) -> list[Function]:
        """The methods with the functions in them, or all functions of the module."""
        return [
            item
            for item in self.tree.definitions()
            if isinstance(item, FUNCTIONS)
            and (self.node is self.tree.module or _class_of(self.tree, item) is self.node)
        ]


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


def owner_of(place: Place) -> Owner:
    """The class around a place, else its module."""
    node: ast.AST | None = place.node
    while node is not None and not isinstance(node, (ast.ClassDef, ast.Module)):
        node = place.source.tree.parent(node)
    return Owner(place.source, node if node is not None else place.source.tree.module)


def _class_of(tree: Tree, node: ast.AST) -> ast.ClassDef | None:
    return next((item for item in tree.ancestors(node) if isinstance(item, ast.ClassDef)), None)


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
        if isinstance(owner.node, ast.ClassDef) and _in_constructor(owner, function):
            continue
        found += [
            Access(node, name, is_write(owner.tree, node), function)
            for node, name in _touching(owner, function)
            if name in names
        ]
    return sorted(found, key=lambda item: item.position)


def indirect_writes(owner: Owner, found: Sequence[Access]) -> list[Access]:
    """The calls of the owner's methods that write the state, by themselves or through others."""
    writers: dict[str, str] = {}
    for item in found:
        if item.writes and owner.tree.parent(item.function) is owner.node:
            writers.setdefault(item.function.name, item.name)
    if not isinstance(owner.node, ast.ClassDef):
        return []
    calls = [
        (node, function)
        for function in owner.functions()
        if not _in_constructor(owner, function)
        for node, _ in _touching(owner, function)
        if isinstance(call := owner.tree.parent(node), ast.Call) and call.func is node
    ]
    grown = True
    while grown:
        grown = False
        for node, function in calls:
            if isinstance(node, ast.Attribute) and node.attr in writers:
                grown = grown or function.name not in writers
                writers.setdefault(function.name, writers[node.attr])
    return [
        Access(node, writers[node.attr], True, function, indirect=True)
        for node, function in calls
        if isinstance(node, ast.Attribute) and node.attr in writers
    ]


def _in_constructor(owner: Owner, function: Function) -> bool:
    return function.name in CONSTRUCTORS and owner.tree.parent(function) is owner.node


def _touching(owner: Owner, function: Function) -> Iterator[tuple[ast.Attribute | ast.Name, str]]:
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
    if isinstance(parent, ast.Attribute) and parent.attr in MUTATORS and parent.value is node:
        call = tree.parent(parent)
        return isinstance(call, ast.Call) and call.func is parent
    return False


def mutable_names(owner: Owner) -> list[str]:
    """The state that changes after construction, in the order of its first mention; no locks."""
    tree = owner.tree
    found: dict[str, None] = {}
    changed: set[str] = set()
    objects = _objects(owner)

    def changes(node: ast.Attribute | ast.Name, name: str) -> bool:
        # `self.queue.clear()` changes the queue, and what guards that is its own class's matter.
        return is_write(tree, node) and not (name in objects and _mutates(tree, node))

    if isinstance(owner.node, ast.ClassDef):
        for function in owner.functions():
            built = _in_constructor(owner, function)
            for node, name in _touching(owner, function):
                stored = not isinstance(node.ctx, ast.Load)
                if stored:
                    found.setdefault(name)
                if not built and changes(node, name):
                    changed.add(name)
        for statement in owner.node.body:
            for target in _targets(statement):
                found.setdefault(target)
    else:
        for statement in owner.tree.module.body:
            for target in _targets(statement):
                found.setdefault(target)
        for function in owner.functions():
            changed |= {name for node, name in _touching(owner, function) if changes(node, name)}
    return [name for name in found if name in changed and not is_lock(owner, name)]


def _objects(owner: Owner) -> set[str]:
    """The state that is made as an object of a class which is no container."""
    found = set()
    for item in ast.walk(owner.node):
        if isinstance(item, (ast.Assign, ast.AnnAssign)) and isinstance(item.value, ast.Call):
            made = ast.unparse(item.value.func).rpartition(".")[2]
            if made.lstrip("_")[:1].isupper() and made not in _CONTAINERS:
                targets = item.targets if isinstance(item, ast.Assign) else [item.target]
                for target in targets:
                    found.add(getattr(target, "attr", getattr(target, "id", "")))
    return found


def _targets(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Assign):
        yield from (item.id for item in statement.targets if isinstance(item, ast.Name))
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id


def is_lock(owner: Owner, name: str) -> bool:
    """Whether the state is itself a lock."""
    return locks_of(owner).get(name) is not None


def locks_of(owner: Owner) -> dict[str, str]:
    """The owner's locks by name: ``thread`` or ``async``."""
    found: dict[str, str] = {}
    tree = owner.tree
    nodes: Sequence[ast.AST] = (
        tree.within(owner.node, ast.Attribute)
        if isinstance(owner.node, ast.ClassDef)
        else tree.module.body
    )
    for node in nodes:
        if isinstance(node, ast.Attribute):
            stored = isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
            if stored and node.attr not in found and (kind := lock_kind(tree, node)):
                found[node.attr] = kind
        elif isinstance(node, ast.stmt):
            for target in getattr(node, "targets", [getattr(node, "target", None)]):
                if isinstance(target, ast.Name) and (kind := lock_kind(tree, target)):
                    found[target.id] = kind
    if isinstance(owner.node, ast.ClassDef):
        for statement in owner.node.body:
            for name in _targets(statement):
                target = getattr(statement, "target", None) or statement.targets[0]  # type: ignore[attr-defined]
                if kind := lock_kind(tree, target):
                    found[name] = kind
    return found


def lock_held(owner: Owner, access: Access, lock: str | None = None) -> bool:
    """Whether a lock (``lock``, or any) is held where the access stands."""
    return any(
        # A semaphore lets several in: whatever it is for, it excludes nobody.
        "semaphore" not in item.text.lower()
        and (lock is None or item.text.rpartition(".")[2] == lock)
        for item in held_locks(owner.tree, access.node)
    )


def chosen_state(owner: Owner, plan: LockPlan) -> tuple[str, ...]:
    """The state that the finding names in this owner, with what changes together with it."""
    candidates = mutable_names(owner)
    bare: dict[str, str] = {}
    for name in candidates:
        bare.setdefault(name.lstrip("_").lower(), name)

    def named(words: Collection[str]) -> tuple[str, ...]:
        wanted = {word.lstrip("_").lower() for word in words}
        return tuple(name for key, name in bare.items() if key in wanted)

    found = named(plan.title_names)
    if found:
        # `Tracks list and current_index`: a title seldom quotes all of its names.
        found = named((*plan.title_names, *plan.title_words))
    elif plan.bodies:
        found = named((*plan.text_names, *plan.evidence_names))
    else:
        found = named(plan.text_names) or named(plan.evidence_names) or _changed_by(owner, plan)
    if plan.bodies:
        found = _with_companions(owner, found, plan)
    return with_coupled(owner, found)


def _changed_by(owner: Owner, plan: LockPlan) -> tuple[str, ...]:
    """What the methods change that the title names, where it names no state."""
    functions = [item for item in owner.functions() if item.name in plan.title_names]
    if len(functions) != 1:
        return ()
    names = mutable_names(owner)
    written = {
        item.name for item in accesses(owner, names) if item.writes and item.function in functions
    }
    return tuple(name for name in names if name in written) if len(written) <= _MOST else ()


def with_coupled(owner: Owner, state: Sequence[str]) -> tuple[str, ...]:
    """The state with what is changed right beside it, everywhere or in two functions at least:
    `self._entries[key] = value` and `self._used[key] = now` belong together."""
    found = list(state)
    others = [name for name in mutable_names(owner) if name not in found]
    touched = [item for item in accesses(owner, (*found, *others)) if item.writes]
    grown = bool(found)
    while grown:
        grown = False
        lines = [owner.tree.statement(item.node) for item in touched if item.name in found]
        for name in others:
            writes = [item for item in touched if item.name == name]
            beside = [
                item
                for item in writes
                if any(_beside(owner.tree, owner.tree.statement(item.node), one) for one in lines)
            ]
            if (
                name not in found
                and beside
                and (len(beside) == len(writes) or len({item.function for item in beside}) > 1)
            ):
                found.append(name)
                grown = True
    return tuple(found)


def _beside(tree: Tree, one: ast.stmt, other: ast.stmt) -> bool:
    if one is other:
        return True
    parent = tree.parent(one)
    simple = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete, ast.Expr)
    if parent is not tree.parent(other) or not isinstance(one, simple):
        return False
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and one in block and other in block:
            return abs(block.index(one) - block.index(other)) == 1 and isinstance(other, simple)
    return False


def _with_companions(owner: Owner, names: tuple[str, ...], plan: LockPlan) -> tuple[str, ...]:
    """Where whole bodies are meant: what changes in the same functions belongs to the state."""
    if not names:
        return ()
    functions = {item.function.name for item in accesses(owner, names)}
    functions |= {item.name for item in owner.functions() if item.name in plan.methods}
    written = {
        item.name
        for item in accesses(owner, mutable_names(owner))
        if item.writes and item.function.name in functions
    }
    others = [name for name in mutable_names(owner) if name in written and name not in names]
    return (*names, *others)
