"""Newer syntax in an older spelling: same length, same positions, nothing else changed."""

from __future__ import annotations

import ast
import sys

import pytest

from codemods.project.newer_syntax import older_spelling
from codemods.project.source import SourceFile

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 12), reason="the syntax is not newer there")


@pytest.mark.parametrize(
    "text",
    [
        "x = f'{a} {b!r:>10}'\n",
        'x = f"{a[\'b\']}" "c"\n',
        "x = f'{{' '}}'\n",
        "x = 'f\"{'\n",
        "x = f'{a}\\n'\n",
        "x = f'{{a\\n'\n",
        "def f(x: list[int]) -> dict[str, int]: return x[0]\n",
        "class A(B[int]): x: C[int] = y[0]\n",
        "type = x[1]\ntype(x)\ntype.y = 1\n",
        "x = def_[1]\n",
    ],
)
def test_what_is_not_newer_stays(text: str) -> None:
    ast.parse(text)
    assert older_spelling(text.encode()) == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        # What has no older spelling of the same length.
        "x = f'{f'{a['b']}'}'\n",
        "x = f'{a['\"']}'\n",
        "x = f'{\n a\n}'\n",
        "try: pass\nexcept A, B: pass\n",
        "def f[\n\n  T](): pass\n",
        "def f[T(): pass\n",
    ],
)
def test_what_cannot_be_spelled_is_no_python_still(text: str) -> None:
    older = older_spelling(text.encode())
    assert len(older) == len(text.encode())
    with pytest.raises(SyntaxError):
        ast.parse(older)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("def f[T](x): pass", "def f   (x): pass"),
        ("async def f[T: (int, str) = int, *U](): pass", None),
        ("def f[T: 'a]b'](x): pass", "def f          (x): pass"),
        ("class A[T]: pass", "class A   : pass"),
        ("class A[\n    T,\n    U,\n](B): pass", "class A\\\n     \\\n     \\\n (B): pass"),
        ("class A[\r\n  T\r\n]: pass", "class A\\\r\n  \\\r\n : pass"),
        ("type A = int", "type;A = int"),
        ("if 1:\n    type A[T] = int", "if 1:\n    type;A    = int"),
        ("x = f'{a['b']}'", "x = f'{a[\"b\"]}'"),
        ('x = rf"{a["b"]:{c["d"]}} {e}"', "x = rf\"{a['b']:{c['d']}} {e}\""),
        ("x = f'{\"\\n\".join(a)}'", "x = f'{\"__\".join(a)}'"),
        ("x = f'é {'ü'} {\"ä\"}'", 'x = f\'é {"ü"} {"ä"}\''),
    ],
)
def test_an_older_spelling(newer: str, older: str | None) -> None:
    found = older_spelling(newer.encode())
    assert len(found) == len(newer.encode())
    assert older is None or found.decode() == older
    ast.parse(found)


def test_the_file_is_read_whole_and_its_bytes_are_its_own() -> None:
    text = (
        "type Alias = int\n\n\n"
        "class Box[T](Base):\n"
        "    async def get[U](self, key: U) -> T:\n"
        "        return await fetch(f'{self.a['b']} {key}', timeout=1)\n"
    )
    file = SourceFile("a.py", text.encode())
    assert file.tree.unread == ()
    (call,) = file.tree.of(ast.Call)
    assert file.segment(call) == "fetch(f'{self.a['b']} {key}', timeout=1)"
    assert file.tree.qualified_name(call) == "Box.get"
    assert file.data == text.encode()


def test_only_what_stays_unread_is_named() -> None:
    text = "def good[T](x: T): return f'{x['a']}'\ndef bad():\n    return f'{f'{x['a']}'}'\n"
    tree = SourceFile("a.py", text.encode()).tree
    assert [item.name for item in tree.unread] == ["bad"]
    assert [node.name for node in tree.definitions()] == ["good"]
