"""Snippets of reports, and code compared by structure."""

from __future__ import annotations

import ast

import pytest

from codemods.transforms.apply_suggestion.code import SnippetKind, alike, contains, read, same


@pytest.mark.parametrize(
    "text", ["", "a whitelist", "x = ", "logger.debug('...')", "path <of the file>", "1.2.0-beta.3",
             "except Exception: session.rollback(); raise", 'f"... to {path}"'],
)  # fmt: skip
def test_what_is_no_code(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (">=", SnippetKind.OPERATOR),
        ("+ 0.691", SnippetKind.OPERATOR),
        ("not in", SnippetKind.OPERATOR),
        ("daemon=True", SnippetKind.KEYWORDS),
        ("ge=0.0, le=1.0", SnippetKind.KEYWORDS),
        ("except Exception:", SnippetKind.HANDLER),
        ("except:", SnippetKind.HANDLER),
        ("x.copy()", SnippetKind.EXPRESSION),
        ("-0.1", SnippetKind.EXPRESSION),
        ("np.zeros(…, dtype=x.dtype)", SnippetKind.EXPRESSION),
        ("total = a + b", SnippetKind.STATEMENTS),
        ("id: int", SnippetKind.STATEMENTS),
        ("return x", SnippetKind.STATEMENTS),
        ("if limit is not None:", SnippetKind.HEADER),
        ("for x in list(y):", SnippetKind.HEADER),
    ],
)
def test_kinds(text: str, kind: SnippetKind) -> None:
    snippet = read(text)
    assert snippet is not None
    assert snippet.kind is kind


def test_imports_on_the_same_line_are_left_out() -> None:
    snippet = read("from a import f; total = f(x)")
    assert snippet is not None
    assert [type(node) for node in snippet.nodes] == [ast.Assign]


def _node(text: str) -> ast.AST:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("1", "1.0"),
        ("1", "True"),
        ("f(a)", "f(a, b)"),
        ("f(a)", "f(a, k=1)"),
        ("f(..., k=1)", "f(a)"),
        ("f(..., k=1)", "f(a, k=2)"),
        ("a.b", "a.c"),
        ("a > b", "a >= b"),
        ("[1, ...]", "[2, 3]"),
    ],
)
def test_different(pattern: str, code: str) -> None:
    assert not same(_node(pattern), _node(code))


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("'a'", '"a"'),
        ("f(a,b)", "f(\n  a,\n  b,\n)"),
        ("f(..., k=1)", "f(a, *b, j=2, k=1)"),
        ("f(x, ...)", "f(x)"),
        ("[1, ...]", "[1, 2, 3]"),
        ("(n, ...)", "(n, m if m else 1)"),
    ],
)
def test_same(pattern: str, code: str) -> None:
    assert same(_node(pattern), _node(code))


def test_likeness() -> None:
    assert alike(_node("np.mean(a, axis=1)"), _node("np.mean(a, axis=0)")) > 0.7
    assert alike(_node("f(x)"), _node("g(y)")) == 0
    assert contains(_node("x.copy()"), _node("x"))
    assert not contains(_node("x"), _node("x"))
