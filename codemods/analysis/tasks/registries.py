"""Where tasks are put into a registry, and what would trip over one that removes itself."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.names import binding, qualified_name
from codemods.syntax.parts import root_of, targets_of
from codemods.syntax.tree import DEFINITIONS, FUNCTIONS, Function, Tree, position
from codemods.tables import WordTable

_STARTERS = ("asyncio.create_task", "asyncio.ensure_future")
_POOLS = WordTable("executor executors pool pools")
_PURE = ("id", "str", "int", "hash", "repr")

RegistryKind = Literal["dict", "set", "list"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement that puts a task into a registry."""

    statement: ast.stmt
    function: Function
    registry: str
    """``self._tasks`` or ``_tasks``."""
    kind: RegistryKind
    key: ast.expr | None
    """Of a dictionary."""
    task: ast.expr
    """The variable that holds the task, or the call that makes it."""

    @property
    def name(self) -> str:
        """The last part of the registry's name."""
        return last_part(self.registry)


def entries(source: SourceFile, names: tuple[str, ...]) -> list[Entry]:
    """The statements of a file that put a new task into one of the named registries."""
    return [entry for entry in entries_of(source) if entry.name in names]


def entries_of(source: SourceFile) -> list[Entry]:
    """The statements of a file that put a new task into a registry."""
    return list(source.tree.once(_entries_in, source.tree.module))


def _entries_in(tree: Tree, _module: ast.Module) -> tuple[Entry, ...]:
    found = []
    for node in tree.of(ast.Assign, ast.Expr):
        function = tree.function(node)
        if isinstance(function, FUNCTIONS):
            entry = _entry(tree, function, node)
            if entry is not None and _is_task(tree, entry):
                found.append(entry)
    return tuple(sorted(found, key=lambda item: position(item.statement)))


def _entry(tree: Tree, function: Function, node: ast.stmt) -> Entry | None:
    match node:
        case ast.Assign(
            targets=[ast.Subscript(value=registry, slice=key)],
            value=ast.Name() | ast.Call() as task,
        ) if _is_registry(tree, registry):
            return Entry(node, function, ast.unparse(registry), "dict", key, task)
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=registry, attr="add" | "append" as method),
                args=[ast.Name() | ast.Call() as task],
                keywords=[],
            )
        ) if _is_registry(tree, registry):
            kind: RegistryKind = "set" if method == "add" else "list"
            return Entry(node, function, ast.unparse(registry), kind, None, task)
    return None


