"""Evidence for and against several tasks or threads sharing some state."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codemods.analysis.locks.state import Owner, receivers
from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import DefinitionRef, Foreign
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.syntax.dotted import base_name, last_name
from codemods.syntax.parts import targets_of
from codemods.syntax.tree import FUNCTIONS, Function

_SAYS_SHARED = re.compile(
    r"\bthread[- ]?safe\b|\bsingletons?\b|\bconcurren(?:t|tly|cy)\b|\bprocess[- ]wide\b"
    r"|\b(?:shared|used|called) (?:by|between|among|across|from) (?:all|many|several|multiple"
    r"|tasks|threads|requests|workers|coroutines)\b|\bglobal (?:cache|registry|state|pool)\b",
    re.IGNORECASE,
)
_SAYS_ALONE = re.compile(
    r"\bnot (?:thread|task|concurrency)[- ]?safe\b"
    r"|\b(?:one|an?|own|new) (?:\w+ )?(?:instance|object)?"
    r" ?(?:for|per) (?:each |every |one )?(?:request|session|task|connection|call|user|job|run)\b"
    r"|\bsingle[- ](?:task|threaded)\b",
    re.IGNORECASE,
)
_LAUNCHERS = frozenset({"create_task", "ensure_future", "gather", "start_soon", "as_completed"})
_HANDLERS = frozenset(
    {
        *("get", "post", "put", "patch", "delete", "head", "options", "route", "api_route"),
        *("websocket", "on_event", "middleware", "exception_handler", "subscriber", "tool"),
    }
)
_ONE_USERS = frozenset(
    {
        *("AsyncSession", "Session", "SQLSession", "Request", "HTTPConnection", "WebSocket"),
        *("HttpRequest", "Connection", "AsyncConnection", "Cursor", "BackgroundTasks", "Context"),
        *("AsyncSessionTransaction", "Interaction", "Update", "ServerRequest", "StreamReader"),
    }
)
"""Types of what belongs to one request, one session or one connection, and so does who holds it."""
_ONE_USER_NAMES = frozenset({"session", "request", "websocket", "ws", "cursor"})
_LOG_CLASSES = ("logging.Handler", "logging.handlers.", "logging.Filter", "logging.Formatter",
                "logging.StreamHandler", "logging.FileHandler", "logging.Logger",
                "logging.NullHandler", "logging.LoggerAdapter")  # fmt: skip
_RUNNING_LOOP = frozenset({"get_running_loop", "get_event_loop", "_get_running_loop"})
_NEW_LOOPS = frozenset({"asyncio.run", "asyncio.new_event_loop", "asyncio.Runner", "anyio.run"})
_DEEP = 4


def in_logging(project: Project, owner: Owner) -> bool:
    """Whether the class is one of logging: a lock there is taken whenever anybody logs, also
    by who holds it."""
    if not isinstance(owner.node, ast.ClassDef):
        return False
    resolver = index_of(project).resolver
    lineage = resolver.classes.lineage(resolver.reference(owner.source, owner.node))
    return any(isinstance(item, Foreign) and item.name.startswith(_LOG_CLASSES) for item in lineage)


def of_one_user(owner: Owner) -> str | None:
    """What an object holds that belongs to one request or session, as ``name: Type``."""
    if not isinstance(owner.node, ast.ClassDef):
        return None
    alone = _SAYS_ALONE.search(ast.get_docstring(owner.node) or "")
    if alone is not None:
        return f'state that its docstring calls "{alone[0]}"'
    parameters = [
        (item.arg, item.annotation)
        for function in owner.node.body
        if isinstance(function, FUNCTIONS) and function.name == "__init__"
        for item in (*function.args.args, *function.args.kwonlyargs)
    ]
    fields = [
        (last_name(item.target), item.annotation)
        for item in owner.node.body
        if isinstance(item, ast.AnnAssign)
    ]
    for name, annotation in (*parameters, *fields):
        words = {last_name(item) for item in ast.walk(annotation)} if annotation else set()
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            words = set(re.findall(r"\w+", annotation.value))
        if words & _ONE_USERS or (not annotation and _is_of_one_user(name)):
            return f"{name}: {ast.unparse(annotation)}" if annotation else name
    return None


def _is_of_one_user(name: str) -> bool:
    plain = name.removeprefix("_").removeprefix("db").removeprefix("_")
    return plain in _ONE_USER_NAMES


def several_loops(owner: Owner, functions: Iterable[Function]) -> str | None:
    """What says that the state belongs to more loops than one, in words."""
    for function in functions:
        for node in own_nodes(function):
            if (
                isinstance(node, ast.Call)
                and last_name(node.func) in _RUNNING_LOOP
                and _is_kept(owner, function, node)
            ):
                return f"{function.name}() distinguishes event loops (line {node.lineno})"
    if isinstance(owner.node, ast.Module):
        for call in owner.tree.of(ast.Call):
            around = owner.tree.function(call)
            text = ast.unparse(call.func)
            if text in _NEW_LOOPS and getattr(around, "name", "main") != "main":
                return f"line {call.lineno} runs its own event loop"
    return None


def _is_kept(owner: Owner, function: Function, loop: ast.Call) -> bool:
    """Whether the running loop is more than what is asked to run something: a part of a key."""
    tree = owner.tree
    parent = tree.parent(loop)
    if isinstance(parent, (ast.Assign, ast.AnnAssign)):
        names = {last_name(target) for target in targets_of(parent)}
        return any(
            isinstance(node, ast.Name)
            and node.id in names
            and isinstance(node.ctx, ast.Load)
            and not isinstance(tree.parent(node), (ast.Attribute, ast.keyword))
            for node in own_nodes(function)
        )
    return not isinstance(parent, (ast.Attribute, ast.Expr, ast.keyword))


def proof(project: Project, owner: Owner, functions: Iterable[Function]) -> str | None:
    """Why several tasks or threads come to the state at once, in words; ``None`` where nothing
    in the project says so.

    For an attribute both is needed: one object that several can have, and tasks that come in.
    """
    text = ast.get_docstring(owner.node) or ""
    if _SAYS_SHARED.search(text):
        return f"the docstring of {owner.name or owner.source.path} says that it is shared"
    # They are looked for once, and not once for each method.
    launches = () if isinstance(owner.node, ast.Module) else tuple(_launches(owner))
    for function in functions:
        ref = index_of(project).resolver.reference(owner.source, function)
        if isinstance(owner.node, ast.Module):
            found = _launched(project, ref, set(), _DEEP)
        else:
            found = _launched_beside_itself(owner, function, launches) or (
                _launched(project, ref, set(), _DEEP) if _of_module(project, owner) else None
            )
        if found is not None:
            return found
    return None


def _of_module(project: Project, owner: Owner) -> bool:
    """Whether an object of the class stands in a variable of a module."""
    assert isinstance(owner.node, ast.ClassDef)
    index = index_of(project)
    for site in index.callers(index.resolver.reference(owner.source, owner.node)):
        tree = site.source.tree
        if tree.function(site.node) is None and not is_test(site.source.path):
            statement = tree.statement(site.node)
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and targets_of(statement):
                return True
    return False


@dataclass(frozen=True, slots=True)
class _Launch:
    """A call in a class that makes tasks of the object's own methods."""

    function: Function
    node: ast.Call
    methods: tuple[str, ...]
    """What it calls of the object, once for each call."""
    repeated: bool


