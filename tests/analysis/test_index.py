"""What the index says of names, calls and callers; what cannot be told stays unsaid."""

from __future__ import annotations

import ast
import re
from textwrap import dedent

import pytest

from codemods.analysis.blocking.paths import blocking_path
from codemods.analysis.names.index import index_of
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.project.source import SourceFile


def project(**files: str) -> Project:
    """``pkg__module="…"`` is ``pkg/module.py``."""
    contents = {}
    for name, text in files.items():
        path = re.sub("(^|/)init$", r"\1__init__", name.replace("__", "/"))
        contents[f"{path}.py"] = dedent(text).encode()
    return Project(MemoryFiles(contents), target_python=(3, 11))


def call(source: SourceFile, text: str) -> ast.Call:
    """The first call whose callee reads ``text``."""
    return next(node for node in source.tree.of(ast.Call) if source.segment(node.func) == text)


def resolved(code: str, callee: str, **files: str) -> str | None:
    """What the callee of a call in ``main.py`` resolves to."""
    built = project(main=code, **files)
    source = built.source("main.py")
    return index_of(built).resolve(source, call(source, callee).func)


@pytest.mark.parametrize(
    ("code", "callee"),
    [
        ("def f(open):\n    open('x')\n", "open"),
        ("import time\ndef f():\n    time = clock()\n    time.sleep(1)\n", "time.sleep"),
        ("import time\nfor time in x: pass\ntime.sleep(1)\n", "time.sleep"),
        ("import time\n[time.sleep(1) for time in x]\n", "time.sleep"),
        ("import time\nf = lambda time: time.sleep(1)\n", "time.sleep"),
        ("from time import sleep\ndef sleep(): pass\nsleep()\n", "sleep"),
        ("import requests\nrequests = make()\nrequests.get(u)\n", "requests.get"),
        (
            "try:\n    import a as json\nexcept ImportError:\n    import json\njson.load(f)\n",
            "json.load",
        ),
        ("def f(x):\n    x.read_text()\n", "x.read_text"),
        ("unknown()\n", "unknown"),
        ("x = x.parent\nx.exists()\n", "x.exists"),
        ("from pathlib import Path\np = Path('a')\np = other(p)\np.exists()\n", "p.exists"),
        ("from .missing import thing\nthing()\n", "thing"),
        ("del open\nopen('x')\n", "open"),
        ("class A:\n    open = 1\n    def f(self):\n        self.open()\n", "self.open"),
        ("def f(*paths: str):\n    paths.x()\n", "paths.x"),
        ("def f():\n    global g\n    g = make()\ndef h():\n    g.x()\n", "g.x"),
    ],
)
def test_not_told(code: str, callee: str) -> None:
    assert resolved(code, callee) is None


def test_project_module_in_the_place_of_a_library() -> None:
    assert (
        resolved("import requests\nrequests.get(u)\n", "requests.get", requests="def get(u): ...")
        == "requests.get"
    )
    built = project(main="import requests\nrequests.get(u)\n", requests="def get(u): ...")
    source = built.source("main.py")
    assert index_of(built).definition_of(source, call(source, "requests.get").func)
    assert blocking_path(built, source, call(source, "requests.get")) is None


