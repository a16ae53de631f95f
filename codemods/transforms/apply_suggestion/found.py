"""Nodes that a requested edit could mean, what is done at one, and whether it is done already."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.codemod import Place
from codemods.demands.requested import RequestedEdit
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import BROAD
from codemods.syntax.parts import callee_of, targets_of
from codemods.syntax.tree import Node, Tree, position
from codemods.transforms.apply_suggestion.code import (
    Snippet,
    SnippetKind,
    alike,
    contains,
    has_wildcard,
    is_wildcard,
    read,
    same,
)
from codemods.transforms.apply_suggestion.difference import NoStepsError, Step, StepKind, steps
from codemods.transforms.apply_suggestion.signature import is_signature

Located = ast.expr | ast.stmt | ast.excepthandler
LOCATED: tuple[type[Located], ...] = (ast.expr, ast.stmt, ast.excepthandler)
LITERALS = (ast.Constant, ast.UnaryOp, ast.List, ast.Tuple, ast.Dict, ast.Set)
LIKE = 0.5
"""How much an older version must have in common with the new one."""


@dataclass(frozen=True)
class Found:
    """A node that a requested edit means, with what is to be done there."""

    place: Place
    node: Located
    steps: tuple[Step, ...]
    score: float = 1.0


def nodes_of(place: Place, *kinds: type[Node]) -> list[Node]:
    """What a place has of some kinds, in order, but for what stands in f-strings, whose positions
    :mod:`ast` gets wrong."""
    # Every edit of a suggestion asks for them.
    return [
        node for node in place.source.tree.once(_in_order, place.node) if isinstance(node, kinds)
    ]


def _in_order(_tree: Tree, root: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    stack = [root]
    while stack:
        node = stack.pop()
        found.append(node)
        if not isinstance(node, ast.JoinedStr):
            stack += ast.iter_child_nodes(node)
    return sorted(found, key=position)


def read_in(place: Place) -> list[ast.expr]:
    """The expressions of a place that nothing gives a value."""
    return [
        node
        for node in nodes_of(place, ast.expr)
        if not isinstance(getattr(node, "ctx", None), ast.Store)
    ]


def stands(place: Place, requested: RequestedEdit) -> list[Located]:
    """Where the new code stands already."""
    new = read(requested.new)
    if new is None:
        return []
    return [node for node in _candidates(place, new, requested) if is_new(node, new, requested)]


def _candidates(place: Place, new: Snippet, requested: RequestedEdit) -> Sequence[Located]:
    """The nodes that may be the new code: where it is looked for as it is, those that begin as it
    does. A suggestion of many lines would look at every node for each of them."""
    whole = (SnippetKind.EXPRESSION, SnippetKind.STATEMENTS)
    other = requested.kind in ("method", "entries", "level", "wrap")
    if new.kind in whole and not other and not requested.role and not is_annotation(new.nodes[0]):
        return alike_at_first(place, new.nodes[0], *LOCATED)
    return nodes_of(place, *LOCATED)


def alike_at_first(place: Place, pattern: ast.AST, *kinds: type[Node]) -> list[Node]:
    """Those of :func:`nodes_of` that can be the same as a pattern, in order: they are of its type
    and begin with its name. All of them where the pattern leaves that out."""
    head = _head(pattern)
    if head is None:
        return nodes_of(place, *kinds)
    found = place.source.tree.once(_by_head, place.node).get(head, ())
    return [node for node in found if isinstance(node, kinds)]


_Head = tuple[object, ...]


def _by_head(tree: Tree, root: ast.AST) -> dict[_Head, list[Located]]:
    found: dict[_Head, list[Located]] = {}
    for node in tree.once(_in_order, root):
        if isinstance(node, LOCATED) and (head := _head(node)) is not None:
            found.setdefault(head, []).append(node)
    return found


_FIRST = {
    ast.Expr: "value",
    ast.Return: "value",
    ast.Await: "value",
    ast.Assign: "targets",
    ast.AugAssign: "target",
    ast.AnnAssign: "target",
    ast.Attribute: "value",
    ast.Subscript: "value",
    ast.Call: "func",
    ast.BinOp: "left",
    ast.Compare: "left",
    ast.BoolOp: "values",
}
"""Where what a node begins with stands in it."""


def _head(node: ast.AST) -> _Head | None:
    """What kind a node is of, the name or value that it begins with, and of a call the first
    argument: what is the same in two trees of which :func:`same` says so. ``None`` where it leaves
    that out (``...``)."""
    first: ast.AST | None = None
    if isinstance(node, ast.Call) and node.args:
        first = node.args[0]
        if is_wildcard(first):
            return None
    leaf = node
    # In a long chain of operators what it begins with is far below each.
    for _ in range(8):
        if is_wildcard(leaf):
            return None
        below = getattr(leaf, _FIRST.get(type(leaf), ""), None)
        if isinstance(below, list):
            below = below[0]
        if not isinstance(below, ast.AST):
            break
        leaf = below
    return type(node), _said(leaf), first and _said(first)


def _said(node: ast.AST) -> object:
    if isinstance(node, ast.Name):
        return node.id
    return (type(node.value), node.value) if isinstance(node, ast.Constant) else type(node)


def is_new(node: ast.AST, new: Snippet, requested: RequestedEdit) -> bool:
    if new.kind is SnippetKind.KEYWORDS:
        return (
            isinstance(node, ast.Call)
            and all(any(same(wanted, item) for item in node.keywords) for wanted in new.nodes)
            and (requested.callee is None or is_callee(node, requested.callee))
        )
    if requested.kind in ("method", "entries"):
        pairs = fragment_pairs(node, new.expression)
        unpacks = None in getattr(new.expression, "keys", ())
        return pairs is not None and not unpacks and all(same(two, one) for one, two in pairs)
    if requested.kind == "level":
        return isinstance(node, ast.Attribute) and node.attr == last_part(requested.new)
    if requested.kind == "wrap":
        function = callee_of(new.nodes[0])
        return isinstance(node, ast.Call) and same(function, node.func) and bool(node.args)
    if new.kind is SnippetKind.OPERATOR:
        return has_operator(node, new)
    role = requested.role if new.kind is SnippetKind.EXPRESSION else ""
    if new.kind is SnippetKind.HANDLER or isinstance(node, ast.ExceptHandler):
        catches = new.kind is SnippetKind.HANDLER or role == "catch"
        return (
            catches
            and isinstance(node, ast.ExceptHandler)
            and same_type(node.type, handler_type(new))
        )
    if role == "raise":
        return (
            isinstance(node, ast.Raise) and node.exc is not None and same(new.expression, node.exc)
        )
    if new.kind is SnippetKind.HEADER:
        return same_header(new.nodes[0], node) or is_signature(new.nodes[0], node)
    if is_annotation(new.nodes[0]) and isinstance(node, (ast.AnnAssign, ast.arg)):
        return annotates(new.nodes[0], node)
    return same(new.nodes[0], node)


def fragment_pairs(node: ast.AST, wanted: ast.expr) -> list[tuple[ast.expr, ast.expr]] | None:
    """The parts that a fragment speaks of, today's and its own: of a dictionary the values of its
    keys, of a method's call the arguments. ``None`` where it speaks of another thing."""
    match wanted, node:
        case ast.Dict(), ast.Dict():
            given = {
                ast.dump(key): value
                for key, value in zip(node.keys, node.values, strict=True)
                if key
            }
            entries = [
                (given.get(ast.dump(key)), value)
                for key, value in zip(wanted.keys, wanted.values, strict=True)
                if key
            ]
            found = [(old, value) for old, value in entries if old is not None]
            return found if len(found) == len(entries) else None
        case ast.Call(func=ast.Attribute() as function), ast.Call(func=ast.Attribute() as called):
            if called.attr == function.attr and len(node.args) == len(wanted.args):
                return list(zip(node.args, wanted.args, strict=True))
    return None


