"""Which imports are in effect where, and whether a file still needs one."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence

from codemods.syntax.dotted import last_name
from codemods.syntax.names import import_meaning, qualified_name
from codemods.syntax.scopes import (
    BUILTINS,
    bound_name,
    find_scope,
    imported_name,
    scope_of,
    scope_table,
    visible_scopes,
)
from codemods.syntax.statements import LEAVING, siblings
from codemods.syntax.tree import COMPREHENSIONS, DEFINITIONS, FUNCTIONS, TRIES, Tree, position, walk


def local_name(tree: Tree, at: ast.AST, module: str, name: str | None = None) -> str | None:
    """The expression that means ``module`` (or ``module.name``) at ``at``.

    With ``import asyncio as aio`` that is ``aio.to_thread`` for ``asyncio`` and ``to_thread``,
    with ``from asyncio import to_thread as tt`` it is ``tt``. ``None`` when no import brings it
    there: imports under ``TYPE_CHECKING``, in another function, further down in the same one, in
    a branch that need not have run, and names that are shadowed or bound again do not count. An
    import in a module's ``try`` does: code that needs an optional package stands on it already.
    """
    if name is not None:
        direct = _expression(tree, at, _dotted(module, name))
        if direct is not None:
            return direct
    base = _expression(tree, at, module)
    return base if base is None or name is None else f"{base}.{name}"


def can_import(
    tree: Tree, at: ast.AST, module: str, name: str | None = None, alias: str | None = None
) -> str | None:
    """Why ``import module`` or ``from module import name`` at the top of the file would not give
    its plain name (or ``alias``) that meaning at ``at``, in words; ``None`` if it would.

    An import of the same thing that is there already is no reason, unless it stands in a function
    and need not have run.
    """
    plain = alias or name or module.partition(".")[0]
    if plain in BUILTINS:
        return f"{plain} is a builtin that the import would hide"
    if any(plain == item.name.partition(".")[0] for item in tree.unread):
        return f"{plain} is defined in a part of the file that could not be read"
    table = scope_table(tree)
    for scope in visible_scopes(tree, at):
        if scope is tree.module or table.outer.get(scope, {}).get(plain) is True:
            break
        nodes = table.binders(scope, plain)
        if nodes and not _all_import(tree, nodes, module, name, alias):
            line = position(nodes[0])[0]
            return f"{plain} has another meaning in {_scope_text(scope)} (line {line})"
        if nodes and not any(
            in_effect(tree, node, at) for node in nodes if isinstance(node, ast.alias)
        ):
            # A name that any line of a function binds is local in all of it.
            line = position(nodes[0])[0]
            return f"{plain} is local in {_scope_text(scope)}, and not assigned yet (line {line})"
    for node in table.binders(tree.module, plain):
        if not _all_import(tree, [node], module, name, alias):
            return f"{plain} has another meaning in this module (line {position(node)[0]})"
    return None


def in_effect(tree: Tree, alias: ast.alias, at: ast.AST) -> bool:
    """Whether an import has certainly run when ``at`` runs, as far as branches, scopes and order
    tell; shadowing is not looked at."""
    scope = scope_of(tree, alias)
    here = {*tree.ancestors(at), at}
    if scope not in here:
        return False
    ordered = scope is not tree.module or (at is not tree.module and _runs_at_import(tree, at))
    if ordered and position(at)[0] <= position(alias)[0]:
        return False
    for ancestor, child in tree.steps(alias):
        if ancestor is scope:
            return True
        if isinstance(ancestor, ast.stmt) and child is not alias:
            branch = siblings(tree, child)
            if type_checking(tree, ancestor) and branch is ancestor.body:  # type: ignore[attr-defined]
                return False
            if not any(item in here for item in branch) and not _surely(
                tree, ancestor, branch, alias, scope
            ):
                return False
    return True


def type_checking(tree: Tree, statement: ast.AST) -> bool:
    """Whether this is ``if TYPE_CHECKING:``."""
    if not isinstance(statement, ast.If):
        return False
    test = statement.test
    return (
        last_name(test) == "TYPE_CHECKING" or qualified_name(tree, test) == "typing.TYPE_CHECKING"
    )


def binds_at_top(
    tree: Tree, module: str, name: str | None = None, alias: str | None = None
) -> bool:
    """Whether the module binds the plain name (or ``alias``) to ``module`` or ``module.name``,
    unconditionally (or in a ``try`` that stands for an optional package)."""

    def binds(node: ast.alias) -> bool:
        if alias is not None:
            return bound_name(node) == alias and imported_name(tree, node) == _dotted(module, name)
        return node.asname in (None, name or module) and _imports(tree, node, module, name)

    return any(binds(node) and in_effect(tree, node, tree.module) for node in module_aliases(tree))


def module_aliases(tree: Tree) -> Iterator[ast.alias]:
    """Every name imported in the module's own scope, without star imports."""
    for alias in tree.of(ast.alias):
        if alias.name != "*" and scope_of(tree, alias) is tree.module:
            yield alias


def is_used(tree: Tree, name: str) -> bool:
    """Whether anything reads the module's ``name``: code, ``__all__``, annotations in quotes and
    other strings that read as an expression with that name (``cast("Track", x)``), ``del``, and
    ``global``. Reads of a local variable of the same name do not count."""
    for node in tree.names[name]:
        stored = isinstance(node.ctx, ast.Store)
        if not stored or isinstance(tree.parent(node), ast.AugAssign):
            scope = find_scope(tree, name, node)
            if scope is None or scope is tree.module:
                return True
    if any(name in node.names for node in tree.of(ast.Global)):
        return True
    return exported(tree, name) or any(
        _names_in_text(node.value, name)
        for node in tree.of(ast.Constant)
        if isinstance(node.value, str) and name in node.value
    )


