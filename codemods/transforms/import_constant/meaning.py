"""Which constant a literal stands for, where a finding names it by its value and its meaning."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.names.constants import definition_in
from codemods.codemod import Scope
from codemods.demands.code import is_constant
from codemods.project.source import SourceFile, readable
from codemods.syntax.parts import assigned, default_of, parameters_of
from codemods.syntax.tree import Tree
from codemods.transforms.import_constant.plan import ConstantHints, ConstantPlan, stems


def constants_meant(
    scope: Scope, source: SourceFile, plan: ConstantPlan, hints: ConstantHints
) -> tuple[str, ...]:
    """For a plan without names the constants in its files that have the value and say the same: a
    word of the name is one of the finding."""
    values = [value for text in plan.values if (value := literal(text)) is not None]
    found = [
        name
        for module in plan.modules
        if (home := scope.source_named(module)) is not None and home is not source
        for name, value in _constants(home)
        if any(is_same(value, wanted) for wanted in values)
        and not hints.words.isdisjoint(stems((name,)))
    ]
    return tuple(dict.fromkeys(found))


def _constants(home: SourceFile) -> Iterator[tuple[str, object]]:
    tree = readable(home)
    for statement in tree.module.body if tree is not None else ():
        name, value = assigned(statement)
        if tree is None or name is None or value is None or not is_constant(name):
            continue
        if definition_in(tree, name) is statement:
            yield name, literal(value)


def literal(node: ast.expr | str) -> object:
    """The value of a literal or of arithmetic with literals, ``None`` for anything else."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        # A name or a call: its value is known when it runs.
        return None


def is_same(one: object, other: object) -> bool:
    """Whether two values are equal, and of one kind: ``True`` is no ``1``."""
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def given_to(tree: Tree, node: ast.expr) -> str | None:
    """The name of the parameter, keyword, variable or key that a literal is the value of.

    A branch of a conditional expression counts for the whole of it.
    """
    child, parent = _whole(tree, node)
    match parent:
        case ast.keyword(arg=name):
            return name
        case ast.arguments():
            named = (item for item in parameters_of(parent) if default_of(parent, item) is child)
            return next((item.arg for item in named), None)
        case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)]):
            return name
        case ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if value is child and isinstance(key, ast.Constant):
                    return str(key.value)
    return None


def takes_floats(tree: Tree, node: ast.expr) -> bool:
    """Whether a literal is the value of something that is annotated to be a ``float``: an ``int``
    is one there, and the other way round."""
    child, parent = _whole(tree, node)
    annotation: ast.expr | None = None
    if isinstance(parent, ast.arguments):
        named = (item for item in parameters_of(parent) if default_of(parent, item) is child)
        annotation = next((item.annotation for item in named), None)
    elif isinstance(parent, ast.AnnAssign):
        annotation = parent.annotation
    words = ast.walk(annotation) if annotation is not None else ()
    return any(isinstance(item, ast.Name) and item.id == "float" for item in words)


def _whole(tree: Tree, node: ast.expr) -> tuple[ast.AST, ast.AST | None]:
    """A literal, or the conditional expression that it is a branch of, and what that stands in."""
    child: ast.AST = node
    parent = tree.parent(node)
    while isinstance(parent, ast.IfExp) and child is not parent.test:
        child, parent = parent, tree.parent(parent)
    return child, parent