def is_annotation(node: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign) and node.value is None


def annotates(new: ast.AST, node: ast.AnnAssign | ast.arg) -> bool:
    """Whether ``name: type`` is what ``node`` says, whatever value it has."""
    if not isinstance(new, ast.AnnAssign) or node.annotation is None:
        return False
    name = ast.unparse(node.target) if isinstance(node, ast.AnnAssign) else node.arg
    return ast.unparse(new.target) == name and same(new.annotation, node.annotation)


def same_type(one: ast.expr | None, two: ast.expr | None) -> bool:
    if one is None or two is None:
        return one is two
    return same(two, one)


def same_header(new: ast.AST, node: ast.AST) -> bool:
    one, two = head_of(new), head_of(node)
    return (
        type(new) is type(node)
        and one is not None
        and two is not None
        and same_type(two[0], one[0])
        and same(one[1], two[1])
    )


def head_of(node: ast.AST) -> tuple[ast.expr | None, ast.expr] | None:
    """What a header gives a value, if anything, and what it evaluates."""
    match node:
        case ast.If(test=value) | ast.While(test=value):
            return None, value
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            return target, value
    return None


def has_operator(node: ast.AST, snippet: Snippet) -> bool:
    match node:
        case ast.Compare(ops=[operator], comparators=[right]) | ast.BinOp(op=operator, right=right):
            operand = not snippet.nodes or same(snippet.nodes[0], right)
        case ast.BoolOp(op=operator):
            operand = not snippet.nodes
        case _:
            return False
    return operand and type(operator) is snippet.operator


