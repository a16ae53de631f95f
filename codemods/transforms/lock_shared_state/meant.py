"""Whether a lock goes where the finding says: into a function that it names, shows or points at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codemods.analysis.locks.calls import reached
from codemods.analysis.locks.shapes import Shape
from codemods.analysis.locks.state import Access, Owner
from codemods.codemod import Refusal, Scope, overlaps, site_of
from codemods.syntax.tree import FUNCTIONS, Function, walk
from codemods.transforms.lock_shared_state.plan import LockHints, LockPlan

_MAKING = ("__init__", "__new__", "__post_init__")


def elsewhere(
    scope: Scope,
    owner: Owner,
    plan: LockPlan,
    touched: Sequence[Access],
    open_: Sequence[Access],
    wanted: Sequence[Shape],
) -> Refusal | None:
    """Why nothing is done: the functions that the finding is about hold a lock already, or touch
    nothing that a lock could keep, and only others would be changed.

    Args:
        touched: every access of the state.
        open_: those that no lock guards.
        wanted: the sections that are to be guarded.
    """
    meant = list(_meant(scope, owner, plan))
    if not meant or any(_is_in(item.section.function, meant, owner) for item in wanted):
        return None
    mine = [item for item in touched if _is_in(item.function, meant, owner)]
    others = ", ".join(dict.fromkeys(f"{item.section.function.name}()" for item in wanted))
    left = f"not changed: {others}, because the finding is not about it"
    if mine and not any(item in open_ for item in mine):
        names = ", ".join(dict.fromkeys(f"{item.function.name}()" for item in mine))
        state = ", ".join(dict.fromkeys(item.name for item in mine))
        detail = f"{names} already uses {state} under a lock; {left}"
        return Refusal("already-locked", detail, site_of(owner.source, mine[0].node), already=True)
    names = ", ".join(f"{item.name}()" for item in meant)
    site = site_of(owner.source, mine[0].node if mine else meant[0])
    return Refusal("not-in-place", f"nothing in {names} needs a lock; {left}", site)


def _meant(scope: Scope, owner: Owner, plan: LockPlan) -> Iterator[Function]:
    """The functions of an owner that the finding is about; none where it is about all of it."""
    nodes = [place.node for place in scope.places]
    # Where the state is made, all of it is meant.
    if not all(isinstance(item, FUNCTIONS) and item.name not in _MAKING for item in nodes):
        return
    hints = scope.hinted(LockHints)
    names = {*plan.whole, *hints.methods, *hints.spoken}
    reported = [lines for place in scope.places for lines in place.reported]
    for function in owner.functions():
        if function in nodes or function.name in names or overlaps(function, reported):
            yield function


def _is_in(function: Function, meant: Sequence[Function], owner: Owner) -> bool:
    """Whether a function is one of those, defined in one, or called by one."""
    tree = owner.source.tree
    if function in meant or any(item in meant for item in tree.ancestors(function)):
        return True
    return any(function.name in reached(owner, list(walk(item)), item) for item in meant)
