"""Handlers that pass on their exception, with its traceback."""

from __future__ import annotations

import ast

from codemods.analysis.logs.answered import ANSWERS, STATUSES
from codemods.analysis.logs.tracebacks import run_together
from codemods.syntax.dotted import last_name
from codemods.syntax.names import binding_of
from codemods.syntax.parts import callee_of, parameters_of, values_given
from codemods.syntax.tree import FUNCTIONS, Tree, position, walk
from codemods.tables import WordTable

_HANDED = WordTable(
    "capture_exc* capture_err* report_exc* report_err* log_exc* log_err* "
    "handle_exc* handle_err* on_exc* on_err*"
)
_HANDED_WHOLE = WordTable("set_exception throw put put_nowait")
_KEPT = WordTable("err error exc exception failure")
"""Words of attributes that keep an exception for whoever asks for it later."""


def handed_on(tree: Tree, handler: ast.ExceptHandler, call: ast.Call) -> str | None:
    """Who gets the exception after ``call`` has logged, for people; ``None`` if nobody does."""
    for statement in handler.body:
        for node in walk(statement):
            kept = _kept(node, handler.name) if isinstance(node, ast.Assign) else None
            if kept is not None and run_together(tree, node, call):
                return f"{kept} keeps the exception"
            if not isinstance(node, (ast.Call, ast.Raise)) or position(node) <= position(call):
                continue
            if not _hands_on(tree, node, handler.name) or not run_together(tree, node, call):
                continue
            if isinstance(node, ast.Raise):
                return f"line {node.lineno} raises another exception, with this one as its context"
            return f"{last_name(node.func)}() on line {node.lineno} also gets the exception"
    return None


def _hands_on(tree: Tree, node: ast.Call | ast.Raise, name: str | None) -> bool:
    if isinstance(node, ast.Raise):
        if node.exc is None or (isinstance(node.cause, ast.Constant) and node.cause.value is None):
            return False
        return not _is_answer(node.exc)
    given = [n for n, item in enumerate(values_given(node)) if getattr(item, "id", None) == name]
    if not given:
        return False
    called = last_name(node.func)
    if _HANDED.found_in(called) or _HANDED_WHOLE.ends(called):
        return True
    return any(_raises_it(tree, node, number) for number in given)


def _raises_it(tree: Tree, call: ast.Call, number: int) -> bool:
    """Whether a function of the file raises what it is given, or another exception from it."""
    if not isinstance(call.func, ast.Name) or number >= len(call.args):
        return False
    for function in binding_of(tree, call.func.id, call).nodes:
        if not isinstance(function, FUNCTIONS):
            continue
        parameters = parameters_of(function.args)
        name = parameters[number].arg if number < len(parameters) else ""
        for node in tree.within(function, ast.Raise):
            if name in (getattr(node.exc, "id", None), getattr(node.cause, "id", None)):
                return True
    return False


def _kept(node: ast.Assign, name: str | None) -> str | None:
    """The attribute that keeps the exception: ``self.error = error``."""
    if name is None or getattr(node.value, "id", None) != name:
        return None
    for target in node.targets:
        if isinstance(target, ast.Attribute) and _KEPT.found_in(target.attr):
            return ast.unparse(target)
    return None


def _is_answer(raised: ast.expr) -> bool:
    """Whether what is raised is an answer: it has a status, or a function makes one of the
    exception."""
    name = last_name(callee_of(raised))
    given = raised.keywords if isinstance(raised, ast.Call) else []
    return (
        ANSWERS.match(name) is not None
        or not name[:1].isupper()
        or any(item.arg in STATUSES for item in given)
    )
