"""Remove finished tasks from the registry that keeps them.

A dictionary or set of running tasks only grows if finished tasks are not removed:

```python
_streams: dict[int, asyncio.Task] = {}

task = asyncio.create_task(stream())
_streams[key] = task
```

becomes

```python
_streams: dict[int, asyncio.Task] = {}


def _forget_stream(key: int, task: asyncio.Task) -> None:
    if _streams.get(key) is task:
        del _streams[key]

task = asyncio.create_task(stream())
_streams[key] = task
task.add_done_callback(functools.partial(_forget_stream, key))
```

The callback removes exactly this task: a newer task under the same key stays. A set gets
`task.add_done_callback(tasks.discard)`. For an attribute of an object, the function is a method. A
comprehension that rebinds the registry, as some reports suggest, is not written: in a nested
function it would create a local variable, and other code would keep the old dictionary.

`del registry[key]` after an `await` in the `if` that checked the key becomes
`registry.pop(key, None)`, because the entry may be gone by then.

## Fix safety

Needs review. If another file reads from the registry which tasks are done, it no longer finds them.

## Not rewritten

* Tasks that already have such a callback.
* A registry whose tasks' results are read in the same file.
* A registry in a loop that awaits: entries that are removed during the loop would break it.
* A list, whose `remove()` raises if the task is already gone.
* A key that cannot be computed a second time.

## Known limitations

There is no scan, because it is unknown whether the results of old tasks are needed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.tasks.registries import (
    Entry,
    annotated,
    asked_for_results,
    declared,
    entries,
    has_callback,
    is_plain,
    iterated_with_await,
    late_deletions,
)
from codemods.codemod import Change, Codemod, Edit, Operation, Refusal, Safety, Scope, Unit, site_of
from codemods.project.source import SourceFile
from codemods.rewriting.parsed import Behind, DefinedBehind, InPlace
from codemods.rewriting.reach import reach
from codemods.syntax.names import free_name
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.prune_done_tasks.plan import TaskPlan, recognise


def find(scope: Scope, plan: TaskPlan) -> Iterator[Change | Refusal]:
    """The statements that put tasks into the registries that a finding names."""
    for source in dict.fromkeys(place.source for place in scope.places):
        found = entries(source, plan.registries)
        for registry in dict.fromkeys(item.registry for item in found):
            same = [item for item in found if item.registry == registry]
            mine = [item for item in same if _is_meant(scope, source, item)]
            refusals = [_unfit(source, item) for item in mine]
            if mine and all(refusal is not None and refusal.already for refusal in refusals):
                # The tasks of the function that the finding shows leave it: others are not its.
                yield from filter(None, refusals)
                continue
            yield from _verdicts(source, same)


def _is_meant(scope: Scope, source: SourceFile, item: Entry) -> bool:
    """Whether a task is registered in a function that the finding names or shows."""
    return any(
        place.source is source
        and isinstance(place.node, FUNCTIONS)
        and place.lines.start <= item.statement.lineno <= place.lines.end
        for place in scope.places
    )


def _verdicts(source: SourceFile, found: list[Entry]) -> Iterator[Change | Refusal]:
    """One change for all entries of a registry: the function that they share comes with it."""
    tree = source.tree
    registry = found[0].registry
    if (loop := iterated_with_await(tree, registry)) is not None:
        assert isinstance(loop, ast.For)
        detail = (
            f"a loop over {registry} awaits (line {loop.lineno}), and entries may be removed "
            "meanwhile"
        )
        yield Refusal("iterated-with-await", detail, site_of(source, loop))
        return
    if (asked := asked_for_results(tree, registry)) is not None:
        detail = f"the results of the tasks in {registry} are read (line {asked.lineno})"
        yield Refusal("results-wanted", detail, site_of(source, asked))
        return
    refusals = {item: _unfit(source, item) for item in found}
    yield from filter(None, refusals.values())
    wanted = [item for item, refusal in refusals.items() if refusal is None]
    if not wanted:
        return
    forget = _forget_name(source, wanted[0])
    edits: list[Edit] = []
    for item in wanted:
        made = _registered(source, item, forget)
        if isinstance(made, Refusal):
            yield made
            return
        edits += made
    if wanted[0].kind == "dict":
        declared = _function(source, wanted[0], forget)
        if isinstance(declared, Refusal):
            yield declared
            return
        edits.append(declared)
        edits += [
            Operation(source.path, source.span(node), InPlace(_pop(node)), Unit.STATEMENT)
            for node in late_deletions(tree, registry)
        ]
    what = f"a finished task is removed from {registry}"
    site = site_of(source, wanted[0].statement)
    yield Change(site, what, tuple(dict.fromkeys(edits)), Safety.REVIEW)


def _unfit(source: SourceFile, item: Entry) -> Refusal | None:
    site = site_of(source, item.statement)
    if has_callback(source.tree, item):
        return Refusal(
            "callback", f"a callback already removes the task from {item.registry}", site, True
        )
    if item.kind == "list":
        detail = f"{item.registry} is a list, whose remove() raises if the task is already gone"
        return Refusal("list", detail, site)
    if item.key is not None and not is_plain(item.key):
        detail = f"the key {ast.unparse(item.key)} cannot be computed a second time"
        return Refusal("key", detail, site)
    return None


def _registered(source: SourceFile, item: Entry, forget: str) -> list[Edit] | Refusal:
    """The edits that give one task its callback."""
    edits: list[Edit] = []
    callback = f"{item.registry}.discard"
    if item.kind == "dict":
        assert item.key is not None
        partial = reach(source, item.statement, "functools", "partial")
        if isinstance(partial, str):
            return Refusal("name-taken", partial, site_of(source, item.statement))
        edits += partial.imports
        owner = "self." if item.registry.startswith("self.") else ""
        key = source.segment(item.key)
        if isinstance(item.key, ast.Tuple) and not key.startswith("("):
            key = f"({key})"
        callback = f"{partial.text}({owner}{forget}, {key})"
    span = source.span(item.statement)
    if isinstance(item.task, ast.Name):
        code = f"{item.task.id}.add_done_callback({callback})\n"
        edits.append(Operation(source.path, span, Behind(code), Unit.STATEMENT))
        return edits
    task = free_name(source.tree, item.function, "task")
    made = source.segment(item.task)
    stored = f"{item.registry}.add({task})"
    if item.key is not None:
        stored = f"{item.registry}[{source.segment(item.key)}] = {task}"
    code = f"{task} = {made}\n{stored}\n{task}.add_done_callback({callback})\n"
    edits.append(Operation(source.path, span, InPlace(code), Unit.STATEMENT))
    return edits


def _forget_name(source: SourceFile, item: Entry) -> str:
    """``_forget_streaming_task`` of ``_active_streaming_tasks``."""
    word = item.name.strip("_")
    for prefix in ("active_", "running_", "current_"):
        word = word.removeprefix(prefix)
    word = word[:-1] if word.endswith("s") else f"of_{word}"
    return free_name(source.tree, source.tree.module, f"_forget_{word}")


def _function(source: SourceFile, item: Entry, forget: str) -> Operation | Refusal:
    """The function or method that removes one task, and where it goes."""
    tree = source.tree
    key, task = annotated(source, item.name)
    is_method = item.registry.startswith("self.")
    head = f"def {forget}({'self, ' if is_method else ''}key{key}, task{task})"
    code = (
        f"{head}{' -> None' if key else ''}:\n"
        f'    """Remove a task that is done, unless another one has taken its place."""\n'
        f"    if {item.registry}.get(key) is task:\n"
        f"        del {item.registry}[key]\n"
    )
    if is_method:
        around = tree.ancestors(item.statement)
        method = next((one for one in around if isinstance(tree.parent(one), ast.ClassDef)), None)
        if not isinstance(method, FUNCTIONS):
            return Refusal(
                "no-class",
                "the class could not be determined",
                site_of(source, item.statement),
            )
        return Operation(source.path, source.span(method), DefinedBehind(code, 1), Unit.STATEMENT)
    anchor = declared(tree, item.name)
    if anchor is None:
        detail = f"{item.registry} is not assigned in this module"
        return Refusal("no-declaration", detail, site_of(source, item.statement))
    return Operation(source.path, source.span(anchor), DefinedBehind(code, 2), Unit.STATEMENT)


def _pop(node: ast.Delete) -> str:
    (target,) = node.targets
    assert isinstance(target, ast.Subscript)
    return f"{ast.unparse(target.value)}.pop({ast.unparse(target.slice)}, None)\n"


codemod = Codemod(
    name="prune-done-tasks",
    area="Shared state and tasks",
    asked_in="let task done leave registry",
    recognise=recognise,
    plan=TaskPlan,
    find=find,
    triggers=(b"create_task", b"ensure_future"),
    scans=False,
)
