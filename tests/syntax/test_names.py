"""Names: what they mean, what binds them, and which are free."""

from __future__ import annotations

import ast
import textwrap

import pytest

from codemods.syntax.names import (
    binding,
    free_name,
    local_names,
    names_bound,
    names_loaded,
    qualified_name,
    undefined_names,
)
from codemods.syntax.tree import Tree


def parse(text: str) -> Tree:
    return Tree(ast.parse(textwrap.dedent(text)))


def callee(tree: Tree) -> ast.expr:
    """The callee of the call that has the argument ``HERE``, or an argument list ``(…)``."""
    for call in tree.of(ast.Call):
        if any(isinstance(item, ast.Constant) and item.value == "HERE" for item in call.args):
            return call.func
    raise AssertionError("no call with 'HERE'")


NOT_KNOWN = {
    "parameter": """
        import requests
        def f(requests): requests.get('HERE')
    """,
    "keyword-only parameter": """
        import requests
        def f(*, requests): requests.get('HERE')
    """,
    "star parameter": """
        from time import sleep
        def f(*sleep): sleep('HERE')
    """,
    "lambda parameter": """
        from time import sleep
        f = lambda sleep: sleep('HERE')
    """,
    "builtin as parameter": "def f(open): open('HERE')",
    "builtin defined": "def open(path): ...\ndef f(): open('HERE')",
    "builtin assigned below": "def f(): open('HERE')\nopen = print",
    "local after use": """
        import time
        def f():
            time.sleep('HERE')
            time = 3
    """,
    "for target": "import time\ndef f():\n    for time in (): time.sleep('HERE')",
    "tuple target": "import time\ndef f():\n    a, (time, b) = x\n    time.sleep('HERE')",
    "with target": "import time\ndef f():\n    with x as time: time.sleep('HERE')",
    "except target": """
        import time
        def f():
            try: pass
            except OSError as time: time.sleep('HERE')
    """,
    "walrus": "import time\ndef f():\n    if (time := x): time.sleep('HERE')",
    "walrus in a comprehension": """
        import time
        def f():
            [time := item for item in x]
            time.sleep('HERE')
    """,
    "comprehension target": "import time\n[time.sleep('HERE') for time in x]",
    "comprehension target from its condition": "import time\n[1 for time in x if time.f('HERE')]",
    "nested function": "import time\ndef f():\n    def time(): ...\n    time.sleep('HERE')",
    "nested class": "import time\ndef f():\n    class time: ...\n    time.sleep('HERE')",
    "match capture": """
        import time
        def f(x):
            match x:
                case [time]: time.sleep('HERE')
    """,
    "match rest": """
        import time
        def f(x):
            match x:
                case {**time}: time.sleep('HERE')
    """,
    "global rebinding": """
        import time
        def g():
            global time
            time = Fake()
        def f(): time.sleep('HERE')
    """,
    "nonlocal": """
        import time
        def outer():
            time = 1
            def f():
                nonlocal time
                time.sleep('HERE')
    """,
    "rebound at module level": "import time\ntime = Fake()\ntime.sleep('HERE')",
    "deleted": "import time\ndel time\ndef f(): time.sleep('HERE')",
    "imported twice": "from a import f\nfrom b import f\nf('HERE')",
    "fallback definition": """
        try:
            from numba import jit
        except ImportError:
            def jit(f): return f
        jit('HERE')
    """,
    "import in another function": """
        def g(): import requests
        def f(): requests.get('HERE')
    """,
    "class attribute": "class A:\n    open = f\n    open('HERE')",
    "star only": "from a import *\nsleep('HERE')",
    "star that shadows builtins": "from os import *\nopen('HERE')",
    "own definition": "def helper(): ...\nhelper('HERE')",
    "attribute of a call": "import time\ntime.x().sleep('HERE')",
    "attribute of self": "class A:\n    def f(self): self.time.sleep('HERE')",
    "undefined": "nothing('HERE')",
}


@pytest.mark.parametrize("text", NOT_KNOWN.values(), ids=NOT_KNOWN.keys())
def test_a_name_that_means_no_import_is_none(text: str) -> None:
    tree = parse(text)
    assert qualified_name(tree, callee(tree)) is None


