"""Keep a reference to an asyncio task until it is done.

The event loop keeps only a weak reference to a task. A task that nothing else references may be
collected in the middle of its work:

```python
async def publish(self, event):
    asyncio.create_task(self._send(event))
```

becomes

```python
async def publish(self, event):
    task = asyncio.create_task(self._send(event))
    self._background_tasks.add(task)
    task.add_done_callback(self._background_tasks.discard)
```

with `self._background_tasks = set()` in `__init__`. If the class, or the module, already has a set
that tasks are added to and removed from when they are done, that set keeps this task too. Outside a
class, and in a class whose objects cannot get another attribute, the set is a module variable. A
finding may give its name.

## Fix safety

Needs review: the task now runs to its end. Its exceptions are still only reported when it is
collected.

## Not rewritten

* A task that other code keeps: it is awaited, returned, passed on, stored in a collection or an
  attribute, or its variable is read.
* `ensure_future()` of a future: it returns the future itself, and an executor keeps its futures
  until they are done (`loop.run_in_executor(…)`, `asyncio.wrap_future(…)`).
* Tasks started by a `TaskGroup` or another object that is not an event loop: it keeps its tasks
  itself.
* Classes and modules that keep their tasks in another way: in a list, a dictionary, a set from
  which finished tasks are not removed, or a set that is counted. A second registry would be
  forgotten where the first one is cancelled.
* A task that is started and given its callback in one expression:
  `asyncio.create_task(work()).add_done_callback(tell)`.
* A task in a `lambda`, which cannot also store it, and code outside functions.
* In a scan, lines with `# noqa: RUF006`.

## Known limitations

An object that only its own task references is collected with the task and the set. In that case,
name a module variable.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from codemods.analysis.tasks.registries import starts, waits_for_future
from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    Edit,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    Unit,
    itself,
    site_of,
)
from codemods.findings.model import Severity
from codemods.project.linter_comments import switched_off
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.names import free_name, local_names, named
from codemods.syntax.tree import FUNCTIONS, Tree
from codemods.transforms.keep_task.edit import Kept
from codemods.transforms.keep_task.plan import RULES, KeepTaskPlan, recognise
from codemods.transforms.keep_task.registry import registry_at

_STORING = ("add", "append", "appendleft", "put_nowait", "insert", "setdefault", "update", "extend")


def find(scope: Scope, plan: KeepTaskPlan | None) -> Iterator[Change | Refusal]:
    """The tasks that are started and held by nothing."""

    def started(place: Place) -> list[ast.Call]:
        tree = place.source.tree
        found = [call for call in tree.within(place.node, ast.Call) if starts(tree, call)]
        return found if plan is None else place.focus(found)

    for place, calls in scope.once(started, itself):
        tree = place.source.tree
        lost = [call for call in calls if is_lost(tree, call)]
        verdicts = [_verdict(scope.project, place.source, call, plan) for call in lost]
        if plan is None:
            yield from verdicts
            continue
        changes = [item for item in verdicts if isinstance(item, Change)]
        yield from (item for item in verdicts if isinstance(item, Refusal))
        if changes:
            yield _together(changes)
        elif not verdicts:
            yield from (_held(place.source, call) for call in calls)


def is_lost(tree: Tree, call: ast.Call) -> bool:
    """Whether nothing holds the task that a call starts: it is dropped, or in a variable that is
    read by nothing but the registration of a callback."""
    if waits_for_future(tree, call):
        return False
    parent = tree.parent(call)
    if isinstance(parent, (ast.Expr, ast.Lambda)):
        return not isinstance(parent, ast.Lambda) or parent.body is call
    name = _variable_of(tree, call)
    function = tree.function(call)
    if name is None or not isinstance(function, FUNCTIONS):
        return False
    if name not in local_names(tree, function) or _runs_loop(tree, function):
        # A variable of the module, of a function around it, or of the one that waits for the loop,
        # holds it.
        return False
    reads = (item for item in named(function, name) if isinstance(item.ctx, ast.Load))
    return all(_is_callback_of(tree, item) for item in reads)


def _runs_loop(tree: Tree, function: ast.AST) -> bool:
    """Whether a function runs the event loop itself, and its variables live as long."""
    called = (last_name(call.func) for call in tree.within(function, ast.Call))
    return any(name in ("run_forever", "run_until_complete") for name in called)


def _variable_of(tree: Tree, call: ast.Call) -> str | None:
    """The variable that a started task is put into, and nothing else."""
    match tree.parent(call):
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call:
            return name
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is call:
            return name
    return None


def _is_callback_of(tree: Tree, task: ast.expr) -> bool:
    method = tree.parent(task)
    return (
        isinstance(method, ast.Attribute)
        and method.attr in ("add_done_callback", "set_name")
        and tree.call_of(method) is not None
    )


def _verdict(
    project: Project, source: SourceFile, call: ast.Call, plan: KeepTaskPlan | None
) -> Change | Refusal:
    tree = source.tree
    site = site_of(source, call)
    shown = ast.unparse(call.func)
    line = switched_off(source, call.lineno, call.end_lineno or call.lineno, RULES)
    if plan is None and line is not None:
        return Refusal("noqa", f"a comment on line {line} asks to keep {shown}() as it is", site)
    function = tree.function(call)
    if isinstance(tree.parent(call), ast.Lambda):
        return Refusal(
            "lambda", "the task is started in a lambda, which cannot also store it", site
        )
    if not isinstance(function, FUNCTIONS):
        return Refusal("no-function", "the task is started outside of a function", site)
    statement = tree.statement(call)
    kept = registry_at(project, source, statement, plan.registry if plan is not None else "")
    if isinstance(kept, Refusal):
        return kept
    name = _variable_of(tree, call)
    if name is None or not name.strip("_"):
        name = free_name(tree, function, "task")
    span = source.statements_span(statement, statement)
    edit = Operation(source.path, span, Kept(name, kept.text), Unit.STATEMENT)
    what = f"{kept.text} keeps the task until it is done"
    found = (
        f"nothing keeps a reference to the task from {shown}(), so it may be collected before "
        "it is done"
    )
    return Change(site, what, (edit, *kept.edits), Safety.REVIEW, found=found)


def _together(changes: list[Change]) -> Change:
    """One change: several tasks may need the same new set."""
    first = changes[0]
    edits: dict[Edit, None] = {edit: None for change in changes for edit in change.edits}
    return Change(first.site, first.what, tuple(edits), first.safety, found=first.found)


def _held(source: SourceFile, call: ast.Call) -> Refusal:
    """What holds a task that is not lost; a collection or an attribute is what findings want."""
    tree = source.tree
    site = site_of(source, call)
    if waits_for_future(tree, call):
        detail = f"an executor keeps the future that {ast.unparse(call.func)}() is given"
        return Refusal("kept", detail, site, already=True)
    if _is_callback_of(tree, call):
        detail = "nothing keeps the task: it is started and given a callback in one expression"
        return Refusal("chained", detail, site)
    name, function = _variable_of(tree, call), tree.function(call)
    reads = named(function, name) if name is not None and function is not None else ()
    for node in (call, *reads):
        match tree.parent(node):
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as target], value=value) if (
                value is node
            ):
                detail = f"{ast.unparse(target)} already keeps the task"
                return Refusal("kept", detail, site, already=True)
            case ast.Call(func=ast.Attribute(attr=method) as stored) if method in _STORING:
                detail = f"{ast.unparse(stored)}() already keeps the task (line {node.lineno})"
                return Refusal("kept", detail, site, already=True)
    return Refusal("used", "the task is not lost: it is awaited, or its variable is read", site)


_STARTER = re.compile(rb"(?<![\w\x80-\xff])(?:create_task|ensure_future)\b")


def prefilter(_project: Project, source: SourceFile, _options: Mapping[str, object]) -> bool:
    """Whether one of the names stands there as a whole word: a framework has its own."""
    return _STARTER.search(source.data) is not None


codemod = Codemod(
    name="keep-task",
    area="Shared state and tasks",
    asked_in="keep task done",
    recognise=recognise,
    plan=KeepTaskPlan,
    find=find,
    triggers=(b"create_task", b"ensure_future"),
    prefilter=prefilter,
    rules=RULES,
    subjects=("task-not-kept",),
    audit=AuditWords(
        "Nothing keeps a task that is started",
        Severity.MEDIUM,
        "Concurrency",
        "The event loop has only a weak reference: the task may be collected before it is done.",
    ),
)
