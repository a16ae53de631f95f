"""The scan: a check, an await, and the act that relied on the check, without a lock."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

from codemods.codemod import Change, Place, Refusal, Safety, Scope, site_of
from codemods.project.bindings import own_nodes
from codemods.project.colour_checks import HARMLESS_DECORATORS
from codemods.project.values import decorator_names
from codemods.syntax.awaiting import held_locks
from codemods.syntax.blocks import blocks_under
from codemods.syntax.suspension import new_suspension_hazard
from codemods.transforms._lock_guard import guard
from codemods.transforms._lock_plan import LockPlan
from codemods.transforms._lock_sections import running_nodes, sections
from codemods.transforms._lock_state import Owner, accesses, mutable_names

_PLAN = LockPlan(strength=0)


_IF = re.compile(rb"^([ \t]*)(?:el)?if\b", re.MULTILINE)
_MISSING = re.compile(rb"\bnot\s+in\s+(?:\w+\.)*(\w+)|\bnot\s+(?:\w+\.)*(\w+)|(\w+)\s+is\s+None")


def may_be_torn(data: bytes) -> bool:
    """Whether a condition says that something is missing, and its block awaits and names it."""
    for _, block in blocks_under(data, _IF):
        if b"await " in block:
            for match in _MISSING.finditer(block):
                word = match[1] or match[2] or match[3]
                if block.count(word) > 1:
                    return True
    return False


def scan(scope: Scope) -> Iterator[Change | Refusal]:
    """Check-then-act pairs of coroutines that an await tears apart."""
    for place in scope.places:
        for owner, name in _torn(place):
            wide = _wide(owner, name)
            if wide is not None:
                yield wide
            else:
                for item in guard(scope, owner, _PLAN, (name,)):
                    yield _weighed(owner, name, item)


def _weighed(owner: Owner, name: str, item: Change | Refusal) -> Change | Refusal:
    """Only shown, where it is open whether anybody else is there.

    ``if self.model is None: self.model = await load()`` is how objects of a single task load what
    they need (a flow, a coordinator that its framework runs one call at a time). An entry that is
    missing in a mapping, and a variable of the module, are there for several.
    """
    if isinstance(item, Refusal) or isinstance(owner.node, ast.Module) or _is_keyed(owner, name):
        return item
    note = f"nothing here says that several tasks share the object that {name} belongs to"
    return dataclasses.replace(item, safety=Safety.DISPLAY, notes=(*item.notes, note))


def _is_keyed(owner: Owner, name: str) -> bool:
    """Whether the state is asked for one of its entries."""
    return any(
        isinstance(operator, ast.NotIn) and _word(other) == name
        for test in owner.tree.within(owner.node, ast.Compare)
        for operator, other in zip(test.ops, test.comparators, strict=True)
    )


def _torn(place: Place) -> list[tuple[Owner, str]]:
    """The state of each class and of the module that is checked, awaited for, and then set."""
    tree = place.source.tree
    words = _words_torn(place)
    if not words:
        return []
    owners = [Owner(place.source, item) for item in tree.of(ast.ClassDef)]
    found: dict[tuple[Owner, str], None] = {}
    for owner in (*owners, Owner(place.source, tree.module)):
        for name in mutable_names(owner):
            if name in words and _is_torn(owner, name):
                found[owner, name] = None
    return list(found)


def _words_torn(place: Place) -> set[str]:
    """The last words of what a coroutine finds missing and then stores in a branch that awaits:
    a cheap look before owners and locks are worked out."""
    found: set[str] = set()
    for function in place.source.tree.of(ast.AsyncFunctionDef):
        for statement in own_nodes(function):
            if not isinstance(statement, ast.If):
                continue
            missed = {word for item in _missed(statement.test) if (word := _word(item))}
            inside = [item for part in statement.body for item in running_nodes(part)]
            if missed and any(isinstance(item, ast.Await) for item in inside):
                found |= missed & {_word(item) for item in inside}
    return found


def _word(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_torn(owner: Owner, name: str) -> bool:
    tree = owner.tree
    touched = accesses(owner, (name,))
    reads = {item.node for item in touched if not item.writes}
    for function in dict.fromkeys(item.function for item in touched if item.writes):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        for statement in own_nodes(function):
            if not isinstance(statement, ast.If) or not _misses(statement.test, reads):
                continue
            stored = [item.node for item in touched if item.writes and _stores(owner, item.node)]
            for index, part in enumerate(statement.body):
                waits = [item for item in running_nodes(part) if isinstance(item, ast.Await)]
                behind = statement.body[index:]
                sets = any(node in set(running_nodes(other)) for other in behind for node in stored)
                if sets and any(
                    new_suspension_hazard(tree, item) is not None and not held_locks(tree, item)
                    for item in waits
                ):
                    return True
    return False


def _wide(owner: Owner, name: str) -> Refusal | None:
    """A section that is more than a check with what depends on it: a lock over all of that is a
    decision of its own. A decorator may bring exclusion with it."""
    touched = accesses(owner, (name,))
    for function in dict.fromkeys(item.function for item in touched):
        mine = [item for item in touched if item.function is function]
        for section in sections(owner.tree, function, mine):
            if not section.has(ast.Await):
                continue
            first = section.statements[0]
            decorated = set(decorator_names(function)) - HARMLESS_DECORATORS
            if not isinstance(first, ast.If) or decorated:
                detail = (
                    f"{function.name}() checks and sets {name} around an await, among other "
                    f"things in lines {first.lineno} to {section.statements[-1].end_lineno}"
                )
                return Refusal("wide-section", detail, site_of(owner.source, first))
    return None


def _stores(owner: Owner, node: ast.expr) -> bool:
    """Whether the state, or an item of it, is set; other changes rely on no check."""
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return True
    parent = owner.tree.parent(node)
    return isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store)


def _misses(test: ast.expr, reads: set[ast.Attribute | ast.Name]) -> bool:
    """Whether a condition says that the state is not there yet."""
    return any(item in reads for item in _missed(test))


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
        case _:
            pass
