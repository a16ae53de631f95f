"""Exception handlers: which one a node runs in, and whether it raises again."""

from __future__ import annotations

import ast
import textwrap

import pytest

from codemods.syntax.handlers import handler_types, innermost_handler, reraising
from tests.syntax.marks import marked

IN_NONE = {
    "outside": "HERE",
    "body of the try": "try: HERE\nexcept E: pass",
    "else": "try: pass\nexcept E: pass\nelse: HERE",
    "finally": "try: pass\nexcept E: pass\nfinally: HERE",
    "after": "try: pass\nexcept E: pass\nHERE",
    "type": "try: pass\nexcept HERE: pass",
    "nested function": "try: pass\nexcept E:\n    def f(): HERE",
    "nested async function": "try: pass\nexcept E:\n    async def f(): HERE",
    "lambda": "try: pass\nexcept E:\n    g(lambda: HERE)",
    "class": "try: pass\nexcept E:\n    class A: HERE",
}


@pytest.mark.parametrize("text", IN_NONE.values(), ids=IN_NONE.keys())
def test_no_handler_runs_the_node(text: str) -> None:
    tree, node = marked(text)
    assert innermost_handler(tree, node) is None


IN_ONE = {
    "body": "try: pass\nexcept E: HERE",
    "if in the body": "try: pass\nexcept E:\n    if a: HERE",
    "argument": "try: pass\nexcept E: log(a, b=HERE)",
    "except*": "try: pass\nexcept* E: HERE",
    "body of an inner try": "try: pass\nexcept E:\n    try: HERE\n    except F: pass",
    "else of an inner try": "try: pass\nexcept E:\n    try: a\n    except: b\n    else: HERE",
    "finally of an inner try": "try: pass\nexcept E:\n    try: pass\n    finally: HERE",
    "type of an inner handler": "try: pass\nexcept E:\n    try: pass\n    except HERE: pass",
    "inner handler": "try: pass\nexcept F:\n    try: pass\n    except E: HERE",
    "default of a nested function": "try: pass\nexcept E:\n    def f(a=HERE): pass",
    "decorator of a nested function": "try: pass\nexcept E:\n    @HERE\n    def f(): pass",
    "handler in a nested function": """
        try: pass
        except F:
            def f():
                try: pass
                except E: HERE
    """,
}


@pytest.mark.parametrize("text", IN_ONE.values(), ids=IN_ONE.keys())
def test_the_innermost_handler_runs_the_node(text: str) -> None:
    tree, node = marked(text)
    handler = innermost_handler(tree, node)
    assert handler is not None
    assert handler_types(handler) == ("E",)


def handler_of(body: str) -> ast.ExceptHandler:
    text = "try: pass\nexcept E as e:\n" + textwrap.indent(textwrap.dedent(body), "    ")
    statement = ast.parse(text).body[0]
    assert isinstance(statement, ast.Try)
    return statement.handlers[0]


SWALLOWS = [
    "pass",
    "raise Other()",
    "raise Other() from None",
    "raise Other() from cause",
    "raise Other(e)",
    "def f(): raise",
    "class A:\n    def f(self): raise e",
    "try: pass\nexcept F: raise",
    "try: pass\nexcept F as f: raise f",
]


@pytest.mark.parametrize("body", SWALLOWS)
def test_a_handler_that_does_not_raise_again(body: str) -> None:
    assert reraising(handler_of(body)) is None


RERAISES = [
    "raise",
    "log()\nraise",
    "raise e",
    "raise e from None",
    "raise e.with_traceback(None)",
    "raise Other() from e",
    "if a: raise\nreturn_value = 1",
    "with a:\n    for b in c:\n        raise",
    "while a: pass\nelse: raise",
    "try: raise\nfinally: pass",
    "try: pass\nfinally: raise",
    "try: pass\nexcept F: raise Other() from e",
    "match a:\n    case 1: raise",
]


@pytest.mark.parametrize("body", RERAISES)
def test_a_handler_that_raises_again(body: str) -> None:
    assert reraising(handler_of(body)) is not None


@pytest.mark.parametrize(
    ("clause", "types"),
    [
        ("except:", ()),
        ("except E:", ("E",)),
        ("except asyncio.CancelledError:", ("asyncio.CancelledError",)),
        ("except (A, b.C) as e:", ("A", "b.C")),
    ],
)
def test_handler_types(clause: str, types: tuple[str, ...]) -> None:
    statement = ast.parse(f"try: pass\n{clause} pass").body[0]
    assert isinstance(statement, ast.Try)
    assert handler_types(statement.handlers[0]) == types
