"""Which lock: of threads or of the event loop, a new one or one that the owner has, and why."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from codemods.analysis.colour.plan import ColourPlan, ColourRefusal, colour
from codemods.analysis.locks.calls import own_calls, runs_others
from codemods.analysis.locks.sections import SUSPENDING
from codemods.analysis.locks.shapes import Shape
from codemods.analysis.locks.state import Access, Owner, locks_of, receivers
from codemods.analysis.names.index import index_of
from codemods.analysis.threads.handed_over import runs_in_threads
from codemods.analysis.threads.worlds import other_loop
from codemods.codemod import Refusal, Scope, Site, site_of
from codemods.rewriting.colour import PUBLIC
from codemods.syntax.dotted import last_part
from codemods.syntax.locks import LockKind, held_locks
from codemods.syntax.names import binding_of
from codemods.syntax.parts import values_given
from codemods.syntax.tree import FUNCTIONS, walk
from codemods.transforms.lock_shared_state.named import made_by
from codemods.transforms.lock_shared_state.plan import LockPlan


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock that all sections take."""

    name: str
    kind: LockKind
    existing: bool
    type: str
    """``threading.RLock`` and the like."""
    colour: ColourPlan | None = None
    """What becomes ``async`` for it."""
    notes: tuple[str, ...] = ()


def choose(
    scope: Scope,
    owner: Owner,
    plan: LockPlan,
    state: Sequence[str],
    guarded: Sequence[Access],
    shapes: Sequence[Shape],
) -> Lock | Refusal:
    """The lock for the sections.

    Args:
        scope: for the project and the options.
        owner: of the state.
        plan: what the finding asks for.
        state: the attributes or variables.
        guarded: accesses that are under a lock already.
        shapes: the sections that are to be guarded.
    """
    known = locks_of(owner)
    if (foreign := _of_another_owner(scope, owner, plan, known)) is not None:
        return foreign
    named = (name for item in plan.locks if (name := last_part(item)) in known)
    existing = next(named, None) or _held_for(owner, guarded, known)
    awaiting = [item for item in shapes if _awaits(item)]
    if existing is not None:
        wanted: LockKind = "async" if known[existing] == "async" else "thread"
    else:
        wanted = plan.kind or _natural_kind(plan, shapes, awaiting)
    made = _of_kind(scope, owner, wanted, shapes, awaiting)
    if isinstance(made, Refusal):
        return made
    if existing is not None:
        return _existing(owner, existing, wanted, made, shapes)
    chosen, colouring, notes = made
    name = _free(scope, owner, _new_name(plan, state, known), known)
    stuck = _reenters(owner, name, shapes)
    if chosen == "async":
        if stuck is not None:
            detail = f"{stuck} would take the lock again, and asyncio.Lock is not reentrant"
            return Refusal("would-deadlock", detail, site(owner, shapes[0]))
        if (other := other_loop(scope.project, owner.source)) is not None:
            return Refusal("other-event-loop", other, site(owner, shapes[0]))
        if scope.project.target_python < (3, 10):
            detail = "before Python 3.10, an asyncio.Lock belongs to the loop that creates it"
            return Refusal("loop-of-creation", detail, site(owner, shapes[0]))
        if isinstance(owner.node, ast.Module):
            first = "a module-level lock belongs to the first event loop that waits for it"
            notes = (*notes, f"{first}, so several loops, for example in tests, cannot share it")
        return Lock(name, chosen, False, "asyncio.Lock", colouring, notes)
    calls_out = [text for item in shapes if (text := calls_out_of(owner, item))]
    comes_back = calls_out or any(_hands_itself_on(owner, item) for item in shapes)
    reentrant = plan.reentrant or stuck is not None or comes_back
    type_ = "threading.RLock" if reentrant else "threading.Lock"
    held = tuple(
        f"{text} runs while the lock is held: it may take the lock again in the same thread, "
        "but must not wait for another thread that needs it"
        for text in dict.fromkeys(calls_out)
    )
    return Lock(name, chosen, False, type_, None, (*notes, *held))