@pytest.mark.parametrize(
    ("code", "callee", "name"),
    [
        ("open('x')\n", "open", "builtins.open"),
        ("import time\ntime.sleep(1)\n", "time.sleep", "time.sleep"),
        ("import time as t\nt.sleep(1)\n", "t.sleep", "time.sleep"),
        ("from time import sleep as zz\nzz(1)\n", "zz", "time.sleep"),
        ("import os.path\nos.path.exists(p)\n", "os.path.exists", "os.path.exists"),
        ("def f():\n    import shutil\n    shutil.copy(a, b)\n", "shutil.copy", "shutil.copy"),
        (
            "from pathlib import Path\nPath('a').read_text()\n",
            "Path('a').read_text",
            "pathlib.Path.read_text",
        ),
        (
            "from pathlib import Path\ndef f(p: str | Path):\n    p = Path(p)\n    p.exists()\n",
            "p.exists",
            "pathlib.Path.exists",
        ),
        (
            "from pathlib import Path\ndef f(a):\n    p = Path(a) / 'x'\n    p.parent.mkdir()\n",
            "p.parent.mkdir",
            "pathlib.Path.mkdir",
        ),
        (
            "from pathlib import Path\np = Path('a')\np = p.resolve()\np.unlink()\n",
            "p.unlink",
            "pathlib.Path.unlink",
        ),
        ("with open('x') as f:\n    f.read()\n", "f.read", "io.TextIOWrapper.read"),
        (
            "import sqlite3\nc = sqlite3.connect('x').cursor()\nc.execute('')\n",
            "c.execute",
            "sqlite3.Cursor.execute",
        ),
        (
            "from typing import Optional\nfrom sqlalchemy.orm import Session\n"
            "def f(db: 'Optional[Session]' = None):\n    db.query(x)\n",
            "db.query",
            "sqlalchemy.orm.Session.query",
        ),
        (
            "from typing import Annotated\nfrom sqlalchemy.orm import Session\n"
            "Db = Annotated[Session, depends]\ndef f(db: Db):\n    db.query(x)\n",
            "db.query",
            "sqlalchemy.orm.Session.query",
        ),
        (
            "from collections.abc import Callable\nfrom sqlalchemy.orm import Session\nclass R:\n"
            "    def __init__(self, make: Callable[[], Session]):\n        self.make = make\n"
            "    def f(self):\n        s = self.make()\n        s.query(x)\n",
            "s.query",
            "sqlalchemy.orm.Session.query",
        ),
        (
            "import time\ndef f(s=time.sleep):\n    pass\ntime.sleep(1)\n",
            "time.sleep",
            "time.sleep",
        ),
        (
            "import time\nclass A:\n    time = 1\n    def f(self):\n        time.sleep(1)\n",
            "time.sleep",
            "time.sleep",
        ),
    ],
)
def test_told(code: str, callee: str, name: str) -> None:
    assert resolved(code, callee) == name


PACKAGE = {
    "pkg__io__init": "from .loader import load, helper as assist\nfrom .more import *\n",
    "pkg__io__loader": """
        def load(path): ...
        def helper(): ...
        """,
    "pkg__io__more": "def starred(): ...\ndef _private(): ...\n",
    "pkg__init": "",
    "pkg__editor": """
        from pkg.base import Base
        class Editor(Base):
            kind = None
            def __init__(self, other: "Other | None" = None):
                super().__init__()
                self.other = other or Other()
                self.items = {}
            def edit(self):
                self.read()
                self.other.act()
                self.unknown.act()
                self.items.get(1)
                self.view.act()
                super().read()
            @property
            def view(self) -> "Other": ...
            @classmethod
            def make(cls):
                return cls()
            @staticmethod
            def free(self):
                self.read()
        class Other:
            def act(self): ...
        """,
    "pkg__base": """
        class Base:
            def read(self): ...
        """,
}


def reached(code: str, callee: str) -> list[str]:
    built = project(main=code, **PACKAGE)
    source = built.source("main.py")
    found = index_of(built).definition_of(source, call(source, callee).func)
    return [f"{ref.path}:{ref.qualified_name}" for ref in found]


@pytest.mark.parametrize(
    ("code", "callee"),
    [
        ("from pkg.io import _private\n_private()\n", "_private"),
        ("from pkg.io import nothing\nnothing()\n", "nothing"),
        ("import requests\nrequests.get(u)\n", "requests.get"),
        ("def f(editor):\n    editor.edit()\n", "editor.edit"),
        ("from pkg.editor import Editor\neditor = make()\neditor.edit()\n", "editor.edit"),
        ("from pkg.editor import Editor\nEditor().missing()\n", "Editor().missing"),
    ],
)
def test_reaches_nothing_that_is_known(code: str, callee: str) -> None:
    assert reached(code, callee) == []