def is_callee(call: ast.Call, text: str) -> bool:
    callee = read(text)
    if callee is None or callee.kind is not SnippetKind.EXPRESSION:
        return False
    function = callee_of(callee.expression)
    if same(function, call.func):
        return True
    # Prose says `merge()` for `self.merge()`.
    return (
        isinstance(function, ast.Name)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == function.id
    )


def is_bare_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and not node.args and not node.keywords


def restated(place: Place, node: ast.stmt, new: Snippet) -> list[Step]:
    if len(new.nodes) == 1 and isinstance(new.nodes[0], ast.stmt):
        first = new.nodes[0]
        if isinstance(node, ast.AnnAssign) and is_annotation(first):
            # The value stays as it is.
            return steps(node.annotation, first.annotation, new, place.source)  # type: ignore[attr-defined]
        if type(first) is type(node):
            return steps(node, first, new, place.source)
    if any(has_wildcard(item) for item in new.nodes):
        raise NoStepsError(f"what {new.text} abbreviates could not be determined")
    return [Step("statement", node, new.text, ast.Module(list(new.nodes), []))]  # type: ignore[arg-type]


def headed(place: Place, node: ast.stmt, new: Snippet, least: float = 0.0) -> Iterator[Found]:
    """The header of ``node`` as ``new`` has it, if they are at least so like each other."""
    today, wanted = head_of(node), head_of(new.nodes[0])
    if type(node) is not type(new.nodes[0]) or today is None or wanted is None:
        return
    (old_target, old), (target, value) = today, wanted
    score = 0.9 if contains(value, old) else alike(old, value)
    if not same_type(old_target, target) or score < least:
        return
    made = steps(old, value, new, place.source)
    if made:
        yield Found(place, node, tuple(made), score)


def caught(
    place: Place, node: ast.ExceptHandler, snippet: Snippet, new: ast.expr
) -> Iterator[Found]:
    kind: StepKind = "replace" if node.type is not None else "handler"
    yield Found(place, node, (Step(kind, node.type or node, snippet.segment(new), new),))


def is_other_breadth(old: ast.expr | None, new: ast.expr) -> bool:
    """Whether one type is the other made broader or narrower; ``OSError`` in the place of
    ``ImportError`` would be another handler."""
    if same_type(old, new):
        return False
    if old is None or ast.unparse(old) in BROAD or ast.unparse(new) in BROAD:
        return True
    olds = old.elts if isinstance(old, ast.Tuple) else [old]
    news = new.elts if isinstance(new, ast.Tuple) else [new]
    return any(same(two, one) for one in olds for two in news)


def handler_type(snippet: Snippet) -> ast.expr | None:
    if snippet.kind is SnippetKind.HANDLER and isinstance(snippet.nodes[0], ast.ExceptHandler):
        return snippet.nodes[0].type
    return snippet.expression if snippet.kind is SnippetKind.EXPRESSION else None


def assigned(place: Place, target: ast.expr, new: Snippet) -> Iterator[Found]:
    """The assignment that gives ``target`` its value, in the place or at the top of its file."""
    name = ast.unparse(target)
    for root in (place.node, place.source.tree.module):
        found = [
            (item, value)
            for item in ast.walk(root)
            if isinstance(item, (ast.Assign, ast.AnnAssign))
            and (value := item.value) is not None
            and name in [ast.unparse(one) for one in (targets_of(item))]
        ]
        for item, value in found:
            # A computed value is not what the finding speaks of.
            if isinstance(value, LITERALS) and (
                made := steps(value, new.expression, new, place.source)
            ):
                yield Found(place, item, tuple(made))
        if found:
            return
