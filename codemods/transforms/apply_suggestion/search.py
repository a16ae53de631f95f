"""Every place that a requested edit could mean, by its form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.analysis.logs.levels import METHODS
from codemods.codemod import Place
from codemods.syntax.dotted import last_part
from codemods.transforms.apply_suggestion.code import (
    Snippet,
    SnippetKind,
    alike,
    read,
    same,
)
from codemods.transforms.apply_suggestion.difference import Step, steps
from codemods.transforms.apply_suggestion.found import (
    LIKE,
    Found,
    is_bare_call,
    nodes_of,
)
from codemods.transforms.apply_suggestion.new_only import NewOnly
from codemods.transforms.apply_suggestion.pairs import Pair
from codemods.transforms.apply_suggestion.prose import RequestedEdit


def find_requested(place: Place, requested: RequestedEdit) -> list[Found]:
    """Every node of ``place`` that could be meant.

    Raises:
        NoStepsError: when the requested edit abridges what it must say.
    """
    new = read(requested.new)
    if new is None:
        return []
    if requested.form == "wrap":
        return list(_wrapped(place, requested, new))
    if requested.form == "level":
        return list(_levelled(place, requested))
    if requested.form in ("method", "entries"):
        return list(_fragments(place, new))
    if requested.old is not None:
        old = read(requested.old)
        if old is None or not _of_a_kind(old, new):
            return []
        return list(Pair(place, requested, old, new).find())
    return list(NewOnly(place, requested, new).find())


def _of_a_kind(old: Snippet, new: Snippet) -> bool:
    """Whether one name can stand for another: a class in a variable's place is another thing."""
    if old.kind is not SnippetKind.EXPRESSION or new.kind is not SnippetKind.EXPRESSION:
        return True
    return _casing(old.expression) in (_casing(new.expression), None) or (
        _casing(new.expression) is None
    )


def _casing(node: ast.expr) -> str | None:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    if not isinstance(name, str):
        return None
    name = name.lstrip("_")
    return "class" if name[:1].isupper() and not name.isupper() else "other"


def _wrapped(place: Place, requested: RequestedEdit, new: Snippet) -> Iterator[Found]:
    """``text("PRAGMA …")`` for each string that begins so, or ``f(x)`` for each ``x``."""
    wrapper = new.nodes[0]
    function = wrapper.func if isinstance(wrapper, ast.Call) and is_bare_call(wrapper) else wrapper
    if not isinstance(function, (ast.Name, ast.Attribute)):
        return
    old = read(requested.old) if requested.old is not None else None
    for node in nodes_of(place):
        if not isinstance(node, ast.expr) or isinstance(getattr(node, "ctx", None), ast.Store):
            continue
        if old is not None:
            if old.kind is not SnippetKind.EXPRESSION or not same(old.expression, node):
                continue
        elif not _begins_with(node, requested.word or ""):
            continue
        parent = place.source.tree.parent(node)
        if isinstance(parent, ast.Call) and same(function, parent.func):
            continue
        text = f"{new.segment(function)}({place.source.segment(node)})"
        yield Found(place, node, (Step("replace", node, text, function),))


def _fragments(place: Place, new: Snippet) -> Iterator[Found]:
    """``.options(…)`` of whatever it is called on, and entries of a dictionary by their keys."""
    wanted = new.expression
    for node in nodes_of(place):
        made: list[Step] = []
        if isinstance(wanted, ast.Dict) and isinstance(node, ast.Dict):
            given = {
                ast.dump(key): value
                for key, value in zip(node.keys, node.values, strict=True)
                if key
            }
            pairs = zip(wanted.keys, wanted.values, strict=True)
            values = [(given.get(ast.dump(key)), value) for key, value in pairs if key]
            if any(old is None for old, _ in values):
                continue
            for old, value in values:
                if old is not None:
                    made += steps(old, value, new, place.source)
        elif isinstance(wanted, ast.Call) and isinstance(node, ast.Call):
            function, called = wanted.func, node.func
            if not isinstance(function, ast.Attribute) or not isinstance(called, ast.Attribute):
                continue
            if called.attr != function.attr or len(node.args) != len(wanted.args):
                continue
            if node.keywords or wanted.keywords or not isinstance(function.value, ast.Name):
                continue
            likeness = [alike(one, two) for one, two in zip(node.args, wanted.args, strict=True)]
            if min(likeness, default=0.0) < LIKE:
                continue
            for one, two in zip(node.args, wanted.args, strict=True):
                made += steps(one, two, new, place.source)
        if made and isinstance(node, ast.expr):
            yield Found(place, node, tuple(made), 0.9)


def _levelled(place: Place, requested: RequestedEdit) -> Iterator[Found]:
    """Log calls of another level; of the level that the sentence names, if it names one."""
    level = last_part(requested.new)
    named = re.findall(r"\b(?:DEBUG|INFO|WARNING|ERROR)\b", requested.sentence)
    old = [word.lower() for word in named if word.lower() != level]
    for node in nodes_of(place):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        receiver = last_part(ast.unparse(node.func.value))
        if not re.fullmatch(r"_?(?:log|logger|logging)", receiver, re.IGNORECASE):
            continue
        if node.func.attr not in METHODS or node.func.attr == level:
            continue
        if not old or node.func.attr in old:
            yield Found(place, node, (Step("attribute", node.func, level),))


def _begins_with(node: ast.expr, word: str) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(word)
        and node.value.lstrip().upper().startswith(f"{word.upper()} ")
    )
