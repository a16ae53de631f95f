"""The scan: a check, an await, and the act that relied on the check, without a lock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from codemods.analysis.colour.checks import HARMLESS_DECORATORS
from codemods.analysis.locks.outside import held_by_callers
from codemods.analysis.locks.sections import sections
from codemods.analysis.locks.sharing import in_logging, of_one_user, proof, several_loops
from codemods.analysis.locks.state import Access, Owner, accesses, mutable_names, owners_in
from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.values import decorator_names
from codemods.analysis.threads.worlds import other_loop
from codemods.codemod import Change, Place, Refusal, Safety, Scope, site_of
from codemods.syntax.awaiting import held_locks
from codemods.syntax.blocks import block_under, ends_of, headers
from codemods.syntax.dotted import last_name
from codemods.syntax.parts import targets_of
from codemods.syntax.statements import running_nodes
from codemods.syntax.suspension import new_suspension_hazard
from codemods.syntax.tree import Function, Tree, walk
from codemods.tables import shortened

_IF = re.compile(rb"if\b([^\n]*)")
_ELIF = re.compile(rb"elif\b([^\n]*)")
_SAYS = re.compile(rb"\bnot\b|\bNone\b|(?:\(|\\|\band|\bor)$")
_MISSING = re.compile(
    rb"\bnot\s+in\s+([\w.]+)|\bnot\s+(?!in\b)([\w.]+)|(?<![\w.])([\w.]+)\s+is\s+None\b"
)


def may_be_torn(data: bytes) -> bool:
    """Whether a condition says that something is missing which is an attribute of one name or a
    variable of the module, and its block awaits and sets that."""
    for match in (*headers(data, _IF), *headers(data, _ELIF)):
        condition = match[1]
        if not _SAYS.search(condition):
            continue
        if condition.endswith((b"(", b"\\", b"and", b"or")):
            condition += block_under(data, match).partition(b":\n")[0]
        for missing in _MISSING.finditer(condition):
            name = missing[missing.lastindex or 1]
            if name.count(b".") == 1 or (b"." not in name and b"\n" + name in data):
                block = block_under(data, match)
                if b"await " in condition + block and _may_be_set(name, block):
                    return True
    return False


def _may_be_set(name: bytes, block: bytes) -> bool:
    """Whether the name stands in a block as the target of an assignment, or as a part of one."""
    for end in ends_of(name, block):
        rest = block[end : block.find(b"\n", end)]
        # An item that is set may be written over several lines, like all in parentheses.
        if rest[:1] in (b"[", b",", b")", b"") or _ASSIGNED.match(rest):
            return True
    return False


_ASSIGNED = re.compile(rb"\s*(?:(?::[^=]*+)?=(?!=)|:=|[-+*/|&^%@<>]{1,3}=|,)")


def scan(scope: Scope) -> Iterator[Change | Refusal]:
    """Check-then-act pairs of coroutines that an await tears apart."""
    for place in scope.places:
        shown: dict[tuple[Owner, str], list[str]] = {}
        alone: dict[ast.stmt, Owner] = {}
        for owner, name in _torn(place):
            if (other := other_loop(scope.project, place.source)) is not None:
                yield Refusal("other-event-loop", other, site_of(owner.source, _first(owner, name)))
            elif (wide := _wide(owner, name)) is not None:
                yield wide
            elif (loops := _of_loops(owner, name)) is not None:
                yield Refusal("several-loops", loops, site_of(owner.source, _first(owner, name)))
            elif _is_single(owner, name):
                # Several attributes that one condition checks are one place.
                alone.setdefault(_first(owner, name), owner)
            else:
                shown.setdefault((owner, _doubt(scope, owner, name)), []).append(name)
        for statement, owner in alone.items():
            detail = f"whether several tasks share one {owner.name} is unknown"
            yield Refusal("single-value", detail, site_of(owner.source, statement))
        for (owner, doubt), names in shown.items():
            yield from _shown(owner, names, doubt)


def _first(owner: Owner, name: str) -> ast.stmt:
    return next(statement for _, statement in _torn_statements(owner, name))


def _doubt(scope: Scope, owner: Owner, name: str) -> str:
    """Why a lock is not written, in words: nothing says that tasks come to the state at once, or
    something says that they do not. Where all speaks for it,
    the lock would still be held while the act is awaited, mostly for the network: whoever asks for
    another entry would wait, and that is for somebody to decide."""
    functions = [function for function, _ in _torn_statements(owner, name)]
    if in_logging(scope.project, owner):
        return f"{owner.name} belongs to logging, which has its own lock"
    if (user := of_one_user(owner)) is not None:
        return f"{owner.name} contains {user}, which several tasks cannot share"
    if proof(scope.project, owner, functions) is None:
        return f"whether several tasks use {name} at once is unknown"
    _, torn = next(_torn_statements(owner, name))
    waits = next(item for item in walk(torn) if isinstance(item, ast.Await))
    return f"a lock would be held while {shortened(ast.unparse(waits.value))} is awaited"


def _of_loops(owner: Owner, name: str) -> str | None:
    """Why a lock would be wrong where the state tells event loops apart, in words."""
    touching = dict.fromkeys(item.function for item in accesses(owner, (name,)))
    loops = several_loops(owner, touching)
    if loops is None:
        return None
    return f"{loops}, and a lock belongs to the first event loop that waits for it"


def _shown(owner: Owner, names: Sequence[str], note: str) -> Iterator[Change]:
    """Only shown, where it is open whether anybody else is there; what the lock would take is not
    worked out, which takes long."""
    found: dict[tuple[Function, ast.If], list[str]] = {}
    for name in names:
        for place in _torn_statements(owner, name):
            found.setdefault(place, []).append(name)
    for (function, statement), together in found.items():
        if not held_by_callers(owner, function):
            state, are = " and ".join(together), "is" if len(together) == 1 else "are"
            what = f"{state} {are} checked and then set after an await in {function.name}()"
            yield Change(site_of(owner.source, statement), what, (), Safety.DISPLAY, (note,))


def _is_single(owner: Owner, name: str) -> bool:
    """``if self.model is None: self.model = await load()``: how objects of a single task load what
    they need (a flow, a coordinator that its framework runs one call at a time). An entry that is
    missing in a mapping, and a variable of the module, are there for several."""
    return not isinstance(owner.node, ast.Module) and not _is_keyed(owner, name)


def _is_keyed(owner: Owner, name: str) -> bool:
    """Whether the state is asked for one of its entries."""
    return any(
        isinstance(operator, ast.NotIn) and last_name(other) == name
        for test in owner.tree.within(owner.node, ast.Compare)
        for operator, other in zip(test.ops, test.comparators, strict=True)
    )


def _torn(place: Place) -> list[tuple[Owner, str]]:
    """The state of each class and of the module that is checked, awaited for, and then set."""
    words = _words_torn(place)
    return [
        (owner, name)
        for owner in (owners_in(place.source) if words else ())
        for name in mutable_names(owner)
        if name in words and any(True for _ in _torn_statements(owner, name))
    ]


def _words_torn(place: Place) -> set[str]:
    """The last words of what a coroutine finds missing and then stores in a branch that awaits:
    a cheap look before owners and locks are worked out."""
    found: set[str] = set()
    for function in place.source.tree.of(ast.AsyncFunctionDef):
        for statement in own_nodes(function):
            if not isinstance(statement, ast.If):
                continue
            missed = {word for item in _missed(statement.test) if (word := last_name(item))}
            inside = [item for part in statement.body for item in running_nodes(part)]
            if missed and any(isinstance(item, ast.Await) for item in inside):
                found |= missed & {last_name(item) for item in inside}
    return found


def _torn_statements(owner: Owner, name: str) -> Iterator[tuple[Function, ast.If]]:
    """The conditions that find the state missing, wait without a lock, and set it."""
    tree = owner.tree
    touched = accesses(owner, (name,))
    reads = {item.node for item in touched if not item.writes}
    stored = {item.node for item in touched if item.writes and _stores(owner, item.node)}
    for function in dict.fromkeys(item.function for item in touched if item.writes):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        for statement in own_nodes(function):
            if not isinstance(statement, ast.If) or reads.isdisjoint(_missed(statement.test)):
                continue
            for index, part in enumerate(statement.body):
                if _claims(part, stored):
                    # Nobody else finds it missing from here on: it is set before the await.
                    break
                behind = (set(running_nodes(item)) for item in statement.body[index:])
                if _waits_openly(tree, part) and any(stored & nodes for nodes in behind):
                    yield function, statement
                    break


def _claims(statement: ast.stmt, stored: set[ast.Attribute | ast.Name]) -> bool:
    """Whether a statement sets the state to what a condition does not take for missing, and waits
    for nothing."""
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
        return False
    value = statement.value
    # An entry is there whatever it holds; an attribute that is set to nothing is missing still.
    if not any(isinstance(item, ast.Subscript) for item in targets_of(statement)) and (
        isinstance(value, (ast.List, ast.Tuple, ast.Dict, ast.Set))
        or (isinstance(value, ast.Constant) and not value.value)
    ):
        return False
    nodes = set(running_nodes(statement))
    return bool(stored & nodes) and not any(isinstance(item, ast.Await) for item in nodes)


def _waits_openly(tree: Tree, statement: ast.stmt) -> bool:
    """Whether an await that lets others run is in a statement, and no lock held at it."""
    return any(
        isinstance(item, ast.Await)
        and new_suspension_hazard(tree, item) is not None
        and not held_locks(tree, item)
        for item in running_nodes(statement)
    )


def _wide(owner: Owner, name: str) -> Refusal | None:
    """A section that is more than a check with what depends on it: a lock over all of that is a
    decision of its own. A decorator may bring exclusion with it."""
    touched: dict[Function, list[Access]] = {}
    for item in accesses(owner, (name,)):
        touched.setdefault(item.function, []).append(item)
    for function, mine in touched.items():
        for section in sections(owner.tree, function, mine):
            if not section.has(ast.Await):
                continue
            first = section.statements[0]
            decorated = set(decorator_names(function)) - HARMLESS_DECORATORS
            if not isinstance(first, ast.If) or decorated:
                detail = (
                    f"{function.name}() checks and sets {name} around an await, among other "
                    f"code on lines {first.lineno} to {section.statements[-1].end_lineno}"
                )
                return Refusal("wide-section", detail, site_of(owner.source, first))
    return None


def _stores(owner: Owner, node: ast.expr) -> bool:
    """Whether the state, or an item of it, is set; other changes rely on no check."""
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return True
    parent = owner.tree.parent(node)
    return isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store)


def _missed(test: ast.expr) -> Iterator[ast.expr]:
    """What a condition says is not there."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            yield left
        case ast.Compare(ops=[ast.NotIn()], comparators=[state]):
            yield state
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from _missed(part)
