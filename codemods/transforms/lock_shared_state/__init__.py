"""Put shared state under a lock.

State that several tasks or threads touch, with a check in one place and the act that relies on it
in another, goes wrong when somebody else comes in between. Every access that a report is about
goes under one lock:

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

The state is what the finding names: attributes of a class (`cache` stands for `_cache` too) or
variables of a module. A lock that the owner has already is used when the finding names it, or
when it guards the state elsewhere. A new one is an `asyncio.Lock` where all accesses are in
coroutines or can be: plain methods become `async`, with all their callers in the whole
repository. It is a `threading.Lock` where threads are involved, and an `RLock` where a guarded
method calls another one. It is created beside the state's own first assignment.

A section is the smallest run of statements from the first access to the last that depends on it.
Slow work comes first and is swapped in under the lock, a loop that runs callbacks goes over a
copy, and callbacks are called when the lock is released, where the code allows it.

A scan finds two things. In a coroutine: state that is checked, an `await`, and then the state
set that was checked, in one `if`. That is only shown: the lock would be held while the act is
awaited, mostly for the network, and whoever asks for another entry would wait. One attribute
that is loaded when it is first needed is left alone. With threads: state that a
thread changes in several steps (`self.count += 1`, or a check and the assignment that relies on
it), and that another function of the class or module writes while the thread runs, neither under a
lock. The thread must be one that the file starts with a function of its own: `Thread`, `Timer`,
`executor.submit`, `asyncio.to_thread`, `loop.run_in_executor`; where it is awaited at once, that
alone proves nothing, and it is shown. State that is raced for together gets one lock.

## Fix safety

To be reviewed, always: a lock changes what waits for what. The outcome says when nothing awaits
between check and act (then tasks alone cannot race today), what runs while the lock is held, and
who touches the state from outside its class without the lock.

## Not rewritten

* State under a lock already, also in a helper whose callers all hold it. Constructors.
* Reads in front of a lock that are repeated under it (double-checked locking), and reads around
  slow work.
* A single read that nothing depends on, in a statement that does more.
* A threading lock around an `await`, any lock around a `yield` or a `while` loop.
* A lock that would be taken twice, when it is not reentrant.
* Models (pydantic, SQLAlchemy), named tuples, enumerations, classes that copy themselves, and
  classes with a subclass that does not call their constructor.
* A lock of another object, such as `self.queue._lock`.
* Methods whose callers cannot all become `async`, when the section awaits.
* In a scan for threads: writes before the start, by who looks whether the thread runs
  (`if self._thread.is_alive(): raise …`), or behind `join()`, `shutdown()` and `result()`,
  jobs of one worker, methods that are handed on as callbacks, functions that say that their caller
  holds the lock, and single steps (`append`, a flag). Sections that are long or slow, or that log,
  are named.
* In a scan, classes of `logging`: their handlers are called under a lock of their own.
* A class that gives a default for its objects and has no constructor: a lock in the class would be
  one for all objects.

## Known limitations

State that is reached through another object (`player.state = …` outside of its class) is named
in the notes and stays as it is. One lock guards all entries of a dictionary: there is no lock
per key.
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
        names = ", ".join(given) or "nothing"
        detail = f"the finding names {names}, and none of it is state that changes in these places"
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
        "Two tasks or threads that get there at once lose an update, or do the work twice.",
    ),
)
