"""From old code to new code in the smallest steps, so that what stays keeps its own text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from codemods.project.source import SourceFile
from codemods.transforms.apply_suggestion.code import (
    SYMBOLS,
    Snippet,
    equal,
    has_wildcard,
    is_wildcard,
    same,
)

_FLAT = (
    *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr, ast.Raise, ast.Assert),
    *(ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.Await, ast.UnaryOp, ast.IfExp),
    *(ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BoolOp, ast.NamedExpr, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


StepKind = Literal[
    "replace",
    "operator",
    "attribute",
    "argument",
    "suffix",
    "statement",
    "before",
    "after",
    "decorator",
    "handler",
    "drop",
]


ADDING: tuple[StepKind, ...] = ("before", "after")
"""Kinds of steps that put statements beside one."""


@dataclass(frozen=True)
class Step:
    """One smallest change of a tree."""

    kind: StepKind
    node: ast.expr | ast.stmt | ast.excepthandler
    """What is changed, in today's code."""
    text: str = ""
    """The new code: an expression, ``name=value``, an operator, or statements."""
    new: ast.AST | None = None
    """The new code's tree, for its names."""


class NoStepsError(Exception):
    """Old and new are too far apart, or the new code leaves out what it must say."""


def steps(
    old: ast.AST, new: ast.AST, snippet: Snippet, source: SourceFile, loose: bool = False
) -> list[Step]:
    """What makes ``old`` (of ``source``) to ``new`` (of ``snippet``).

    Args:
        loose: ``f()`` is a call of ``f`` with whatever it has, as prose writes it.

    Raises:
        NoStepsError: when something that the new code abridges cannot be told.
    """
    return list(_Difference(snippet, source, loose).of(old, new))


@dataclass(frozen=True)
class _Difference:
    snippet: Snippet
    source: SourceFile
    loose: bool

    def of(self, old: ast.AST, new: ast.AST) -> Iterator[Step]:
        if same(new, old) or is_wildcard(new):
            return
        inside = self._inside(old, new)
        yield from inside if inside is not None else [self._whole(old, new)]

    def _inside(self, old: ast.AST, new: ast.AST) -> list[Step] | None:
        """The steps in the parts of ``old``, ``None`` where only another whole will do."""
        if isinstance(old, ast.Call) and isinstance(new, ast.Call):
            return self._call(old, new)
        if type(old) is not type(new):
            return None
        if isinstance(old, (ast.BinOp, ast.Compare)):
            return self._operation(old, new)
        return self._fields(old, new) if isinstance(old, _FLAT) else None

    def _fields(self, old: ast.AST, new: ast.AST) -> list[Step] | None:
        """Field by field, ``None`` where more than expressions differ."""
        found: list[Step] = []
        for name in old._fields:
            if name in ("ctx", "type_comment", "kind"):
                continue
            left, right = getattr(old, name), getattr(new, name)
            pairs = [(left, right)]
            if isinstance(left, list):
                if len(left) != len(right):
                    return None
                pairs = list(zip(left, right, strict=True))
            for first, second in pairs:
                if isinstance(first, ast.expr) and isinstance(second, ast.expr):
                    found += self.of(first, second)
                elif not equal(second, first):
                    return None
        return found

    def _operation(self, old: ast.BinOp | ast.Compare, new: ast.AST) -> list[Step] | None:
        """An operation of as many operands: its operators and operands one by one."""
        (left, before), (right, after) = _parts(old), _parts(new)
        operands = list(zip(before, after, strict=False))
        if len(left) != len(right) or not any(same(two, one) for one, two in operands):
            return None
        found = [step for one, two in operands for step in self.of(one, two)]
        if [type(item) for item in left] != [type(item) for item in right]:
            if len(left) > 1 or type(right[0]) not in SYMBOLS:
                return None
            found.append(Step("operator", old, SYMBOLS[type(right[0])]))
        return found

    def _call(self, old: ast.Call, new: ast.Call) -> list[Step] | None:
        if self.loose and not new.args and not new.keywords:
            return list(self.of(old.func, new.func))
        open_end = any(is_wildcard(item) for item in new.args)
        given = [item for item in new.args if not is_wildcard(item)]
        if not same(new.func, old.func):
            equal = len(old.args) == len(new.args) and len(old.keywords) == len(new.keywords)
            if not (equal or open_end) or not (new.args or new.keywords):
                return None
        if any(isinstance(item, ast.Starred) for item in (*old.args, *given)):
            return None
        found = list(self.of(old.func, new.func))
        if given if open_end else len(given) < len(old.args):
            return None
        for one, two in zip(old.args, given, strict=False):
            made = list(self.of(one, two))
            if any(isinstance(step.node, ast.GeneratorExp) for step in made):
                # Its parentheses may be those of the call.
                return None
            found += made
        added = given[len(old.args) :]
        if added and old.keywords:
            return None
        found += [Step("argument", old, self._text(item, old), item) for item in added]
        named = {item.arg: item.value for item in old.keywords}
        wanted = {item.arg: item.value for item in new.keywords}
        if None in named or None in wanted or (not open_end and named.keys() - wanted.keys()):
            return None
        for name, value in wanted.items():
            if name in named:
                found += self.of(named[name], value)
            else:
                text = f"{name}={self._text(value, old)}"
                found.append(Step("argument", old, text, value))
        return found

    def _whole(self, old: ast.AST, new: ast.AST) -> Step:
        if isinstance(old, ast.expr) and isinstance(new, ast.expr):
            return Step("replace", old, self._text(new, old), new)
        if isinstance(old, ast.stmt) and isinstance(new, ast.stmt):
            return Step("statement", old, self._text(new, old), new)
        raise NoStepsError("the old and the new code are different kinds of code")

    def _text(self, new: ast.expr | ast.stmt, old: ast.AST) -> str:
        """The new code's text; what it abridges is taken from the old code."""
        text = self.snippet.segment(new)
        if not has_wildcard(new):
            return text
        for part in _abridged(new):
            meant = [
                item
                for item in ast.walk(old)
                if isinstance(item, ast.expr) and not is_wildcard(part) and same(part, item)
            ]
            piece = self.snippet.segment(part)
            if len(meant) != 1 or text.count(piece) != 1:
                raise NoStepsError(f"what {text} abbreviates could not be determined")
            text = text.replace(piece, self.source.segment(meant[0]))
        return text


def _abridged(node: ast.AST) -> Iterator[ast.expr]:
    """The smallest expressions that hold a ``...`` directly, outermost first."""
    for child in ast.iter_child_nodes(node):
        if is_wildcard(child) and isinstance(node, ast.expr):
            yield node
            return
    for child in ast.iter_child_nodes(node):
        if has_wildcard(child):
            yield from _abridged(child)


def _parts(node: ast.AST) -> tuple[list[ast.AST], list[ast.expr]]:
    """The operators and the operands of an operation."""
    if isinstance(node, ast.Compare):
        return [*node.ops], [node.left, *node.comparators]
    return ([node.op], [node.left, node.right]) if isinstance(node, ast.BinOp) else ([], [])
