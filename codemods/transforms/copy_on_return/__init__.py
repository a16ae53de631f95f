"""Return a copy instead of the caller's own array or internal state.

A function that usually returns something new, but on one path returns the very object that it was
given, lets two callers share an object that each believes to be its own:

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

Only returns of a parameter (or another name for it) are changed, and returns that the suggestion
names: `self.state['gains']`, `curve[:count]`. In `return audio, False` the array is copied and the
flag stays. If the value can be `None`, for example after `if audio is None or len(audio) == 0:`, it
is copied unless it is `None`.

A list that repeats the same object `n` times, `[np.array([])] * n`, becomes
`[np.array([]) for _ in range(n)]` if a report says that its slots share one object.

## Fix safety

Needs review: a caller that relied on getting its own object back, to compare it with `is` or to see
later changes, no longer does. `copy()` is shallow for lists and dicts.

## Not rewritten

* Returns of an object that the function created.
* A name that is the caller's object on one path to the `return` and a new one on another: the
  assignment is the place to change.
* Parameters whose annotation says that they are immutable.
* Repeated names and literals (`[default] * n`, `[0.0] * n`), which may be immutable.

## Known limitations

There is no scan, because returning an argument is a fault only if the function promises a new
object. Views that a function call creates (`np.asarray`, `reshape`) are not noticed.
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
            note = f"the finding mentions {count} places, but {changed} were found"
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
    asked_in="return copy caller array inner",
    recognise=recognise,
    plan=CopyPlan,
    find=find,
    triggers=(b"return",),
    scans=False,
)
