"""Imports: which are in effect where, and what of them is needed."""

from __future__ import annotations

import ast
import textwrap

import pytest

from codemods.syntax.imports import can_import, exported, is_used, local_name
from codemods.syntax.tree import Tree
from tests.syntax.marks import marked


def parse(text: str) -> Tree:
    return Tree(ast.parse(textwrap.dedent(text)))


NOT_IN_EFFECT = {
    "nothing": "def f(): HERE",
    "type checking only": "if TYPE_CHECKING:\n    import asyncio\ndef f(): HERE",
    "typing.TYPE_CHECKING": "if typing.TYPE_CHECKING:\n    import asyncio\ndef f(): HERE",
    "TYPE_CHECKING by alias": (
        "from typing import TYPE_CHECKING as T\nif T:\n    import asyncio\ndef f(): HERE"
    ),
    "parameter": "import asyncio\ndef f(asyncio): HERE",
    "local": "import asyncio\ndef f():\n    HERE\n    asyncio = 1",
    "local of the function around": (
        "import asyncio\ndef f():\n    asyncio = 1\n    def g(): HERE"
    ),
    "bound again": "import asyncio\nasyncio = Fake()\ndef f(): HERE",
    "another function's": "def g(): import asyncio\ndef f(): HERE",
    "function-local, above": "def f():\n    HERE\n    import asyncio",
    "function-local, in a branch": "def f():\n    if a:\n        import asyncio\n    HERE",
    "function-local, in the other branch": (
        "def f():\n    if a:\n        import asyncio\n    else:\n        HERE"
    ),
    "function-local, may have failed": (
        "def f():\n    try: import asyncio\n    except ImportError: pass\n    HERE"
    ),
    "function-local, in a loop": "def f():\n    for a in b:\n        import asyncio\n    HERE",
    "module, in a branch": "if a:\n    import asyncio\ndef f(): HERE",
    "module code above": "HERE\nimport asyncio",
    "default above": "def f(a=HERE): pass\nimport asyncio",
    "standard library by chance in a try": (
        "try:\n    import missing\n    import asyncio\nexcept ImportError: pass\ndef f(): HERE"
    ),
    "class scope": "class A:\n    import asyncio\n    def f(self): HERE",
    "alias of something else": "import trio as asyncio\ndef f(): HERE",
    "star": "from asyncio import *\ndef f(): HERE",
    "relative": "from . import asyncio\ndef f(): HERE",
}


@pytest.mark.parametrize("text", NOT_IN_EFFECT.values(), ids=NOT_IN_EFFECT.keys())
def test_no_import_in_effect(text: str) -> None:
    tree, node = marked(text)
    assert local_name(tree, node, "asyncio", "to_thread") is None


IN_EFFECT = {
    "module": ("import asyncio\ndef f(): HERE", "asyncio.to_thread"),
    "alias": ("import asyncio as aio\ndef f(): HERE", "aio.to_thread"),
    "name": ("from asyncio import to_thread\ndef f(): HERE", "to_thread"),
    "name with alias": ("from asyncio import to_thread as tt\ndef f(): HERE", "tt"),
    "name before module": (
        "import asyncio\nfrom asyncio import to_thread\ndef f(): HERE",
        "to_thread",
    ),
    "module where the name is shadowed": (
        "import asyncio\nfrom asyncio import to_thread\ndef f(to_thread): HERE",
        "asyncio.to_thread",
    ),
    "submodule binds the package": (
        "import asyncio.subprocess\ndef f(): HERE",
        "asyncio.to_thread",
    ),
    "function-local": ("def f():\n    import asyncio\n    HERE", "asyncio.to_thread"),
    "function-local, around": (
        "def f():\n    import asyncio\n    def g(): HERE",
        "asyncio.to_thread",
    ),
    "function-local, same branch": (
        "def f():\n    if a:\n        import asyncio\n        HERE",
        "asyncio.to_thread",
    ),
    "function-local, all branches": (
        "def f():\n    if a:\n        import asyncio\n    else:\n        return\n    HERE",
        "asyncio.to_thread",
    ),
    "function-local, try that leaves": (
        "def f():\n    try: import asyncio\n    except ImportError: raise\n    HERE",
        "asyncio.to_thread",
    ),
    "module in a with": ("with a:\n    import asyncio\ndef f(): HERE", "asyncio.to_thread"),
    "below the function": ("def f(): HERE\nimport asyncio", "asyncio.to_thread"),
    "type checking and for real": (
        "import asyncio\nif TYPE_CHECKING:\n    import asyncio\ndef f(): HERE",
        "asyncio.to_thread",
    ),
    "in a class body": ("class A:\n    import asyncio\n    x = HERE", "asyncio.to_thread"),
    "comprehension target ended": (
        "import asyncio\ndef f():\n    [1 for asyncio in a]\n    HERE",
        "asyncio.to_thread",
    ),
}


