"""Guard shared state with a lock.

If several tasks or threads use the same state, and one place checks it before another place acts on
it, other code can run in between. Every access that a report mentions goes under one lock:

```python
class Cache:
    def __init__(self):
        self._entries: dict[str, bytes] = {}

    async def get(self, key):
        if key not in self._entries:
            self._entries[key] = await fetch(key)
        return self._entries[key]
```

becomes

```python
class Cache:
    def __init__(self):
        self._entries: dict[str, bytes] = {}
        self._entries_lock = asyncio.Lock()

    async def get(self, key):
        async with self._entries_lock:
            if key not in self._entries:
                self._entries[key] = await fetch(key)
            return self._entries[key]
```

The finding names the state: attributes of a class (`cache` also means `_cache`) or module
variables. A lock that the class or module already has is used if the finding names it, or if it
guards the state elsewhere. A new lock is an `asyncio.Lock` if all accesses are in coroutines or can
be: plain methods become `async`, with all their callers in the whole repository. It is a
`threading.Lock` if threads are involved, and an `RLock` if a guarded method calls another one. It
is created beside the first assignment of the state.

A section is the smallest run of statements from the first access to the last that depends on it.
Slow work is done first and its result is swapped in under the lock, a loop that runs callbacks
iterates over a copy, and callbacks are called after the lock is released, if the code allows it.

A scan finds two patterns.

In a coroutine: state that is checked, then an `await`, then an assignment of the same state, in one
`if`. A scan only shows this fix, because the lock would be held while the coroutine awaits, usually
for the network, and requests for other entries would wait. A single attribute that is loaded when
it is first needed is not reported.

With threads: state that a thread changes in several steps (`self.count += 1`, or a check and an
assignment that relies on it), and that another function of the class or module writes while the
thread runs, neither under a lock. The file must start the thread with a function of its own:
`Thread`, `Timer`, `executor.submit`, `asyncio.to_thread`, `loop.run_in_executor`; if the thread is
awaited at once, the fix is only shown. State that is used together gets one lock.

## Fix safety

Always needs review: a lock changes what waits for what. Notes say if nothing awaits between check
and act (then tasks alone cannot race today), what runs while the lock is held, and which code
outside the class uses the state without the lock.

## Not rewritten

* State that is already under a lock, also in a helper whose callers all hold it, and constructors.
* Reads before a lock that are repeated under it (double-checked locking), and reads around slow
  work.
* A single read that nothing else depends on.
* A threading lock around an `await`, any lock around a `yield` or a `while` loop.
* A lock that would be taken twice, when it is not reentrant.
* Models (pydantic, SQLAlchemy), named tuples, enumerations, classes that copy themselves, and
  classes with a subclass that does not call their constructor.
* A lock of another object, such as `self.queue._lock`.
* Methods whose callers cannot all become `async`, if the section awaits.
* In a scan for threads: writes before the thread starts, by code that checks whether the thread
  runs (`if self._thread.is_alive(): raise …`), or after `join()`, `shutdown()` and `result()`; jobs
  of one worker; methods passed as callbacks; functions that say that their caller holds the lock;
  and single steps (`append`, a flag). Sections that are long or slow, that log, or that call
  other people's code (a callback, a parameter) are refused.
* In a scan, classes of `logging`: their handlers are called under their own lock.
* A class that sets a default in its body and has no constructor: all objects would share one lock.

## Known limitations

State that is used through another object (`player.state = …` outside its class) is listed in the
notes and not changed. One lock guards all entries of a dictionary: there is no lock per key.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.locks.state import Owner, owner_of, owners_in
from codemods.codemod import AuditWords, Change, Codemod, Refusal, Scope, site_of
from codemods.findings.model import Severity
from codemods.rewriting.colour import PUBLIC
from codemods.transforms.lock_shared_state.guard import guard
from codemods.transforms.lock_shared_state.named import chosen_state
from codemods.transforms.lock_shared_state.plan import LockHints, LockPlan, recognise
from codemods.transforms.lock_shared_state.scan import may_be_torn, scan
from codemods.transforms.lock_shared_state.threads import RUNNERS, may_race, scan_threads


def find(scope: Scope, plan: LockPlan | None) -> Iterator[Change | Refusal]:
    """The one change that guards the state, or why it stays."""
    if plan is None:
        yield from scan(scope)
        yield from scan_threads(scope)
        return
    owners = _owners(scope, plan)
    if not owners:
        hints = scope.hinted(LockHints)
        given = dict.fromkeys((*plan.state, *hints.title_names, *hints.evidence_names))
        names = ", ".join(given)
        detail = (
            f"no state called {names} changes in these places"
            if names
            else "the finding names no state to guard"
        )
        site = None
        if scope.places and isinstance(node := scope.places[0].node, ast.stmt):
            site = site_of(scope.places[0].source, node)
        yield Refusal("state-not-found", detail, site)
        return
    for owner, state in owners:
        yield from guard(scope, owner, plan, state)


def _owners(scope: Scope, plan: LockPlan) -> list[tuple[Owner, tuple[str, ...]]]:
    """The owners of the state that the finding means; the module only where no class has it."""
    hints = scope.hinted(LockHints)
    candidates = list(dict.fromkeys(owner_of(place.source, place.node) for place in scope.places))
    found = [(owner, state) for owner in candidates if (state := chosen_state(owner, plan, hints))]
    classes = [item for item in found if isinstance(item[0].node, ast.ClassDef)]
    if found:
        return classes or found
    found = [
        (owner, state)
        for place in scope.places
        for owner in owners_in(place.source)
        if owner not in candidates and (state := chosen_state(owner, plan, hints))
    ]
    # Several that were not named are a guess.
    return found if len(dict.fromkeys(found)) == 1 else []


codemod = Codemod(
    name="lock-shared-state",
    area="Shared state and tasks",
    asked_in="put shared state under lock",
    recognise=recognise,
    plan=LockPlan,
    find=find,
    subjects=("unguarded",),
    triggers=(b"await ", *RUNNERS),
    options=(PUBLIC,),
    prefilter=lambda _project, source, _options: may_be_torn(source.data) or may_race(source.data),
    audit=AuditWords(
        "Shared state is changed without a lock",
        Severity.HIGH,
        "Processing Engine",
        "Two tasks or threads at the same time can lose an update or do the work twice.",
    ),
)
