"""What binds a name in a scope, and which scopes a node sees."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.syntax.parts import parameters_of
from codemods.syntax.scopes import bound_name, opens_frame
from codemods.syntax.tree import (
    COMPREHENSIONS,
    DEFINITIONS,
    FAR,
    FUNCTIONS,
    Definition,
    Tree,
    push_children,
    walk,
)

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Scope = ast.Module | Definition | ast.Lambda | Comprehension


class How(enum.Enum):
    """In which way a name is bound."""

    PARAMETER = "parameter"
    IMPORT = "import"
    DEFINITION = "definition"
    VALUE = "value"
    """An assignment of the whole value, or an annotation, or both."""
    ENTERED = "entered"
    """``with value as name``."""
    ELSEWHERE = "elsewhere"
    """``global`` or ``nonlocal``."""
    OTHER = "other"
    """Loops, unpacking, handlers, ``del``, patterns, augmented assignment."""


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One binding of one name."""

    how: How
    node: ast.AST
    """The parameter, definition, import statement or assignment."""
    value: ast.expr | None = None
    annotation: ast.expr | None = None
    alias: ast.alias | None = None


Bindings = dict[str, list[Binding]]


def scopes_of(tree: Tree, node: ast.AST) -> tuple[Scope, ...]:
    """The scopes in which names at ``node`` are looked up, innermost first, the module last.

    A class body is seen only from itself; decorators, defaults and annotations of a function
    are of the scope around it, and so is the first iterable of a comprehension.
    """
    found: list[Scope] = [node] if isinstance(node, ast.Module) else []
    for number, (ancestor, child) in enumerate(tree.steps(node)):
        if number == FAR:
            seen = all(isinstance(item, COMPREHENSIONS) for item in found)
            above = tree.once(scopes_of, child)
            found += [item for item in above if seen or not isinstance(item, ast.ClassDef)]
            break
        if isinstance(ancestor, (*FUNCTIONS, ast.Lambda)):
            if opens_frame(ancestor, child):
                found.append(ancestor)
        elif isinstance(ancestor, ast.ClassDef):
            seen = all(isinstance(item, COMPREHENSIONS) for item in found)
            if isinstance(child, ast.stmt) and seen:
                found.append(ancestor)
        elif isinstance(ancestor, COMPREHENSIONS):
            if child is not ancestor.generators[0]:
                found.append(ancestor)
        elif isinstance(ancestor, ast.Module):
            found.append(ancestor)
    return tuple(found)


def bindings_of(scope: Scope) -> Bindings:
    """Every name that ``scope`` itself binds, with its bindings in source order."""
    found: Bindings = {}
    if isinstance(scope, COMPREHENSIONS):
        for generator in scope.generators:
            _targets(generator.target, generator, found)
        return found
    if isinstance(scope, (*FUNCTIONS, ast.Lambda)):
        arguments = scope.args
        for argument in parameters_of(arguments):
            _add(found, argument.arg, Binding(How.PARAMETER, argument, None, argument.annotation))
        for star in (arguments.vararg, arguments.kwarg):
            if star is not None:
                # Annotated with the type of one element, so the annotation does not help.
                _add(found, star.arg, Binding(How.OTHER, star))
    if isinstance(scope, ast.Lambda):
        return found
    for node in own_nodes(scope):
        if type(node) in _BINDERS:
            _collect(node, found)
    return found


def own_nodes(scope: Scope) -> Iterator[ast.AST]:
    """The nodes that ``scope`` runs itself, in source order: nested functions, lambdas and
    classes are yielded but not entered; comprehensions are entered."""
    if isinstance(scope, (ast.Module, *DEFINITIONS)):
        stack: list[ast.AST] = list(reversed(scope.body))
    else:
        stack = [scope.body] if isinstance(scope, ast.Lambda) else [scope]
    while stack:
        node = stack.pop()
        yield node
        kind = type(node)
        if kind in DEFINITIONS:
            stack.extend(reversed(node.decorator_list))  # type: ignore[attr-defined]
        elif kind is not ast.Lambda:
            push_children(node, stack)


def _add(found: Bindings, name: str, binding: Binding) -> None:
    found.setdefault(name, []).append(binding)


_BINDERS = frozenset(
    (
        *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
        *(ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.AugAssign, ast.For, ast.AsyncFor),
        *(ast.With, ast.AsyncWith, ast.ExceptHandler, ast.MatchAs, ast.MatchStar),
        *(ast.MatchMapping, ast.Delete, ast.Global, ast.Nonlocal),
    )
)
"""The nodes that :func:`_collect` knows: most are none of them."""


def _collect(node: ast.AST, found: Bindings) -> None:
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                _add(found, bound_name(alias), Binding(How.IMPORT, node, alias=alias))
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            _add(found, name, Binding(How.DEFINITION, node))
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    _add(found, target.id, Binding(How.VALUE, node, value))
                else:
                    _targets(target, node, found)
        case ast.AnnAssign(target=ast.Name(id=name), value=assigned, annotation=annotation):
            _add(found, name, Binding(How.VALUE, node, assigned, annotation))
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            _add(found, name, Binding(How.VALUE, node, value))
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            _targets(target, node, found)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if isinstance(item.optional_vars, ast.Name):
                    bound = Binding(How.ENTERED, node, item.context_expr)
                    _add(found, item.optional_vars.id, bound)
                elif item.optional_vars is not None:
                    _targets(item.optional_vars, node, found)
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            _add(found, name, Binding(How.OTHER, node))
        case ast.Delete(targets=targets):
            for target in targets:
                _targets(target, node, found)
        case ast.Global(names=words) | ast.Nonlocal(names=words):
            for word in words:
                _add(found, word, Binding(How.ELSEWHERE, node))


def _targets(target: ast.expr, node: ast.AST, found: Bindings) -> None:
    """The names in an unpacking: bound to something, but to what is not followed."""
    for item in walk(target):
        if isinstance(item, ast.Name) and not isinstance(item.ctx, ast.Load):
            _add(found, item.id, Binding(How.OTHER, node))
