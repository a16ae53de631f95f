"""Parts that nodes of several kinds have, or that lie in several fields of one."""

from __future__ import annotations

import ast

from codemods.syntax.dotted import last_name
from codemods.syntax.tree import FUNCTIONS, Definition, Function, Node


def targets_of(node: ast.AST | None) -> list[ast.expr]:
    """The targets of an assignment of any kind; nothing for another node."""
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) else []


def method_of(owner: Definition, name: str) -> Function | None:
    """The first method of that name: of a property and its setter, the getter."""
    methods = (item for item in owner.body if isinstance(item, FUNCTIONS))
    return next((item for item in methods if item.name == name), None)


def root_of(node: ast.expr) -> ast.expr:
    """``a`` of ``a.b.c``; what it is that has the attributes."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def root_name(node: ast.expr) -> str:
    """``self`` of ``self.queue.tracks``; ``""`` if the attributes are not those of a name."""
    return last_name(root_of(node))


def is_path(node: ast.expr) -> bool:
    """Whether an expression is a name with attributes, and nothing that is called."""
    return isinstance(root_of(node), ast.Name)


def assigned(statement: ast.AST) -> tuple[str | None, ast.expr | None]:
    """The name that an assignment or annotation binds, and the value."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=given):
            return name, given
    return None, None


def positional_of(arguments: ast.arguments) -> list[ast.arg]:
    """The parameters that take a positional argument, but for ``*args``."""
    return [*arguments.posonlyargs, *arguments.args]


def parameters_of(arguments: ast.arguments) -> list[ast.arg]:
    """The parameters with their own names: all but ``*args`` and ``**kwargs``."""
    return [*positional_of(arguments), *arguments.kwonlyargs]


def values_given(call: ast.Call) -> list[ast.expr]:
    """The values of all arguments of a call."""
    return [*call.args, *(item.value for item in call.keywords)]


def keyword_value(call: ast.Call, name: str) -> ast.expr | None:
    """The value of the keyword argument of that name."""
    return next((item.value for item in call.keywords if item.arg == name), None)


def callee_of(node: Node) -> Node | ast.expr:
    """The function of a call; any other node itself: ``a.b`` of ``@a.b`` and ``@a.b(…)``."""
    return node.func if isinstance(node, ast.Call) else node


def default_of(arguments: ast.arguments, parameter: ast.arg) -> ast.expr | None:
    """The default of a parameter, if it has one."""
    plain = positional_of(arguments)
    if parameter in plain:
        index = plain.index(parameter) - (len(plain) - len(arguments.defaults))
        return arguments.defaults[index] if index >= 0 else None
    if parameter in arguments.kwonlyargs:
        return arguments.kw_defaults[arguments.kwonlyargs.index(parameter)]
    return None


def is_plain(node: ast.AST | None) -> bool:
    """Whether a constant, an empty collection or nothing at all is given there."""
    match node:
        case None | ast.Constant() | ast.Dict(keys=[]):
            return True
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Set(elts=[]):
            return True
    return False


def is_text(node: ast.AST) -> bool:
    """Whether a text is written there, with values in it or not."""
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