KNOWN = {
    "alias of a name": ("from time import sleep as zz\nzz('HERE')", "time.sleep"),
    "alias of a module": ("import requests as r\nr.get('HERE')", "requests.get"),
    "dotted import": ("import os.path\nos.path.exists('HERE')", "os.path.exists"),
    "dotted import binds the package": (
        "import asyncio.subprocess\nasyncio.f('HERE')",
        "asyncio.f",
    ),
    "dotted import with alias": ("import os.path as p\np.exists('HERE')", "os.path.exists"),
    "two submodules": ("import a.b\nimport a.c\na.c.f('HERE')", "a.c.f"),
    "builtin": ("open('HERE')", "builtins.open"),
    "builtin beside a star import": ("from a import *\nopen('HERE')", "builtins.open"),
    "relative": ("from .models import Track\nTrack('HERE')", ".models.Track"),
    "relative package": ("from .. import models as m\nm.Track('HERE')", "..models.Track"),
    "local import": ("def f():\n    import time\n    time.sleep('HERE')", "time.sleep"),
    "local import seen by a nested function": (
        "def f():\n    import time\n    def g(): time.sleep('HERE')",
        "time.sleep",
    ),
    "local import over a module's": (
        "from a import g\ndef f():\n    from b import g\n    g('HERE')",
        "b.g",
    ),
    "class scope is not seen by methods": (
        "import time\nclass A:\n    time = 1\n    def f(self): time.sleep('HERE')",
        "time.sleep",
    ),
    "class scope is not seen by comprehensions": (
        "class A:\n    open = 1\n    x = [open('HERE') for y in z]",
        "builtins.open",
    ),
    "first iterable of a comprehension": (
        "import time\n[1 for time in time.f('HERE')]",
        "time.f",
    ),
    "default of a parameter of that name": ("def f(open=open('HERE')): ...", "builtins.open"),
    "decorator": ("import app\n@app.get('HERE')\ndef f(app): ...", "app.get"),
    "first alternative": (
        "try:\n    import ujson as j\nexcept ImportError:\n    import json as j\nj.loads('HERE')",
        "ujson.loads",
    ),
    "alternatives that agree": (
        "try:\n    from a.b import f\nexcept ImportError:\n    from b import f\nf('HERE')",
        "a.b.f",
    ),
    "nested alternatives": (
        """
        try:
            import a as j
        except ImportError:
            try:
                import b as j
            except ImportError:
                import c as j
        j.f('HERE')
        """,
        "a.f",
    ),
    "by version": (
        "if new:\n    import tomllib as t\nelse:\n    import tomli as t\nt.loads('HERE')",
        "tomllib.loads",
    ),
    "missing import is None": (
        "try:\n    import r\nexcept ImportError:\n    r = None\nr.get('HERE')",
        "r.get",
    ),
    "None first": (
        "r = None\ntry:\n    import r\nexcept ImportError:\n    pass\nr.f('HERE')",
        "r.f",
    ),
    "imported lazily": (
        "r = None\ndef g():\n    global r\n    import r\ndef f(): r.get('HERE')",
        "r.get",
    ),
    "global in a function that reads it": (
        "import time\ndef f():\n    global time\n    time.sleep('HERE')",
        "time.sleep",
    ),
    "comprehension target ends with it": (
        "import time\ndef f():\n    [time for time in x]\n    time.sleep('HERE')",
        "time.sleep",
    ),
    "lambda parameter ends with it": (
        "import time\ng = lambda time: 1\ntime.sleep('HERE')",
        "time.sleep",
    ),
}


@pytest.mark.parametrize(("text", "expected"), KNOWN.values(), ids=KNOWN.keys())
def test_a_name_means_what_its_import_says(text: str, expected: str) -> None:
    tree = parse(text)
    assert qualified_name(tree, callee(tree)) == expected


KINDS = {
    "unknown": ("x('HERE')", "unknown"),
    "unknown by star": ("from a import *\nx('HERE')", "unknown"),
    "builtin": ("print('HERE')", "builtin"),
    "import": ("import x\nx('HERE')", "import"),
    "parameter": ("def f(x):\n    x = x or 1\n    x('HERE')", "parameter"),
    "local": ("def f():\n    x = 1\n    x('HERE')", "local"),
    "import bound again": ("def f():\n    import x\n    x = x.y\n    x('HERE')", "local"),
    "local of the outer function": ("def f():\n    x = 1\n    def g(): x('HERE')", "local"),
    "comprehension": ("[x('HERE') for x in y]", "local"),
    "definition": ("def x(): ...\nx('HERE')", "definition"),
    "class": ("class x: ...\nx('HERE')", "definition"),
    "definition bound again": ("def x(): ...\nx = cache(x)\nx('HERE')", "module"),
    "module": ("x = 1\ndef f(): x('HERE')", "module"),
    "module by global": ("def g():\n    global x\n    x = 1\ndef f(): x('HERE')", "module"),
}


