"""Which functions of a file run in threads, who starts them, and who calls whom in the file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from codemods.analysis.names.values import first_parameter
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import keyword_value, method_of, targets_of
from codemods.syntax.scopes import find_scope, scope_of
from codemods.syntax.tree import FUNCTIONS, Function, Tree, is_none, walk

_BY_NAME = {
    "threading.Thread": ("target", 1),
    "threading.Timer": ("function", 1),
    "asyncio.to_thread": ("func", 0),
}
_LATER = ("threading.Thread", "threading.Timer")
"""What runs its target only when it is started."""
_POOL = b"ThreadPoolExecutor"
_PROCESSES = b"ProcessPoolExecutor"


@dataclass(frozen=True, slots=True, eq=False)
class Launch:
    """One place that takes a function of the file to a thread."""

    target: ast.FunctionDef
    call: ast.Call | None = None
    """``Thread(target=…)`` and the like; ``None`` for ``run`` of a subclass of ``Thread``."""
    launcher: Function | None = None
    """The function in which the call stands."""
    later: bool = True
    """Whether nothing runs before somebody calls ``start()``."""
    awaited: bool = False
    """Whether the launcher waits for the end right there."""
    worker: str = ""
    """The executor, as written, if it has a single worker: its jobs never run side by side."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Who calls whom in one file, as far as names and ``self`` tell."""

    callers: dict[Function, list[tuple[Function | None, ast.expr]]] = field(default_factory=dict)
    """For each function the places that call it; ``None`` is the module's own code."""
    callees: dict[Function, list[Function]] = field(default_factory=dict)
    handed: set[Function] = field(default_factory=set)
    """Functions that are given to somebody: which thread calls them is not known."""
    launches: list[Launch] = field(default_factory=list)

    def reached(self, function: Function) -> set[Function]:
        """The function with all that it calls, directly and through others."""
        found: set[Function] = set()
        queue = [function]
        while queue:
            item = queue.pop()
            if item not in found:
                found.add(item)
                queue += self.callees.get(item, ())
        return found


def calls_of(source: SourceFile) -> Calls:
    """The calls and the threads of one file."""
    tree = source.tree
    made = Calls()
    targets: dict[ast.expr, Launch] = {}
    lambdas: set[ast.Lambda] = set()
    for call in tree.of(ast.Call):
        for expression, given in _launched(source, call):
            function = _meant(tree, expression)
            if isinstance(function, ast.FunctionDef):
                launch = _launch(tree, call, function)
                targets[expression] = launch
                made.launches.append(launch)
            if isinstance(given, ast.Lambda):
                lambdas.add(given)
    for cls in tree.of(ast.ClassDef):
        if any(qualified_name(tree, base) in _LATER for base in cls.bases):
            run = method_of(cls, "run")
            if isinstance(run, ast.FunctionDef):
                made.launches.append(Launch(run))
    if not made.launches:
        return made
    mentions: list[ast.Attribute | ast.Name] = tree.of(ast.Attribute, ast.Name)
    known = {item.name for item in tree.definitions()}
    for node in mentions:
        if last_name(node) not in known or node in targets or not isinstance(node.ctx, ast.Load):
            continue
        callee = _meant(tree, node)
        if callee is None:
            continue
        caller = tree.function(node)
        is_property = any("property" in ast.unparse(item) for item in callee.decorator_list)
        if isinstance(caller, ast.Lambda) or not (tree.call_of(node) or is_property):
            made.handed.add(callee)
        else:
            made.callers.setdefault(callee, []).append((caller, node))
            if caller is not None:
                made.callees.setdefault(caller, []).append(callee)
    return made


def _launched(source: SourceFile, call: ast.Call) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What a call takes to a thread, with the argument in which it stands."""
    given = _given(source, call)
    if given is None:
        return
    if isinstance(given, ast.Call) and given.args:
        if (qualified_name(source.tree, given.func) or "").endswith("functools.partial"):
            yield given.args[0], given
    elif isinstance(given, ast.Lambda):
        for item in walk(given.body):
            if isinstance(item, ast.Call):
                yield item.func, given
    else:
        yield given, given


def _given(source: SourceFile, call: ast.Call) -> ast.expr | None:
    function = call.func
    word = last_name(function)
    if word in ("submit", "run_in_executor"):
        if not isinstance(function, ast.Attribute) or source.holds(_PROCESSES):
            # State in another process is another object.
            return None
        index = 0 if word == "submit" else 1
        default = index == 1 and bool(call.args) and is_none(call.args[0])
        if len(call.args) <= index or not (default or source.holds(_POOL)):
            return None
        return call.args[index]
    if word not in ("Thread", "Timer", "to_thread"):
        return None
    keyword, index = _BY_NAME.get(qualified_name(source.tree, function) or "", ("", 0))
    if not keyword:
        return None
    named = keyword_value(call, keyword)
    return named or (call.args[index] if len(call.args) > index else None)


def _launch(tree: Tree, call: ast.Call, target: ast.FunctionDef) -> Launch:
    launcher = tree.function(call)
    awaited = any(
        isinstance(item, ast.Await)
        for item in tree.ancestors(call)
        if not isinstance(item, ast.stmt) and tree.function(item) is launcher
    )
    return Launch(
        target,
        call,
        launcher if isinstance(launcher, FUNCTIONS) else None,
        qualified_name(tree, call.func) in _LATER,
        awaited,
        _single_worker(tree, call),
    )


def _single_worker(tree: Tree, call: ast.Call) -> str:
    """The text of an executor that is made with one worker in the file."""
    if not isinstance(call.func, ast.Attribute) or not call.args:
        return ""
    pool = call.func.value if call.func.attr == "submit" else call.args[0]
    text = ast.unparse(pool)
    statements: list[ast.Assign | ast.AnnAssign] = tree.of(ast.Assign, ast.AnnAssign)
    for statement in statements:
        made = statement.value
        if isinstance(made, ast.Call) and text in map(ast.unparse, targets_of(statement)):
            sizes = (*made.args[:1], keyword_value(made, "max_workers"))
            if any(isinstance(item, ast.Constant) and item.value == 1 for item in sizes):
                return text
    return ""


def _meant(tree: Tree, expression: ast.expr) -> Function | None:
    """The function of this file that a name or ``self.method`` stands for, if there is one."""
    if isinstance(expression, ast.Name):
        scope = find_scope(tree, expression.id, expression)
        functions: list[Function] = tree.of(*FUNCTIONS)
        found = [
            item
            for item in functions
            if item.name == expression.id and scope_of(tree, item) is scope
        ]
        return found[0] if len(found) == 1 and scope is not None else None
    if not isinstance(expression, ast.Attribute) or not isinstance(expression.value, ast.Name):
        return None
    for cls in tree.ancestors(expression):
        if isinstance(cls, ast.ClassDef):
            method = method_of(cls, expression.attr)
            known = (_self_name(tree, expression, cls), cls.name, "self", "cls")
            return method if expression.value.id in known else None
    return None


def _self_name(tree: Tree, node: ast.AST, cls: ast.ClassDef) -> str | None:
    around = (item for parent, item in tree.steps(node) if parent is cls)
    return next((first_parameter(item) for item in around if isinstance(item, FUNCTIONS)), None)
