"""What a name means: by the file's imports and aliases, and by Python's scoping.

A name that could mean two things means nothing here: every caller rewrites on the answer.
"""

from __future__ import annotations

import ast
import itertools
import keyword
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from codemods.syntax.scopes import (
    BUILTINS,
    CLASS_NAMES,
    MODULE_NAMES,
    bound_name,
    exclusive,
    find_scope,
    imported_name,
    scope_table,
)
from codemods.syntax.tree import (
    COMPREHENSIONS,
    DEFINITIONS,
    FUNCTIONS,
    Function,
    Tree,
    is_none,
    position,
    walk,
)

_NAMING = (ast.alias, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping)
BindingKind = Literal["import", "parameter", "local", "definition", "builtin", "unknown", "module"]

SHADOWING_STARS = frozenset({"os", "codecs", "gzip", "bz2", "lzma", "numpy", "pylab"})
"""Modules whose star import replaces builtins (``from os import *`` brings its own ``open``)."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What binds a name at its place."""

    kind: BindingKind
    """``module`` is a variable of the module, ``local`` one of a function, class or
    comprehension; ``unknown`` is bound by nothing in the file (but maybe by a star import)."""
    node: ast.AST | None
    """The first node that binds it: an ``alias``, an ``arg``, a stored ``Name``, a definition, an
    ``ExceptHandler``, a pattern; ``None`` for builtins and unknown names."""
    scope_node: ast.AST | None
    """The node that opens the scope: module, function, lambda, class or comprehension."""
    nodes: tuple[ast.AST, ...] = ()
    """Every node that binds it in that scope, in source order."""


def qualified_name(tree: Tree, node: ast.expr) -> str | None:
    """The dotted name that a name or attribute chain means, by imports and builtins.

    ``from time import sleep as zz`` makes ``zz`` to ``time.sleep``; ``open`` is
    ``builtins.open`` where nothing shadows it; ``from .models import Track`` gives
    ``.models.Track``. Of imports in exclusive branches (``try``/``except ImportError``,
    ``if``/``else``) the first counts, whether or not the others agree with it; ``name = None``
    beside an import is tolerated. ``None`` for everything else: parameters, variables,
    definitions of the file, names that are bound again, and names that only a star import could
    bring.
    """
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    scope = find_scope(tree, node.id, node)
    if scope is None:
        if node.id not in BUILTINS or _star_shadows(tree):
            return None
        base = f"builtins.{node.id}"
    else:
        meaning = import_meaning(tree, scope, node.id)
        if meaning is None:
            return None
        base = meaning
    return ".".join([base, *reversed(attributes)])


def import_meaning(tree: Tree, scope_node: ast.AST, name: str) -> str | None:
    """What ``name`` means by the imports of one scope, as in :func:`qualified_name`; ``None``
    when something else binds it there too."""
    table, key = scope_table(tree), (scope_node, name)
    if key not in table.meanings:
        table.meanings[key] = _import_meaning(tree, table.binders(scope_node, name))
    return table.meanings[key]


def binding(tree: Tree, node: ast.Name) -> Binding:
    """What binds ``node.id`` at ``node``."""
    return binding_of(tree, node.id, node)


def binding_of(tree: Tree, name: str, at: ast.AST) -> Binding:
    """What would bind ``name`` at ``at``."""
    scope = find_scope(tree, name, at)
    if scope is None:
        known = name in BUILTINS and not _star_shadows(tree)
        return Binding("builtin" if known else "unknown", None, None)
    nodes = tuple(scope_table(tree).binders(scope, name))
    return Binding(_kind(tree, scope, nodes), nodes[0], scope, nodes)


def local_names(tree: Tree, function: Function | ast.Lambda) -> set[str]:
    """The names of a function's own scope: its parameters, and what its body binds (imports and
    nested definitions too), but not what it declares ``global`` or ``nonlocal``."""
    return set(scope_table(tree).bindings.get(function, {}))


def free_name(tree: Tree, scope_node: ast.AST, wished: str) -> str:
    """``wished``, or ``wished_2`` and so on: a name that is not used in the scope or below it, so
    that binding it there captures nothing; never a keyword or a builtin."""
    taken = {name for node in tree.below(scope_node) for name in _identifiers(node)}
    candidate, number = wished, 1
    while candidate in taken or candidate in BUILTINS or keyword.iskeyword(candidate):
        number += 1
        candidate = f"{wished}_{number}"
    return candidate


def names_loaded(node: ast.AST) -> set[str]:
    """Every name that ``node`` or anything in it reads, nested scopes and the targets of
    augmented assignments included."""
    found = set()
    for item in walk(node):
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load):
            found.add(item.id)
        elif isinstance(item, ast.AugAssign) and isinstance(item.target, ast.Name):
            found.add(item.target.id)
    return found


def named(root: ast.AST, name: str) -> Iterator[ast.Name]:
    """Where ``name`` is read, bound or deleted in ``root``, nested scopes included."""
    return (item for item in walk(root) if isinstance(item, ast.Name) and item.id == name)


