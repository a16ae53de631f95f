"""Sync-to-async colour: who has to follow, and who cannot."""

from __future__ import annotations

from textwrap import dedent

import pytest

from codemods.analysis.colour.plan import ColourPlan, ColourRefusal, colour
from codemods.analysis.names.index import index_of
from codemods.codemod import Change, Safety, site_of
from codemods.engine.patching.formatting import formatter_for
from codemods.engine.patching.rewrite import rewrite
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.rewriting.colour import colour_operations


def project(files: dict[str, str]) -> Project:
    contents = {path: dedent(text).encode() for path, text in files.items()}
    return Project(MemoryFiles(contents), target_python=(3, 11))


def coloured(
    name: str, files: dict[str, str], public: tuple[str, ...] = ()
) -> ColourPlan | ColourRefusal:
    built = project(files)
    return colour(built, [index_of(built).definitions(name)[0]], public=public)


def paths(plan: ColourPlan) -> set[str]:
    """The files that change."""
    files = {item.path for item in plan.definitions}
    return files | {item.source.path for item in plan.calls}


def rewritten(name: str, files: dict[str, str]) -> dict[str, str]:
    """The files after the change of colour."""
    built = project(files)
    ref = index_of(built).definitions(name)[0]
    plan = colour(built, [ref])
    assert isinstance(plan, ColourPlan), plan.detail
    change = Change(site_of(ref.source, ref.node), "", colour_operations(plan), Safety.REVIEW)
    made = rewrite(built, [change], lambda source: formatter_for(built, source))
    assert not made.refusals
    after = {item.after.path: item.after.text for item in made.files}
    assert set(after) == paths(plan)
    return after


ENGINE = """
    class Engine:
        def pick(self, key):
            return key

        async def run(self):
            return self.pick(1)
"""

