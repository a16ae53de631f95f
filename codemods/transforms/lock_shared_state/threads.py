"""The scan for threads: state that a thread changes in several steps, and another one writes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from codemods.analysis.blocking.paths import blocking_path
from codemods.analysis.locks.outside import held_by_callers
from codemods.analysis.locks.shapes import shapes, stands_alone
from codemods.analysis.locks.sharing import in_logging, logs, of_one_user, proof
from codemods.analysis.locks.state import (
    CONSTRUCTORS,
    Access,
    Owner,
    accesses,
    lock_held,
    mutable_names,
    owners_in,
)
from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.threads.calls import Calls, calls_of
from codemods.analysis.threads.order import Order
from codemods.codemod import Change, Place, Refusal, Safety, Scope, site_of
from codemods.demands.demands import Text
from codemods.syntax.dotted import last_name
from codemods.syntax.locks import held_locks
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import is_plain
from codemods.syntax.statements import running_nodes
from codemods.syntax.tree import Function, walk
from codemods.transforms.lock_shared_state.choice import calls_out_of
from codemods.transforms.lock_shared_state.guard import guard
from codemods.transforms.lock_shared_state.named import made_by
from codemods.transforms.lock_shared_state.plan import LockPlan

RUNNERS = (
    *(b"Thread(", b"Thread)", b"Thread,", b"Timer(", b".submit(", b"to_thread("),
    b"run_in_executor(",
)
"""What every file with a thread of its own says."""

_PLAN = LockPlan(kind="thread", threads=True, bodies=True)
_RESETS = "resets"
_RACES = (
    (False, False, ""),
    (True, False, "awaited"),
    (False, True, _RESETS),
    (True, True, _RESETS),
)
"""The races that are looked for, the surest first."""
_OWN_TYPES = ("threading.", "queue.", "multiprocessing.", "contextvars.", "asyncio.", "_thread.")
_BEFORE = (*CONSTRUCTORS, "setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class")
_HELD_NAMES = ("_locked_", "_unlocked_", "_nolock_", "_no_lock_", "_unsafe_", "_lock_held_")
_LONGEST = 12
"""Lines of a section that nobody has to think about before a lock is held over them."""


def may_race(data: bytes) -> bool:
    """Whether a file takes something to a thread."""
    return any(item in data for item in RUNNERS)


def scan_threads(scope: Scope) -> Iterator[Change | Refusal]:
    """State that is changed in several steps in a thread, and written elsewhere, without a lock."""
    for place in scope.places:
        written: dict[Owner, list[tuple[str, str]]] = {}
        for owner, name, told, weakness in _raced(place):
            if (doubt := _doubt(scope, owner, weakness)) is not None:
                where = accesses(owner, (name,))[0].node
                what = f"{name} is changed both in a thread and outside it, without a lock"
                notes = (told, doubt)
                yield Change(site_of(owner.source, where), what, (), Safety.DISPLAY, notes)
            elif (refused := _unlockable(scope, owner, name)) is not None:
                yield refused
            else:
                written.setdefault(owner, []).append((name, told))
        for owner, together in written.items():
            # One lock, not one for each counter.
            for item in guard(scope, owner, _PLAN, [name for name, _ in together]):
                if isinstance(item, Change):
                    item = replace(item, notes=(*(told for _, told in together), *item.notes))
                yield item


def _doubt(scope: Scope, owner: Owner, weakness: str) -> str | None:
    """Why a lock is not written, in words."""
    if in_logging(scope.project, owner):
        return f"{owner.name} belongs to logging: a lock that is held while anything logs can block"
    if (user := of_one_user(owner)) is not None:
        return f"{owner.name} contains {user}, which several threads cannot share"
    if weakness == _RESETS:
        return "the other code only assigns it, so at most that assignment is lost"
    if weakness and proof(scope.project, owner, owner.functions()) is None:
        return "the thread is awaited, and whether other code runs in the meantime is unknown"
    return None


def _raced(place: Place) -> Iterator[tuple[Owner, str, str, str]]:
    """The state of a file that is raced for, with the race in words, and what makes it a weak one:
    the thread is awaited where it is started, or the others only set the state anew."""
    if not may_race(place.source.data):
        return
    calls = calls_of(place.source)
    if not calls.launches:
        return
    stored = _stored(calls)
    for owner in owners_in(place.source):
        # Owners and locks take long to work out: most have nothing that a thread stores.
        words = {word for item in owner.functions() for word in stored.get(item, ())}
        for name in mutable_names(owner) if words else ():
            if name not in words:
                continue
            for awaited, resets, weakness in _RACES:
                if told := _race(owner, name, calls, awaited=awaited, resets=resets):
                    yield owner, name, told, weakness
                    break


def _stored(calls: Calls) -> dict[Function, set[str]]:
    """The last words of what the functions that threads run assign to."""
    found: dict[Function, set[str]] = {}
    for launch in calls.launches:
        for function in calls.reached(launch.target) - found.keys():
            words = found.setdefault(function, set())
            for item in own_nodes(function):
                target = item
                while isinstance(target, ast.Subscript):
                    target = target.value
                if isinstance(getattr(item, "ctx", None), ast.Store):
                    words.add(last_name(target))
    return found


def _race(owner: Owner, name: str, calls: Calls, *, awaited: bool, resets: bool) -> str:
    """A change in several steps in a thread and a write that may come in between, in words.

    Args:
        awaited: whether the thread is awaited where it is started.
        resets: whether it is enough that others set the state anew.
    """
    touched = accesses(owner, (name,))
    steps = [item for item in touched if item.writes and _in_steps(owner, item, touched)]
    if not steps or _guards_itself(owner, name):
        return ""
    open_ = [item for item in touched if item.writes and not _is_held(owner, item, calls)]
    steps = [item for item in steps if item in open_]
    for launch in calls.launches:
        if launch.awaited != awaited:
            continue
        call = launch.call if launch.awaited else None
        if call is not None and held_locks(owner.tree, call):
            # The launcher holds a lock for as long as the thread runs.
            continue
        inside = calls.reached(launch.target)
        order = Order(owner.tree, calls, launch, inside)
        for step in steps:
            if step.function not in inside:
                continue
            for other in open_:
                if other.function is step.function or _apart(owner, step, other):
                    # One function that both run: whether they ever do is for its callers to say.
                    continue
                if not resets and _is_reset(owner, other, touched):
                    continue
                beside = order.beside(other.function, other.node)
                enters = beside and _enters(order, other.function, frozenset())
                if enters and _matters(owner, step, other, touched):
                    return (
                        f"{step.function.name}() changes {name} in a thread, in several "
                        f"steps (line {step.node.lineno}), and {other.function.name}() "
                        f"writes it outside that thread (line {other.node.lineno})"
                    )
    return ""


def _apart(owner: Owner, one: Access, other: Access) -> bool:
    """Whether two writes are of different entries: ``counts["read"]`` and ``counts["sent"]``."""
    keys = [_key(owner, item.node) for item in (one, other)]
    return None not in keys and keys[0] != keys[1]


def _key(owner: Owner, node: ast.AST) -> str | None:
    match owner.tree.parent(node):
        case ast.Subscript(value=value, slice=ast.Constant(value=key)) if value is node:
            return repr(key)
    return None


def _is_reset(owner: Owner, write: Access, touched: list[Access]) -> bool:
    """Whether a write sets a constant, or something empty, whatever stood there."""
    value = getattr(owner.tree.statement(write.node), "value", None)
    return (
        _stores(owner, write.node)
        and value is not None
        and is_plain(value)
        and not _in_steps(owner, write, touched)
    )


def _enters(order: Order, function: Function, seen: frozenset[Function]) -> bool:
    """Whether somebody comes into a function while the thread runs, and not from the thread."""
    calls, launch = order.calls, order.launch
    if function is launch.target or function in seen or function.name in _BEFORE:
        return False
    if function in calls.handed:
        # A callback: the thread itself may be who calls it.
        return False
    for other in calls.launches:
        same_worker = launch.worker and other.worker == launch.worker
        in_turn = launch.awaited and other.awaited and launch.launcher is other.launcher
        if other.target is function and not same_worker and not in_turn:
            return True
    if function not in order.inside and order.is_open(function):
        return True
    return any(
        caller is not None
        and caller not in order.inside - {function}
        and order.beside(caller, node)
        and _enters(order, caller, seen | {function})
        for caller, node in calls.callers.get(function, ())
    )


def _in_steps(owner: Owner, write: Access, touched: list[Access]) -> bool:
    """Whether a write depends on what was read just before it."""
    statement = owner.tree.statement(write.node)
    reads = {item.node for item in touched if not item.writes}
    if isinstance(statement, ast.AugAssign):
        return write.node in set(walk(statement.target))
    if not _stores(owner, write.node):
        return False
    value = getattr(statement, "value", None)
    if value is not None and not reads.isdisjoint(running_nodes(value)):
        return True
    # A constant, or something empty, is a flag or a reset.
    return _checked(owner, write, reads) and not is_plain(value)


def _checked(owner: Owner, write: Access, reads: set[ast.Attribute | ast.Name]) -> bool:
    """Whether the write stands in an ``if`` whose condition reads the state."""
    for item in owner.tree.ancestors(write.node):
        if item is write.function:
            return False
        if isinstance(item, ast.If) and not reads.isdisjoint(running_nodes(item.test)):
            return True
    return False


def _stores(owner: Owner, node: ast.Attribute | ast.Name) -> bool:
    child: ast.AST = node
    parent = owner.tree.parent(node)
    while isinstance(parent, ast.Subscript) and parent.value is child:
        child, parent = parent, owner.tree.parent(parent)
    return isinstance(getattr(child, "ctx", None), ast.Store)


def _matters(owner: Owner, step: Access, other: Access, touched: list[Access]) -> bool:
    """Whether a write in between is lost, or undoes what the steps rely on."""
    statement = owner.tree.statement(step.node)
    reads = {item.node for item in touched if not item.writes}
    if isinstance(statement, ast.AugAssign) or not reads.isdisjoint(running_nodes(statement)):
        return True
    # A check that something is missing, and the act: only who adds something is in the way.
    value = getattr(owner.tree.statement(other.node), "value", None)
    return _stores(owner, other.node) and not is_plain(value)


def _guards_itself(owner: Owner, name: str) -> bool:
    """Whether the state is made as something that threads may share, or that each has alone."""
    made = (qualified_name(owner.tree, call.func) or "" for call in made_by(owner, name))
    return any(text.startswith(_OWN_TYPES) for text in made)


def _is_held(owner: Owner, access: Access, calls: Calls) -> bool:
    function = access.function
    if lock_held(owner, access) or held_by_callers(owner, function) or _says_held(function):
        return True
    places = calls.callers.get(function, [])
    # A public method too: who calls it elsewhere will know what those who call it here know.
    return bool(places) and all(held_locks(owner.tree, node) for _, node in places)


def _says_held(function: Function) -> bool:
    """Whether a function says that whoever calls it holds the lock: by its name, its docstring, or
    ``assert self._lock.locked()``."""
    if any(part in f"_{function.name}_" for part in _HELD_NAMES):
        return True
    if Text(ast.get_docstring(function) or "").says("says-lock-is-held"):
        return True
    return any(
        isinstance(item, ast.Attribute) and item.attr in ("locked", "_is_owned")
        for item in own_nodes(function)
    )


def _unlockable(scope: Scope, owner: Owner, name: str) -> Refusal | None:
    """A section that is long, or that blocks: a lock over all of that is a decision of its own."""
    touched = accesses(owner, (name,))
    for function in dict.fromkeys(item.function for item in touched):
        mine = [item for item in touched if item.function is function]
        for shape in shapes(scope.project, owner, function, mine):
            if stands_alone(shape.section) and shape.snapshot is None:
                continue
            first, last = shape.section.statements[0], shape.section.statements[-1]
            site = site_of(owner.source, first)
            lines = (last.end_lineno or last.lineno) - first.lineno + 1
            if lines > _LONGEST:
                detail = (
                    f"{function.name}() reads and writes {name} among other code on lines "
                    f"{first.lineno} to {last.end_lineno}"
                )
                return Refusal("wide-section", detail, site)
            if (text := calls_out_of(owner, shape)) is not None:
                detail = f"the lock would be held while {text} runs other code, which may need it"
                return Refusal("calls-out", detail, site)
            if next(logs(shape.guarded()), None) is not None:
                detail = "the lock would be held while something is logged"
                return Refusal("logs-in-section", detail, site)
            for item in shape.guarded():
                if isinstance(item, ast.Call) and blocking_path(scope.project, owner.source, item):
                    text = ast.unparse(item.func)
                    detail = f"the lock would be held while {text}() does slow work"
                    return Refusal("slow-section", detail, site)
    return None
