"""Which code binds which name where: Python's scoping over one parsed file.

A scope is known by the node that opens it: the module, a function, a lambda, a class, or a
comprehension. The table of bindings is built once a tree, from the buckets of
:class:`~codemods.syntax.tree.Tree`, when somebody first asks for a name.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from codemods.syntax.tree import COMPREHENSIONS, DEFINITIONS, FAR, FUNCTIONS, TRIES, Tree, position
from codemods.tables import words

BUILTINS = frozenset(dir(builtins))
MODULE_NAMES = frozenset(
    words(
        "__annotations__ __builtins__ __cached__ __dict__ __doc__ __file__ __loader__ __name__ "
        "__package__ __path__ __spec__"
    )
)
CLASS_NAMES = frozenset({"__class__", "__module__", "__qualname__"})


_OPENERS = frozenset((*DEFINITIONS, *COMPREHENSIONS, ast.Lambda, ast.Module)) | {
    kind for name, kind in vars(ast).items() if name == "TypeAlias"
}
"""The nodes that open a scope; type aliases are of Python 3.12 and newer."""


@dataclass
class ScopeTable:
    """The bindings of one file."""

    bindings: dict[ast.AST, dict[str, list[ast.AST]]] = field(default_factory=dict)
    """By the scope's node and the name: the nodes that bind it, in source order. A node is an
    ``alias``, an ``arg``, a stored or deleted ``Name``, a definition, an ``ExceptHandler``, a
    match pattern, or a type parameter. A name that a function declares global is the module's."""
    outer: dict[ast.AST, dict[str, bool]] = field(default_factory=dict)
    """By scope: the names that it declares ``global`` (``True``) or ``nonlocal`` (``False``)."""
    stars: list[tuple[ast.AST, ast.ImportFrom]] = field(default_factory=list)
    """The star imports, with their scope."""
    holders: dict[str, list[ast.AST]] = field(default_factory=dict)
    """By name: the scopes that bind or declare it."""
    meanings: dict[tuple[ast.AST, str], str | None] = field(default_factory=dict)
    """What names mean by the imports of a scope, as far as that was asked."""

    def binders(self, scope: ast.AST, name: str) -> list[ast.AST]:
        """The nodes that bind ``name`` in exactly this scope."""
        return self.bindings.get(scope, {}).get(name, [])


def scope_table(tree: Tree) -> ScopeTable:
    """The table of ``tree``; built at the first call."""
    return tree.once(_build, tree.module)


def scope_chain(tree: Tree, node: ast.AST) -> Iterator[ast.AST]:
    """The scopes whose code runs ``node``, from the innermost to the module.

    Decorators, defaults and annotations run around their function, and so does the first
    iterable of a comprehension. Type parameters (Python 3.12) are a scope of their own between a
    definition and what is around it, known by the first of them.
    """
    before, child = node, node
    parents = tree.parents
    ancestor = parents.get(node)
    steps = 0
    while ancestor is not None:
        if steps >= FAR and isinstance(child, (ast.expr, ast.stmt)):
            yield from tree.once(_whole_chain, child)
            return
        if type(ancestor) not in _OPENERS:
            # Most nodes open no scope.
            pass
        elif isinstance(ancestor, DEFINITIONS):
            if isinstance(child, ast.stmt):
                yield ancestor
            if child not in ancestor.decorator_list:
                yield from _type_parameters(ancestor)[:1]
        elif isinstance(ancestor, ast.Lambda):
            if child is ancestor.body:
                yield ancestor
        elif isinstance(ancestor, COMPREHENSIONS):
            first = ancestor.generators[0]
            if not (child is first and before is first.iter):
                yield ancestor
        elif isinstance(ancestor, ast.Module):
            yield ancestor
        else:
            yield from _type_parameters(ancestor)[:1]
        before, child = child, ancestor
        ancestor = parents.get(child)
        steps += 1
    if node is tree.module:
        yield node


