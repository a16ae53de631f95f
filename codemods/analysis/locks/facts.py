"""What is known of values where a function is called, and what of it never runs for that."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codemods.syntax.parts import targets_of
from codemods.syntax.statements import blocks_around, leaves
from codemods.syntax.tree import Function, Tree, walk

Facts = Mapping[str, object]
"""Expressions as they are written, with their values; any object stands for one that is true."""

_SOMETHING = object()


def facts_at(tree: Tree, node: ast.expr) -> dict[str, object]:
    """What the straight way to ``node`` in its function has set: attributes, and names."""
    found: dict[str, object] = {}
    for block, index in reversed(list(blocks_around(tree, node))):
        for statement in block[:index]:
            for item in walk(statement):
                # Whatever else sets it, in a branch say, leaves it open.
                if isinstance(getattr(item, "ctx", None), ast.Store):
                    found.pop(ast.unparse(item), None)
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
                value = _value(statement.value)
                if isinstance(statement.value, ast.Name):
                    # ``made = Service()``, and then ``self.service = made``.
                    value = found.get(statement.value.id, value)
                for target in targets_of(statement) if value is not _UNKNOWN else ():
                    found[ast.unparse(target)] = value
    return found


_UNKNOWN = object()


def _value(node: ast.expr) -> object:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            # What makes something gives it; what asks may give nothing.
            made = name.lstrip("_")
            is_maker = made[:1].isupper() or made.startswith(("make", "create", "build", "new"))
            return _SOMETHING if is_maker else _UNKNOWN
        case ast.Name(id="self") | ast.Lambda():
            return _SOMETHING
    return _UNKNOWN


def given(call: ast.Call | None, function: Function) -> dict[str, object]:
    """What a call says of the parameters of the function that it calls."""
    parameters = [*function.args.posonlyargs, *function.args.args]
    found: dict[str, object] = {}
    defaults = function.args.defaults
    for item, default in zip(parameters[len(parameters) - len(defaults) :], defaults, strict=True):
        found[item.arg] = _value(default)
    for item, keyed in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        found[item.arg] = _value(keyed) if keyed is not None else _UNKNOWN
    if call is not None:
        if any(isinstance(item, ast.Starred) for item in call.args) or any(
            item.arg is None for item in call.keywords
        ):
            return {}
        bound = isinstance(call.func, ast.Attribute)
        for item, value in zip(parameters[bound:], call.args, strict=False):
            found[item.arg] = _value(value)
        found.update({item.arg: _value(item.value) for item in call.keywords if item.arg})
    return {name: value for name, value in found.items() if value is not _UNKNOWN}


def never_runs(tree: Tree, function: Function, node: ast.expr, facts: Facts) -> bool:
    """Whether a function that is called with ``facts`` leaves before it comes to ``node``, or
    goes another way."""
    known = {text: value for text, value in facts.items() if not _is_set(function, text, node)}
    if not known:
        return False
    child: ast.AST = node
    for ancestor in tree.ancestors(node):
        if ancestor is function:
            break
        if isinstance(ancestor, ast.If) and child is not ancestor.test:
            truth = _truth(ancestor.test, known)
            if truth is (child not in ancestor.body) and truth is not None:
                return True
        child = ancestor
    return any(
        isinstance(statement, ast.If)
        and leaves(statement.body)
        and _truth(statement.test, known) is True
        for block, index in blocks_around(tree, node)
        for statement in block[:index]
    )


def asks_the_caller(tree: Tree, function: Function, node: ast.expr, facts: Facts) -> bool:
    """Whether a condition on the way to ``node`` looks at what the caller passes, and the facts do
    not say how it ends: another caller may come there, and this one not."""
    names = _passed(function)
    known = {text: value for text, value in facts.items() if not _is_set(function, text, node)}

    def is_open(test: ast.expr) -> bool:
        read = {item.id for item in walk(test) if isinstance(item, ast.Name)}
        return not names.isdisjoint(read) and _truth(test, known) is None

    for ancestor in tree.ancestors(node):
        if ancestor is function:
            break
        if isinstance(ancestor, (ast.If, ast.IfExp, ast.While)) and is_open(ancestor.test):
            return True
    return any(
        isinstance(statement, ast.If) and leaves(statement.body) and is_open(statement.test)
        for block, index in blocks_around(tree, node)
        for statement in block[:index]
    )


def _passed(function: Function) -> set[str]:
    """The parameters but for ``self``, and the names that are made of them."""
    given = function.args
    names = {
        item.arg
        for item in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
        if item is not None
    } - {"self", "cls"}
    for statement in walk(function):
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            read = {item.id for item in walk(statement.value) if isinstance(item, ast.Name)}
            if not names.isdisjoint(read):
                names |= {item.id for item in targets_of(statement) if isinstance(item, ast.Name)}
    return names


def _is_set(function: Function, text: str, before: ast.expr) -> bool:
    return any(
        isinstance(item, (ast.Name, ast.Attribute))
        and isinstance(item.ctx, ast.Store)
        and item.lineno < before.lineno
        and ast.unparse(item) == text
        for item in walk(function)
    )


def _truth(test: ast.expr, facts: Facts) -> bool | None:
    """Whether a condition holds; ``None`` where the facts do not say."""
    match test:
        case ast.Name() | ast.Attribute():
            text = ast.unparse(test)
            return bool(facts[text]) if text in facts else None
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            truth = _truth(operand, facts)
            return None if truth is None else not truth
        case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as way], comparators=[other]):
            text = ast.unparse(left)
            if text not in facts or not isinstance(other, ast.Constant) or other.value is not None:
                return None
            return (facts[text] is None) is isinstance(way, ast.Is)
        case ast.BoolOp(op=op, values=values):
            decisive = isinstance(op, ast.Or)
            truths = [_truth(item, facts) for item in values]
            if decisive in truths:
                return decisive
            return None if None in truths else not decisive
    return None