@pytest.mark.parametrize(
    ("code", "callee", "expected"),
    [
        ("from pkg.io import load\nload(1)\n", "load", "pkg/io/loader.py:load"),
        ("from pkg.io import assist\nassist()\n", "assist", "pkg/io/loader.py:helper"),
        ("from pkg.io import starred\nstarred()\n", "starred", "pkg/io/more.py:starred"),
        ("from pkg import io\nio.load(1)\n", "io.load", "pkg/io/loader.py:load"),
        (
            "import pkg.io.loader\npkg.io.loader.load(1)\n",
            "pkg.io.loader.load",
            "pkg/io/loader.py:load",
        ),
        ("from pkg.editor import Editor\nEditor()\n", "Editor", "pkg/editor.py:Editor"),
        (
            "from pkg.editor import Editor\nEditor().read()\n",
            "Editor().read",
            "pkg/base.py:Base.read",
        ),
        (
            "from pkg.editor import Editor\nEditor.make().edit()\n",
            "Editor.make().edit",
            "pkg/editor.py:Editor.edit",
        ),
        (
            "from pkg.editor import Editor\ndef f(e: Editor | None = None):\n"
            "    if e is None:\n        e = Editor()\n    def inner():\n        e.edit()\n",
            "e.edit",
            "pkg/editor.py:Editor.edit",
        ),
        (
            "import asyncio\nfrom pkg.editor import Editor\n"
            "async def f():\n    e = await asyncio.to_thread(Editor)\n    e.edit()\n",
            "e.edit",
            "pkg/editor.py:Editor.edit",
        ),
        ("def f():\n    def g(): ...\n    g()\n", "g", "main.py:f.g"),
    ],
)
def test_reaches(code: str, callee: str, expected: str) -> None:
    assert reached(code, callee) == [expected]


def test_methods_through_self() -> None:
    built = project(**PACKAGE)
    source = built.source("pkg/editor.py")
    names = {
        callee: [
            ref.qualified_name
            for ref in index_of(built).definition_of(source, call(source, callee).func)
        ]
        for callee in (
            "self.read",
            "self.other.act",
            "self.unknown.act",
            "self.items.get",
            "self.view.act",
            "super().read",
        )
    }
    assert names == {
        "self.read": ["Base.read"],
        "self.other.act": ["Other.act"],
        "self.unknown.act": [],
        "self.items.get": [],
        "self.view.act": ["Other.act"],
        "super().read": ["Base.read"],
    }


def test_folder_on_the_path_of_a_program() -> None:
    built = project(
        web__backend__main="from core.x import run\nrun()\n",
        web__backend__core__init="",
        web__backend__core__x="from pkg.io import load\ndef run():\n    load(1)\n",
        **PACKAGE,
    )
    source = built.source("web/backend/main.py")
    function = call(source, "run").func
    (ref,) = index_of(built).definition_of(source, function)
    assert (ref.path, index_of(built).resolve(source, function)) == (
        "web/backend/core/x.py",
        "core.x.run",
    )
    (load,) = index_of(built).definition_of(ref.source, call(ref.source, "load").func)
    assert load.path == "pkg/io/loader.py"


def test_definitions() -> None:
    index = index_of(project(**PACKAGE))
    assert index.definitions("loader") == ()
    assert [ref.path for ref in index.definitions("load")] == ["pkg/io/loader.py"]
    assert [ref.qualified_name for ref in index.definitions("read")] == ["Base.read"]
    assert index.definitions("Editor.read") == ()
    assert [ref.line for ref in index.definitions("Base.read")] == [3]


def test_only_what_is_asked_for_is_parsed() -> None:
    built = project(broken="def (:\n", other="class Editors: ...\nEditor = 1\n", **PACKAGE)
    index_of(built).definitions("Editor")
    parsed = [path for path, source in built._sources.items() if "tree" in source.__dict__]
    assert parsed == ["pkg/editor.py"]
    assert index_of(built).definitions("act")


