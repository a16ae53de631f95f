"""Where an ``await`` is allowed."""

from __future__ import annotations

import ast

from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import handlers_around, type_expressions
from codemods.syntax.locks import HeldLock, held_locks
from codemods.syntax.names import qualified_name
from codemods.syntax.scopes import scope_chain, steps_in_frame
from codemods.syntax.tree import COMPREHENSIONS, FUNCTIONS, TRIES, Tree

__all__ = ["HeldLock", "held_locks", "in_cancelled_handler", "in_finally", "why_no_await"]


def why_no_await(
    tree: Tree, node: ast.AST, *, target_python: tuple[int, int] = (3, 11)
) -> tuple[str, str] | None:
    """Why an ``await`` is not allowed at ``node``: a stable reason and a sentence.

    ``None`` where it may: in the code of an ``async def``, f-strings, comprehensions, decorators,
    defaults and bases of what is defined in it included, and in the first iterable of a generator
    expression, which is evaluated around it (CPython compiles and runs that; an ``await`` further
    inside compiles too, but makes it an asynchronous generator, and whoever consumes it breaks).

    The reasons: ``outside-function``, ``function-not-async``, ``inside-nested-function``,
    ``inside-lambda``, ``inside-class-body``, ``inside-generator-expression``,
    ``inside-nested-comprehension`` (below Python 3.11), ``inside-annotation``,
    ``under-threading-lock``.
    """
    if _in_annotation(tree, node):
        return "inside-annotation", "an annotation cannot contain an await"
    comprehensions = 0
    for scope in scope_chain(tree, node):
        if isinstance(scope, ast.GeneratorExp):
            return (
                "inside-generator-expression",
                "an await would turn the generator expression into an asynchronous one",
            )
        if isinstance(scope, COMPREHENSIONS):
            comprehensions += 1
        elif isinstance(scope, ast.Lambda):
            return "inside-lambda", "a lambda cannot await"
        elif isinstance(scope, ast.ClassDef):
            return "inside-class-body", f"the body of class {scope.name} cannot await"
        elif isinstance(scope, ast.FunctionDef):
            return _not_async(tree, scope)
        elif isinstance(scope, ast.Module):
            return "outside-function", "the code runs when the module is imported"
        elif isinstance(scope, ast.AsyncFunctionDef):
            break
    if comprehensions > 1 and target_python < (3, 11):
        return (
            "inside-nested-comprehension",
            "before Python 3.11 a comprehension inside another one cannot await",
        )
    for lock in held_locks(tree, node):
        if not lock.is_async:
            return (
                "under-threading-lock",
                (
                    f"{lock.text} is held here (line {lock.node.lineno}), and a threading lock "
                    "that is held across an await blocks the event loop or deadlocks"
                ),
            )
    return None


def in_finally(tree: Tree, node: ast.AST) -> bool:
    """Whether ``node`` runs in a ``finally`` of its own function: an await there is cut short
    when the task is cancelled again, and runs while an exception is on its way."""
    return any(
        isinstance(ancestor, TRIES) and child in ancestor.finalbody
        for ancestor, child in steps_in_frame(tree, node)
    )


def in_cancelled_handler(tree: Tree, node: ast.AST) -> bool:
    """Whether ``node`` runs in a handler that a cancellation enters: ``CancelledError``,
    ``GeneratorExit``, ``BaseException`` or a bare ``except:``, the innermost or one around it."""
    for handler in handlers_around(tree, node):
        types = type_expressions(handler)
        names = [qualified_name(tree, item) or ast.unparse(item) for item in types]
        if not types or any(
            last_part(name) in ("CancelledError", "GeneratorExit", "BaseException")
            for name in names
        ):
            return True
    return False


def _not_async(tree: Tree, function: ast.FunctionDef) -> tuple[str, str]:
    if any(isinstance(item, ast.AsyncFunctionDef) for item in tree.ancestors(function)):
        return (
            "inside-nested-function",
            f"{function.name}() is a plain function inside an async one and cannot await",
        )
    return "function-not-async", f"{function.name}() is not async"


def _in_annotation(tree: Tree, node: ast.AST) -> bool:
    for ancestor, child in tree.steps(node):
        if isinstance(ancestor, (ast.arg, ast.AnnAssign)) and child is ancestor.annotation:
            return True
        if isinstance(ancestor, FUNCTIONS) and child is ancestor.returns:
            return True
        if isinstance(ancestor, ast.stmt):
            # Annotations hold expressions only, so a statement ends the search.
            return False
    return False