REFUSED: list[tuple[str, str, str, dict[str, str]]] = [
    (
        "a property",
        "pick",
        "property",
        {"a.py": "class E:\n    @property\n    def pick(self):\n        return 1\n"},
    ),
    (
        "an unknown decorator",
        "pick",
        "decorated",
        {"a.py": "@app.get('/x')\ndef pick():\n    return 1\n"},
    ),
    (
        "a cache would keep the coroutine",
        "pick",
        "decorated",
        {"a.py": "from functools import lru_cache\n@lru_cache\ndef pick():\n    return 1\n"},
    ),
    (
        "a decorator that is no name",
        "pick",
        "decorated",
        {"a.py": "@table['x']\ndef pick():\n    return 1\n"},
    ),
    ("a generator", "pick", "generator", {"a.py": "def pick():\n    yield 1\n"}),
    (
        "a caller that is a generator",
        "pick",
        "generator",
        {"a.py": "def pick():\n    return 1\ndef all():\n    yield pick()\n"},
    ),
    (
        "a caller that is a constructor",
        "pick",
        "constructor",
        {"a.py": "class E:\n    def pick(self): ...\n    def __init__(self): self.pick()\n"},
    ),
    (
        "a caller that is a special method",
        "pick",
        "special-method",
        {"a.py": "class E:\n    def pick(self): ...\n    def __len__(self): self.pick()\n"},
    ),
    (
        "a caller that is a property, two steps away",
        "pick",
        "property",
        {
            "a.py": "def pick(): ...\ndef step():\n    return pick()\n",
            "b.py": "from a import step\nclass E:\n    @property\n    def x(self):\n"
            "        return step()\n",
        },
    ),
    (
        "a callback that is handed on",
        "pick",
        "passed-on",
        {"a.py": "def pick(): ...\nregister(pick)\n"},
    ),
    (
        "functools.partial",
        "pick",
        "passed-on",
        {"a.py": "import functools\ndef pick(x): ...\nbound = functools.partial(pick, 1)\n"},
    ),
    (
        "a thread",
        "pick",
        "passed-on",
        {
            "a.py": "import asyncio\nclass E:\n    def pick(self): ...\n    async def run(self):\n"
            "        await asyncio.to_thread(self.pick)\n"
        },
    ),
    (
        "a method of an unknown receiver handed on",
        "pick",
        "ambiguous-reference",
        {"a.py": ENGINE, "b.py": "def wire(engine):\n    on(engine.pick)\n"},
    ),
    (
        "a call on an unknown receiver",
        "pick",
        "ambiguous-call",
        {"a.py": ENGINE, "b.py": "async def use(engine):\n    return engine.pick(1)\n"},
    ),
    (
        "an override in a subclass",
        "pick",
        "overridden",
        {
            "a.py": ENGINE,
            "b.py": "from a import Engine\nclass Fast(Engine):\n    def pick(self, key): ...\n",
        },
    ),
    (
        "an override of a base",
        "Fast.pick",
        "override",
        {
            "a.py": ENGINE,
            "b.py": "from a import Engine\nclass Fast(Engine):\n    def pick(self, key): ...\n",
        },
    ),
    (
        "a base of somebody else",
        "run",
        "override",
        {"a.py": "import threading\nclass W(threading.Thread):\n    def run(self): ...\n"},
    ),
    (
        "a protocol",
        "P.pick",
        "protocol",
        {"a.py": "from typing import Protocol\nclass P(Protocol):\n    def pick(self): ...\n"},
    ),
    (
        "the shape of a protocol",
        "Engine.pick",
        "protocol",
        {
            "a.py": ENGINE,
            "b.py": "from typing import Protocol\nclass P(Protocol):\n    def pick(self): ...\n",
        },
    ),
    (
        "a test that calls it",
        "pick",
        "called-in-a-test",
        {
            "a.py": ENGINE,
            "tests/test_a.py": "from a import Engine\ndef test_it():\n    Engine().pick(1)\n",
        },
    ),
    (
        "a call when the module is imported",
        "pick",
        "outside-function",
        {"a.py": "def pick(): ...\nX = pick()\n"},
    ),
    (
        "a call in a lambda",
        "pick",
        "inside-lambda",
        {"a.py": "def pick(): ...\nasync def f(xs):\n    return map(lambda x: pick(), xs)\n"},
    ),
    (
        "a call in a generator expression",
        "pick",
        "inside-generator-expression",
        {"a.py": "def pick(x): ...\nasync def f(xs):\n    return sum(pick(x) for x in xs)\n"},
    ),
    (
        "a call under a lock of threads",
        "pick",
        "under-threading-lock",
        {
            "a.py": "import threading\nlock = threading.Lock()\ndef pick(): ...\n"
            "def f():\n    with lock:\n        pick()\n"
        },
    ),
    (
        "a name in a string",
        "pick",
        "reached-by-name",
        {"a.py": "def pick(): ...\n", "b.py": "import a\ngetattr(a, 'pick')()\n"},
    ),
    (
        "an export",
        "pick",
        "public-api",
        {"a.py": "__all__ = ['pick']\ndef pick(): ...\n"},
    ),
    (
        "an entry point",
        "main",
        "entry-point",
        {"a.py": "def main(): ...\n", "pyproject.toml": "[project.scripts]\nx = 'a:main'\n"},
    ),
    (
        "a file that cannot be read",
        "pick",
        "unreadable-file",
        {"a.py": "def pick(): ...\n", "b.py": "from a import pick\nprint pick()\n"},
    ),
    (
        "two definitions of one name",
        "pick",
        "defined-twice",
        {"a.py": "if x:\n    def pick(): ...\nelse:\n    def pick(): ...\n"},
    ),
    ("a class", "Pick", "not-a-function", {"a.py": "class Pick: ...\n"}),
    (
        "replaced elsewhere",
        "pick",
        "passed-on",
        {"a.py": ENGINE, "b.py": "from a import Engine\nEngine.pick = None\n"},
    ),
]


@pytest.mark.parametrize(("about", "name", "reason", "files"), REFUSED, ids=lambda item: str(item))
def test_who_cannot_follow_is_named(
    about: str, name: str, reason: str, files: dict[str, str]
) -> None:
    found = coloured(name, files)
    assert isinstance(found, ColourRefusal), about
    assert found.reason == reason, found.detail
    assert "\n" not in found.detail


def test_a_public_name_stays() -> None:
    found = coloured("pick", {"a.py": ENGINE}, public=("Engine.*",))
    assert isinstance(found, ColourRefusal) and found.reason == "public-api"
    assert isinstance(coloured("pick", {"a.py": ENGINE}, public=("Other.*",)), ColourPlan)