CALLERS = """
    from pkg.io import load as ld, load
    from pkg.editor import Editor
    from pkg.base import Base
    import asyncio

    async def main(thing, base: Base, load_again=load):
        ld(1)
        await load(2)
        thing.load(3)
        asyncio.to_thread(load, 4)
        thing.read()
        base.read()
        base.edit()
        Editor().read()
        {}.read()

    def shadow(load):
        load(5)
    """


def test_callers_of_a_function() -> None:
    built = project(main=CALLERS, **PACKAGE)
    (load,) = index_of(built).definitions("load")
    found = [
        (site.node.lineno, site.awaited, site.certain, site.function and site.function.name)
        for site in index_of(built).callers(load)
    ]
    assert found == [(8, False, True, "main"), (9, True, True, "main")]


def test_callers_of_a_method() -> None:
    built = project(main=CALLERS, **PACKAGE)
    (read,) = index_of(built).definitions("read")
    found = {
        f"{site.source.path}:{site.source.segment(site.node.func)}": site.certain
        for site in index_of(built).callers(read)
    }
    assert found == {
        "main.py:thing.read": False,
        "main.py:base.read": True,
        "main.py:Editor().read": True,
        "pkg/editor.py:self.read": False,
        "pkg/editor.py:super().read": True,
    }


def test_callers_of_a_class_are_those_of_its_constructor() -> None:
    built = project(main=CALLERS, **PACKAGE)
    (editor,) = index_of(built).definitions("Editor")
    (constructor,) = index_of(built).definitions("Editor.__init__")
    for ref in (editor, constructor):
        assert {site.source.path for site in index_of(built).callers(ref)} == {"main.py"}


def test_override_may_be_called_through_its_base() -> None:
    built = project(
        main="""
        class Base:
            def go(self): ...
        class Child(Base):
            def go(self): ...
        class Stranger:
            def go(self): ...
        def f(b: Base, s: Stranger):
            b.go()
            s.go()
        """
    )
    (child,) = index_of(built).definitions("Child.go")
    sites = index_of(built).callers(child)
    assert [(site.source.segment(site.node), site.certain) for site in sites] == [("b.go()", False)]


def test_references() -> None:
    built = project(
        main="""
        from pkg.io import load
        load(1)
        run(load)
        x.load
        patch("pkg.io.load")
        load = 1
        "load it"
        """
    )
    found = [(item.kind, item.node.lineno) for item in index_of(built).references("load")]  # type: ignore[attr-defined]
    assert found == [("import", 2), ("name", 4), ("attribute", 5), ("string", 6)]


def test_subclasses() -> None:
    built = project(
        main="""
        from pkg.base import Base as B
        class One(B): ...
        class Two(One): ...
        class Base: ...
        class Not(Base): ...
        """,
        **PACKAGE,
    )
    (ref, *_) = [ref for ref in index_of(built).definitions("Base") if ref.path == "pkg/base.py"]
    assert [item.name for item in index_of(built).subclasses(ref)] == ["One", "Editor", "Two"]


def test_long_chains_and_long_ways_end() -> None:
    chain = "x" + ".a()" * 400
    names = "\n".join(f"n{number} = n{number + 1}" for number in range(300))
    built = project(main=f"{chain}\n{names}\nn0.go()\nclass A(B): ...\nclass B(A): ...\nA().go()\n")
    source = built.source("main.py")
    for node in source.tree.of(ast.Call):
        assert index_of(built).definition_of(source, node.func) in (
            (),
            index_of(built).definitions("A"),
        )


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("async def f(): ...", True),
        ("def f(): ...", False),
        ("def f() -> Awaitable[int]: ...", True),
        ("async def f():\n    yield 1", False),
        ("@sync_to_async\ndef f(): ...", None),
        ("f = make()", None),
        ("if x:\n    async def f(): ...\nelse:\n    def f(): ...", None),
        ("class f: ...", False),
        ("from requests import get as f", None),
    ],
)
def test_is_coroutine(definition: str, expected: bool | None) -> None:
    built = project(main=f"{definition}\nf()\n")
    source = built.source("main.py")
    assert index_of(built).is_coroutine(source, call(source, "f").func) is expected
