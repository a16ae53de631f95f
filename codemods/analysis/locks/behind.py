"""The block of a lock, the statements after it, and what must not move into it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.analysis.blocking.paths import blocking_path
from codemods.analysis.locks.calls import NOTIFYING
from codemods.analysis.locks.reentry import REENTRANT, called, own_locks, way_to
from codemods.analysis.locks.state import Owner
from codemods.analysis.names.index import index_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.locks import held_locks, is_lock
from codemods.syntax.statements import blocks_around, leaves, running_nodes
from codemods.syntax.tree import FUNCTIONS, Function, position

MOST = 6
"""How many statements may go in at once: behind more, another block is the better fix."""
_DEEP = 4

With = ast.With | ast.AsyncWith


@dataclass(frozen=True, slots=True)
class Behind:
    """A block of a lock, and the statements from behind it to the one that is meant."""

    source: SourceFile
    function: Function
    block: With
    lock: ast.expr
    moved: tuple[ast.stmt, ...]
    call: ast.Call

    def nodes(self) -> Iterator[ast.AST]:
        """Everything that would run under the lock."""
        for statement in self.moved:
            yield from running_nodes(statement)


def calls_named(function: Function, names: Sequence[str]) -> list[ast.Call]:
    """The calls in a function whose callee's name ends like one of the names."""
    found = []
    for statement in function.body:
        for node in running_nodes(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
                text = f".{ast.unparse(node.func)}"
                if any(text.endswith(f".{name.removeprefix('self.')}") for name in names):
                    found.append(node)
    return sorted(found, key=position)


def behind(
    source: SourceFile, function: Function, call: ast.Call, locks: Sequence[str]
) -> Behind | None:
    """The nearest block of a lock in front of a call, in a block of statements around it."""
    tree = source.tree
    for block, index in blocks_around(tree, tree.statement(call)):
        for before in range(index - 1, -1, -1):
            statement = block[before]
            if isinstance(statement, (ast.With, ast.AsyncWith)) and len(statement.items) == 1:
                lock = statement.items[0].context_expr
                if is_lock(tree, lock) and (not locks or last_part(ast.unparse(lock)) in locks):
                    moved = tuple(block[before + 1 : index + 1])
                    return Behind(source, function, statement, lock, moved, call)
    return None


def is_held(source: SourceFile, call: ast.Call, locks: Sequence[str]) -> str | None:
    """The lock under which a call runs already."""
    held = (item.text for item in held_locks(source.tree, call))
    return next((text for text in held if not locks or last_part(text) in locks), None)


def unfit(project: Project, found: Behind) -> tuple[str, str] | None:
    """Why the statements must not run under the lock."""
    lock = ast.unparse(found.lock)
    if leaves(found.block.body):
        return "block-leaves", f"the code after the block of {lock} is never reached from the block"
    if len(found.moved) > MOST:
        return "far-behind", f"{len(found.moved)} statements are between the block and the call"
    for node in found.nodes():
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return "yields", f"{lock} would be held while the generator is suspended"
        if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)) and isinstance(
            found.block, ast.With
        ):
            return "awaits", f"{lock} is a threading lock, and line {node.lineno} awaits"
        if isinstance(node, ast.Call):
            stays = _unfit_call(project, found, node, lock)
            if stays is not None:
                return stays
    return _taken_again(found, lock)


def _unfit_call(
    project: Project, found: Behind, call: ast.Call, lock: str
) -> tuple[str, str] | None:
    text = ast.unparse(call.func)
    if _notifies(call):
        return "tells-others", f"{text}() notifies other code, which would run under {lock}"
    slow = blocking_path(project, found.source, call)
    if slow is not None:
        return "slow-work", f"{text}() blocks, and {lock} would be held in the meantime"
    for name in _told_by(project, found.source, call, _DEEP):
        return "tells-others", f"{text}() calls {name}(), which would run other code under {lock}"
    return None


def _notifies(call: ast.Call) -> bool:
    return NOTIFYING.found_in(last_name(call.func))


def _told_by(project: Project, source: SourceFile, call: ast.Call, deep: int) -> Iterator[str]:
    """The calls of callbacks that a call leads to."""
    if deep == 0:
        return
    for ref in index_of(project).definition_of(source, call.func):
        if not isinstance(ref.node, FUNCTIONS):
            continue
        for statement in ref.node.body:
            for node in running_nodes(statement):
                if isinstance(node, ast.Call):
                    if _notifies(node):
                        yield ast.unparse(node.func)
                    else:
                        yield from _told_by(project, ref.source, node, deep - 1)


def _taken_again(found: Behind, lock: str) -> tuple[str, str] | None:
    """A deadlock: something that goes in takes the lock itself."""
    tree = found.source.tree
    owners: list[ast.ClassDef | ast.Module] = [tree.module]
    owners += [item for item in tree.ancestors(found.function) if isinstance(item, ast.ClassDef)]
    for owner in owners:
        for own in own_locks(Owner(found.source, owner)):
            if own.name != last_part(lock) or own.type in REENTRANT:
                continue
            seen: set[Function] = set()
            for node in found.nodes():
                if isinstance(node, (ast.Attribute, ast.Name)):
                    for callee in called(found.source, found.function, node):
                        if way_to(own, callee, seen) is not None:
                            detail = (
                                f"{callee.name}() takes {lock} itself, and {lock} is not reentrant"
                            )
                            return "taken-again", detail
    for node in found.nodes():
        if isinstance(node, (ast.With, ast.AsyncWith)) and any(
            ast.unparse(item.context_expr) == lock for item in node.items
        ):
            return "taken-again", f"line {node.lineno} takes {lock} itself"
    return None


def receiver_used(found: Behind, *, held: bool) -> list[int]:
    """Lines of the class at which the receiver of the call is used under the same lock, or without
    it, constructors and this call excepted."""
    tree = found.source.tree
    func = found.call.func
    if not isinstance(func, ast.Attribute) or ast.unparse(func.value) in ("self", "cls"):
        return []
    receiver, lock = ast.unparse(func.value), ast.unparse(found.lock)
    root = tree.class_around(found.function) or tree.module
    lines = []
    for node in tree.within(root, ast.Attribute):
        if ast.unparse(node.value) != receiver or node is func:
            continue
        function = tree.function(node)
        if getattr(function, "name", "__init__") == "__init__":
            continue
        if held == any(item.text == lock for item in held_locks(tree, node)):
            lines.append(node.lineno)
    return lines
