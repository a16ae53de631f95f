"""Exception handlers: which one runs a piece of code, and what it does with the exception."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.scopes import steps_in_frame
from codemods.syntax.tree import DEFINITIONS, Tree

BROAD = frozenset({"Exception", "BaseException"})
"""The types that take every exception."""


def innermost_handler(tree: Tree, node: ast.AST) -> ast.ExceptHandler | None:
    """The handler in whose body ``node`` runs, while its exception is being handled.

    The body, ``else`` and ``finally`` of a ``try`` that stands in a handler belong to that
    handler. ``None`` in the ``else`` or ``finally`` of the handler's own ``try``, in the
    handler's type, and in a function, lambda or class that is only defined in the handler.
    """
    for ancestor, child in steps_in_frame(tree, node):
        if isinstance(ancestor, ast.ExceptHandler) and isinstance(child, ast.stmt):
            return ancestor
    return None


def covering(tree: Tree, node: ast.AST) -> Iterator[ast.Try]:
    """Every ``try`` of the same function, lambda or class whose handlers cover ``node``, from the
    inside."""
    for ancestor, child in steps_in_frame(tree, node):
        if isinstance(ancestor, ast.Try) and child in ancestor.body:
            yield ancestor


def handlers_around(tree: Tree, node: ast.AST) -> Iterator[ast.ExceptHandler]:
    """The handlers that ``node`` runs in, each as :func:`innermost_handler` of the one before."""
    handler = innermost_handler(tree, node)
    while handler is not None:
        yield handler
        handler = innermost_handler(tree, handler)


def reraising(handler: ast.ExceptHandler) -> ast.stmt | None:
    """Where the handler raises its exception again, on any of its paths: the first of
    :func:`raised_again`."""
    return next(raised_again(handler), None)


def raised_again(handler: ast.ExceptHandler) -> Iterator[ast.stmt]:
    """The statements of the handler that let its exception go on: a bare ``raise`` that is not in
    a handler of its own, ``raise e``, ``raise e.with_traceback(…)``, ``raise Other(…) from e``, or
    a block ``with save_and_reraise_exception():``.

    ``raise Other(…)`` without ``from``, and with ``from None``, is an answer and not the
    exception itself. Statements in functions and classes defined in the handler do not count.
    """
    for statement, is_own in _raises(handler.body, True):
        if not isinstance(statement, ast.Raise) or statement.exc is None:
            if is_own:
                yield statement
        elif handler.name is not None and any(
            item is not None and _is_exception(item, handler.name)
            for item in (statement.exc, statement.cause)
        ):
            yield statement


def cut_off(handler: ast.ExceptHandler) -> Iterator[ast.Raise]:
    """The statements ``raise … from None`` of the handler: whoever catches what they raise is not
    to see its exception."""
    for statement, is_own in _raises(handler.body, True):
        match statement:
            case ast.Raise(cause=ast.Constant(value=None)) if is_own:
                yield statement


def handler_types(handler: ast.ExceptHandler) -> tuple[str, ...]:
    """The types as written (``asyncio.CancelledError``), empty for a bare ``except:``."""
    return tuple(ast.unparse(item) for item in type_expressions(handler))


def type_names(handler: ast.ExceptHandler) -> tuple[str, ...]:
    """The last word of each type: ``CancelledError`` of ``asyncio.CancelledError``."""
    return tuple(last_part(name) for name in handler_types(handler))


def types_in_words(handler: ast.ExceptHandler) -> str:
    """The types as written, for a sentence; ``everything`` for a bare ``except:``."""
    return ", ".join(handler_types(handler)) or "everything"


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether it catches every exception: bare, or with ``Exception`` among its types."""
    return handler.type is None or not BROAD.isdisjoint(type_names(handler))


def type_expressions(handler: ast.ExceptHandler) -> list[ast.expr]:
    """The expressions of the types, of a tuple each one; empty for a bare ``except:``."""
    if handler.type is None:
        return []
    return handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]


def _is_exception(node: ast.expr, name: str) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "with_traceback" and _is_exception(node.func.value, name)
    return isinstance(node, ast.Name) and node.id == name


def _raises(body: list[ast.stmt], is_own: bool) -> Iterator[tuple[ast.stmt, bool]]:
    """The ``raise`` statements, and blocks that raise at their end, in source order, and whether
    a bare one raises the exception of the handler that was asked about."""
    for statement in body:
        if isinstance(statement, ast.Raise) or _raises_at_its_end(statement):
            yield statement, is_own
        if not isinstance(statement, (ast.Raise, *DEFINITIONS)):
            for field in ("body", "orelse", "handlers", "finalbody", "cases"):
                for part in getattr(statement, field, ()):
                    inner = [part] if isinstance(part, ast.stmt) else part.body
                    yield from _raises(inner, is_own and not isinstance(part, ast.ExceptHandler))


def _raises_at_its_end(statement: ast.stmt) -> bool:
    """oslo's ``with excutils.save_and_reraise_exception():``."""
    return isinstance(statement, ast.With) and any(
        isinstance(item.context_expr, ast.Call)
        and last_name(item.context_expr.func) == "save_and_reraise_exception"
        for item in statement.items
    )
