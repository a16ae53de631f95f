"""Add a timeout to an awaited call.

```python
samples = await processor.process_chunk(index)
```

becomes

```python
samples = await asyncio.wait_for(processor.process_chunk(index), timeout=30.0)
```

The report names the calls: by the awaited function, or by the function that runs in
`asyncio.to_thread(…)`. The number of seconds comes from the report; a constant that it names is
imported from the one file of the project that defines it.

## Fix safety

Needs review. On a timeout, a coroutine is cancelled; a thread keeps running, and only the wait for
it ends. A note says which handler catches the `TimeoutError`.

## Not rewritten

* Calls that are already in `asyncio.wait_for` or `async with asyncio.timeout(…)`.
* Files and projects that run under another event loop than asyncio's.
* Findings that give no number and name no constant, or name one that is not defined in exactly one
  file.
* The handling of the `TimeoutError`, if no handler around the call catches it: that is listed as
  left for a person.
* Calls that block the event loop: `offload-blocking-calls` moves them to a thread and adds the
  timeout.

## Known limitations

There is no scan, because most awaits need no timeout, and only a person knows how long is too long.
Timeouts of clients (`aiohttp.ClientTimeout`) are not noticed.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from codemods.analysis.flow.around import taken_by, timeout_note, under_timeout, words
from codemods.analysis.threads.worlds import other_loop
from codemods.codemod import (
    AddImport,
    Change,
    Codemod,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    itself,
    site_of,
)
from codemods.project.source import SourceFile
from codemods.rewriting.reach import reach, value_at
from codemods.rewriting.thread_calls import Timed
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.imports import local_name
from codemods.syntax.parts import callee_of
from codemods.transforms.await_with_timeout.plan import (
    TIMEOUT_ERROR,
    WRAPPERS,
    TimeoutHints,
    TimeoutPlan,
    recognise,
)

_TASKS = ("create_task", "ensure_future")


def find(scope: Scope, plan: TimeoutPlan) -> Iterator[Change | Refusal]:
    """The awaited calls that a finding means."""
    hints = scope.hinted(TimeoutHints)
    meant = scope.once(lambda place: _meant(place, plan, hints), itself)
    calls = [(place.source, call) for place, found in meant for call in found]
    for source, call in calls:
        verdict = _verdict(scope, source, call, plan)
        if isinstance(verdict, Change) and len(calls) < (hints.count or 0):
            note = f"the finding mentions {hints.count} places, but {len(calls)} were found"
            verdict = dataclasses.replace(verdict, notes=(*verdict.notes, note))
        yield verdict


def _meant(place: Place, plan: TimeoutPlan, hints: TimeoutHints) -> list[ast.Call]:
    """The calls of a place that the surest group of names means."""
    tree = place.source.tree
    calls = [
        node
        for node in tree.within(place.node, ast.Call)
        if isinstance(tree.parent(node), ast.Await)
        or taken_by(place.source, node) in ("wait_for", *_TASKS)
    ]
    wrapped = [call for call in calls if hints.wrapped & _names(call)]
    for group in (plan.calls, *hints.less_sure):
        last = {last_part(name) for name in group}
        found = [call for call in calls if last & _names(call)]
        if not found:
            continue
        if hints.count is None:
            return place.focus(found)
        shown = place.focus(wrapped)
        if len(found) < hints.count == len(shown) and all(call in shown for call in found):
            # "Both `to_thread` reads", of which the finding names one.
            return shown
        return found
    return wrapped if hints.count is not None else place.focus(wrapped)


def _names(call: ast.Call) -> set[str]:
    """What is called, or runs in the thread that is called for, by its last word."""
    name = last_name(call.func)
    inside = call.args[:2] if name in WRAPPERS else []
    return {name, *(last_name(callee_of(argument)) for argument in inside)} - {""}


def _verdict(
    scope: Scope, source: SourceFile, call: ast.Call, plan: TimeoutPlan
) -> Change | Refusal:
    site = site_of(source, call)
    shown = words(source, call.func)
    if taken_by(source, call) == "wait_for" or under_timeout(source, call):
        return Refusal("timed", f"{shown}() already has a timeout", site, already=True)
    if plan.timeout is None:
        return Refusal("no-value", "the finding does not say how long the timeout should be", site)
    if (other := other_loop(scope.project, source)) is not None:
        return Refusal("other-event-loop", other, site)
    seconds = value_at(scope.project, source, call, str(plan.timeout))
    if isinstance(seconds, str):
        return Refusal("no-value", seconds, site)
    edits: list[Operation | AddImport] = [*seconds.imports]
    wait_for = local_name(source.tree, call, "asyncio", "wait_for")
    if wait_for is None:
        reached = reach(source, call, "asyncio")
        if isinstance(reached, str):
            return Refusal("name-taken", f"asyncio cannot be imported: {reached}", site)
        wait_for = f"{reached.text}.wait_for"
        edits += reached.imports
    edits.insert(0, Operation.at(source, call, Timed(wait_for, seconds.text)))
    note = timeout_note(source, call)
    if not WRAPPERS & _names(call):
        note = note.replace("the thread keeps running", f"{shown}() is cancelled")
    if taken_by(source, call) in _TASKS:
        note = f"{note.partition(', and')[0]}, and TimeoutError is raised where the task is awaited"
    handled = "goes to" in note and "goes to the caller" not in note
    what = f"{shown}() gets a timeout of {seconds.text} seconds"
    aspects = (TIMEOUT_ERROR,) if handled else ()
    return Change(site, what, tuple(edits), Safety.REVIEW, (note,), aspects)


codemod = Codemod(
    name="await-with-timeout",
    area="Blocking calls and timeouts",
    asked_in="wait longer report awaited",
    recognise=recognise,
    plan=TimeoutPlan,
    find=find,
    subjects=("no-timeout",),
    triggers=(b"await",),
    scans=False,
)
