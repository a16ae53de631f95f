"""Statements and expressions from their text, put where others stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from codemods.syntax.lazy import cst


def statements(code: str) -> list[Any]:
    """The statements of ``code``, which is indented by four spaces a level.

    libcst writes their blocks in the unit of the file that they come to stand in.
    """
    return list(cst.parse_module(code).body)


def in_place_of(old: Any, new: Iterable[Any]) -> cst.FlattenSentinel[Any]:
    """``new`` where the statement ``old`` stands: what is above it and behind it stays.

    The comment at the end of ``old`` goes to the first new statement that has an end of line of
    its own; where there is none, it goes above.
    """
    first, *rest = new
    leading = list(old.leading_lines)
    behind = getattr(old, "trailing_whitespace", None)
    if behind is not None and behind.comment is not None:
        if isinstance(first, cst.SimpleStatementLine):
            first = first.with_changes(trailing_whitespace=behind)
        else:
            leading.append(cst.EmptyLine(comment=behind.comment))
    return cst.FlattenSentinel([first.with_changes(leading_lines=leading), *rest])


def expression(code: str, in_place_of: Any = None) -> cst.BaseExpression:
    """The expression ``code``, in the parentheses of the one that it takes the place of."""
    made: Any = cst.parse_expression(code)
    if in_place_of is not None and in_place_of.lpar and not made.lpar:
        made = made.with_changes(lpar=in_place_of.lpar, rpar=in_place_of.rpar)
    return made  # type: ignore[no-any-return]
