"""Whether a parameter can be ``None`` when a ``return`` gives it back."""

from __future__ import annotations

import ast
from typing import Literal

from codemods.syntax.parts import default_of, parameters_of
from codemods.syntax.tree import Function, Tree, is_none


def none_there(
    tree: Tree, function: Function, statement: ast.Return, name: str
) -> Literal["always", "perhaps", "never"]:
    """Whether ``name`` is ``None`` at ``statement``, by the conditions around and before it."""
    for ancestor, child in tree.steps(statement):
        if ancestor is function:
            break
        if isinstance(ancestor, ast.If) and child in ancestor.body:
            test = ancestor.test
            if _is_none_test(test, name):
                return "always"
            if isinstance(test, ast.BoolOp) and any(
                _is_none_test(part, name) for part in test.values
            ):
                return "perhaps" if isinstance(test.op, ast.Or) else "always"
            if _says_something(test, name):
                return "never"
    parameter = parameter_of(function, name)
    if parameter is None or not _may_be_none(function, parameter):
        return "never"
    return "never" if _left_when_none(function, statement, name) else "perhaps"


def _left_when_none(function: Function, statement: ast.Return, name: str) -> bool:
    """Whether ``if x is None: return`` or ``raise`` stands before the return."""
    for item in function.body:
        if not isinstance(item, ast.If) or item.lineno >= statement.lineno:
            continue
        if statement in ast.walk(item) or not isinstance(item.body[-1], (ast.Return, ast.Raise)):
            continue
        tests = [item.test]
        if isinstance(item.test, ast.BoolOp) and isinstance(item.test.op, ast.Or):
            tests = item.test.values
        if any(_is_none_test(test, name) for test in tests):
            return True
    return False


def parameter_of(function: Function, name: str) -> ast.arg | None:
    """The parameter of that name, ``*args`` and ``**kwargs`` left out."""
    return next((item for item in parameters_of(function.args) if item.arg == name), None)


def _may_be_none(function: Function, parameter: ast.arg) -> bool:
    if is_none(default_of(function.args, parameter)):
        return True
    text = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
    return "None" in text or "Optional" in text


def _is_none_test(test: ast.expr, name: str) -> bool:
    match test:
        case ast.Compare(
            left=ast.Name(id=left),
            ops=[ast.Is() | ast.Eq()],
            comparators=[ast.Constant(value=None)],
        ):
            return left == name
    return False


def _says_something(test: ast.expr, name: str) -> bool:
    """Whether a condition reads the value in a way that ``None`` would not survive."""
    for node in ast.walk(test):
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=read)]) if read == name:
                return True
            case ast.Attribute(value=ast.Name(id=read)) if read == name:
                return True
            case ast.Compare(
                left=ast.Name(id=read), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]
            ) if read == name:
                return True
    return False