def _existing(
    owner: Owner, name: str, kind: LockKind, made: _Made, shapes: Sequence[Shape]
) -> Lock | Refusal:
    """A lock that the owner has, if the sections can take it."""
    chosen, colouring, notes = made
    if chosen != kind:
        why = notes[0].partition("; ")[0].removeprefix("no asyncio.Lock: ")
        detail = f"{name} is an asyncio lock, but {why}"
        return Refusal("wrong-kind-of-lock", detail, site(owner, shapes[0]))
    type_ = _type_of(owner, name)
    stuck = _reenters(owner, name, shapes)
    if stuck is not None and not type_.endswith("threading.RLock"):
        detail = f"{stuck} takes {name} again, which would deadlock because it is not reentrant"
        return Refusal("would-deadlock", detail, site(owner, shapes[0]))
    return Lock(name, kind, True, type_, colouring, notes)


def _of_another_owner(
    scope: Scope, owner: Owner, plan: LockPlan, known: dict[str, str]
) -> Refusal | None:
    """The finding may name a lock that another object has."""
    for item in plan.locks:
        receiver, _, name = item.rpartition(".")
        if name in known:
            return None
        if receiver and receiver not in ("self", "cls", owner.name):
            detail = (
                f"the finding wants {item}, a lock that {owner.name or 'the module'} does not have"
            )
            return Refusal("lock-of-another-owner", detail)
        pattern = re.compile(rb"\.?" + re.escape(name.encode()) + rb"\b *[:=]")
        sources = scope.project.containing(name.encode())
        if not plan.adds and any(pattern.search(source.data) for source in sources):
            detail = f"the finding wants {name}, which {owner.name or 'the module'} does not have"
            return Refusal("lock-of-another-owner", detail)
    return None


def _held_for(owner: Owner, guarded: Sequence[Access], known: dict[str, str]) -> str | None:
    """The owner's lock under which most of the state's guarded accesses stand."""
    names = (last_part(held.text) for item in guarded for held in held_locks(owner.tree, item.node))
    counts = Counter(name for name in names if name in known)
    return counts.most_common(1)[0][0] if counts else None


def _natural_kind(plan: LockPlan, shapes: Sequence[Shape], awaiting: Sequence[Shape]) -> LockKind:
    coroutines = all(isinstance(item.section.function, ast.AsyncFunctionDef) for item in shapes)
    return "async" if awaiting or (coroutines and not plan.threads) else "thread"


_Made = tuple[LockKind, ColourPlan | None, tuple[str, ...]]
"""The kind that is sound, what has to become async for it, and what to say of it."""


def _of_kind(
    scope: Scope, owner: Owner, wanted: LockKind, shapes: Sequence[Shape], awaiting: Sequence[Shape]
) -> _Made | Refusal:
    if wanted == "thread":
        if not awaiting:
            return "thread", None, ()
        line = min(_awaits(awaiting[0]))
        detail = f"a threading lock cannot be held across the await on line {line}"
        return Refusal("await-in-section", detail, site(owner, awaiting[0]))
    functions = dict.fromkeys(item.section.function for item in shapes)
    if (threads := runs_in_threads(scope.project, functions)) is not None:
        if awaiting:
            detail = f"{threads}, where an asyncio.Lock would not exclude anything"
            return Refusal("runs-in-threads", detail, site(owner, awaiting[0]))
        return "thread", None, (f"{threads}; therefore the lock is a threading lock",)
    refs = [
        index_of(scope.project).resolver.reference(owner.source, item.section.function)
        for item in shapes
        if not isinstance(item.section.function, ast.AsyncFunctionDef)
    ]
    public = tuple(map(str, PUBLIC.of(scope.options)))
    found = colour(scope.project, refs, public=public) if refs else None
    if isinstance(found, ColourRefusal):
        if awaiting:
            return Refusal("caller-cannot-await", found.detail, site_of(found.source, found.node))
        other = "a threading lock that is never held across an await also excludes tasks"
        return "thread", None, (f"no asyncio.Lock: {found.detail}; {other}",)
    notes = found.notes if found is not None else ()
    if not awaiting:
        notes = (
            "nothing awaits between check and act, so tasks alone cannot race here today: "
            "the lock keeps it so if an await is added, but does not exclude threads",
            *notes,
        )
    return "async", found, notes


