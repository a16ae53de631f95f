"""Guarding the state of one owner: the sections, the lock, and the change that they make."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.analysis.blocking.paths import blocking_path
from codemods.analysis.locks.calls import indirect_writes, is_slow
from codemods.analysis.locks.outside import held_by_callers, outside_notes
from codemods.analysis.locks.shapes import Shape, shapes, stands_alone, whole_body
from codemods.analysis.locks.state import Access, Owner, accesses, lock_held, locks_of, receivers
from codemods.analysis.locks.taken import changed_through
from codemods.codemod import Change, Edit, Operation, Refusal, Safety, Scope, Unit, site_of
from codemods.project.project import Project
from codemods.rewriting.colour import colour_operations
from codemods.rewriting.parsed import Becomes
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.locks import held_locks, lock_kind
from codemods.syntax.suspension import MUTATORS
from codemods.syntax.tree import FUNCTIONS, Function, walk
from codemods.transforms.lock_shared_state.choice import Lock, choose, site
from codemods.transforms.lock_shared_state.edit import Guard
from codemods.transforms.lock_shared_state.home import bypassed, home_of, unfit
from codemods.transforms.lock_shared_state.meant import elsewhere
from codemods.transforms.lock_shared_state.plan import LockHints, LockPlan

_HARMLESS = ("single-read", "plain-read")
"""Reads that are left alone, and need no lock."""


def guard(
    scope: Scope, owner: Owner, plan: LockPlan, state: Sequence[str]
) -> Iterator[Change | Refusal]:
    """Guards the state of one owner."""
    project = scope.project
    touched = accesses(owner, state)
    guarded = [item for item in touched if lock_held(owner, item)]
    open_ = [item for item in touched if item not in guarded]
    open_ = [item for item in open_ if not held_by_callers(owner, item.function)]
    what = ", ".join(state)
    site = site_of(owner.source, (open_ or touched)[0].node) if touched else None
    if not open_:
        if guarded and (outside := _unlocked_outside(scope, owner, state)) is not None:
            yield outside
        elif guarded and (changed := _changed_behind(owner, guarded)) is not None:
            yield changed
        elif guarded:
            detail = f"every access of {what} already runs under a lock"
            yield Refusal("already-locked", detail, site, already=True)
        else:
            yield Refusal("not-accessed", f"only the constructor uses {what}", site)
        return
    if (reason := unfit(project, owner)) is not None:
        yield Refusal(*reason, site)
        return
    wanted, left = _sections(project, owner, plan, touched, open_)
    wanted = _without_harmless(plan, wanted, left, owner)
    if wanted and (other := elsewhere(scope, owner, plan, touched, open_, wanted)) is not None:
        yield other
        return
    stopped = next((item for shape in wanted if (item := _unsound(owner, shape))), None)
    if stopped is not None:
        yield stopped
        return
    if not wanted:
        remaining = [item for item in left if item.reason not in _HARMLESS]
        # What the finding is about holds no lock: that it needs none is not that it has one.
        hints = scope.hinted(LockHints)
        meant = {*plan.whole, *hints.methods, *hints.title_names}
        if any(item.site and last_part(item.site.function) in meant for item in left):
            remaining = left
        if guarded and (outside := _unlocked_outside(scope, owner, state)) is not None:
            yield outside
        elif guarded and not remaining:
            detail = f"every access of {what} that could be interrupted already runs under a lock"
            yield Refusal("already-locked", detail, site, already=True)
        else:
            yield from remaining or left
        return
    lock = choose(scope, owner, plan, state, guarded, wanted)
    if isinstance(lock, Refusal):
        yield Refusal(lock.reason, lock.detail, lock.site or site)
        return
    made = _change(scope, owner, state, wanted, lock)
    yield made
    if isinstance(made, Change):
        yield from left


def _sections(
    project: Project,
    owner: Owner,
    plan: LockPlan,
    touched: Sequence[Access],
    open_: Sequence[Access],
) -> tuple[list[Shape], list[Refusal]]:
    """The sections that need a lock, and those that are left alone; ``open_`` are the accesses
    out of ``touched`` that nothing guards."""
    wanted: list[Shape] = []
    left: list[Refusal] = []
    guarded = [item for item in touched if lock_held(owner, item)]
    calls = [item for item in indirect_writes(owner, touched) if not lock_held(owner, item)]
    for function in dict.fromkeys(item.function for item in open_):
        mine = [item for item in (*open_, *calls) if item.function is function]
        mine.sort(key=lambda item: item.position)
        if function.name in plan.whole:
            wanted.append(whole_body(function, mine))
            continue
        for shape in _shapes(project, owner, function, mine):
            if (reads := _only_reads(project, owner, shape, guarded)) is not None:
                left.append(reads)
            else:
                wanted.append(shape)
    return wanted, left


def _shapes(
    project: Project, owner: Owner, function: Function, mine: Sequence[Access]
) -> list[Shape]:
    """The sections of a function, with what it changes of elements that it has taken out; but not
    where an await stands in between, across which the lock would be held for their sake."""
    found = list(shapes(project, owner, function, mine))
    changed = changed_through(owner, function, mine)
    if not changed:
        return found
    every = sorted((*mine, *changed), key=lambda item: item.position)
    wider = list(shapes(project, owner, function, every))
    return found if _awaits(wider) and not _awaits(found) else wider


def _awaits(found: Sequence[Shape]) -> bool:
    return any(isinstance(item, ast.Await) for shape in found for item in shape.guarded())


def _only_reads(
    project: Project, owner: Owner, shape: Shape, guarded: Sequence[Access]
) -> Refusal | None:
    """A single read, reads that the same function repeats under its lock, and reads around slow
    work: none of them is worth a lock."""
    function, access = shape.section.function, shape.section.accesses[0]
    site = site_of(owner.source, access.node)
    if shape.snapshot is None and stands_alone(shape.section):
        detail = (
            f"{ast.unparse(access.node)} is read only once here, and nothing else depends on it"
        )
        return Refusal("single-read", detail, site, asked=False)
    if any(item.writes for item in shape.section.accesses):
        return None
    for again in (item for item in guarded if item.function is function):
        detail = (
            f"{function.name}() reads {access.name} on line {access.node.lineno}, and again "
            f"under its lock on line {again.node.lineno}: that is double-checked locking"
        )
        return Refusal("checked-again", detail, site, asked=False)
    if not any(is_slow(project, owner, item) for item in shape.guarded()):
        return None
    detail = (
        f"{function.name}() only reads {access.name}, around calls during which no lock "
        "should be held"
    )
    return Refusal("reads-around-work", detail, site, asked=False)


def _without_harmless(
    plan: LockPlan, wanted: list[Shape], left: list[Refusal], owner: Owner
) -> list[Shape]:
    """For a lock of the event loop: reads in plain functions, which tasks cannot interrupt."""
    if plan.kind != "async" and (plan.kind is not None or not _awaits(wanted)):
        return wanted
    kept = []
    for shape in wanted:
        reads_only = not any(item.writes for item in shape.section.accesses)
        if reads_only and not isinstance(shape.section.function, ast.AsyncFunctionDef):
            access = shape.section.accesses[0]
            detail = f"{shape.section.function.name}() only reads, and no task can interrupt it"
            site = site_of(owner.source, access.node)
            left.append(Refusal("plain-read", detail, site, asked=False))
        else:
            kept.append(shape)
    return kept


def _unsound(owner: Owner, shape: Shape) -> Refusal | None:
    """Why no lock at all can be held over a section."""
    for item in shape.guarded():
        if isinstance(item, (ast.Yield, ast.YieldFrom)):
            detail = f"the lock would be held while the generator is suspended (line {item.lineno})"
            return Refusal("yield-in-section", detail, site_of(owner.source, item))
        if isinstance(item, ast.While) and not _is_brief(item):
            detail = "the lock would be held for as long as the loop runs"
            return Refusal("loop-in-section", detail, site_of(owner.source, item))
        if isinstance(item, (ast.AsyncFor, ast.AsyncWith)):
            detail = "the lock would be held during an async for or async with"
            return Refusal("waits-in-section", detail, site_of(owner.source, item))
        if isinstance(item, ast.With) and (inner := _inner_lock(owner, item)) is not None:
            function = shape.section.function.name
            detail = f"{function}() takes {inner} on line {item.lineno} and checks again under it"
            return Refusal("locked-inside", detail, site_of(owner.source, item))
    return None


def _is_brief(loop: ast.While) -> bool:
    """Whether a loop does nothing but take elements out or put them in: it ends with them."""
    calls = [item for item in walk(loop) if isinstance(item, ast.Call)]
    return bool(calls) and all(last_name(call.func) in (*MUTATORS, "len") for call in calls)


def _changed_behind(owner: Owner, guarded: Sequence[Access]) -> Refusal | None:
    """A change of an element that was taken out under the lock, and is made without it."""
    for function in dict.fromkeys(item.function for item in guarded):
        for item in changed_through(owner, function, guarded):
            if not lock_held(owner, item):
                name = ast.unparse(item.node)
                detail = (
                    f"{name} is taken from {item.name} under the lock, and changed after the "
                    "lock is released"
                )
                return Refusal("changed-behind", detail, site_of(owner.source, item.node))
    return None


def _inner_lock(owner: Owner, statement: ast.With) -> str | None:
    locks = [
        text
        for item in statement.items
        if last_part(text := ast.unparse(item.context_expr)) in locks_of(owner)
        or lock_kind(owner.tree, item.context_expr)
    ]
    return next(iter(locks), None)


def _change(
    scope: Scope, owner: Owner, state: Sequence[str], wanted: Sequence[Shape], lock: Lock
) -> Change | Refusal:
    edits: list[Edit] = []
    if not lock.existing:
        taking = {item.section.function.name for item in wanted}
        home = home_of(owner, state, lock.name, lock.type, taking)
        if isinstance(home, Refusal):
            return Refusal(home.reason, home.detail, site(owner, wanted[0]))
        if (around := bypassed(scope.project, owner)) is not None:
            return Refusal(*around, site(owner, wanted[0]))
        edits += home
    for shape in wanted:
        edits += _guard_edits(owner, shape, lock)
    notes = [*lock.notes, *_slow_notes(scope, owner, wanted, lock)]
    if any(item.notify is not None or item.snapshot for item in wanted):
        notes.append(
            "notifications are sent after the lock is released, so two may be sent at once"
        )
    if lock.colour is not None:
        edits += colour_operations(lock.colour)
    notes += outside_notes(scope.project, owner, state)
    functions = list(dict.fromkeys(item.section.function.name for item in wanted))
    places = ", ".join(f"{name}()" for name in functions)
    what = f"{lock.name} guards {', '.join(state)} in {places}"
    if not lock.existing:
        what = f"{what}, with a new {lock.type}"
    if lock.colour is not None and lock.colour.definitions:
        names = ", ".join(f"{item.qualified_name}()" for item in lock.colour.definitions)
        what = f"{what}; {names} made async (calls awaited: {len(lock.colour.calls)})"
    at, told = site(owner, wanted[0]), tuple(dict.fromkeys(notes))
    found = f"no lock guards {', '.join(state)} in {places}"
    return Change(at, what, tuple(edits), Safety.REVIEW, told, found=found)


def _guard_edits(owner: Owner, shape: Shape, lock: Lock) -> Iterator[Operation]:
    statements = shape.section.statements
    names = receivers(owner, shape.section.function)
    payload = Guard(
        f"{names[0]}.{lock.name}" if names else lock.name,
        lock.kind == "async",
        shape.loaded,
        shape.snapshot,
        shape.notify,
        shape.variable,
        shape.inverted,
    )
    span = owner.source.statements_span(statements[0], statements[-1])
    yield Operation(owner.source.path, span, payload, Unit.STATEMENTS)
    for access, local in shape.renames:
        target = owner.source.span(access.node)
        yield Operation(owner.source.path, target, Becomes(local))


def _slow_notes(scope: Scope, owner: Owner, wanted: Sequence[Shape], lock: Lock) -> Iterator[str]:
    for shape in wanted:
        for item in shape.guarded():
            if isinstance(item, ast.Await) and lock.kind == "async":
                text = ast.unparse(item.value).partition("(")[0]
                yield f"the lock is held while {text}() is awaited (line {item.lineno})"
            elif isinstance(item, ast.Call) and blocking_path(scope.project, owner.source, item):
                text = ast.unparse(item.func)
                yield f"the lock is held while {text}() does slow work (line {item.lineno})"


def _unlocked_outside(scope: Scope, owner: Owner, state: Sequence[str]) -> Refusal | None:
    """An access in a function that the finding is about, through another object and without a
    lock: that the class itself holds its lock everywhere does not help there."""
    for place in scope.places:
        tree = place.source.tree
        if not isinstance(place.node, FUNCTIONS) or not isinstance(owner.node, ast.ClassDef):
            continue
        if owner.node in tree.ancestors(place.node):
            continue
        for item in tree.within(place.node, ast.Attribute):
            if item.attr in state and not held_locks(tree, item):
                detail = (
                    f"{ast.unparse(item)} belongs to another object, and "
                    f"{place.node.name}() holds no lock of {owner.name}"
                )
                return Refusal("lock-of-another-owner", detail, site_of(place.source, item))
    return None
