"""Add a size limit to an unbounded queue.

```python
self.jobs: asyncio.Queue[Job] = asyncio.Queue()
```

becomes, for a finding that suggests `maxsize=20`,

```python
self.jobs: asyncio.Queue[Job] = asyncio.Queue(maxsize=20)
```

It changes queues of `asyncio`, `queue` and `multiprocessing`. Such findings often ask for two more
things, which are done if they are safe and otherwise listed as left:

* A worker that sleeps until a counter is below a limit waits for a semaphore instead, if the
  counter counts only the calls after the wait, the work is called from nowhere else, and the limit
  is set once. The counter stays for other code that reads it.

  ```python
  while self.active_jobs >= self.max_jobs:
      await asyncio.sleep(0.5)
  await self.process(job)
  ```

  becomes

  ```python
  async with self._job_slots:
      await self.process(job)
  ```

* An endpoint that puts into the queue itself responds with 503 when the queue is full:

  ```python
  try:
      queue.put_nowait(job)
  except asyncio.QueueFull:
      raise HTTPException(status_code=503, detail="The queue is full") from None
  ```

## Fix safety

Needs review. Without the 503 response, `put()` waits while the queue is full; a note names the
places.

## Not rewritten

* A function that both gets from and puts into the queue: it would wait for itself.
* `put_nowait()` without a handler for a full queue.
* `put()` of a thread queue in an `async def`: it would block the event loop.
* `SimpleQueue`, which cannot have a limit, and queues that already have one.

## Known limitations

There is no scan, because many queues are bounded by the code that fills them. Uses are found by the
name of the queue's attribute; a queue that is passed on under another name is not followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.tasks.busy_waits import BusyWait, busy_wait
from codemods.analysis.tasks.queues import BOUNDABLE, Queue, Use, queues_in, uses_of, why_no_limit
from codemods.analysis.web.parameters import route_of
from codemods.codemod import (
    Change,
    Codemod,
    Edit,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    Unit,
    site_of,
)
from codemods.project.project import Project
from codemods.rewriting.parsed import Around, Behind, Keyword
from codemods.rewriting.reach import reach
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.bound_queue.edit import AtOnce, UnderSemaphore
from codemods.transforms.bound_queue.plan import REJECT, SEMAPHORE, QueuePlan, recognise

_WHEN_FULL = """\
try:
    pass
except {}.QueueFull:
    raise {}(status_code=503, detail="The queue is full") from None
"""


def find(scope: Scope, plan: QueuePlan) -> Iterator[Change | Refusal]:
    """The queues that a finding names, and who waits for them."""
    waiting: set[ast.ClassDef] = set()
    for place, queues in scope.once(lambda place: _queues(place, plan), lambda item: item.call):
        for queue in queues:
            yield from _verdicts(scope.project, queue, plan)
        owner = _class_around(place) if plan.semaphore else None
        if owner is not None and owner not in waiting:
            waiting.add(owner)
            yield from _semaphore(scope.project, place, owner)


def _class_around(place: Place) -> ast.ClassDef | None:
    node = place.node
    return node if isinstance(node, ast.ClassDef) else place.source.tree.class_around(node)


def _queues(place: Place, plan: QueuePlan) -> list[Queue]:
    """The queues of a place: made in it, else in the class or the module around it."""
    owner = _class_around(place)
    for root in (place.node, owner, place.source.tree.module):
        found = queues_in(place.source, root) if root is not None else []
        named = [item for item in found if item.target in plan.queues]
        if named or (found and not plan.queues):
            return named or found
    return []


def _verdicts(project: Project, queue: Queue, plan: QueuePlan) -> Iterator[Change | Refusal]:
    source = queue.source
    site = site_of(source, queue.call)
    if queue.kind not in BOUNDABLE:
        yield Refusal(
            "simple-queue", f"{queue.target} is a SimpleQueue, which cannot have a limit", site
        )
        return
    if queue.call.args or queue.call.keywords:
        yield Refusal("bounded", f"{queue.target} already has a limit", site, already=True)
        return
    uses = uses_of(project, queue)
    if (why := why_no_limit(queue, uses)) is not None:
        yield Refusal(why[0], f"{queue.target} gets no limit: {why[1]}", site)
        return
    rejected = {
        use: edits for use in uses if plan.reject and (edits := _rejecting(queue, use)) is not None
    }
    notes = tuple(
        f"{use.source.path}:{use.call.lineno}: put() waits while {queue.target} is full"
        for use in uses
        if use.method == "put" and use not in rejected
    )
    operation = Operation.at(source, queue.call, Keyword("maxsize", str(plan.size)))
    what = f"{queue.target} gets a limit of {plan.size}"
    yield Change(site, what, (operation,), Safety.REVIEW, notes)
    for use, edits in rejected.items():
        aspects = () if notes else (REJECT,)
        what = "the endpoint responds with 503 when the queue is full"
        yield Change(site_of(use.source, use.call), what, edits, Safety.REVIEW, aspects=aspects)


def _rejecting(queue: Queue, use: Use) -> tuple[Edit, ...] | None:
    """The edits by which an endpoint answers 503 in place of waiting, where that is possible."""
    tree = use.source.tree
    function = tree.function(use.call)
    statement = tree.statement(use.call)
    if queue.kind != "asyncio.Queue" or use.method != "put":
        return None
    if not isinstance(function, FUNCTIONS) or route_of(function) is None:
        return None
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Await):
        return None
    if any(isinstance(item, ast.Try) for item in tree.ancestors(use.call)):
        # A handler around it would take the 503 for a failure.
        return None
    exception = reach(use.source, statement, "fastapi", "HTTPException")
    full = reach(use.source, statement, "asyncio")
    if isinstance(exception, str) or isinstance(full, str):
        return None
    span = use.source.statements_span(statement, statement)
    around = Around(_WHEN_FULL.format(full.text, exception.text))
    put = Operation.at(use.source, statement.value, AtOnce())
    whole = Operation(use.source.path, span, around, Unit.STATEMENTS)
    return (whole, put, *full.imports, *exception.imports)


def _semaphore(project: Project, place: Place, owner: ast.ClassDef) -> Iterator[Change | Refusal]:
    source = place.source
    found = busy_wait(project, source, owner)
    if found is None:
        return
    if not isinstance(found, BusyWait):
        detail = f"the busy wait of {owner.name} is not changed: {found[1]}"
        yield Refusal(found[0], detail, site_of(source, owner))
        return
    made = f"{found.name} = {found.asyncio}.Semaphore({found.limit})\n"
    run = source.statements_span(found.loop, found.following)
    anchor = source.statements_span(found.anchor, found.anchor)
    edits = (
        Operation(source.path, anchor, Behind(made), Unit.STATEMENT),
        Operation(source.path, run, UnderSemaphore(found.name), Unit.STATEMENTS),
    )
    what = f"the worker waits for {found.name} instead of polling {found.counter}"
    yield Change(site_of(source, found.loop), what, edits, Safety.REVIEW, aspects=(SEMAPHORE,))


codemod = Codemod(
    name="bound-queue",
    area="Shared state and tasks",
    asked_in="give queue limit",
    recognise=recognise,
    plan=QueuePlan,
    find=find,
    triggers=(b"Queue(", b"Queue["),
    scans=False,
)
