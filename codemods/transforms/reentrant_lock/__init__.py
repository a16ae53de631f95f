"""Make a lock reentrant that one call chain takes twice.

A `threading.Lock` that a thread holds cannot be taken by the same thread again: a method that
holds it and calls another method that takes it waits for itself, for ever:

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

and the rest stays. Exactly the lock that is taken twice changes, where it is made and annotated:
an attribute, a `field(default_factory=threading.Lock)` of a dataclass, a variable of a module;
`multiprocessing.Lock` as well. The second taking is found by following the calls of the class and
of the module's functions, properties included, as deep as they go. A scan finds the same.

## Fix safety

To be reviewed: the inner method now runs in the midst of what the outer one does, and may see the
state half changed. No other thread comes in, as before.

## Not rewritten

* Locks that nothing takes twice, and locks that are reentrant.
* An inner taking that is not reached: the function leaves before it, for what was set or passed in
  front of the call (`if self.pool is not None: return`, `flush(locked=True)`).
* An inner `acquire(blocking=False)` or one with a timeout: it ends.
* Coroutines that are only scheduled, generators, and functions that are handed to somebody: they
  do not run at that point.
* `asyncio.Lock`: asyncio has no reentrant one. The inner function needs a variant for callers that
  hold the lock.
* A lock that is released in another function than it is taken in: only the thread that took an
  `RLock` may release it. A lock that is asked for `locked()`, which an `RLock` does not know before
  Python 3.14.

## Known limitations

Calls through other objects, and methods that a subclass replaces, are not followed.
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
                again = taken_again(lock) if lock.type not in REENTRANT else None
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
        yield Refusal("lock-not-found", f"{named} is made in none of the places that are named")


def _verdict(scope: Scope, lock: OwnLock, again: Again | None) -> Change | Refusal:
    source = lock.owner.source
    made = site_of(source, lock.made[0])
    if lock.type in REENTRANT:
        return Refusal("reentrant", f"{lock.shown} is a {lock.type}", made, already=True)
    if again is None:
        detail = f"nothing that holds {lock.shown} comes to take it again, as far as calls show"
        return Refusal("not-taken-twice", detail, made)
    way = " and ".join(f"calls {name}()" for name in again.path[:1])
    if len(again.path) > 1:
        way += ", which leads to " + ", ".join(f"{name}()" for name in again.path[1:])
    told = f"{again.function.name}() holds it and {way or 'takes it once more'}"
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
                return "asks-locked", f"{where} asks {held}.locked(), which an RLock does not know"
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
                detail = "RLock is another name here"
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
        "The thread waits for itself, forever.",
    ),
)
