"""Whether a ``raise`` creates its exception, or raises an existing one."""

from __future__ import annotations

import ast

from codemods.analysis.names.index import Index
from codemods.analysis.names.resolver import is_generator
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.names import binding
from codemods.syntax.tree import Function, Tree, walk

_LEAVING = ("pytest.skip", "pytest.fail", "pytest.xfail", "pytest.exit")
"""What raises by itself, and is written behind ``raise`` all the same."""
_CLASSES = ("class", "cls", "klass", "type")
"""Ends of names that hold a class: ``error_class``."""


def is_made(index: Index, source: SourceFile, raised: ast.expr) -> bool:
    """Whether an expression behind ``raise`` surely gives an exception that is new.

    Made are ``Error(…)`` and ``Error``, ``type(error)(…)``, either of ``A() if … else B()``, and
    what a function of the project gives that returns nothing but such calls. An instance that a
    variable holds, and what any other function gives, may have a cause of its own, or be the
    exception that is being handled.
    """
    match raised:
        case ast.IfExp(body=body, orelse=orelse):
            return is_made(index, source, body) and is_made(index, source, orelse)
        case ast.Call(func=ast.Attribute(value=value, attr="with_traceback")):
            return is_made(index, source, value)
        case ast.Call(func=function):
            return _makes(function) or _returns_new(index, source, function)
        case ast.Name():
            kind = binding(source.tree, raised).kind
            return kind in ("builtin", "import", "definition") and _is_class(raised.id)
        case ast.Attribute(attr=name):
            return _is_class(name)
        case _:
            return False


def _makes(function: ast.expr) -> bool:
    """Whether a call of it makes an instance."""
    match function:
        case ast.Call(func=ast.Name(id="type"), args=[_]):
            return True
        case ast.Attribute(attr="__class__"):
            return True
        case ast.Attribute() if ast.unparse(function) in _LEAVING:
            return True
    name = last_name(function)
    return _is_class(name) or name.lower().endswith(_CLASSES)


def _is_class(name: str) -> bool:
    """``NotFound`` and ``_PDFError``; neither ``NOT_FOUND``, a constant, nor ``not_found``."""
    plain = name.lstrip("_")
    return plain[:1].isupper() and any(letter.islower() for letter in plain)


def _returns_new(index: Index, source: SourceFile, function: ast.expr) -> bool:
    """Whether a function of the project, or a class with a name like one, makes its exception."""
    found = index.definition_of(source, function)
    return bool(found) and all(
        isinstance(item.node, ast.ClassDef) or _only_makes(item.source.tree, item.node)
        for item in found
    )


def _only_makes(tree: Tree, function: Function) -> bool:
    returns = [
        node
        for node in walk(function)
        if isinstance(node, ast.Return) and tree.function(node) is function
    ]
    return (
        bool(returns)
        and isinstance(function, ast.FunctionDef)
        and not is_generator(function)
        and all(isinstance(item.value, ast.Call) and _makes(item.value.func) for item in returns)
    )
