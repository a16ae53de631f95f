"""What a function of the project shares with the loop that calls it: a thread would race for it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.index import Index
from codemods.analysis.names.values import DefinitionRef, first_parameter
from codemods.analysis.threads.bound import entered
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_name
from codemods.syntax.locks import held_locks
from codemods.syntax.names import local_names
from codemods.syntax.parts import targets_of
from codemods.syntax.tree import FUNCTIONS, Function, Tree
from codemods.tables import WordTable, words

_FUNCTIONS_READ = 20
"""How many functions are read for one answer."""
_CHANGING = frozenset(
    words(
        "append appendleft add update pop popleft popitem remove discard clear extend insert "
        "setdefault sort reverse"
    )
)
_VIEWS = frozenset(words("values items keys"))
_TELLING = WordTable(
    "emit* notify* publish* broadcast* dispatch_event* fire_event* send_event* put_nowait "
    "set_result trigger_event*"
)
"""Words of the names of functions by which others hear of something: listeners of the loop would
be called in the thread."""


def shared_with_loop(
    index: Index, source: SourceFile, call: ast.Call, names: Collection[str]
) -> str | None:
    """Why what ``call`` runs is no matter of its own, in words; ``None`` where nothing says so.

    It changes what its object or its module keeps, without a lock, iterates over that while the
    loop may change it, or tells others.

    Args:
        index: of the project.
        source: the file of the call.
        call: of a function of the project.
        names: the functions that are followed, beside the methods of the same object.
    """
    for ref in _bodies(index, source, call, names):
        if not isinstance(ref.node, FUNCTIONS) or readable(ref.source) is None:
            continue
        for node in own_nodes(ref.node):
            why = _why(ref, ref.node, node)
            if why is not None and not _is_locked(ref, node):
                where = f"{ref.path}:{getattr(node, 'lineno', ref.line)}"
                return f"{ref.qualified_name}() ({where}) {why}"
    return None


def _bodies(
    index: Index, source: SourceFile, call: ast.Call, names: Collection[str]
) -> Iterator[DefinitionRef]:
    """The functions on the way, and the methods that they call on their own object."""
    queue = list(entered(index, source, call))
    seen = set(queue)
    for ref in queue:
        yield ref
        for node in own_nodes(ref.node):
            if not isinstance(node, ast.Call) or len(seen) > _FUNCTIONS_READ:
                continue
            own = isinstance(ref.node, FUNCTIONS) and _is_own(ref.node, node.func)
            if own or last_name(node.func) in names:
                for inner in entered(index, ref.source, node):
                    if inner not in seen:
                        seen.add(inner)
                        queue.append(inner)


def _is_own(function: Function, node: ast.expr) -> bool:
    """``self.method``, ``cls.method``."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in (first_parameter(function), "self", "cls")
    )


def _why(ref: DefinitionRef, function: Function, node: ast.AST) -> str | None:
    # What a constructor sets belongs to an object that nobody else has yet.
    makes = function.name in ("__init__", "__new__", "__post_init__")
    match node:
        case ast.Global(names=names):
            return f"sets {names[0]}, a module variable"
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del())
        ) if not makes and _is_kept(ref, function, node):
            return f"changes {ast.unparse(node)}"
        case ast.Call(func=ast.Attribute(attr=attribute, value=owner)) if (
            attribute in _CHANGING and not makes and _is_kept(ref, function, owner)
        ):
            return f"changes {ast.unparse(owner)}"
        case ast.Call() if _TELLING.found_in(last_name(node.func)):
            return f"notifies other code with {ast.unparse(node.func)}()"
        case ast.For(iter=over) | ast.comprehension(iter=over):
            looked = over
            if isinstance(over, ast.Call) and last_name(over.func) in _VIEWS and not over.args:
                looked = over.func.value if isinstance(over.func, ast.Attribute) else over
            if isinstance(looked, ast.Attribute) and not makes and _is_own(function, looked):
                return f"iterates over {ast.unparse(looked)}"
    return None


def _is_kept(ref: DefinitionRef, function: Function, node: ast.expr) -> bool:
    """Whether something belongs to the object of a method, or to the module."""
    below = node
    while isinstance(below, (ast.Attribute, ast.Subscript)):
        if _is_own(function, below):
            return True
        below = below.value
    if not isinstance(below, ast.Name):
        return False
    tree = ref.source.tree
    return below.id in _variables(tree) and below.id not in local_names(tree, function)


def _variables(tree: Tree) -> set[str]:
    """The names that the module assigns."""
    return {
        target.id
        for statement in tree.module.body
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        for target in targets_of(statement)
        if isinstance(target, ast.Name)
    }


def _is_locked(ref: DefinitionRef, node: ast.AST) -> bool:
    """Whether a lock is held there, which threads respect."""
    held = held_locks(ref.source.tree, node)
    return any(item.excludes and not item.is_async for item in held)
