"""Dotted names, in the tree and in text."""

from __future__ import annotations

import ast
import re


def last_name(node: ast.AST | None) -> str:
    """``c`` of the nodes ``c`` and ``a.b.c``, ``""`` of every other, calls too."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def base_name(node: ast.AST | None) -> str:
    """``c`` of ``a.b.c``, also under calls and subscripts: ``a.b.c(…)``, ``c[int]``, ``c(…)()``."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return last_name(node)


_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def snake(name: str) -> str:
    """``get_Traceback`` of ``getTraceback``: its words, of any case, with underscores between."""
    return _HUMP.sub("_", name)


def last_part(text: str) -> str:
    """``c`` of the texts ``c`` and ``a.b.c``."""
    return text.rpartition(".")[2]