def _is_registry(tree: Tree, node: ast.expr) -> bool:
    """A variable of the module, or an attribute of the object."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "self"
    return isinstance(node, ast.Name) and binding(tree, node).scope_node is tree.module


def _is_task(tree: Tree, entry: Entry) -> bool:
    if isinstance(entry.task, ast.Call):
        return starts(tree, entry.task)
    assert isinstance(entry.task, ast.Name)
    made = _given(entry.function, entry.task.id)
    return any(isinstance(value, ast.Call) and starts(tree, value) for value in made)


def _given(function: ast.AST, name: str) -> list[ast.expr | None]:
    """What a function assigns to a variable."""
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        and any(getattr(target, "id", None) == name for target in targets_of(node))
    ]


def starts(tree: Tree, call: ast.Call) -> bool:
    """Whether a call starts a task of which the event loop has no more than a weak reference."""
    name = qualified_name(tree, call.func)
    if name in _STARTERS:
        return True
    # ``loop.create_task(…)``; a group's tasks are waited for by the group.
    return (
        name is None
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "create_task"
        and "loop" in ast.unparse(call.func.value).lower()
    )


def waits_for_future(tree: Tree, call: ast.Call) -> bool:
    """Whether what a call is given is the future of an executor, and no coroutine: written there,
    or in a variable that holds nothing else."""
    match call.args[:1]:
        case [ast.Call() as made]:
            return _makes_future(tree, made)
        case [ast.Name() as variable]:
            function = tree.function(call)
            values = _given(function, variable.id) if function is not None else []
            return bool(values) and all(
                isinstance(value, ast.Call) and _makes_future(tree, value) for value in values
            )
    return False


def _makes_future(tree: Tree, call: ast.Call) -> bool:
    if last_name(call.func) == "wrap_future":
        return qualified_name(tree, call.func) in (None, "asyncio.wrap_future")
    match call.func:
        case ast.Attribute(value=owner, attr="run_in_executor"):
            return "loop" in ast.unparse(owner).lower()
        case ast.Attribute(value=owner, attr="submit"):
            return _POOLS.found_in(last_name(owner))
    return False


def is_plain(key: ast.expr) -> bool:
    """Whether the key may be worked out a second time."""
    match root_of(key):
        case ast.Name() | ast.Constant():
            return True
        case ast.Tuple(elts=parts):
            return all(map(is_plain, parts))
        case ast.Call(func=ast.Name(id=name), args=parts) if name in _PURE:
            return all(map(is_plain, parts))
    return False


def has_callback(tree: Tree, entry: Entry) -> bool:
    """Whether the function gives a task a callback that speaks of the registry, or of pruning."""
    for node in ast.walk(entry.function):
        match node:
            case ast.Call(func=ast.Attribute(value=receiver, attr="add_done_callback")):
                same = ast.unparse(receiver) == ast.unparse(entry.task)
                spoken = entry.name in ast.unparse(node) or "forget" in ast.unparse(node)
                if same and (spoken or _removes(tree, node, entry)):
                    return True
    return False


def _removes(tree: Tree, call: ast.Call, entry: Entry) -> bool:
    """Whether a callback that is defined in the file names the registry."""
    names = {last_name(item) for item in ast.walk(call)}
    return any(
        item.name in names and entry.name in ast.unparse(item)
        for item in tree.definitions()
        if isinstance(item, FUNCTIONS) and item is not entry.function
    )


def iterated_with_await(tree: Tree, registry: str) -> ast.AST | None:
    """A loop over the registry itself that awaits: entries that go meanwhile break it."""
    for loop in tree.of(ast.For):
        iterated = loop.iter
        if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Attribute):
            iterated = iterated.func.value
        waits = any(
            isinstance(item, (ast.Await, ast.AsyncFor, ast.AsyncWith)) for item in ast.walk(loop)
        )
        if waits and ast.unparse(iterated) == registry:
            return loop
    return None


def asked_for_results(tree: Tree, registry: str) -> ast.Call | None:
    """A call of ``result()`` or ``exception()`` on a task that comes from the registry."""
    given = {
        target.id
        for node in tree.of(ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
        and ast.unparse(node.value).startswith((f"{registry}[", f"{registry}.get("))
    }
    for call in tree.of(ast.Call):
        match call.func:
            case ast.Attribute(value=owner, attr="result" | "exception"):
                text = ast.unparse(owner)
                if text in given or text.startswith((f"{registry}[", f"{registry}.get(")):
                    return call
    return None


def late_deletions(tree: Tree, registry: str) -> list[ast.Delete]:
    """``del registry[key]`` behind an await in the ``if`` that looked for the key.

    Until then the entry may be gone by itself.
    """
    found = []
    for node in tree.of(ast.Delete):
        match node.targets:
            case [ast.Subscript(value=value)] if ast.unparse(value) == registry:
                pass
            case _:
                continue
        check = next((item for item in tree.ancestors(node) if isinstance(item, ast.If)), None)
        if check is None or registry not in ast.unparse(check.test):
            continue
        before = [item for item in ast.walk(check) if isinstance(item, ast.Await)]
        if any(item.lineno <= node.lineno for item in before):
            found.append(node)
    return found


def declared(tree: Tree, name: str) -> ast.stmt | None:
    """The last of the statements of the module that follow the first assignment of a registry and
    define nothing: what is made of it can stand behind."""
    found: ast.stmt | None = None
    for statement in tree.module.body:
        if isinstance(statement, DEFINITIONS) and found is not None:
            break
        if name in _bound(statement) or (
            found is not None and isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr))
        ):
            found = statement
    return found


def _bound(statement: ast.stmt) -> list[str]:
    targets = targets_of(statement) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else []
    return [item.id for item in targets if isinstance(item, ast.Name)]


def annotated(source: SourceFile, name: str) -> tuple[str, str]:
    """The annotations of key and task, by that of the registry; empty where it has none."""
    for node in source.tree.of(ast.AnnAssign):
        match node.annotation:
            case ast.Subscript(slice=ast.Tuple(elts=[key, task])) if last_name(node.target) == name:
                return f": {source.segment(key)}", f": {source.segment(task)}"
    return "", ""