@pytest.mark.parametrize(("text", "expected"), IN_EFFECT.values(), ids=IN_EFFECT.keys())
def test_the_expression_that_means_it(text: str, expected: str) -> None:
    tree, node = marked(text)
    assert local_name(tree, node, "asyncio", "to_thread") == expected


@pytest.mark.parametrize(
    ("text", "module", "name", "expected"),
    [
        ("import os.path\nHERE", "os", None, "os"),
        ("import os.path\nHERE", "os.path", None, "os.path"),
        ("import os.path\nHERE", "os.path", "join", "os.path.join"),
        ("import os.path as p\nHERE", "os.path", None, "p"),
        ("import os.path as p\nHERE", "os", None, None),
        ("from os import path\nHERE", "os.path", "join", "path.join"),
        ("import a.b.c\nHERE", "a.b", "x", "a.b.x"),
        ("import a\nHERE", "a.b", "x", None),
        ("from sqlalchemy import orm\nHERE", "sqlalchemy.orm", "selectinload", "orm.selectinload"),
        ("from .models import Track\nHERE", ".models", "Track", "Track"),
        ("from . import models\nHERE", ".models", "Track", "models.Track"),
        ("from . import models\nHERE", ".", "models", "models"),
        (
            "try:\n    from orm import a\n    OK = 1\nexcept ImportError: OK = 0\ndef f(): HERE",
            "orm",
            "a",
            "a",
        ),
    ],
)
def test_dotted_and_relative_modules(
    text: str, module: str, name: str | None, expected: str | None
) -> None:
    tree, node = marked(text)
    assert local_name(tree, node, module, name) == expected


CANNOT = {
    "parameter": "def f(asyncio): HERE",
    "local": "def f():\n    asyncio = 1\n    HERE",
    "local import of something else": "def f():\n    import trio as asyncio\n    HERE",
    "comprehension target": "[HERE for asyncio in a]",
    "lambda parameter": "lambda asyncio: HERE",
    "variable of the module": "asyncio = None\ndef f(): HERE",
    "definition of the module": "def f(): HERE\nclass asyncio: pass",
    "assigned through global": "def g():\n    global asyncio\n    asyncio = 1\ndef f(): HERE",
    "other import": "from . import asyncio\ndef f(): HERE",
    "fallback": (
        "try: import asyncio\nexcept ImportError: import trollius as asyncio\ndef f(): HERE"
    ),
    "deleted": "import asyncio\ndel asyncio\ndef f(): HERE",
    "imported later in the function": "def f():\n    HERE\n    import asyncio",
    "imported in a branch": "def f(x):\n    if x:\n        import asyncio\n    HERE",
    "imported around it later": "def f():\n    def g(): HERE\n    g()\n    import asyncio",
}


@pytest.mark.parametrize("text", CANNOT.values(), ids=CANNOT.keys())
def test_the_plain_name_would_mean_something_else(text: str) -> None:
    tree, node = marked(text)
    reason = can_import(tree, node, "asyncio", None)
    assert reason is not None
    assert "asyncio" in reason
    assert can_import(tree, node, "x", "asyncio") is not None


