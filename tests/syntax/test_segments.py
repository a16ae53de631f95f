"""The text of nodes: what Python's own, slower function gives."""

from __future__ import annotations

import ast

import pytest

from codemods.syntax.segments import segment_of

TEXTS = [
    "x = 1\n",
    "größe = 'ä'; y = (größe,\n    'ö')\n",
    "def f():\n    return {\n        1: 2,\n    }\n",
    "if a:\r\n    b()\r\nelse:\r\n    c()\r\n",
    "x = '''a\n\x0cb'''\n",
    "a",
]


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_what_python_says(text: str) -> None:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr | ast.stmt):
            assert segment_of(text, node) == ast.get_source_segment(text, node)


def test_a_node_without_an_end_has_no_text() -> None:
    assert segment_of("x", ast.Name("x", ast.Load(), lineno=1, col_offset=0)) == ""
