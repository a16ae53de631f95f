"""A parsed file with what every codemod asks of it: parents, nodes by type, enclosing scopes.

Deciding works on the standard library's :mod:`ast`; the parent map and the buckets are built in
one hand-written walk, and only when somebody asks (:class:`ast.NodeVisitor` takes 3.5 times as
long).
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeVar, cast

from codemods.tables import words

Function = ast.FunctionDef | ast.AsyncFunctionDef
"""The type of a function, ``async`` or not."""
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
"""The type of a function or a class."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
"""The same as :data:`Function`, for ``isinstance`` and ``Scope.nodes``."""
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
TRIES = (ast.Try, ast.TryStar)

Node = TypeVar("Node", bound=ast.AST)
Key = TypeVar("Key")
Item = TypeVar("Item")
Made = TypeVar("Made")

FAR = 32
"""How many steps up a tree are taken anew for each node: behind them, what is above is the same for
many, in a chain of operators or of ``elif``."""

_NO_NODES = frozenset(
    words(
        "ctx op ops id attr arg name asname module level kind str conversion is_async simple "
        "type_comment type_ignores rest kwd_attrs"
    )
)
"""Fields that hold no nodes with a place of their own: words, numbers, and the operators and
contexts, which are one object in the whole tree."""
_LEAVES = ("Constant", "Global", "Nonlocal", "MatchSingleton")


class _Children(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each kind of node that hold nodes, the last first."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        fields = tuple(
            name
            for name in reversed(kind._fields)
            # ``type name = value`` has a node for its name, and nothing else has.
            if name not in _NO_NODES or (name == "name" and kind.__name__ == "TypeAlias")
        )
        self[kind] = () if kind.__name__ in _LEAVES else fields
        return self[kind]


_CHILDREN = _Children()


class _Forward(dict[type[ast.AST], tuple[str, ...]]):
    """The same, the first first."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        self[kind] = _CHILDREN[kind][::-1]
        return self[kind]


_FORWARD = _Forward()


def push_children(node: ast.AST, stack: list[ast.AST]) -> None:
    """Put the nodes right below ``node`` on a stack, the first on top; contexts and operators,
    which have no place of their own, are left out. Several times as fast as
    :func:`ast.iter_child_nodes`."""
    for name in _CHILDREN[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            stack += [item for item in reversed(value) if item is not None]
        elif value is not None:
            stack.append(value)


def walk(root: ast.AST) -> Iterator[ast.AST]:
    """``root`` and every node below it, level by level: as :func:`ast.walk`, without the contexts
    and operators, and several times as fast."""
    queue = [root]
    for node in queue:
        yield node
        for name in _FORWARD[type(node)]:
            value = getattr(node, name, None)
            if isinstance(value, list):
                queue += [item for item in value if item is not None]
            elif value is not None:
                queue.append(value)


def position(node: ast.AST) -> tuple[int, int]:
    """Line and column, to sort by; ``(0, 0)`` of a node without a place."""
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


class Groups(dict[Key, list[Item]]):
    """Items by their keys; none for a key that nothing has."""

    def __init__(self, items: Iterable[tuple[Key, Item]]) -> None:
        for key, item in items:
            self.setdefault(key, []).append(item)

    def __missing__(self, key: Key) -> list[Item]:
        return []


def is_none(node: ast.AST | None) -> bool:
    """Whether ``None`` is written there."""
    return isinstance(node, ast.Constant) and node.value is None


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a file that could not be parsed by the running Python."""

    name: str
    """The qualified name of the definition, or the first words of the statement."""
    line: int
    end_line: int
    reason: str


