"""The statements that an anchor could mean, and the functions that a sentence names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.codemod import Place
from codemods.syntax.tree import FUNCTIONS, Function, position
from codemods.transforms.apply_suggestion.code import Snippet, SnippetKind, expressions, read, same
from codemods.transforms.apply_suggestion.found import is_bare_call, is_callee, same_header
from codemods.transforms.apply_suggestion.prose import RequestedEdit

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def narrowed(places: Sequence[Place], requested: RequestedEdit) -> list[Place]:
    """The places, or the functions of them that the sentence names."""
    found = []
    for place in places:
        for name in requested.scopes:
            function = function_named(place, name)
            if function is not None:
                found.append(Place(place.source, function, place.evidence, place.reported))
    return found or list(places)


def function_named(place: Place, name: str) -> Function | None:
    wanted = name.split("(")[0].strip().split(".")
    named = [
        node
        for node in place.source.tree.definitions()
        if isinstance(node, FUNCTIONS) and node.name == wanted[-1]
    ]
    if len(wanted) > 1:
        qualified = [
            node
            for node in named
            if place.source.tree.qualified_name(node).split(".")[-len(wanted) :] == wanted
        ]
        # `module.function` names a file before the dot, `Class.method` a class that must be there.
        named = qualified or ([] if wanted[-2][:1].isupper() else named)
    inside = [node for node in named if place.lines.start <= node.lineno <= place.lines.end]
    chosen = inside or named
    return chosen[0] if len(chosen) == 1 else None


def statements_of(place: Place) -> Iterator[ast.stmt]:
    """Every statement of a place, in the order of the file, its own header left out."""
    found = [
        node
        for node in ast.walk(place.node)
        if isinstance(node, ast.stmt) and node is not place.node
    ]
    yield from sorted(found, key=position)


def head_of(statement: ast.stmt) -> ast.AST:
    """What a statement evaluates before its block: the test, the iterable, or all of it."""
    if isinstance(statement, (ast.If, ast.While)):
        return statement.test
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        return statement.iter
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return ast.Tuple([item.context_expr for item in statement.items], ast.Load())
    if hasattr(statement, "body"):
        return ast.Pass()
    return statement


def anchors_of(place: Place, requested: RequestedEdit) -> Iterator[ast.stmt]:
    """The statements that the anchor of a requested edit could mean."""
    anchor = read(requested.anchor) if requested.anchor is not None else None
    word = requested.word.lower() if requested.word else ""
    for statement in statements_of(place):
        if anchor is None:
            if _is_word(statement, word):
                yield statement
        elif _is_anchor(statement, anchor, requested.anchor or ""):
            yield statement


def _is_word(statement: ast.stmt, word: str) -> bool:
    if word == "return":
        return isinstance(statement, ast.Return)
    if word == "loop":
        return isinstance(statement, _LOOPS)
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr.split("_")[0] == word
        for node in ast.walk(head_of(statement))
    )


def _is_anchor(statement: ast.stmt, anchor: Snippet, text: str) -> bool:
    if anchor.kind is SnippetKind.HEADER:
        return same_header(anchor.nodes[0], statement)
    if anchor.kind is SnippetKind.STATEMENTS:
        return len(anchor.nodes) == 1 and same(anchor.nodes[0], statement)
    if anchor.kind is not SnippetKind.EXPRESSION:
        return False
    wanted = anchor.expression
    for node in expressions(head_of(statement)):
        if not isinstance(node, ast.Call):
            continue
        # Prose says `f` and `f()` for a call of f, whatever its arguments are.
        if is_bare_call(wanted) or isinstance(wanted, ast.Attribute):
            if is_callee(node, text):
                return True
        elif isinstance(wanted, ast.Call) and same(wanted, node):
            return True
    return False
