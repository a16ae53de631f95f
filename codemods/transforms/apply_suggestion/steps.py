"""What is to be done at one statement, header, handler or assignment."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.codemod import Place
from codemods.syntax.handlers import BROAD
from codemods.syntax.parts import targets_of
from codemods.transforms.apply_suggestion.code import (
    Snippet,
    SnippetKind,
    alike,
    contains,
    has_wildcard,
    same,
)
from codemods.transforms.apply_suggestion.difference import NoStepsError, Step, steps
from codemods.transforms.apply_suggestion.found import (
    LITERALS,
    Found,
    is_annotation,
    same_type,
)


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
