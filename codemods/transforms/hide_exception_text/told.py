"""Texts that a handler means to tell: those that its ``try`` raises, and those that it asks for."""

from __future__ import annotations

import ast

from codemods.analysis.web.promises import asks_to_pass_on
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.handlers import handler_types
from codemods.syntax.parts import callee_of, values_given
from codemods.syntax.tree import Tree, walk
from codemods.tables import words
from codemods.transforms.hide_exception_text.leaks import Leak

_QUIET = frozenset(words("debug trace"))
_LOUD = frozenset(words("info warning warn error exception critical fatal"))
_CARRIERS = frozenset(words("Exception RuntimeError"))
"""Exceptions that are nothing but their text."""
Reason = tuple[str, str]
"""An identifier, and the same for people."""


def told_quietly(tree: Tree, leak: Leak) -> Reason | None:
    """A record for developers alone: somebody takes it for no failure."""
    holder = leak.exceptions.holder
    if not isinstance(holder, ast.ExceptHandler):
        return None
    quiet = None
    for call in (item for part in holder.body for item in tree.within(part, ast.Call)):
        method = last_name(call.func)
        if method in _LOUD and isinstance(call.func, ast.Attribute):
            return None
        if method in _QUIET and any(item.arg == "exc_info" for item in call.keywords):
            quiet = call
    if quiet is None:
        return None
    return "logged-quietly", f"line {quiet.lineno} logs it for developers only, on purpose"


def own_text(tree: Tree, leak: Leak) -> Reason | None:
    """A text that the ``try`` itself raises, for this handler to tell."""
    holder = leak.exceptions.holder
    attempt = tree.parent(holder) if isinstance(holder, ast.ExceptHandler) else None
    if not isinstance(attempt, ast.Try):
        return None
    earlier = attempt.handlers[: attempt.handlers.index(holder)]  # type: ignore[arg-type]
    caught = {last_part(name) for item in earlier for name in handler_types(item)}
    own = tree.function(attempt)
    for part in attempt.body:
        for item in tree.within(part, ast.Raise):
            inner = next(i for i in tree.ancestors(item) if isinstance(i, ast.Try))
            name = last_name(callee_of(item.exc)) if item.exc is not None else ""
            texts = values_given(item.exc) if isinstance(item.exc, ast.Call) else []
            if (
                name in _CARRIERS
                and name not in caught
                and texts
                and inner is attempt
                and tree.function(item) is own
            ):
                return "own-text", f"line {item.lineno} raises the text that is sent here"
    return None


def passed_on(leak: Leak) -> int | None:
    """The line of a text beside the exception's that asks whoever gets it to pass it on."""
    holder = leak.exceptions.holder
    for statement in holder.body if holder is not None else ():
        for item in walk(statement):
            if (
                isinstance(item, ast.Constant)
                and isinstance(item.value, str)
                and asks_to_pass_on(item.value)
            ):
                return item.lineno
    return None
