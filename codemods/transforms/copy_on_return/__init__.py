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

from codemods.codemod import Change, Codemod, Place, Refusal, Scope, lines_of
from codemods.syntax.tree import FUNCTIONS
from codemods.transforms.copy_on_return.plan import CopyHints, CopyPlan, recognise
from codemods.transforms.copy_on_return.returns import Returns


def find(scope: Scope, plan: CopyPlan) -> Iterator[Change | Refusal]:
    """The returns of the places that hand out what a finding wants copied."""
    # Two places of a finding may lie in each other.
    found: dict[Change | Refusal, None] = {}
    for place in scope.places:
        found |= dict.fromkeys(Returns(place, plan).verdicts())
    for place in _reported(scope):
        # Lines alone are no place, but a bare return of a parameter on just these lines is.
        found |= dict.fromkeys(
            item
            for item in Returns(place, plan).verdicts()
            if isinstance(item, Change) and any(item.site.line in lines for lines in place.reported)
        )
    changed = sum(isinstance(item, Change) for item in found)
    count = scope.hints.count or 0
    for item in found:
        if isinstance(item, Change) and count > changed:
            note = f"the finding speaks of {count} places, and {changed} were found"
            item = dataclasses.replace(item, notes=(*item.notes, note))
        yield item


def _reported(scope: Scope) -> Iterator[Place]:
    """The functions at lines that the report names and that are in no place yet."""
    for written, lines in scope.hinted(CopyHints).reported:
        source = scope.source_named(written)
        if source is None:
            continue
        functions = [item for item in source.tree.definitions() if isinstance(item, FUNCTIONS)]
        for node in functions:
            if lines_of(node).overlaps(lines):
                yield Place(source, node, reported=(lines,), by="the reported lines")


codemod = Codemod(
    name="copy-on-return",
    area="Shared state and tasks",
    recognise=recognise,
    plan=CopyPlan,
    find=find,
    triggers=(b"return",),
    scans=False,
)