CAN = {
    "nothing in the way": "def f(): HERE",
    "there already": "import asyncio\ndef f(): HERE",
    "submodule there": "import asyncio.subprocess\ndef f(): HERE",
    "for types": "if TYPE_CHECKING:\n    import asyncio\ndef f(): HERE",
    "local of another function": "def g(): asyncio = 1\ndef f(): HERE",
    "attribute of a class": "class A:\n    asyncio = 1\n    def f(self): HERE",
    "global in the function": "def f():\n    global asyncio\n    HERE",
    "imported in the function": "def f():\n    import asyncio\n    HERE",
}


@pytest.mark.parametrize("text", CAN.values(), ids=CAN.keys())
def test_the_plain_name_is_free(text: str) -> None:
    tree, node = marked(text)
    assert can_import(tree, node, "asyncio", None) is None


def test_builtins_are_not_hidden() -> None:
    tree, node = marked("HERE")
    assert can_import(tree, node, "os", "open") == "open is a builtin that the import would hide"


@pytest.mark.parametrize(
    "text",
    [
        "import numpy.fft as np\ndef f(): HERE",
        "from numpy import fft as np\ndef f(): HERE",
        "np = None\ndef f(): HERE",
        "def f(np): HERE",
        "def np(): pass\ndef f(): HERE",
        "import np\ndef f(): HERE",
    ],
)
def test_an_alias_that_is_taken(text: str) -> None:
    tree, node = marked(text)
    assert can_import(tree, node, "numpy", None, "np") is not None


@pytest.mark.parametrize(
    "text",
    ["import numpy as np\ndef f(): HERE", "import numpy\ndef f(): HERE", "def f(numpy): HERE"],
)
def test_an_alias_that_is_free(text: str) -> None:
    tree, node = marked(text)
    assert can_import(tree, node, "numpy", None, "np") is None


UNUSED = [
    "import x",
    "from a import x",
    "import x\nx = 1",
    "import x\ndef f(x): return x",
    "import x\ndef f():\n    x = 1\n    return x",
    "import x\n[x for x in a]",
    "import x\na.x",
    "import x\nf(x=1)",
    'import x\n"""About x and others."""',
    "import x\nlog('no x here')",
    "import x\n__all__ = ['y']",
    "import x\nprint('xx')",
]


@pytest.mark.parametrize("text", UNUSED)
def test_unused(text: str) -> None:
    assert not is_used(parse(text), "x")


USED = [
    "import x\nx",
    "import x\nx.y()",
    "import x\ndef f(): return x",
    "import x\nclass A:\n    x = 1\n    def f(self): return x",
    "import x\ndel x",
    "import x\nx += 1",
    "import x\ndef f():\n    global x",
    "import x\n__all__ = ['x']",
    "import x\n__all__ += ('y', 'x')",
    "import x\n__all__.extend(['x'])",
    "import x\n__all__.append('x')",
    "import x\n__all__ = [name for name in dir()]",
    "from x import x as x",
    "import x\ndef f(a: 'x.Y'): pass",
    "import x\na: 'list[x]'",
    "import x\ncast('x', a)",
    "import x\nf'{x}'",
    "import x\ndef f(a=x): pass",
    "import x\n@x\ndef f(): pass",
]


@pytest.mark.parametrize("text", USED)
def test_used(text: str) -> None:
    assert is_used(parse(text), "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import x\nx", False),
        ("import x\n__all__ = ['y', *z.__all__]", False),
        ("import x\n__all__ = ['x']", True),
        ("import x\n__all__: list[str] = ['x']", True),
        ("import x as x", True),
        ("import x as y", False),
        ("import x\n__all__ = sorted(a)", True),
    ],
)
def test_exported(text: str, expected: bool) -> None:
    assert exported(parse(text), "x") is expected
