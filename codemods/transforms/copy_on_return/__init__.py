"""Return a copy, not the caller's own array or an inner one.

A function that mostly gives back something new, and on one way out the very object that it was
given, lets two callers share what each believes to be its own:

```python
def normalize(audio, target=1.0):
    peak = np.max(np.abs(audio))
    if peak > 0:
        return audio * (target / peak)
    return audio
```

becomes

```python
def normalize(audio, target=1.0):
    peak = np.max(np.abs(audio))
    if peak > 0:
        return audio * (target / peak)
    return audio.copy()
```

Only returns that give back a parameter (or another name for it) are changed, and what the
suggestion names: `self.state['gains']`, `curve[:count]`. In `return audio, False` the array is
copied and the flag stays. Where the value can be `None`, as behind
`if audio is None or len(audio) == 0:`, the copy is made unless it is.

A list of `n` times the same object, `[np.array([])] * n`, becomes
`[np.array([]) for _ in range(n)]` where a report says that its slots are one.

## Fix safety

To be reviewed: a caller that relied on getting its own object back, to compare it with `is` or to
see later changes, no longer does. `copy()` is shallow for lists and dicts.

## Not rewritten

* Returns of something that the function made itself.
* A name that is the caller's on one way to the `return` and new on another: there the place where
  it is bound is the one to change.
* Parameters that their annotation says to be immutable.
* Repeated names and literals (`[default] * n`, `[0.0] * n`): nothing says that they are mutable.

## Known limitations

There is no scan: to give back what one was given is a fault only where the contract is another.
Views that a function call makes (`np.asarray`, `reshape`) are not seen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from codemods.codemod import Change, Codemod, Operation, Place, Refusal, Scope, lines_of
from codemods.rewriting.parsed import expression
from codemods.syntax.lazy import cst
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.copy_on_return.plan import CopyPlan, recognise
from codemods.transforms.copy_on_return.returns import COPY_UNLESS_NONE, PER_SLOT, Returns


def find(scope: Scope, plan: CopyPlan) -> Iterator[Change | Refusal]:
    """The returns of the places that hand out what a finding wants copied."""
    # Two places of a finding may lie in each other.
    found: dict[Change | Refusal, None] = {}
    for place in scope.places:
        found |= dict.fromkeys(Returns(place, plan).verdicts())
    for place in _reported(scope, plan):
        # Lines alone are no place, but a bare return of a parameter on just these lines is.
        found |= dict.fromkeys(
            item
            for item in Returns(place, plan).verdicts()
            if isinstance(item, Change) and any(item.site.line in lines for lines in place.reported)
        )
    changed = sum(isinstance(item, Change) for item in found)
    for item in found:
        if isinstance(item, Change) and plan.count and plan.count > changed:
            note = f"the finding speaks of {plan.count} places, and {changed} were found"
            item = dataclasses.replace(item, notes=(*item.notes, note))
        yield item


def _reported(scope: Scope, plan: CopyPlan) -> Iterator[Place]:
    """The functions at lines that the report names and that are in no place yet."""
    for written, lines in plan.reported:
        source = scope.source_named(written)
        if source is None:
            continue
        functions = [item for item in source.tree.definitions() if isinstance(item, FUNCTIONS)]
        for node in functions:
            if lines_of(node).overlaps(lines):
                yield Place(source, node, reported=(lines,), by="the reported lines")


def edit(operation: Operation, node: Any) -> Any:
    """The expression with ``.copy()``, or the list as a comprehension."""
    if operation.kind == PER_SLOT and isinstance(node, cst.BinaryOperation):
        listed, number = node.left, node.right
        if not isinstance(listed, cst.List):
            listed, number = number, listed
        if not isinstance(listed, cst.List):
            return Refusal("fragment", "the list is not there in the concrete syntax")
        if number.lpar and isinstance(number.lpar[0].whitespace_after, cst.SimpleWhitespace):
            # The call has parentheses of its own.
            number = number.with_changes(lpar=number.lpar[1:], rpar=number.rpar[:-1])
        made: Any = expression("[x for _ in range(n)]", node)
        loop = made.for_in
        call = loop.iter.with_changes(args=[cst.Arg(number)])
        return made.with_changes(elt=listed.elements[0].value, for_in=loop.with_changes(iter=call))
    if not isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
        return Refusal("fragment", "the value is not there in the concrete syntax")
    copied = cst.Call(cst.Attribute(node, cst.Name("copy")))
    if operation.kind == COPY_UNLESS_NONE:
        made = expression("x if x is None else y")
        test = made.test.with_changes(left=node)
        return made.with_changes(body=node, test=test, orelse=copied)
    return copied


codemod = Codemod(
    "copy-on-return",
    recognise,
    find,
    edit,
    triggers=(b"return",),
    scans=False,
)
