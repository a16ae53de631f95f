"""Nodes that a requested edit could mean, what is done at one, and whether it is done already."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import Place
from codemods.syntax.dotted import last_part
from codemods.syntax.handlers import BROAD
from codemods.syntax.parts import callee_of, targets_of
from codemods.transforms.apply_suggestion.code import (
    Snippet,
    SnippetKind,
    alike,
    contains,
    has_wildcard,
    read,
    same,
)
from codemods.transforms.apply_suggestion.difference import NoStepsError, Step, steps
from codemods.transforms.apply_suggestion.prose import RequestedEdit

Located = ast.expr | ast.stmt | ast.excepthandler
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


def nodes_of(place: Place) -> list[ast.AST]:
    """Everything in a place but what stands in f-strings, whose positions :mod:`ast` gets wrong."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = [place.node]
    while stack:
        node = stack.pop()
        found.append(node)
        if not isinstance(node, ast.JoinedStr):
            stack += list(ast.iter_child_nodes(node))
    return sorted(
        found, key=lambda item: (getattr(item, "lineno", 0), getattr(item, "col_offset", 0))
    )


def stands(place: Place, requested: RequestedEdit) -> list[Located]:
    """Where the new code stands already."""
    new = read(requested.new)
    if new is None:
        return []
    found: list[Located] = []
    for node in nodes_of(place):
        if not isinstance(node, (ast.expr, ast.stmt, ast.excepthandler)):
            continue
        if is_new(node, new, requested):
            found.append(node)
    return found


def is_new(node: ast.AST, new: Snippet, requested: RequestedEdit) -> bool:
    if new.kind is SnippetKind.KEYWORDS:
        return (
            isinstance(node, ast.Call)
            and all(any(same(wanted, item) for item in node.keywords) for wanted in new.nodes)
            and (requested.callee is None or is_callee(node, requested.callee))
        )
    if requested.form in ("method", "entries"):
        return _has_fragment(node, new.expression)
    if requested.form == "level":
        return isinstance(node, ast.Attribute) and node.attr == last_part(requested.new)
    if requested.form == "wrap":
        function = callee_of(new.nodes[0])
        return isinstance(node, ast.Call) and same(function, node.func) and bool(node.args)
    if new.kind is SnippetKind.OPERATOR:
        return has_operator(node, new)
    if new.kind is SnippetKind.HANDLER:
        return isinstance(node, ast.ExceptHandler) and same_type(node.type, new.nodes[0].type)  # type: ignore[attr-defined]
    if new.kind is SnippetKind.EXPRESSION and requested.role == "raise":
        return (
            isinstance(node, ast.Raise) and node.exc is not None and same(new.expression, node.exc)
        )
    if isinstance(node, ast.ExceptHandler):
        return (
            new.kind is SnippetKind.EXPRESSION
            and requested.role == "catch"
            and same_type(node.type, new.expression)
        )
    if new.kind is SnippetKind.HEADER:
        return same_header(new.nodes[0], node)
    if is_annotation(new.nodes[0]) and isinstance(node, (ast.AnnAssign, ast.arg)):
        return annotates(new.nodes[0], node)
    return same(new.nodes[0], node)


def _has_fragment(node: ast.AST, wanted: ast.expr) -> bool:
    if isinstance(wanted, ast.Dict) and isinstance(node, ast.Dict):
        given = {
            ast.dump(key): value for key, value in zip(node.keys, node.values, strict=True) if key
        }
        pairs = zip(wanted.keys, wanted.values, strict=True)
        return all(
            key is not None and ast.dump(key) in given and same(value, given[ast.dump(key)])
            for key, value in pairs
        )
    if isinstance(wanted, ast.Call) and isinstance(node, ast.Call):
        function, called = wanted.func, node.func
        return (
            isinstance(function, ast.Attribute)
            and isinstance(called, ast.Attribute)
            and called.attr == function.attr
            and len(node.args) == len(wanted.args)
            and all(same(two, one) for one, two in zip(node.args, wanted.args, strict=True))
        )
    return False


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
    if type(new) is not type(node):
        return False
    if isinstance(new, (ast.If, ast.While)) and isinstance(node, (ast.If, ast.While)):
        return same(new.test, node.test)
    if isinstance(new, (ast.For, ast.AsyncFor)) and isinstance(node, (ast.For, ast.AsyncFor)):
        return same(new.target, node.target) and same(new.iter, node.iter)
    return False


def has_operator(node: ast.AST, snippet: Snippet) -> bool:
    kind = snippet.operator
    if isinstance(node, ast.Compare):
        if len(node.ops) != 1 or type(node.ops[0]) is not kind:
            return False
        right: ast.expr = node.comparators[0]
    elif isinstance(node, ast.BinOp):
        if type(node.op) is not kind:
            return False
        right = node.right
    else:
        return isinstance(node, ast.BoolOp) and type(node.op) is kind and not snippet.nodes
    return not snippet.nodes or same(snippet.nodes[0], right)


def is_callee(call: ast.Call, text: str) -> bool:
    callee = read(text)
    if callee is None or callee.kind is not SnippetKind.EXPRESSION:
        return False
    expression = callee.expression
    function = callee_of(expression)
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
        if type(new.nodes[0]) is type(node):
            return steps(node, new.nodes[0], new, place.source)
    if any(has_wildcard(item) for item in new.nodes):
        raise NoStepsError(f"what {new.text} leaves out cannot be told")
    return [Step("statement", node, new.text, ast.Module(list(new.nodes), []))]  # type: ignore[arg-type]


def headed(place: Place, node: ast.stmt, new: Snippet, least: float = 0.0) -> Iterator[Found]:
    """The header of ``node`` as ``new`` has it, if they are at least so like each other."""
    header = new.nodes[0]
    if type(node) is not type(header):
        return
    if isinstance(node, (ast.If, ast.While)) and isinstance(header, (ast.If, ast.While)):
        pairs = [(node.test, header.test)]
        score = 0.9 if contains(header.test, node.test) else alike(node.test, header.test)
    elif isinstance(node, (ast.For, ast.AsyncFor)) and isinstance(header, (ast.For, ast.AsyncFor)):
        if not same(header.target, node.target):
            return
        pairs = [(node.iter, header.iter)]
        score = 0.9 if contains(header.iter, node.iter) else alike(node.iter, header.iter)
    else:
        return
    if score < least:
        return
    made = [step for one, two in pairs for step in steps(one, two, new, place.source)]
    if made:
        yield Found(place, node, tuple(made), score)


def caught(
    place: Place, node: ast.ExceptHandler, snippet: Snippet, new: ast.expr
) -> Iterator[Found]:
    if node.type is not None:
        made = Step("replace", node.type, snippet.segment(new), new)
    else:
        made = Step("handler", node, snippet.segment(new), new)
    yield Found(place, node, (made,))


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
        if found:
            for item, value in found:
                if not isinstance(value, LITERALS):
                    # A computed value is not what the finding speaks of.
                    continue
                made = steps(value, new.expression, new, place.source)
                if made:
                    yield Found(place, item, tuple(made))
            return