def _whole_chain(tree: Tree, node: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(scope_chain(tree, node))


def scope_of(tree: Tree, node: ast.AST) -> ast.AST:
    """The scope whose code runs ``node``."""
    return next(scope_chain(tree, node), tree.module)


def opens_frame(node: ast.AST, child: ast.AST) -> bool:
    """Whether ``child`` is in the body of ``node`` and ``node`` is a function, lambda or class:
    such a body runs at another time, or as a piece of its own."""
    if isinstance(node, ast.Lambda):
        return child is node.body
    return isinstance(node, DEFINITIONS) and isinstance(child, ast.stmt)


def steps_in_frame(tree: Tree, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each ``with``, ``try`` and handler around ``node`` in the body that runs it, with what of it
    holds the node."""
    for number, (ancestor, child) in enumerate(tree.steps(node)):
        if number == FAR:
            yield from tree.once(_steps_above, child)
            return
        if opens_frame(ancestor, child):
            return
        if isinstance(ancestor, (ast.With, ast.AsyncWith, ast.ExceptHandler, *TRIES)):
            yield ancestor, child


def _steps_above(tree: Tree, node: ast.AST) -> tuple[tuple[ast.AST, ast.AST], ...]:
    return tuple(steps_in_frame(tree, node))


def visible_scopes(tree: Tree, node: ast.AST) -> Iterator[ast.AST]:
    """The scopes in which a name at ``node`` is looked up: a class body is seen by its own
    statements alone, not by its methods and comprehensions."""
    inside = False
    for scope in scope_chain(tree, node):
        if isinstance(scope, ast.ClassDef) and inside:
            continue
        yield scope
        inside = inside or type(scope).__name__ not in ("TypeVar", "TypeVarTuple", "ParamSpec")


def find_scope(tree: Tree, name: str, at: ast.AST) -> ast.AST | None:
    """The scope that ``name`` belongs to at ``at``; ``None`` if no scope of the file binds it: a
    builtin, a name from a star import, or an undefined one."""
    table = scope_table(tree)
    holders = table.holders.get(name)
    if holders is None:
        return None
    of_module = holders == [tree.module] and table.binders(tree.module, name)
    if of_module and (at in tree.parents or at is tree.module):
        # No scope in between has it.
        return tree.module
    return _find(tree, table, name, at)


def _find(tree: Tree, table: ScopeTable, name: str, at: ast.AST) -> ast.AST | None:
    for scope in visible_scopes(tree, at):
        declared = table.outer.get(scope, {}).get(name)
        if declared is True:
            return tree.module if table.binders(tree.module, name) else None
        if declared is None and table.binders(scope, name):
            return scope
    return None


def bound_name(alias: ast.alias) -> str:
    """The name that an import binds: ``import a.b`` binds ``a``."""
    return alias.asname or alias.name.partition(".")[0]


def imported_name(tree: Tree, alias: ast.alias) -> str:
    """The dotted name of what an import binds; relative imports keep their leading dots."""
    statement = tree.parent(alias)
    if isinstance(statement, ast.ImportFrom):
        package = "." * statement.level + (statement.module or "")
        return f"{package}{alias.name}" if package.endswith(".") else f"{package}.{alias.name}"
    return alias.name if alias.asname else alias.name.partition(".")[0]


def exclusive(tree: Tree, first: ast.AST, second: ast.AST) -> bool:
    """Whether two nodes stand in branches of one ``if`` or ``try`` of which one runs (or is what
    is left to run when the other failed)."""
    path = dict(tree.steps(first))
    for ancestor, child in tree.steps(second):
        if ancestor in path:
            return _branch(ancestor, path[ancestor]) != _branch(ancestor, child)
    return False


def _branch(statement: ast.AST, child: ast.AST) -> object:
    if isinstance(statement, ast.If):
        return "else" if child in statement.orelse else "body"
    if isinstance(statement, TRIES):
        return child if isinstance(child, ast.ExceptHandler) else "body"
    return None


def _build(tree: Tree, _module: ast.Module) -> ScopeTable:
    table = ScopeTable()
    declarations: list[ast.Global | ast.Nonlocal] = tree.of(ast.Global, ast.Nonlocal)
    for declaration in declarations:
        scope = scope_of(tree, declaration)
        for name in declaration.names:
            table.outer.setdefault(scope, {})[name] = isinstance(declaration, ast.Global)
    found = list(_binders(tree, table))
    # What belongs to an outer scope can be placed only when the outer scopes are known.
    late: list[tuple[ast.AST, str, ast.AST]] = []
    for scope, name, node in found:
        if name in table.outer.get(scope, {}):
            late.append((scope, name, node))
        else:
            table.bindings.setdefault(scope, {}).setdefault(name, []).append(node)
    for scope, name, node in late:
        owner: ast.AST | None = tree.module
        if not table.outer[scope][name]:
            owner = _find(tree, table, name, node)
        if owner is not None:
            table.bindings.setdefault(owner, {}).setdefault(name, []).append(node)
    for names in table.bindings.values():
        for nodes in names.values():
            if len(nodes) > 1:
                nodes.sort(key=position)
    for scope in dict.fromkeys((*table.bindings, *table.outer)):
        for name in table.bindings.get(scope, {}).keys() | table.outer.get(scope, {}).keys():
            table.holders.setdefault(name, []).append(scope)
    return table


def _binders(tree: Tree, table: ScopeTable) -> Iterator[tuple[ast.AST, str, ast.AST]]:
    for node in tree.of(ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield _scope_of_stored(tree, node), node.id, node
    for alias in tree.of(ast.alias):
        scope = scope_of(tree, alias)
        statement = tree.parent(alias)
        if alias.name == "*" and isinstance(statement, ast.ImportFrom):
            table.stars.append((scope, statement))
        else:
            yield scope, bound_name(alias), alias
    for definition in tree.definitions():
        yield scope_of(tree, definition), definition.name, definition
    for argument in tree.of(ast.arg):
        function = (*FUNCTIONS, ast.Lambda)
        holder = next(node for node in tree.ancestors(argument) if isinstance(node, function))
        yield holder, argument.arg, argument
    named: list[ast.ExceptHandler | ast.MatchAs | ast.MatchStar] = tree.of(
        ast.ExceptHandler, ast.MatchAs, ast.MatchStar
    )
    for item in named:
        if item.name is not None:
            yield scope_of(tree, item), item.name, item
    for mapping in tree.of(ast.MatchMapping):
        if mapping.rest is not None:
            yield scope_of(tree, mapping), mapping.rest, mapping
    type_aliases = tree.of(ast.TypeAlias) if hasattr(ast, "TypeAlias") else []
    for parent in (*tree.definitions(), *type_aliases):
        parameters = _type_parameters(parent)
        for parameter in parameters:
            yield parameters[0], getattr(parameter, "name"), parameter  # noqa: B009


def _type_parameters(node: ast.AST) -> list[ast.AST]:
    """Of Python 3.12 and newer; none in trees of an older one."""
    return getattr(node, "type_params", None) or []


def _scope_of_stored(tree: Tree, node: ast.Name) -> ast.AST:
    scopes = scope_chain(tree, node)
    parent = tree.parent(node)
    if isinstance(parent, ast.NamedExpr) and parent.target is node:
        # A walrus in a comprehension binds in the function around it.
        return next(scope for scope in scopes if not isinstance(scope, COMPREHENSIONS))
    return next(scopes)
