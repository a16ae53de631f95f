"""Replace a Lock that one call chain takes twice with an RLock.

A thread that holds a `threading.Lock` cannot take it again: a method that holds the lock and calls
another method that takes it waits for itself forever:

```python
class Buffer:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = []

    def is_empty(self):
        with self._lock:
            return not self._rows

    def take(self):
        with self._lock:
            return None if self.is_empty() else self._rows.pop()
```

becomes

```python
class Buffer:
    def __init__(self):
        self._lock = threading.RLock()
        self._rows = []
```

and the rest stays. Exactly the lock that is taken twice changes, where it is created and annotated:
an attribute, a `field(default_factory=threading.Lock)` of a dataclass, or a module variable;
`multiprocessing.Lock` too. The second taking is found by following the calls of the class and of
the module's functions, including properties, to any depth. A scan finds the same.

## Fix safety

Needs review: the inner method now runs in the middle of the outer one, and may see partly changed
state. Other threads are still excluded.

## Not rewritten

* Locks that are not taken twice, and locks that are already reentrant.
* An inner taking that is not reached, because the function returns first, due to a value that is
  set or passed before the call (`if self.pool is not None: return`, `flush(locked=True)`).
* In a scan, an inner taking under a condition on an argument, unless the call shows that it is
  reached.
* An inner `acquire(blocking=False)` or one with a timeout, which does not wait forever.
* Coroutines that are only scheduled, generators, and functions that are passed on: they do not run
  at that point.
* `asyncio.Lock`: asyncio has no reentrant lock. The inner function needs a variant for callers that
  hold the lock.
* A lock that is released in another function than the one that takes it: only the thread that took
  an `RLock` may release it. A lock whose `locked()` is called, which an `RLock` does not have
  before Python 3.14.

## Known limitations

Calls through other objects, and methods that a subclass overrides, are not followed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from codemods.analysis.locks.reentry import (
    ASYNC,
    REENTRANT,
    Again,
    OwnLock,
    locks_of_owners,
    own_locks,
    taken_again,
)
from codemods.analysis.locks.state import owner_of, owners_in
from codemods.codemod import (
    AddImport,
    AuditWords,
    Change,
    Codemod,
    DropImport,
    Edit,
    Operation,
    Refusal,
    Safety,
    Scope,
    site_of,
)
from codemods.findings.model import Severity
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.rewriting.parsed import LastName
from codemods.syntax.blocks import ends_of
from codemods.syntax.names import binding_of, import_meaning
from codemods.transforms.reentrant_lock.plan import ReentrantPlan, recognise


def find(scope: Scope, plan: ReentrantPlan | None) -> Iterator[Change | Refusal]:
    """The locks that one call chain takes twice, or why they stay."""
    if plan is None:
        for place in scope.places:
            for lock in (lock for owner in owners_in(place.source) for lock in own_locks(owner)):
                again = taken_again(lock, surely=True) if lock.type not in REENTRANT else None
                if again is not None:
                    yield _verdict(scope, lock, again)
        return
    locks = locks_of_owners([owner_of(item.source, item.node) for item in scope.places], plan.locks)
    chains = [(lock, taken_again(lock)) for lock in locks]
    if not plan.locks and any(again is not None for _, again in chains):
        chains = [(lock, again) for lock, again in chains if again is not None]
    for lock, again in chains:
        yield _verdict(scope, lock, again)
    if not chains:
        named = ", ".join(plan.locks) or "a lock"
        yield Refusal(
            "lock-not-found", f"{named} is not created in any of the places that the finding names"
        )


def _verdict(scope: Scope, lock: OwnLock, again: Again | None) -> Change | Refusal:
    source = lock.owner.source
    made = site_of(source, lock.made[0])
    if lock.type in REENTRANT:
        return Refusal("reentrant", f"{lock.shown} is already a {lock.type}", made, already=True)
    if again is None:
        detail = f"no code that holds {lock.shown} takes it again, as far as the calls show"
        return Refusal("not-taken-twice", detail, made)
    way = " and ".join(f"calls {name}()" for name in again.path[:1])
    if len(again.path) > 1:
        way += ", which leads to " + ", ".join(f"{name}()" for name in again.path[1:])
    told = f"{again.function.name}() holds it and {way or 'takes it again'}"
    if again.path:
        told += ", which takes it again"
    if lock.type in ASYNC:
        detail = f"{lock.shown}: {told}, and there is no reentrant {lock.type}"
        return Refusal("no-reentrant-kind", detail, site_of(source, again.node))
    if (stays := _misfit(scope, lock)) is not None:
        return Refusal(*stays, made)
    edits = _edits(lock)
    if isinstance(edits, Refusal):
        return edits
    what, found = f"{lock.shown} becomes an RLock: {told}", f"{lock.shown} is taken twice: {told}"
    return Change(made, what, edits, Safety.REVIEW, found=found)


def _misfit(scope: Scope, lock: OwnLock) -> tuple[str, str] | None:
    """Why an ``RLock`` could not do what the lock does."""
    for source in scope.project.containing(lock.name.encode()):
        tree = readable(source)
        for call in tree.of(ast.Call) if tree is not None else ():
            if not isinstance(call.func, ast.Attribute) or tree is None:
                continue
            held = ast.unparse(call.func.value)
            if not _may_be(lock, source, call, held):
                continue
            where = f"{source.path}:{call.lineno}"
            if call.func.attr == "locked" and scope.project.target_python < (3, 14):
                return "asks-locked", f"{where} calls {held}.locked(), which an RLock does not have"
            function = tree.function(call)
            taken = function is not None and f"{held}.acquire(" in ast.unparse(function)
            if call.func.attr == "release" and not taken:
                return "released-elsewhere", f"{where} releases {held}, which was taken elsewhere"
    return None


def _may_be(lock: OwnLock, source: SourceFile, call: ast.Call, held: str) -> bool:
    """Whether an expression can be the lock: another class's ``self._lock`` cannot."""
    receiver, _, name = held.rpartition(".")
    if name != lock.name:
        return False
    if receiver not in ("", "self", "cls"):
        return True
    if source is not lock.owner.source:
        return False
    return not receiver or source.tree.class_around(call) is lock.owner.node


