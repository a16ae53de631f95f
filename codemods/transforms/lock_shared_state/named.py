"""Which state a finding means: what it names, and what changes together with that."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from codemods.analysis.locks.state import Owner, accesses, mutable_names
from codemods.syntax.dotted import last_name
from codemods.syntax.parts import targets_of
from codemods.syntax.statements import siblings
from codemods.syntax.tree import Tree, walk
from codemods.transforms.lock_shared_state.plan import LockHints, LockPlan

_MOST = 3
"""How much state a method may change that the title names without its state."""


def chosen_state(owner: Owner, plan: LockPlan, hints: LockHints) -> tuple[str, ...]:
    """The state that plan or finding name in this owner, with what changes together with it."""
    candidates = mutable_names(owner)
    bare: dict[str, str] = {}
    for name in candidates:
        bare.setdefault(name.lstrip("_").lower(), name)

    def named(words: Collection[str]) -> tuple[str, ...]:
        wanted = {word.lstrip("_").lower() for word in words}
        return tuple(name for key, name in bare.items() if key in wanted)

    if plan.state:
        found = named(plan.state)
    elif named(hints.title_names):
        # `Tracks list and current_index`: a title seldom quotes all of its names.
        found = named((*hints.title_names, *hints.title_words))
    elif plan.bodies:
        found = named((*hints.text_names, *hints.evidence_names))
    else:
        found = named(hints.text_names) or named(hints.evidence_names)
        found = found or _changed_by(owner, hints.title_names)
    if plan.bodies:
        found = _with_companions(owner, found, (*plan.whole, *hints.methods))
    return with_coupled(owner, found)


def made_by(owner: Owner, name: str) -> Iterator[ast.Call]:
    """The calls whose results the state is set to, level by level."""
    for node in walk(owner.node):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call):
            names = [last_name(target) for target in targets_of(node)]
            if name in names:
                yield node.value


def _changed_by(owner: Owner, named: Collection[str]) -> tuple[str, ...]:
    """What the methods change that the title names, where it names no state."""
    functions = [item for item in owner.functions() if item.name in named]
    if len(functions) != 1:
        return ()
    names = mutable_names(owner)
    written = {
        item.name for item in accesses(owner, names) if item.writes and item.function in functions
    }
    return tuple(name for name in names if name in written) if len(written) <= _MOST else ()


def with_coupled(owner: Owner, state: Sequence[str]) -> tuple[str, ...]:
    """The state with what is changed right beside it, everywhere or in two functions at least:
    `self._entries[key] = value` and `self._used[key] = now` belong together."""
    found = list(state)
    others = [name for name in mutable_names(owner) if name not in found]
    touched = [item for item in accesses(owner, (*found, *others)) if item.writes]
    grown = bool(found)
    while grown:
        grown = False
        lines = [owner.tree.statement(item.node) for item in touched if item.name in found]
        for name in [item for item in others if item not in found]:
            writes = [item for item in touched if item.name == name]
            beside = [
                item
                for item in writes
                if any(_beside(owner.tree, owner.tree.statement(item.node), one) for one in lines)
            ]
            functions = {item.function for item in beside}
            if beside and (len(beside) == len(writes) or len(functions) > 1):
                found.append(name)
                grown = True
    return tuple(found)


def _beside(tree: Tree, one: ast.stmt, other: ast.stmt) -> bool:
    if one is other:
        return True
    simple = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete, ast.Expr)
    if not isinstance(one, simple) or not isinstance(other, simple):
        return False
    block = siblings(tree, one)
    return other in block and abs(block.index(one) - block.index(other)) == 1


def _with_companions(
    owner: Owner, names: tuple[str, ...], methods: Collection[str]
) -> tuple[str, ...]:
    """Where whole bodies are meant: what changes in the same functions belongs to the state."""
    if not names:
        return ()
    functions = {item.function.name for item in accesses(owner, names)}
    functions |= {item.name for item in owner.functions() if item.name in methods}
    written = {
        item.name
        for item in accesses(owner, mutable_names(owner))
        if item.writes and item.function.name in functions
    }
    others = [name for name in mutable_names(owner) if name in written and name not in names]
    return (*names, *others)
