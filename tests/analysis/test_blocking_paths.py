"""Which calls stop the event loop, directly or through the project's own functions."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from codemods.analysis.blocking.paths import BlockingPath, blocking_path
from codemods.project.files import MemoryFiles
from codemods.project.project import Project


def blocking(code: str, callee: str = "f", **files: str) -> BlockingPath | None:
    """Of the last call in ``main.py`` whose callee reads ``callee``."""
    contents = {f"{name}.py": dedent(text).encode() for name, text in files.items()}
    contents["main.py"] = dedent(code).encode()
    built = Project(MemoryFiles(contents), target_python=(3, 11))
    source = built.source("main.py")
    calls = [node for node in source.tree.of(ast.Call) if source.segment(node.func) == callee]
    return blocking_path(built, source, calls[-1])


@pytest.mark.parametrize(
    "body",
    [
        "def f(): pass",
        "def f(): return [1 for x in y]",
        "async def f(): time.sleep(1)",
        "def f():\n    yield time.sleep(1)",
        "def f():\n    def later(): time.sleep(1)\n    return later",
        "def f(): return lambda: time.sleep(1)",
        "def f(): return time.sleep",
        "@run_in_thread\ndef f(): time.sleep(1)",
        "@sync_to_async\ndef f(): time.sleep(1)",
        "def f(): unknown.read()",
        "def f(time): time.sleep(1)",
        "def f(): return os.walk(p)",
        "def f(): f()",
        "def f(): g()\ndef g(): f()",
        "def f(): return asyncio.to_thread(time.sleep, 1)",
        "async def g(): time.sleep(1)\ndef f(): return g()",
        "f = make()",
        "class f:\n    def go(self): time.sleep(1)",
        "def f(): return json.loads(x)",
    ],
)
def test_does_not_block(body: str) -> None:
    assert blocking(f"import asyncio, json, os, time\n{body}\nf()\n") is None


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("def f(): time.sleep(1)", ["f", "time.sleep"]),
        ("def f(): return [g() for _ in x]\ndef g(): time.sleep(1)", ["f", "g", "time.sleep"]),
        ("@lru_cache\ndef f(): open('x')", ["f", "open"]),
        ("class f:\n    def __init__(self): time.sleep(1)", ["f", "time.sleep"]),
        ("class C:\n    def __call__(self): time.sleep(1)\nf = C()", ["C", "time.sleep"]),
        ("def f():\n    def g(): time.sleep(1)\n    g()", ["f", "g", "time.sleep"]),
        (
            "def f():\n    g()\n    h()\ndef g(): os.stat(p)\ndef h(): i()\ndef i(): time.sleep(1)",
            ["f", "h", "i", "time.sleep"],
        ),
        ("def f():\n    f()\n    time.sleep(1)", ["f", "time.sleep"]),
        ("def f(p: Path):\n    if p.exists():\n        return p.read_text()", ["f", "p.read_text"]),
    ],
)
def test_blocks(body: str, names: list[str]) -> None:
    code = f"import os, time\nfrom pathlib import Path\n{body}\nf()\n"
    found = blocking(code)
    assert found is not None
    assert [step.name for step in found.steps] == names
    assert not found.direct


def chain(length: int) -> str:
    """``f`` calls ``f1`` and so on; the last of ``length`` functions sleeps."""
    names = ["f", *(f"f{number}" for number in range(1, length))]
    calls = [*(f"{name}()" for name in names[1:]), "time.sleep(1)"]
    lines = [f"def {name}(): {call}" for name, call in zip(names, calls, strict=True)]
    return "import time\n" + "\n".join(lines) + "\nf()\n"


def test_depth_is_bounded() -> None:
    assert blocking(chain(7)) is None
    found = blocking(chain(6))
    assert found is not None
    assert len(found.steps) == 7


def test_cycle_does_not_hide_what_is_behind_it() -> None:
    code = """
    import time
    def f(): g()
    def g():
        f()
        h()
    def h(): time.sleep(1)
    g()
    """
    found = blocking(code, "g")
    assert found is not None
    assert str(found) == "g → h → time.sleep (main.py:7)"


def test_call_of_the_table_itself() -> None:
    found = blocking("from time import sleep as zz\nzz(1)\n", "zz")
    assert found is not None
    assert found.direct
    assert str(found) == "zz"
    assert found.row.replacement == "asyncio.sleep"
    walk = blocking("import os\nos.walk(p)\n", "os.walk")
    assert walk is not None
    assert walk.row.lazy


def test_through_other_files_and_a_type_that_is_bound_again() -> None:
    code = """
    from editor import Editor
    def create(editor: Editor | None = None):
        if editor is None:
            editor = Editor()
        async def endpoint():
            return editor.read_metadata("x")
    """
    editor = """
    import soundfile as sf
    class Editor:
        def read_metadata(self, path):
            return sf.info(path)
    """
    found = blocking(code, "editor.read_metadata", editor=editor)
    assert found is not None
    assert str(found) == "read_metadata → sf.info (editor.py:5)"
    assert [(step.path, step.line) for step in found.steps] == [("main.py", 7), ("editor.py", 5)]


def test_broken_file_blocks_nothing() -> None:
    assert blocking("from broken import f\nf()\n", broken="def f(:\n") is None