def test_what_is_async_needs_nothing() -> None:
    built = project({"a.py": "async def pick(): ...\n"})
    plan = colour(built, index_of(built).definitions("pick"))
    assert plan == ColourPlan((), ())


def test_namesakes_do_not_matter() -> None:
    files = {
        "a.py": ENGINE,
        "b.py": "class Other:\n    def pick(self): ...\ndef g():\n    return Other().pick()\n",
        "c.py": "def pick(): ...\non(pick)\npick()\n",
        "d.py": "import lib\nlib.pick()\non(lib.pick)\n",
    }
    plan = coloured("Engine.pick", files)
    assert isinstance(plan, ColourPlan), plan.detail
    assert paths(plan) == {"a.py"}


def test_callers_follow_through_files_by_import_and_receiver() -> None:
    after = rewritten(
        "pick",
        {
            "core/engine.py": ENGINE,
            "core/use.py": """
                from core.engine import Engine as Motor

                class Use:
                    def __init__(self):
                        self.motor = Motor()

                    def step(self):
                        return self.motor.pick(2).real

                    def twice(self):
                        if self.step():
                            return [self.step()]
            """,
            "main.py": """
                import core.use

                async def main():
                    use = core.use.Use()
                    print(use.twice()[0], end="")
            """,
        },
    )
    assert "async def pick(self, key):" in after["core/engine.py"]
    assert "return await self.pick(1)" in after["core/engine.py"]
    assert "async def step(self):" in after["core/use.py"]
    assert "return (await self.motor.pick(2)).real" in after["core/use.py"]
    assert "if await self.step():" in after["core/use.py"]
    assert "return [await self.step()]" in after["core/use.py"]
    assert "async def twice(self):" in after["core/use.py"]
    assert 'print((await use.twice())[0], end="")' in after["main.py"]
    for path, text in after.items():
        compile(text, path, "exec")


def test_awaited_results_are_parenthesised_where_they_are_used() -> None:
    after = rewritten(
        "pick",
        {
            "a.py": """
                def pick(x): ...

                async def f():
                    a = pick(1)()
                    b = (pick(2))
                    c = (
                        pick(3)
                    ).x
                    d = -pick(4) ** 2
                    e = pick(pick(5))
                    return(pick(6))
            """
        },
    )["a.py"]
    compile(after, "a.py", "exec")
    assert "a = (await pick(1))()" in after
    assert "b = (await pick(2))" in after
    assert "await pick(3)\n    ).x" in after
    assert "d = -await pick(4) ** 2" in after
    assert "e = await pick(await pick(5))" in after
    assert "return(await pick(6))" in after


def test_recursion_and_decorators_that_do_not_care() -> None:
    after = rewritten(
        "pick",
        {
            "a.py": """
                class E:
                    @staticmethod
                    def pick(n):
                        return n and E.pick(n - 1)
            """
        },
    )["a.py"]
    assert "@staticmethod\n    async def pick(n):" in after
    assert "n and await E.pick(n - 1)" in after


def test_mocks_in_tests_are_reported() -> None:
    plan = coloured(
        "pick",
        {
            "a.py": ENGINE,
            "tests/test_a.py": "from unittest.mock import patch\n"
            "def test_it():\n    with patch('a.Engine.pick'): ...\n",
        },
    )
    assert isinstance(plan, ColourPlan)
    assert plan.notes == ("tests/test_a.py:3 mocks pick, which becomes a coroutine",)


def test_a_new_suspension_point_between_check_and_use_is_reported() -> None:
    plan = coloured(
        "pick",
        {
            "a.py": """
                class E:
                    def pick(self): ...
                    async def load(self):
                        if self.value is None:
                            x = self.pick()
                            self.value = x
            """
        },
    )
    assert isinstance(plan, ColourPlan)
    assert any("check on line 5 and the use on line 7" in note for note in plan.notes), plan.notes


def test_too_many_callers_are_a_decision_of_their_own() -> None:
    lines = ["def f0(): ..."] + [f"def f{n}():\n    return f{n - 1}()" for n in range(1, 80)]
    found = coloured("f0", {"a.py": "\n".join(lines)})
    assert isinstance(found, ColourRefusal) and found.reason == "too-many-callers"