class Tree:
    """A module's syntax tree, with parents and nodes by type.

    ``unread`` names the definitions that were left out because the running Python does not know
    their syntax; the rest of the module is there with its true positions.
    """

    def __init__(self, module: ast.Module, unread: tuple[Unread, ...] = ()) -> None:
        self.module = module
        self.unread = unread
        self._made: dict[tuple[object, ast.AST], object] = {}

    def once(self, factory: Callable[[Tree, Node], Made], node: Node) -> Made:
        """What ``factory`` makes of a node: made once, and let go with the tree.

        Args:
            factory: a function of a module, which is a part of the key: no lambda.
            node: the node.
        """
        key = (factory, node)
        if key not in self._made:
            self._made[key] = factory(self, node)
        return cast(Made, self._made[key])

    @cached_property
    def _walked(self) -> tuple[dict[ast.AST, ast.AST], dict[type[ast.AST], list[ast.AST]]]:
        parents: dict[ast.AST, ast.AST] = {}
        buckets: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        # Depth first in source order, so that every bucket is in source order too.
        stack: list[ast.AST] = [self.module]
        pop, push = stack.pop, stack.append
        while stack:
            node = pop()
            kind = type(node)
            buckets[kind].append(node)
            for name in _CHILDREN[kind]:
                value = getattr(node, name, None)
                if type(value) is list:
                    for item in reversed(value):
                        if item is not None:
                            parents[item] = node
                            push(item)
                elif value is not None:
                    parents[value] = node
                    push(value)
        return parents, buckets

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """By node, what holds it."""
        return self._walked[0]

    def of(self, *types: type[Node]) -> list[Node]:
        """All nodes of exactly these types, in source order for each type."""
        buckets = self._walked[1]
        return [node for kind in types for node in buckets.get(kind, ())]  # type: ignore[misc]

    @cached_property
    def names(self) -> Groups[str, ast.Name]:
        """The names by their words, in source order for each."""
        return Groups((item.id, item) for item in self.of(ast.Name))

    @cached_property
    def attributes(self) -> Groups[str, ast.Attribute]:
        """The attributes by their words, in source order for each."""
        return Groups((item.attr, item) for item in self.of(ast.Attribute))

    @cached_property
    def stored(self) -> Groups[tuple[ast.AST, str], ast.Attribute]:
        """Those that are assigned to, by each class around them and by their words."""
        found = (item for item in self.of(ast.Attribute) if isinstance(item.ctx, ast.Store))
        return Groups(
            ((around, item.attr), item)
            for item in found
            for around in self.ancestors(item)
            if isinstance(around, ast.ClassDef)
        )

    @cached_property
    def functions(self) -> Groups[tuple[ast.AST | None, str], Function]:
        """The functions by what holds them and by their names, in source order for each."""
        found = (item for item in self.definitions() if isinstance(item, FUNCTIONS))
        return Groups(((self.parent(item), item.name), item) for item in found)

    @cached_property
    def methods(self) -> Groups[ast.ClassDef | None, Function]:
        """The functions by the innermost class around them, in source order for each."""
        found = (item for item in self.definitions() if isinstance(item, FUNCTIONS))
        return Groups((self.class_around(item), item) for item in found)

    def within(self, root: ast.AST, *types: type[Node]) -> list[Node]:
        """The nodes of these types that are ``root`` or below it (nested definitions included)."""
        if root is self.module:
            return self.of(*types)
        return [node for node in self.below(root) if type(node) in types]  # type: ignore[misc]

    def below(self, root: ast.AST) -> Iterator[ast.AST]:
        """``root`` and every node below it."""
        stack: list[ast.AST] = [root]
        while stack:
            node = stack.pop()
            yield node
            push_children(node, stack)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that holds ``node``, ``None`` for the module."""
        return self.parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Parents from the nearest to the module."""
        parents = self.parents
        current = parents.get(node)
        while current is not None:
            yield current
            current = parents.get(current)

    def steps(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """The same, each with what of it holds (or is) ``node``."""
        parents = self.parents
        while (parent := parents.get(node)) is not None:
            yield parent, node
            node = parent

    def call_of(self, node: ast.AST) -> ast.Call | None:
        """The call in which ``node`` is what is called."""
        parent = self.parent(node)
        return parent if isinstance(parent, ast.Call) and parent.func is node else None

    def statement(self, node: ast.AST) -> ast.stmt:
        """The smallest statement that is or holds ``node``."""
        for item in chain((node,), self.ancestors(node)):
            if isinstance(item, ast.stmt):
                return item
        raise ValueError("the node is in no statement")

    def function(self, node: ast.AST) -> Function | ast.Lambda | None:
        """The function whose code runs ``node``: decorators, defaults and annotations of a
        function run in the scope around it, a class body in its own."""
        for number, (ancestor, child) in enumerate(self.steps(node)):
            if number == FAR:
                return self.once(Tree.function, child)
            if isinstance(ancestor, FUNCTIONS):
                # Of what hangs on a function only its body are statements.
                if isinstance(child, ast.stmt):
                    return ancestor
            elif isinstance(ancestor, ast.Lambda) and child is ancestor.body:
                return ancestor
        return None

    def definition(self, node: ast.AST) -> Definition | None:
        """The innermost function or class that holds ``node`` (or is it)."""
        for number, item in enumerate(chain((node,), self.ancestors(node))):
            if isinstance(item, DEFINITIONS):
                return item
            if number == FAR:
                return self.once(Tree.definition, item)
        return None

    def class_around(self, node: ast.AST) -> ast.ClassDef | None:
        """The innermost class that holds ``node``."""
        return next((item for item in self.ancestors(node) if isinstance(item, ast.ClassDef)), None)

    def qualified_name(self, node: ast.AST) -> str:
        """``Class.method`` or ``outer.inner`` of a definition, or of what holds ``node``."""
        names = []
        holder = self.definition(node)
        while holder is not None:
            names.append(holder.name)
            outside = self.parent(holder)
            holder = self.definition(outside) if outside is not None else None
        return ".".join(reversed(names))

    def definitions(self) -> list[Definition]:
        """Every function and class, nested ones included, in the order of their lines."""
        return list(self._definitions)

    @cached_property
    def _definitions(self) -> list[Definition]:
        return sorted(self.of(*DEFINITIONS), key=position)
