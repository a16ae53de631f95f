"""What a name can be when a ``return`` gives it back: which parameters, and whether ``None``."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from codemods.syntax.names import names_bound
from codemods.syntax.parts import default_of, parameters_of
from codemods.syntax.tree import DEFINITIONS, Function, Tree, is_none

OTHER = ""
"""An origin that is no parameter: something that the function made or read itself."""

Origins = Mapping[str, frozenset[str]]


class Aliases:
    """Follows the parameters of one function through its plain assignments.

    ``returned`` has for each ``return`` what every name can be there: the names of parameters,
    and :data:`OTHER`. Loops are walked twice, which is enough for names that only ever take each
    other's values one step at a time.
    """

    def __init__(self, function: Function) -> None:
        self.returned: dict[ast.Return, Origins] = {}
        names = [item.arg for item in parameters_of(function.args)]
        self._block(function.body, {name: frozenset({name}) for name in names})

    def _block(self, body: Sequence[ast.stmt], env: Origins | None) -> Origins | None:
        """What names are behind ``body``; ``None`` where nothing comes to its end."""
        for statement in body:
            if env is None:
                return None
            env = self._statement(statement, env)
        return env

    def _statement(self, node: ast.stmt, env: Origins) -> Origins | None:
        match node:
            case ast.Return():
                known = self.returned.get(node)
                self.returned[node] = env if known is None else _union(known, env) or env
                return None
            case ast.Raise():
                return None
            case ast.If():
                return _union(self._block(node.body, env), self._block(node.orelse, env))
            case ast.For() | ast.AsyncFor() | ast.While():
                start = env if isinstance(node, ast.While) else _rebound(node.target, env)
                once = _union(env, self._block(node.body, start))
                twice = _union(once, self._block(node.body, once or env))
                return self._block(node.orelse, twice)
            case ast.Try():
                return self._try(node, env)
            case ast.With() | ast.AsyncWith():
                inner = env
                for item in node.items:
                    inner = _rebound(item.optional_vars, inner)
                return self._block(node.body, inner)
            case ast.Match():
                ends: Origins | None = env
                for case in node.cases:
                    ends = _union(ends, self._block(case.body, _rebound(case.pattern, env)))
                return ends
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                return {**_rebound(value, env), name: _origins(value, env)}
            case _ if isinstance(node, DEFINITIONS):
                return {**env, node.name: frozenset({OTHER})}
        return _rebound(node, env)

    def _try(self, node: ast.Try, env: Origins) -> Origins | None:
        body = self._block(node.body, env)
        # A handler can be entered before, after and between the statements of the body.
        entered: Origins = env
        for statement in node.body:
            bound = names_bound(statement)
            anew = {name: entered.get(name, frozenset()) | {OTHER} for name in bound}
            entered = {**entered, **anew}
        ends = self._block(node.orelse, body)
        for handler in node.handlers:
            ends = _union(ends, self._block(handler.body, entered))
        if node.finalbody:
            return self._block(node.finalbody, ends if ends is not None else entered)
        return ends


def _origins(value: ast.expr, env: Origins) -> frozenset[str]:
    match value:
        case ast.Name(id=name):
            return env.get(name, frozenset({OTHER}))
        case ast.IfExp():
            return _origins(value.body, env) | _origins(value.orelse, env)
    return frozenset({OTHER})


def _rebound(node: Any, env: Origins) -> Origins:
    """``env`` with whatever ``node`` binds taken for something else."""
    bound = names_bound(node) if isinstance(node, ast.AST) else set()
    return {**env, **{name: frozenset({OTHER}) for name in bound}} if bound else env


def _union(one: Origins | None, two: Origins | None) -> Origins | None:
    if one is None or two is None:
        return two if one is None else one
    names = {*one, *two}
    missing = frozenset({OTHER})
    return {name: one.get(name, missing) | two.get(name, missing) for name in names}


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
