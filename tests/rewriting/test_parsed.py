"""New code where other code stood: what is said beside the old stays."""

from __future__ import annotations

import libcst as cst
import pytest

from codemods.codemod import Payload
from codemods.rewriting.parsed import (
    Becomes,
    Behind,
    InPlace,
    WithoutName,
    line,
    statement,
    without_blank,
)


def edited(payload: Payload, code: str) -> str:
    """A module after the edit of its first statement, or what its edit gives for it."""
    module = cst.parse_module(code)
    made = payload.edit(module.body[0])
    if made is None:
        return "another node"
    assert isinstance(made, (cst.BaseStatement, cst.FlattenSentinel))
    new = [*made] if isinstance(made, cst.FlattenSentinel) else [made]
    return module.with_changes(body=[*new, *module.body[1:]]).code


@pytest.mark.parametrize("payload", [Becomes("x"), WithoutName(), Behind("x")])
def test_another_node_is_not_edited(payload: Payload) -> None:
    assert edited(payload, "if a:\n    b\n") == "another node"


@pytest.mark.parametrize("code", ["if a:\n    b\n", "a\nb\n", ""])
def test_what_is_no_one_statement_of_its_kind_is_a_mistake(code: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        statement(code, cst.SimpleStatementLine)


def test_statements_keep_what_stands_above_and_behind() -> None:
    assert edited(InPlace("c\nd\n"), "# above\na  # behind\nb\n") == (
        "# above\nc  # behind\nd\nb\n"
    )
    assert edited(InPlace("if c:\n    d\n"), "a  # behind\n") == "# behind\nif c:\n    d\n"
    assert edited(InPlace("c\n"), "# above\nif a:\n    b\n") == "# above\nc\n"
    assert edited(Behind("c\n"), "a  # behind\nb\n") == "a  # behind\nc\nb\n"


@pytest.mark.parametrize(
    ("old", "new", "made"),
    [
        ("(a)", "b", "(b)"),
        ("(a)", "(b)", "(b)"),
        ("a", "(b)", "(b)"),
        ("( # c\na)", "b", "( # c\nb)"),
    ],
)
def test_an_expression_keeps_its_parentheses(old: str, new: str, made: str) -> None:
    found = Becomes(new).edit(cst.parse_expression(old))
    assert isinstance(found, cst.BaseExpression)
    assert cst.Module([]).code_for_node(found) == made


def test_the_comments_above_a_statement_are_its_own() -> None:
    above = line("a").with_changes(
        leading_lines=[cst.EmptyLine(), cst.EmptyLine(comment=cst.Comment("# b")), cst.EmptyLine()]
    )
    assert [item.comment is not None for item in without_blank(above.leading_lines)] == [
        True,
        False,
    ]
    assert without_blank([cst.EmptyLine()]) == []


def test_a_handler_forgets_its_exception() -> None:
    tried = statement("try:\n    a\nexcept B as c:\n    d\n", cst.Try)
    made = WithoutName().edit(tried.handlers[0])
    assert isinstance(made, cst.ExceptHandler) and made.name is None