def _edits(lock: OwnLock) -> tuple[Edit, ...] | Refusal:
    source, tree = lock.owner.source, lock.owner.tree
    module = lock.type.rpartition(".")[0]
    edits: list[Edit] = []
    for node in lock.made:
        if isinstance(node, ast.Name):
            bound = binding_of(tree, "RLock", node)
            meaning = import_meaning(tree, bound.scope_node, "RLock") if bound.scope_node else None
            if bound.kind != "unknown" and meaning != f"{module}.RLock":
                detail = "RLock means something else here"
                return Refusal("name-is-taken", detail, site_of(source, node))
            edits.append(AddImport(source.path, module, "RLock"))
            edits.append(DropImport(source.path, node.id))
        edits.insert(0, Operation(source.path, source.span(node), LastName("RLock")))
    return tuple(dict.fromkeys(edits))


_MADE = re.compile(rb"(?<!\w)(\w+)[ \t]*(?::[^=]{0,120})?=[ \t]*(?:\w+\.)*Lock\(\)")


def prefilter(_project: Project, source: SourceFile, _options: Mapping[str, object]) -> bool:
    """Whether a lock that is not reentrant is made, and named in another place at least: one
    function may come back to itself."""
    data = source.data
    if b"Lock as " in data or b"factory" in data:
        return True
    for end in ends_of(b"Lock()", data):
        made = _MADE.search(data, data.rfind(b"\n", 0, end) + 1, end)
        if made is not None and data.count(made[1]) > 1:
            return True
    return False


codemod = Codemod(
    name="reentrant-lock",
    area="Shared state and tasks",
    asked_in="make lock reentrant call chain takes twice",
    recognise=recognise,
    plan=ReentrantPlan,
    find=find,
    subjects=("taken-twice",),
    triggers=(b"Lock",),
    prefilter=prefilter,
    audit=AuditWords(
        "A lock that is not reentrant is taken twice",
        Severity.CRITICAL,
        "Processing Engine",
        "The thread deadlocks, because it waits for itself.",
    ),
)
