"""With which status an answer goes out, as far as the code around it says so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from codemods.analysis.web.answers import blames_client, status_number
from codemods.syntax.dotted import last_name
from codemods.syntax.names import binding_of
from codemods.syntax.parts import targets_of
from codemods.syntax.tree import Tree, walk
from codemods.tables import words

_KEYWORDS = frozenset(words("status status_code http_status http_status_code"))
"""Keywords that say a status, whatever is called with them."""
_ATTRIBUTES = frozenset(words("status status_code status_int"))
"""Attributes of responses that hold it."""
_SETTERS = frozenset(words("set_status set_code"))
_GRPC = dict.fromkeys(
    words(
        "CANCELLED INVALID_ARGUMENT NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED "
        "RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNAUTHENTICATED"
    ),
    400,
) | dict.fromkeys(
    words("UNKNOWN DEADLINE_EXCEEDED UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS"), 500
)
"""gRPC's codes by whom they blame, as the HTTP status that stands for it."""
_LINE = re.compile(r"(\d{3})(?!\d)")


def statuses_around(tree: Tree, node: ast.AST, holder: ast.AST | None) -> Iterator[ast.expr]:
    """The expressions that say with which status ``node`` is sent.

    They stand in a call or a tuple around it, or are given to the response in a statement of the
    same handler.

    Args:
        tree: of the file.
        node: a part of the answer.
        holder: the handler, or the function, that the answer is made in.
    """
    child: ast.AST = node
    for ancestor in tree.ancestors(node):
        if isinstance(ancestor, ast.Call):
            yield from (item.value for item in ancestor.keywords if item.arg in _KEYWORDS)
        elif isinstance(ancestor, ast.Return) and isinstance(child, ast.Tuple):
            yield from child.elts[1:2]
        elif isinstance(ancestor, (ast.Assign, ast.AnnAssign)) and holder is not None:
            for target in targets_of(ancestor):
                yield from _returned_beside(holder, target)
        if isinstance(ancestor, ast.stmt):
            yield from _set_beside(tree, ancestor, holder)
            return
        child = ancestor


def _returned_beside(holder: ast.AST, target: ast.expr) -> Iterator[ast.expr]:
    """The status of ``return answer, 404``."""
    for item in walk(holder):
        match item:
            case ast.Return(value=ast.Tuple(elts=[ast.Name(id=name), status, *_])):
                if isinstance(target, ast.Name) and target.id == name:
                    yield status


def _set_beside(tree: Tree, statement: ast.stmt, holder: ast.AST | None) -> Iterator[ast.expr]:
    """The statuses that statements of the blocks around give to a response."""
    child: ast.AST = statement
    for ancestor in tree.ancestors(statement):
        for block in (getattr(ancestor, field, None) for field in ("body", "orelse", "finalbody")):
            if isinstance(block, list) and child in block:
                yield from (value for item in block for value in _sets(item))
        if ancestor is holder:
            return
        child = ancestor


def _sets(statement: ast.stmt) -> Iterator[ast.expr]:
    match statement:
        case ast.Assign(targets=[ast.Attribute(attr=attr)], value=value):
            if attr in _ATTRIBUTES:
                yield value
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=attr), args=[first, *_])) if (
            attr in _SETTERS
        ):
            yield first


def numbers_of(tree: Tree, node: ast.expr, *, grpc: bool = False) -> Sequence[int | None]:
    """What a status may be, as numbers; ``None`` among them where that cannot be told.

    Args:
        tree: of the file.
        node: the status as it is written.
        grpc: whether it is one of gRPC's codes.
    """
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            return [*numbers_of(tree, body, grpc=grpc), *numbers_of(tree, orelse, grpc=grpc)]
        case ast.Constant(value=str(text)):
            found = _LINE.match(text)
            return [int(found[1]) if found else None]
        case ast.Constant(value=int(code)) if grpc and code <= 16:
            return [500 if code in (2, 4, 12, 13, 14, 15) else 400]
        case ast.Call(func=function, args=[only], keywords=[]):
            if last_name(function) in ("HTTPStatus", "int"):
                return numbers_of(tree, only, grpc=grpc)
        case ast.Subscript(value=ast.Name(id="HTTPStatus"), slice=ast.Constant(value=str(name))):
            return [HTTPStatus[name].value if name in HTTPStatus.__members__ else None]
    word = last_name(node)
    if grpc and word in _GRPC:
        return [_GRPC[word]]
    number = status_number(node)
    if number is None and isinstance(node, ast.Name):
        return _assigned(tree, node) or [None]
    return [number]


def _assigned(tree: Tree, name: ast.Name) -> Sequence[int | None]:
    """The numbers that a variable is given, if nothing else is."""
    found: list[int | None] = []
    bound = binding_of(tree, name.id, name)
    for item in bound.nodes:
        statement = tree.parent(item)
        match statement:
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                found.append(None if isinstance(value, ast.Name) else status_number(value))
            case _:
                return [None]
    return found


def is_for_client(number: int) -> bool:
    """Whether an answer with this status, given on purpose, was written for the client: all but
    failures of the server, and ways to close a WebSocket that blame nobody."""
    if number >= 1000:
        return blames_client(number) or 4400 <= number < 4500
    return number < 500