def _launches(owner: Owner) -> Iterator[_Launch]:
    tree = owner.tree
    for other in owner.functions():
        names = receivers(owner, other)
        for node in own_nodes(other):
            if not isinstance(node, ast.Call) or base_name(node.func) not in _LAUNCHERS:
                continue
            methods = tuple(
                item.func.attr
                for item in ast.walk(node)
                if isinstance(item, ast.Call)
                and isinstance(item.func, ast.Attribute)
                and getattr(item.func.value, "id", None) in names
            )
            repeated = any(
                isinstance(item, (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.GeneratorExp))
                for item in (*tree.ancestors(node), *ast.walk(node))
            )
            if methods:
                yield _Launch(other, node, methods, repeated)


def _launched_beside_itself(
    owner: Owner, function: Function, launches: Iterable[_Launch]
) -> str | None:
    """Tasks for one object's own method, made in a loop or side by side in its class."""
    for item in launches:
        mine = [name for name in item.methods if _leads_to(owner, name, function)]
        if mine and (item.repeated or len(mine) > 1):
            where = f"line {item.node.lineno}"
            return f"{item.function.name}() starts several tasks of it at once ({where})"
    return None


def _leads_to(owner: Owner, name: str, function: Function, deep: int = 3) -> bool:
    """Whether a method calls ``function`` of the same object, or is it."""
    if name == function.name:
        return True
    if deep == 0:
        return False
    return any(
        _leads_to(owner, node.func.attr, function, deep - 1)
        for method in owner.functions()
        if method.name == name
        for node in own_nodes(method)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", None) in receivers(owner, method)
        and node.func.attr != name
    )


def _launched(
    project: Project, ref: DefinitionRef, seen: set[DefinitionRef], deep: int
) -> str | None:
    """Who makes a task of a coroutine, or answers requests by it, in words."""
    if ref in seen or deep == 0 or is_test(ref.path):
        return None
    seen.add(ref)
    if _is_handler(ref.node):
        return f"{ref.qualified_name}() handles requests ({ref.path}:{ref.line})"
    index = index_of(project)
    callers = []
    for site in index.callers(ref):
        tree = site.source.tree
        for ancestor in tree.ancestors(site.node):
            if isinstance(ancestor, FUNCTIONS):
                callers.append(index.resolver.reference(site.source, ancestor))
                break
            if isinstance(ancestor, ast.Call) and base_name(ancestor.func) in _LAUNCHERS:
                where = f"{site.source.path}:{site.node.lineno}"
                return f"a task is created from {ref.qualified_name}() ({where})"
    for caller in dict.fromkeys(callers):
        found = _launched(project, caller, seen, deep - 1)
        if found is not None:
            return found
    return None


def _is_handler(node: ast.AST) -> bool:
    """Whether a decorator makes a function answer requests: ``@router.get("/…")``."""
    if not isinstance(node, FUNCTIONS):
        return False
    for item in node.decorator_list:
        if (
            isinstance(item, ast.Call)
            and isinstance(item.func, ast.Attribute)
            and item.func.attr in _HANDLERS
        ):
            return True
    return False


def logs(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """The calls among some nodes that log."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            text = ast.unparse(node.func.value)
            if re.search(r"(?:^|[._])log(?:ger|ging)?\b(?!\.Handler)", text, re.IGNORECASE):
                yield node