def _reenters(owner: Owner, lock: str, shapes: Sequence[Shape]) -> str | None:
    """A call in a section that comes to a function which takes the lock, in words."""
    taking = {item.section.function.name for item in shapes}
    calls: dict[str, set[str]] = {}
    for function in owner.functions():
        nodes = [item for statement in function.body for item in walk(statement)]
        calls.setdefault(function.name, set()).update(own_calls(owner, nodes, function))
        for item in nodes:
            if isinstance(item, (ast.With, ast.AsyncWith)) and any(
                last_part(ast.unparse(part.context_expr)) == lock for part in item.items
            ):
                taking.add(function.name)
    for shape in shapes:
        queue = list(own_calls(owner, shape.guarded(), shape.section.function))
        for name in queue:
            if name in taking:
                return f"{shape.section.function.name}() calls {name}(), which"
            queue += sorted(calls.get(name, set()).difference(queue))
    return None


def calls_out_of(owner: Owner, shape: Shape) -> str | None:
    """A call of somebody else's code that runs under the lock: of a listener, or of what is kept
    in a collection or a variable, such as the factory of an object."""
    for item in shape.guarded():
        if not isinstance(item, ast.Call):
            continue
        kept = isinstance(item.func, ast.Subscript) or (
            isinstance(item.func, ast.Name)
            and item.func.id not in receivers(owner, shape.section.function)
            and _is_variable(owner, item.func.id, item)
        )
        if kept or runs_others(owner, item, shape.section.function):
            return f"{ast.unparse(item.func)}()"
    return None


def _is_variable(owner: Owner, name: str, call: ast.Call) -> bool:
    """Whether a name that is called there is a parameter, or a variable of the function."""
    return binding_of(owner.tree, name, call).kind in ("local", "parameter")


def _hands_itself_on(owner: Owner, shape: Shape) -> bool:
    """Whether a section gives the object to somebody, who may call it while the lock is held."""
    names = receivers(owner, shape.section.function)[:1]
    return any(
        isinstance(item, ast.Call)
        and any(isinstance(part, ast.Name) and part.id in names for part in values_given(item))
        for item in shape.guarded()
    )


def _awaits(shape: Shape) -> list[int]:
    """The lines in which a section lets others run."""
    return [item.lineno for item in shape.guarded() if isinstance(item, SUSPENDING)]


def site(owner: Owner, shape: Shape) -> Site:
    """Where a shape begins, for a result."""
    return site_of(owner.source, shape.section.statements[0])


def _type_of(owner: Owner, name: str) -> str:
    for call in made_by(owner, name):
        last = last_part(ast.unparse(call.func))
        return f"threading.{last}" if "Lock" in last else last
    return ""


def _new_name(plan: LockPlan, state: Sequence[str], known: dict[str, str]) -> str:
    for item in plan.locks:
        receiver, _, name = item.rpartition(".")
        if receiver in ("", "self", "cls") and name not in known and name.islower():
            return name
    if plan.bodies and len(state) > 1:
        return "_lock"
    return f"_{state[0].strip('_').lower()}_lock"


def _free(scope: Scope, owner: Owner, wanted: str, known: dict[str, str]) -> str:
    """A name that neither the owner nor a class above or below it has."""
    sources = {owner.source.path: owner.source}
    if isinstance(owner.node, ast.ClassDef):
        ref = index_of(scope.project).resolver.reference(owner.source, owner.node)
        for child in index_of(scope.project).subclasses(ref):
            sources[child.path] = child.source
        for base in index_of(scope.project).resolver.classes.lineage(ref):
            if getattr(base, "ref", None) is not None:
                sources[base.ref.path] = base.ref.source  # type: ignore[union-attr]
    used: set[str] = set(known)
    for source in sources.values():
        used |= source.tree.attributes.keys() | source.tree.names.keys()
        used |= {item.name for item in source.tree.definitions() if isinstance(item, FUNCTIONS)}
    stem = wanted.removesuffix("_lock").strip("_") or "state"
    candidates = (wanted, f"_{stem}_lock", f"_{stem}_guard_lock", f"_{stem}_access_lock")
    return next((item for item in candidates if item not in used), f"_{stem}_state_lock")
