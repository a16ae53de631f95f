"""What blocks through the project's own functions: only what surely does, and by which way."""

from __future__ import annotations

import ast

import pytest

from codemods.analysis.blocking.callers import find_blocking_callers
from codemods.analysis.blocking.paths import blocking_path
from codemods.project.files import MemoryFiles
from codemods.project.project import Project

_LOADERS = """\
import time, queue, requests
from asyncio import to_thread

def straight(path):
    with open(path) as file:
        return file.read()

def guarded(path, cache):
    if path not in cache:
        cache[path] = requests.get(path)

def handled(path):
    try:
        return 1
    except OSError:
        requests.get(path)

def lazy(path):
    yield requests.get(path)

def later(path):
    return lambda: requests.get(path)

def waiting(box: queue.Queue):
    return box.get()

def cheap(path):
    import os
    return os.path.exists(path)

def itself(n):
    return itself(n - 1)

class Client:
    def __init__(self, url):
        self.body = requests.get(url)

    def fetch(self):
        time.sleep(1)
"""
_MIDDLE = (
    "from .loaders import *\nfrom app.loaders import straight as s\ndef over(p): return s(p)\n"
)


def _project(call: str, imports: str = "") -> Project:
    main = f"import app.loaders as loaders\n{imports}\nasync def main(p, u):\n    {call}\n"
    files = {
        "app/__init__.py": "",
        "app/loaders.py": _LOADERS,
        "app/middle.py": _MIDDLE,
        "app/main.py": main,
    }
    return Project(MemoryFiles({path: text.encode() for path, text in files.items()}))


def _way(project: Project, *, bulk: bool) -> str | None:
    source = project.source("app/main.py")
    blocking_callers = (
        project.survey(find_blocking_callers) if bulk else find_blocking_callers(project)
    )
    call = source.tree.of(ast.Call)[0]
    way = blocking_path(project, source, call, strict=True)
    # The search from below and the answer from above agree.
    assert (way is not None) == ("app/main.py" in blocking_callers.callers)
    return str(way) if way is not None else None


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize(
    "call",
    [
        *("loaders.guarded(p, {})", "loaders.handled(p)", "loaders.lazy(p)", "loaders.later(p)"),
        *("loaders.waiting(p)", "loaders.cheap(p)", "loaders.itself(p)", "loaders.missing(p)"),
        *("u.fetch()", "u.straight(p)", "u(p)", "straight(p)"),
    ],
)
def test_what_is_not_sure_is_not_said(call: str, bulk: bool) -> None:
    assert _way(_project(call), bulk=bulk) is None


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize(
    ("call", "imports", "names"),
    [
        ("loaders.straight(p)", "", "straight → open"),
        ("load(p)", "from .loaders import straight as load", "straight → open"),
        ("over(p)", "from app.middle import over", "over → straight → open"),
        ("Client(u)", "from app.loaders import Client", "Client → requests.get"),
        ("(c := loaders.Client(u)).fetch()", "", "fetch → time.sleep"),
    ],
)
def test_the_way_is_named(call: str, imports: str, names: str, bulk: bool) -> None:
    way = _way(_project(call, imports), bulk=bulk)
    assert (way.partition(" (")[0] if way else None) == names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1", False),
        ("import requests", False),
        ("s.get(1)", False),
        ("import requests\ns.get(1)", True),
        ("from time import (\n  sleep as zz\n)\nzz(1)", True),
        ("open(1)", True),
        ("def f():\n    import subprocess\n    subprocess.run([])", True),
    ],
)
def test_words_of_the_table(text: str, expected: bool) -> None:
    data = f"{text}\nasync def main(): pass\n".encode()
    holders = find_blocking_callers(Project(MemoryFiles({"app.py": data}))).holders
    assert ("app.py" in holders) is expected


def test_a_batch_that_grows_too_large_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = find_blocking_callers(_project("loaders.straight(p)"))
    monkeypatch.setattr("codemods.analysis.blocking.callers.AT_ONCE", 1)
    assert find_blocking_callers(_project("loaders.straight(p)")) == expected
    assert expected.functions["app/loaders.py"] == {
        "straight",
        "Client.__init__",
        "Client.fetch",
    }


def test_the_answer_does_not_hang_on_who_asked_first() -> None:
    chain = "\n".join(f"def f{n}(p):\n    return f{n + 1}(p)\n" for n in range(1, 8))
    text = f"import time\n{chain}\ndef f8(p):\n    time.sleep(p)\n\n"
    text += "async def main(p):\n    f1(p)\n    f4(p)\n"
    project = Project(MemoryFiles({"app.py": text.encode()}))
    source = project.source("app.py")
    far, near = (
        call
        for call in source.tree.of(ast.Call)
        if isinstance(source.tree.function(call), ast.AsyncFunctionDef)
    )
    assert blocking_path(project, source, far, strict=True) is None
    way = blocking_path(project, source, near, strict=True)
    assert way is not None
    assert len(way.steps) == 6
