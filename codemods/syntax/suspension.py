"""Whether a new suspension point would open a race."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.syntax.locks import held_locks
from codemods.syntax.names import binding_of
from codemods.syntax.parts import root_of
from codemods.syntax.scopes import exclusive
from codemods.syntax.statements import leaves, running_nodes
from codemods.syntax.tree import TRIES, Tree, walk
from codemods.tables import words

MUTATORS = frozenset(
    words(
        "add append appendleft clear discard extend insert move_to_end pop popitem popleft remove "
        "setdefault update"
    )
)


def new_suspension_hazard(tree: Tree, node: ast.AST) -> tuple[int, int] | None:
    """The lines of a check and of a use of the same shared state, if an ``await`` at ``node``
    would fall between them.

    Shared state is what hangs on ``self`` or ``cls`` (``self.cache``, ``self.state.jobs``) and
    the module's own variables. A check is a condition that reads it, itself or through a local
    variable, and that ``node`` depends on: it stands in one of its branches, or behind an ``if``
    whose branch leaves. A use assigns it, deletes it, writes an item, or calls a method that
    changes it. ``self.total += <node>`` and ``self.x = self.x + <node>`` are check and use in one
    line. ``None`` when the use is checked again behind ``node``, and under any lock of the event
    loop.
    """
    function = tree.function(node)
    if not isinstance(function, ast.AsyncFunctionDef):
        return None
    if any(lock.is_async for lock in held_locks(tree, node)):
        return None
    statement = tree.statement(node)
    uses = [
        (state, use)
        for state, use in tree.once(_uses, function)
        if _runs_behind(tree, statement, node, use)
    ]
    if not uses:
        return None
    torn = _torn(tree, statement, node)
    if torn is not None:
        return torn
    checks = list(_checks(tree, function, statement, node))
    for state, use in uses:
        for read, line in checks:
            if read == state and not _checked_again(tree, statement, state, use):
                return line, use.lineno
    return None


def shared_state(tree: Tree, node: ast.expr) -> str | None:
    """``self.cache`` or ``CACHE`` for an expression that is shared state, with all its
    attributes."""
    base = root_of(node)
    if not isinstance(base, ast.Name):
        return None
    if base.id in ("self", "cls"):
        return ast.unparse(node) if base is not node else None
    return ast.unparse(node) if binding_of(tree, base.id, base).kind == "module" else None


def _uses(tree: Tree, function: ast.AsyncFunctionDef) -> list[tuple[str, ast.stmt]]:
    """The statements that change shared state, with what they change, in source order."""
    found = []
    for node in running_nodes(function, inside=True):
        target: ast.expr | None = None
        if isinstance(node, (ast.Attribute, ast.Name, ast.Subscript)):
            target = None if isinstance(node.ctx, ast.Load) else node
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in MUTATORS
        ):
            target = node.func.value
        state = None if target is None else _state_of(tree, target)
        if state is not None:
            found.append((state, tree.statement(node)))
    return sorted(found, key=lambda item: item[1].lineno)


def _runs_behind(tree: Tree, statement: ast.stmt, node: ast.AST, use: ast.stmt) -> bool:
    if use is statement:
        # The targets of an assignment are written when its value is there.
        return isinstance(use, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and _holds(
            use.value, node
        )
    return (
        use.lineno > statement.lineno
        and not exclusive(tree, node, use)
        and not _left_before(tree, statement, use)
    )


def _left_before(tree: Tree, statement: ast.stmt, use: ast.stmt) -> bool:
    """Whether the branch of ``statement`` returns or raises before it could come to ``use``."""
    around = set(tree.ancestors(use))
    for ancestor, child in tree.steps(statement):
        if ancestor in around and not isinstance(ancestor, TRIES):
            return False
        if isinstance(ancestor, (ast.If, ast.ExceptHandler, ast.With, ast.AsyncWith)):
            branch = ancestor.body
            if isinstance(ancestor, ast.If) and child in ancestor.orelse:
                branch = ancestor.orelse
            if isinstance(branch[-1], (ast.Return, ast.Raise)):
                return not any(
                    _holds(part, use)
                    for item in around
                    if isinstance(item, TRIES)
                    for part in (*item.finalbody, *item.handlers)
                )
    return False


def _holds(root: ast.AST | None, node: ast.AST) -> bool:
    return root is not None and any(item is node for item in walk(root))


def _torn(tree: Tree, statement: ast.stmt, node: ast.AST) -> tuple[int, int] | None:
    """A statement that reads shared state before ``node`` and writes it after."""
    if isinstance(statement, ast.AugAssign):
        if _holds(statement.value, node) and _state_of(tree, statement.target) is not None:
            return statement.lineno, statement.lineno
    elif isinstance(statement, ast.Assign) and isinstance(node, ast.expr):
        targets = {ast.unparse(item) for item in statement.targets}
        for item in running_nodes(statement.value):
            if (
                isinstance(item, (ast.Attribute, ast.Name, ast.Subscript))
                and (item.lineno, item.col_offset) < (node.lineno, node.col_offset)
                and not _holds(item, node)
                and ast.unparse(item) in targets
                and _state_of(tree, item) is not None
            ):
                return statement.lineno, statement.lineno
    return None


def _state_of(tree: Tree, node: ast.expr) -> str | None:
    while isinstance(node, ast.Subscript):
        node = node.value
    return shared_state(tree, node)


def _checks(
    tree: Tree, function: ast.AsyncFunctionDef, statement: ast.stmt, node: ast.AST
) -> Iterator[tuple[str, int]]:
    """The shared state that conditions before ``node`` read, with the line of the read."""
    locals_read = _locals_read(tree, function, statement)
    ancestors = set(tree.ancestors(node))
    for item in running_nodes(function, inside=True):
        if not isinstance(item, (ast.If, ast.While, ast.IfExp)) or _holds(item.test, node):
            continue
        if item.lineno > statement.lineno:
            continue
        inside = item in ancestors
        behind = (
            isinstance(item, ast.If)
            and not inside
            and any(leaves(branch) for branch in (item.body, item.orelse))
            and not exclusive(tree, item, node)
        )
        if not inside and not behind:
            continue
        for read in running_nodes(item.test):
            state = _read_state(tree, read)
            if state is not None and isinstance(read, ast.expr):
                yield state, read.lineno
            if isinstance(read, ast.Name) and isinstance(read.ctx, ast.Load):
                yield from locals_read.get(read.id, ())


def _locals_read(
    tree: Tree, function: ast.AsyncFunctionDef, statement: ast.stmt
) -> dict[str, list[tuple[str, int]]]:
    """The shared state that local variables were read from before ``statement``."""
    found: dict[str, list[tuple[str, int]]] = {}
    for item in running_nodes(function, inside=True):
        match item:
            case ast.Assign(targets=[ast.Name(id=name)]) if item.lineno < statement.lineno:
                pass
            case ast.NamedExpr(target=ast.Name(id=name)) if item.lineno <= statement.lineno:
                pass
            case _:
                continue
        states = (_read_state(tree, read) for read in running_nodes(item.value))
        found.setdefault(name, []).extend((state, item.lineno) for state in states if state)
    return found


def _read_state(tree: Tree, node: ast.AST) -> str | None:
    """The state that ``node`` reads; of ``self.cache.get(…)`` that is ``self.cache``."""
    if not isinstance(node, (ast.Attribute, ast.Name)) or not isinstance(node.ctx, ast.Load):
        return None
    return None if tree.call_of(node) else shared_state(tree, node)


def _checked_again(tree: Tree, statement: ast.stmt, state: str, use: ast.stmt) -> bool:
    return any(
        isinstance(ancestor, (ast.If, ast.While))
        and ancestor.lineno > statement.lineno
        and any(_read_state(tree, read) == state for read in running_nodes(ancestor.test))
        for ancestor in tree.ancestors(use)
    )
