"""Move a call that follows a lock's block into the block.

If a lock is released one statement too early, that statement races with the next holder of the
lock:

```python
def step(self, row):
    with self._lock:
        result = self.model.apply(row)

    elapsed = clock() - self.begun
    self.statistics.record(elapsed)
    return result
```

becomes

```python
def step(self, row):
    with self._lock:
        result = self.model.apply(row)

        elapsed = clock() - self.begun
        self.statistics.record(elapsed)
    return result
```

The finding names the call; the block is the nearest one above it that holds a lock. Statements in
between move into the block too, so the order stays the same; statements after the call stay
outside.

## Fix safety

Needs review: the lock is held longer. A note lists the places in the class that use the same object
without the lock, which this fix does not change.

## Not rewritten

* Calls that already run under the lock.
* Calls on an object that no code uses under that lock, unless the suggestion names the very call:
  the lock does not guard it anywhere.
* Statements that await, if the lock is a threading lock; statements that block or yield.
* Calls that run callbacks or notify clients, directly or through other calls: they could take the
  lock again.
* Calls that take the lock themselves, unless it is reentrant.
* More than six statements.

## Known limitations

There is no scan, because only the report knows which statement belongs inside. For a statement
before the block, see `lock-shared-state`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.locks.behind import (
    Behind,
    behind,
    calls_named,
    is_held,
    receiver_used,
    unfit,
)
from codemods.codemod import (
    Change,
    Codemod,
    Edited,
    Node,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    Unit,
    site_of,
)
from codemods.syntax.lazy import cst
from codemods.syntax.tree import FUNCTIONS, Function
from codemods.transforms.extend_lock.plan import ExtendHints, ExtendPlan, recognise


@dataclass(frozen=True, slots=True)
class Extended:
    """The block of the first of some statements takes in the others."""

    def edit(self, node: Node) -> Edited:
        """The block with the other statements at its end."""
        match node:
            case cst.IndentedBlock(
                body=[cst.With(body=cst.IndentedBlock() as body) as held, first, *rest]
            ):
                # Comments at the end of the block stay in front of what comes in behind them.
                lines = [*body.footer, *getattr(first, "leading_lines", ())]
                inside = [*body.body, first.with_changes(leading_lines=lines), *rest]
                longer = body.with_changes(body=inside, footer=[])
                return node.with_changes(body=[held.with_changes(body=longer)])
            case cst.IndentedBlock(body=[cst.With(), _, *_]):
                return Refusal("fragment", "the block is on the same line as its lock")
        return None


def find(scope: Scope, plan: ExtendPlan) -> Iterator[Change | Refusal]:
    """The block that takes in the call that the finding names, or why it does not."""
    told = scope.hinted(ExtendHints).told
    # A title may name the class that is called; the block stands elsewhere in the file then.
    modules = dict.fromkeys(Place(item.source, item.source.tree.module) for item in scope.places)
    for places in (scope.places, tuple(modules)):
        functions = [(place, item) for place in places for item in _functions(place)]
        for names in (plan.calls, told):
            found = [
                verdict
                for place, function in functions
                for verdict in _verdicts(scope, place, function, plan, names)
            ]
            if found:
                yield from dict.fromkeys(found)
                return
    named = ", ".join((*plan.calls, *told)[:4])
    yield Refusal("not-behind-a-block", f"no call of {named} follows a block under a lock")


def _functions(place: Place) -> list[Function]:
    if isinstance(place.node, FUNCTIONS):
        return [place.node]
    tree, node = place.source.tree, place.node
    return [*tree.within(node, ast.FunctionDef), *tree.within(node, ast.AsyncFunctionDef)]


def _verdicts(
    scope: Scope, place: Place, function: Function, plan: ExtendPlan, names: tuple[str, ...]
) -> Iterator[Change | Refusal]:
    source = place.source
    for call in calls_named(function, names):
        if (held := is_held(source, call, plan.locks)) is not None:
            detail = f"line {call.lineno} already runs under {held}"
            yield Refusal("held", detail, site_of(source, call), already=True)
            continue
        if (found := behind(source, function, call, plan.locks)) is not None:
            yield _verdict(scope, found, asked=names is plan.calls)


def _verdict(scope: Scope, found: Behind, *, asked: bool) -> Change | Refusal:
    source = found.source
    site = site_of(source, found.call)
    text, lock = source.segment(found.call.func), source.segment(found.lock)
    if (stays := unfit(scope.project, found)) is not None:
        return Refusal(*stays, site)
    if not asked and not receiver_used(found, held=True):
        detail = f"nothing uses the object of {text}() under {lock}, so the lock does not guard it"
        return Refusal("not-guarded", detail, site)
    lines = ", ".join(map(str, dict.fromkeys(receiver_used(found, held=False))))
    notes = (f"also used without {lock} in {source.path}: line {lines}",) if lines else ()
    span = source.statements_span(found.block, found.moved[-1])
    operation = Operation(source.path, span, Extended(), Unit.STATEMENTS)
    return Change(site, f"{text}() runs under {lock}", (operation,), Safety.REVIEW, notes)


codemod = Codemod(
    name="extend-lock",
    area="Shared state and tasks",
    asked_in="take lock block right behind inside",
    recognise=recognise,
    plan=ExtendPlan,
    find=find,
    triggers=(b"with ",),
    scans=False,
)
