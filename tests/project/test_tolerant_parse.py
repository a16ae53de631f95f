"""Files in newer syntax than the running Python's are read as far as that goes."""

from __future__ import annotations

import ast
import sys
import warnings

import pytest

from codemods.project.source import SourceError, SourceFile

NEWER = """\
# é
import os
try:
    pass
except A, B:
    pass


@decorated
class Box(Base):
    '''Words.'''

    size = 1

    @property
    def good(self):
        é = os.sep; return self.x

    def bad(self):
        try:
            return 1
        except A, B:
            return 2

    class Inner:
        def deep(self): return 1
        def lost(self):
            try: pass
            except A, B: pass

    async def last(self):
        await f()


def after():
    return 1
"""


def source(text: str) -> SourceFile:
    return SourceFile("pkg/a.py", text.encode())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = 1\ndef f(:\n", "pkg/a.py:2: "),
        (b"print 'x'\n", "pkg/a.py:1: Missing parentheses in call to 'print'"),
        (b"x = 1\ry = 2\n", "pkg/a.py:1: has a carriage return without a newline, which"),
        (b"x = 1\r\n\ry = 2\n", "pkg/a.py:2: has a carriage return without a newline"),
        (b"x = '\0'\n", "pkg/a.py: has null bytes"),
        (b"x = '\xff'\n", "pkg/a.py: "),
        (b"# coding: nonsense\nx = 1\n", "pkg/a.py: unknown encoding"),
        (b"x = " + b"(" * 500 + b")" * 500 + b"\n", "pkg/a.py:1: too many nested parentheses"),
        (b"x = " + b"-" * 100_000 + b"1\n", "pkg/a.py:1: nested too deeply"),
    ],
)
def test_broken_files_say_so_in_one_line(data: bytes, message: str) -> None:
    broken = SourceFile("pkg/a.py", data)
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            broken.tree  # noqa: B018
        assert str(caught.value).startswith(message)
        assert "\n" not in str(caught.value)


def test_warnings_of_the_parser_stay_inside() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert source("x = '\\d'\nif x is 'a': pass\n").tree.unread == ()


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the syntax is not newer there")
def test_definition_by_definition() -> None:
    file = source(NEWER)
    tree = file.tree
    names = [tree.qualified_name(node) for node in tree.definitions()]
    assert names == ["Box", "Box.good", "Box.Inner", "Box.Inner.deep", "Box.last", "after"]
    assert [(item.name, item.line, item.end_line) for item in tree.unread] == [
        ("try:", 3, 6),
        ("Box.bad", 19, 23),
        ("Box.Inner.lost", 27, 29),
    ]
    assert "parenthesized" in tree.unread[0].reason


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the syntax is not newer there")
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_positions_are_true(newline: str) -> None:
    """Against the same file with the newer syntax replaced by old one of the same width."""
    file = source(NEWER.replace("\n", newline))
    older = source(NEWER.replace("A, B:", "Abc :").replace("\n", newline)).tree
    expected = {older.qualified_name(node): node for node in older.definitions()}
    for node in file.tree.definitions():
        other = expected[file.tree.qualified_name(node)]
        assert file.span(node) == file.span(other)
        if not isinstance(node, ast.ClassDef):
            assert ast.dump(node, include_attributes=True) == ast.dump(
                other, include_attributes=True
            )


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the syntax is not newer there")
def test_type_parameters_are_no_obstacle_beside_newer_syntax() -> None:
    file = source(
        "type Alias = int\n"
        "def generic[T](x: T) -> T: return x\n"
        "class Stack[T](Base[int], metaclass=M):\n"
        "    def push(self, item: T) -> None:\n"
        "        self.items.append(item)\n"
        "    def bad(self):\n"
        "        try: pass\n"
        "        except A, B: pass\n"
        "def quoted(d): return f'{d['a']}'\n"
        "def plain(): return 1\n"
    )
    tree = file.tree
    assert [item.name for item in tree.unread] == ["Stack.bad"]
    assert [tree.qualified_name(node) for node in tree.definitions()] == [
        "generic",
        "Stack",
        "Stack.push",
        "quoted",
        "plain",
    ]
    stack = tree.definitions()[1]
    assert isinstance(stack, ast.ClassDef)
    assert file.segment(stack.bases[0]) == "Base[int]"
    assert file.segment(stack.keywords[0].value) == "M"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the syntax is not newer there")
def test_class_with_nothing_left_and_tabs() -> None:
    newer = "try: pass\n\t\texcept A, B: pass\n"
    tree = source(f"class A:\n\tdef f(self):\n\t\t{newer}class B:\n\tx = 1\n").tree
    assert [item.name for item in tree.unread] == ["A.f"]
    assert [tree.qualified_name(node) for node in tree.definitions()] == ["A", "B"]
    compile(tree.module, "a.py", "exec")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the syntax is not newer there")
@pytest.mark.parametrize("end", ["", "\n", "\n\n# words\n", "\n    # words\n\n\n"])
def test_end_of_the_file(end: str) -> None:
    newer = "try: pass\n        except A, B: pass"
    tree = source(
        f"class A:  # words\n    # more\n\n    x = 1\n\n    def f(self):\n        {newer}{end}"
    ).tree
    (unread,) = tree.unread
    (node,) = tree.definitions()
    assert (unread.line, unread.end_line) == (6, 8)
    assert (node.lineno, node.end_lineno, node.end_col_offset) == (1, 8, 25)
