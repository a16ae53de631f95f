"""Take into a lock's block what stands right behind it and belongs inside.

A block that is left one statement too early leaves that statement to race with whoever takes the
lock next:

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

The call is what the finding names, the block the nearest one of a lock before it. What stands
between the two goes in as well, so that the order stays; what comes behind stays outside.

## Fix safety

To be reviewed: the lock is held longer. The outcome names the places of the class that use the
same object without the lock, which this fix does not reach.

## Not rewritten

* Calls under the lock already.
* An object that nothing uses under that lock, unless the suggestion names the very call: the lock
  does not guard it anywhere.
* What awaits, where the lock is one of threads; what blocks; what yields.
* What runs callbacks or tells clients, by itself or through what it calls: they could come back
  for the lock.
* What takes the lock itself, unless it is reentrant.
* More than six statements.

## Known limitations

There is no scan: which statement belongs inside is known to the report alone. A statement in front
of the block is a matter for `lock-shared-state`.
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
                return Refusal("fragment", "the block stands on the line of its lock")
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
    yield Refusal("not-behind-a-block", f"no call of {named} stands behind a lock's block")


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
            detail = f"line {call.lineno} runs under {held}"
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
    notes = (f"used without {lock} in {source.path}, too: line {lines}",) if lines else ()
    span = source.statements_span(found.block, found.moved[-1])
    operation = Operation(source.path, span, Extended(), Unit.STATEMENTS)
    return Change(site, f"{text}() runs under {lock}", (operation,), Safety.REVIEW, notes)


codemod = Codemod(
    name="extend-lock",
    area="Shared state and tasks",
    recognise=recognise,
    plan=ExtendPlan,
    find=find,
    triggers=(b"with ",),
    scans=False,
)