def exported(tree: Tree, name: str) -> bool:
    """Whether ``name`` is offered to other modules: it stands in ``__all__`` (or ``__all__`` is
    computed), or it is imported as itself (``import x as x``)."""
    if any(alias.asname == name == alias.name for alias in module_aliases(tree)):
        return True
    return any(
        isinstance(item, (*COMPREHENSIONS, ast.Call))
        or (isinstance(item, ast.Constant) and item.value == name)
        for value in _all_values(tree)
        for item in walk(value)
    )


def _all_values(tree: Tree) -> Iterator[ast.expr]:
    for node in tree.names["__all__"]:
        if scope_of(tree, node) is not tree.module:
            continue
        parent = tree.parent(node)
        if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            if parent.value is not None:
                yield parent.value
        elif isinstance(parent, ast.Attribute) and (call := tree.call_of(parent)):
            yield from call.args


def _names_in_text(text: str, name: str) -> bool:
    if not re.search(rf"\b{re.escape(name)}\b", text) or len(text) > 500:
        return False
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Not an expression, so no annotation.
        return False
    return any(isinstance(node, ast.Name) and node.id == name for node in walk(tree))


def _expression(tree: Tree, at: ast.AST, dotted: str) -> str | None:
    for alias in tree.of(ast.alias):
        if alias.name == "*":
            continue
        base = imported_name(tree, alias)
        plain = alias.asname is None and isinstance(tree.parent(alias), ast.Import)
        if base == dotted:
            rest = ""
        elif plain and f"{alias.name}.".startswith(f"{dotted}."):
            rest = dotted[len(base) :]
        else:
            continue
        name = bound_name(alias)
        scope = find_scope(tree, name, at) if in_effect(tree, alias, at) else None
        # A function that imports it too, further down, has a local name of its own.
        if scope is not scope_of(tree, alias):
            continue
        if scope is not None and import_meaning(tree, scope, name) == base:
            return name + rest
    return None


def _imports(tree: Tree, alias: ast.alias, module: str, name: str | None) -> bool:
    statement = tree.parent(alias)
    if name is None:
        return isinstance(statement, ast.Import) and f"{alias.name}.".startswith(f"{module}.")
    return isinstance(statement, ast.ImportFrom) and (
        imported_name(tree, alias) == _dotted(module, name)
    )


def _dotted(module: str, name: str | None) -> str:
    joint = "" if module.endswith(".") else "."
    return module if name is None else f"{module}{joint}{name}"


def _all_import(
    tree: Tree, nodes: list[ast.AST], module: str, name: str | None, alias: str | None
) -> bool:
    """Whether each of these binds the same object as the import in question would."""
    top = module.partition(".")[0]
    for node in nodes:
        if not isinstance(node, ast.alias):
            return False
        if alias is not None:
            if imported_name(tree, node) != _dotted(module, name):
                return False
        elif name is None:
            if imported_name(tree, node) != top:
                return False
        elif not _imports(tree, node, module, name):
            return False
    return True


def _runs_at_import(tree: Tree, at: ast.AST) -> bool:
    scope = scope_of(tree, at)
    while isinstance(scope, (ast.ClassDef, *COMPREHENSIONS)):
        scope = scope_of(tree, scope)
    return scope is tree.module


def _surely(
    tree: Tree, statement: ast.AST, branch: Sequence[ast.AST], alias: ast.alias, scope: ast.AST
) -> bool:
    """Whether code after ``statement`` finds the import done, or stands on it anyway."""
    name = bound_name(alias)
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return not any("suppress" in ast.dump(item) for item in statement.items)
    if isinstance(statement, ast.If):
        return all(_binds_or_leaves(part, name) for part in (statement.body, statement.orelse))
    if isinstance(statement, TRIES):
        if branch is statement.finalbody or branch is statement.orelse:
            return branch is statement.finalbody or _handled(statement, name)
        if branch is statement.body:
            # Only a package that may be missing is imported in a `try` for its own sake; a module
            # of the standard library is there by chance and may be skipped by what fails above it.
            optional = imported_name(tree, alias).partition(".")[0] not in sys.stdlib_module_names
            return _handled(statement, name) or (scope is tree.module and optional)
        return _binds_or_leaves(statement.body, name) and _handled(statement, name)
    return False


def _handled(statement: ast.Try | ast.TryStar, name: str) -> bool:
    return all(_binds_or_leaves(handler.body, name) for handler in statement.handlers)


def _binds_or_leaves(body: list[ast.stmt], name: str) -> bool:
    for item in body:
        if isinstance(item, LEAVING):
            return True
        if isinstance(item, (ast.Import, ast.ImportFrom)) and any(
            bound_name(alias) == name for alias in item.names
        ):
            return True
        if isinstance(item, TRIES) and _binds_or_leaves(item.body, name) and _handled(item, name):
            return True
    return False


def _scope_text(scope: ast.AST) -> str:
    if isinstance(scope, FUNCTIONS):
        return f"{scope.name}()"
    if isinstance(scope, DEFINITIONS):
        return f"class {scope.name}"
    return "the lambda" if isinstance(scope, ast.Lambda) else "the comprehension"