def names_bound(node: ast.AST) -> set[str]:
    """The names that running ``node`` binds or deletes in its scope: for a definition only its
    name, for a comprehension only what a walrus assigns."""
    found: set[str] = set()
    stack: list[tuple[ast.AST, bool]] = [(node, False)]
    while stack:
        item, in_comprehension = stack.pop()
        if isinstance(item, DEFINITIONS):
            found.add(item.name)
            stack += [(part, in_comprehension) for part in _evaluated(item)]
            continue
        if isinstance(item, ast.Lambda):
            stack += [(part, in_comprehension) for part in _defaults(item.args)]
            continue
        if isinstance(item, ast.NamedExpr):
            found.add(item.target.id)
        elif isinstance(item, ast.Name):
            if not in_comprehension and not isinstance(item.ctx, ast.Load):
                found.add(item.id)
        elif isinstance(item, _NAMING):
            found.update(_identifiers(item))
        inside = in_comprehension or isinstance(item, COMPREHENSIONS)
        stack += [(child, inside) for child in ast.iter_child_nodes(item)]
    return found


def undefined_names(tree: Tree, node: ast.AST) -> set[str]:
    """The names that ``node`` reads and that no scope around them, no import and no builtin
    defines. Empty when the file has a star import, which may define anything.

    Definitions that could not be read (:attr:`Tree.unread`) count as defined.
    """
    table = scope_table(tree)
    if table.stars:
        return set()
    # What the module binds is seen from everywhere in it.
    known = BUILTINS | MODULE_NAMES | table.bindings.get(tree.module, {}).keys()
    known |= {item.name.partition(".")[0] for item in tree.unread}
    found = set()
    for name in tree.within(node, ast.Name):
        if isinstance(name.ctx, ast.Load) and name.id not in known and name.id not in found:
            if name.id in CLASS_NAMES and any(
                isinstance(item, ast.ClassDef) for item in tree.ancestors(name)
            ):
                continue
            if find_scope(tree, name.id, name) is None:
                found.add(name.id)
    return found


def read_too_early(tree: Tree, node: ast.AST) -> Counter[tuple[str, str]]:
    """The names in ``node`` that a function makes local by a line that comes after, or that are
    read as the module runs and bound further down in it, with the name of the definition that each
    is read in: there they are not bound yet. What stands in the same loop may be bound by then.
    """
    table = scope_table(tree)
    found: Counter[tuple[str, str]] = Counter()
    for name in tree.within(node, ast.Name):
        if not isinstance(name.ctx, ast.Load):
            continue
        scope = find_scope(tree, name.id, name)
        if not isinstance(scope, (*FUNCTIONS, ast.Module)):
            continue
        if isinstance(scope, ast.Module) and tree.function(name) is not None:
            # It is read when the function runs, and by then the module has.
            continue
        nodes = table.binders(scope, name.id)
        if nodes and all(position(item) > position(name) for item in nodes):
            loops = [item for item in tree.ancestors(name) if isinstance(item, _LOOPS)]
            if not any(item in loops for other in nodes for item in tree.ancestors(other)):
                found[tree.qualified_name(name), name.id] += 1
    return found


_LOOPS = (ast.For, ast.AsyncFor, ast.While, *COMPREHENSIONS)


def _star_shadows(tree: Tree) -> bool:
    return any(star.module in SHADOWING_STARS for _, star in scope_table(tree).stars)


def _import_meaning(tree: Tree, nodes: list[ast.AST]) -> str | None:
    imports = [(node, imported_name(tree, node)) for node in nodes if isinstance(node, ast.alias)]
    if not imports or not all(isinstance(n, ast.alias) or _is_placeholder(tree, n) for n in nodes):
        return None
    for (one, name), (two, other) in itertools.combinations(imports, 2):
        if name != other and not exclusive(tree, one, two):
            return None
    return imports[0][1]


def _is_placeholder(tree: Tree, node: ast.AST) -> bool:
    """``requests = None`` or ``requests: Any``: says that the import may be missing, and gives
    the name no other meaning."""
    parent = tree.parent(node)
    if isinstance(parent, ast.AnnAssign) and parent.target is node:
        return parent.value is None or is_none(parent.value)
    return isinstance(parent, ast.Assign) and node in parent.targets and is_none(parent.value)


def _kind(tree: Tree, scope: ast.AST, nodes: tuple[ast.AST, ...]) -> BindingKind:
    if any(isinstance(node, ast.arg) for node in nodes):
        return "parameter"
    if _import_meaning(tree, list(nodes)) is not None:
        return "import"
    if all(isinstance(node, DEFINITIONS) for node in nodes):
        return "definition"
    return "module" if scope is tree.module else "local"


def _identifiers(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.alias):
        return () if node.name == "*" else (bound_name(node),)
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return tuple(node.names)
    if isinstance(node, ast.MatchMapping):
        return (node.rest,) if node.rest else ()
    if isinstance(node, (*DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        return (node.name,) if node.name else ()
    name = getattr(node, "name", None)
    # Type parameters of Python 3.12 and newer.
    return (name,) if isinstance(name, str) else ()


def _evaluated(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> list[ast.expr]:
    """What of a definition runs where it stands."""
    parts = list(node.decorator_list)
    if isinstance(node, FUNCTIONS):
        return parts + _defaults(node.args)
    return parts + node.bases + [keyword.value for keyword in node.keywords]


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return arguments.defaults + [item for item in arguments.kw_defaults if item is not None]