@pytest.mark.parametrize(("text", "kind"), KINDS.values(), ids=KINDS.keys())
def test_binding_says_what_kind(text: str, kind: str) -> None:
    tree = parse(text)
    node = callee(tree)
    assert isinstance(node, ast.Name)
    assert binding(tree, node).kind == kind


def test_binding_gives_the_scope_and_every_node() -> None:
    tree = parse(
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n        x('HERE')"
    )
    node = callee(tree)
    assert isinstance(node, ast.Name)
    found = binding(tree, node)
    assert found.scope_node is tree.module.body[0]
    assert [getattr(item, "lineno", 0) for item in found.nodes] == [2, 5]
    assert found.node is found.nodes[0]


def test_local_names_leave_out_what_belongs_to_others() -> None:
    tree = parse(
        """
        def f(a, /, b, *args, c, **kwargs):
            global g1
            g1 = 1
            import os.path
            d = [e for e in a if (h := e)]
            def inner(i): j = 1
            def sub():
                nonlocal d
                d = 2
        """
    )
    function = tree.of(ast.FunctionDef)[0]
    assert local_names(tree, function) == {
        *("a", "b", "args", "c", "kwargs"),
        *("os", "d", "h", "inner", "sub"),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(): pass", "read"),
        ("def f(): other = 1\nread = 1", "read"),
        ("def f(read): pass", "read_2"),
        ("def f():\n    def g(): return read", "read_2"),
        ("def f():\n    def g(): import read\n    lambda read_2: 1", "read_3"),
        ("def f():\n    try: pass\n    except E as read: pass", "read_2"),
        ("def f():\n    global read", "read_2"),
        ("def f(): self.read", "read"),
    ],
)
def test_free_name_captures_nothing(text: str, expected: str) -> None:
    tree = parse(text)
    assert free_name(tree, tree.module.body[0], "read") == expected


def test_free_name_is_no_builtin_and_no_keyword() -> None:
    tree = parse("def f(): pass")
    assert free_name(tree, tree.module, "open") == "open_2"
    assert free_name(tree, tree.module, "async") == "async_2"


def test_names_loaded() -> None:
    node = ast.parse("a = b.c(d[e]); f += 1; del g; [h for i in j]; lambda k: l")
    assert names_loaded(node) == {*"bdefhjl"}


def test_names_bound() -> None:
    node = ast.parse(
        "a = b; c.d = 1; e[0] = 1; [f for g in h]; del i\n"
        "def j(k=(m := 1)): n = 1\n"
        "class o: p = 1\n"
        "import q.r, s as t\nfrom u import *\n"
        "lambda v: (w := 1)\n"
        "[x := 1 for y in z]\n"
        "with A as B: pass\n"
        "try: pass\nexcept C as D: pass\n"
    )
    assert names_bound(node) == {"a", "i", "j", "m", "o", "q", "t", "x", "B", "D"}


UNDEFINED = [
    ("x = 1\ndef f(a): return x + a + len(a)", set()),
    ("from a import *\nb()", set()),
    ("def f():\n    b = [c for c in d]", {"d"}),
    ("class A:\n    x = 1\n    def f(self): return x", {"x"}),
    ("class A:\n    x = 1\n    y = x", set()),
    ("class A:\n    def f(self): return __class__\n    print(__qualname__, __name__)", set()),
    ("def f(): return __class__", {"__class__"}),
    ("def f(): return __file__", set()),
    ("def f():\n    global x\n    x = 1\nprint(x)", set()),
    ("def f():\n    import asyncio\nasyncio.run()", {"asyncio"}),
    ("x: int\ny = x", set()),
    ("if 1:\n    from a import B\ndef f(b: B): ...", set()),
    ("try: pass\nexcept E as e: print(e)", {"E"}),
    ("match a:\n    case B(c): c", {"a", "B"}),
]


@pytest.mark.parametrize(("text", "expected"), UNDEFINED)
def test_undefined_names(text: str, expected: set[str]) -> None:
    tree = parse(text)
    assert undefined_names(tree, tree.module) == expected


def test_undefined_names_of_a_part_see_the_scopes_around_it() -> None:
    tree = parse("import a\ndef f(b):\n    c = a(b, d)\n    return e")
    function = tree.of(ast.FunctionDef)[0]
    assert undefined_names(tree, function.body[0]) == {"d"}
