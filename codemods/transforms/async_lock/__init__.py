"""Replace a threading lock that coroutines take with an asyncio.Lock.

A coroutine that waits for a `threading.Lock` stops the whole event loop, and one that awaits while
holding it stops the loop forever as soon as another task wants the lock. The lock becomes an
`asyncio.Lock`, and every `with` an `async with`:

```python
class Meter:
    def __init__(self):
        self._lock = threading.Lock()
        self._values = {}

    async def refresh(self, name):
        with self._lock:
            self._values[name] = await measure(name)
```

becomes

```python
class Meter:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._values = {}

    async def refresh(self, name):
        async with self._lock:
            self._values[name] = await measure(name)
```

Plain methods that take the lock become `async`, and so do all their callers in the whole
repository; each call is awaited. If one caller cannot become `async`, nothing changes, and the
outcome names that caller.

## Fix safety

Always needs review: the new lock excludes the tasks of one event loop, but not threads.

## Not rewritten

* Files and projects that run under another event loop than asyncio's.
* A lock that no coroutine takes, or that is also taken in threads.
* Plain callers in tests, properties, constructors, callbacks and decorated functions.
* A lock that is used other than in a `with`: `acquire()`, `Condition(lock)`, or passed on.
* A lock that is used through another object, or by a class that inherits it.
* A lock that a call chain takes twice: an `asyncio.Lock` is never reentrant.
* Projects that support Python before 3.10, where a lock belongs to the event loop in which it is
  created.

## Known limitations

There is no scan. The codemod does not know whether several event loops share the object, and does
not see callers outside the repository: name those functions in the option `public`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from codemods.analysis.locks.elsewhere import used_elsewhere
from codemods.analysis.locks.reentry import ASYNC, OwnLock, locks_of_owners
from codemods.analysis.locks.state import owner_of
from codemods.analysis.locks.takings import OtherUse, takings
from codemods.analysis.threads.worlds import other_loop
from codemods.codemod import (
    Change,
    Codemod,
    DropImport,
    Edit,
    Operation,
    Refusal,
    Safety,
    Scope,
    Unit,
    site_of,
)
from codemods.rewriting.colour import PUBLIC, Async, colour_operations
from codemods.rewriting.parsed import Becomes
from codemods.rewriting.reach import reach
from codemods.syntax.parts import root_name
from codemods.transforms.async_lock.plan import AsyncLockPlan, recognise
from codemods.transforms.async_lock.uses import coloured, notes


def find(scope: Scope, plan: AsyncLockPlan) -> Iterator[Change | Refusal]:
    """The locks of threads that coroutines take, or why they stay."""
    owners = [owner_of(place.source, place.node) for place in scope.places]
    locks = locks_of_owners(owners, plan.locks)
    for lock in locks:
        yield _verdict(scope, lock)
    if not locks:
        shown = ", ".join(plan.locks) or "a lock"
        yield Refusal(
            "lock-not-found", f"{shown} is not created in any of the places that the finding names"
        )


def _verdict(scope: Scope, lock: OwnLock) -> Change | Refusal:
    source = lock.owner.source
    site = site_of(source, lock.made[0])
    if lock.type in ASYNC:
        return Refusal(
            "async-already", f"{lock.shown} is already an {lock.type}", site, already=True
        )
    if scope.project.target_python < (3, 10):
        detail = (
            "before Python 3.10, an asyncio.Lock belongs to the event loop in which it is created"
        )
        return Refusal("older-python", detail, site)
    if (other := other_loop(scope.project, source)) is not None:
        return Refusal("other-event-loop", other, site)
    found = takings(lock)
    if isinstance(found, OtherUse):
        return Refusal(found.reason, found.detail, site_of(source, found.node))
    if not any(isinstance(item, ast.AsyncFunctionDef) for item in found.values()):
        return Refusal("no-coroutine", f"no coroutine takes {lock.shown}", site)
    if (outside := used_elsewhere(scope.project, lock)) is not None:
        at = site_of(outside.source, outside.node) if outside.node is not None else None
        return Refusal("used-elsewhere", outside.detail, at)
    plan = coloured(scope, lock, found)
    if isinstance(plan, Refusal):
        return plan
    edits = _edits(lock, found)
    if isinstance(edits, str):
        return Refusal("cannot-import", edits, site)
    what = f"{lock.shown} becomes an asyncio.Lock"
    if plan.definitions:
        what += f", and {', '.join(f'{item.name}()' for item in plan.definitions)} async"
    told = tuple(notes(lock, found, plan))
    return Change(site, what, (*edits, *colour_operations(plan)), Safety.REVIEW, told)


def _edits(lock: OwnLock, found: Iterable[ast.With]) -> tuple[Edit, ...] | str:
    source = lock.owner.source
    edits: list[Edit] = [Operation.at(source, item, Async(), Unit.STATEMENT) for item in found]
    for node in lock.made:
        reached = reach(source, node, "asyncio")
        if isinstance(reached, str):
            return reached
        edits.append(Operation.at(source, node, Becomes(f"{reached.text}.Lock")))
        edits += reached.imports
        edits.append(DropImport(source.path, root_name(node)))
    return tuple(dict.fromkeys(edits))


codemod = Codemod(
    name="async-lock",
    area="Shared state and tasks",
    asked_in="make lock coroutines take event loop",
    recognise=recognise,
    plan=AsyncLockPlan,
    find=find,
    triggers=(b"Lock",),
    scans=False,
    options=(PUBLIC,),
)
