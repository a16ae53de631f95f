"""Which event loop a file runs under: asyncio, or another one, where asyncio's calls fail."""

from __future__ import annotations

import ast
import re

from codemods.analysis.names.index import Index
from codemods.project.paths import is_test
from codemods.project.project import Project, late
from codemods.project.source import SourceFile, readable
from codemods.syntax.tree import Tree

OTHER_LOOPS = frozenset({"trio", "curio", "twisted", "gevent", "eventlet"})
"""Under none of them a running loop of asyncio is there."""
_ON_ASYNCIO = frozenset(
    {
        *("asyncio", "uvloop", "aiohttp", "aiofiles", "aiosqlite", "asyncpg", "fastapi"),
        *("hypercorn", "motor", "sanic", "telegram", "tornado", "uvicorn", "websockets"),
    }
)
"""Who imports one of them runs on asyncio, be it through anyio."""
_ITSELF = "itself"
"""Instead of a module: the file is a loop."""
_STEPS = re.compile(rb"\.send\([ \t]*+None[ \t]*+\)|\.__await__\(\)")
_QUEUE = re.compile(rb"\b(?:heappop|popleft|get_nowait)\(|\.pop\(0\)")
_IMPORT = re.compile(rb"^[ \t]*+(?:import|from)[ \t]+(\w+)", re.MULTILINE)


def other_loop(project: Project, source: SourceFile) -> str | None:
    """What speaks for another event loop than asyncio's in a file, in words; else ``None``.

    The file imports one, or most files of the project that have coroutines and import a loop at
    all import another one.
    """
    roots = _imported(source.tree)
    other = next((root for root in roots if root in OTHER_LOOPS), None)
    if other is not None:
        return f"the file imports {other}, so asyncio may not be its event loop"
    if not _ON_ASYNCIO.isdisjoint(roots):
        return None
    # Asked by many files, and one file more or less of thousands does not change it.
    return project.survey(loop_of_most)


def loop_awaited(index: Index, source: SourceFile, at: ast.AST) -> str | None:
    """What speaks for another loop in what the coroutine around ``at`` awaits, in words: functions
    of files that import one, and name none that is asyncio's."""
    function = source.tree.function(at)
    for called in source.tree.once(_awaited, function) if function is not None else ():
        for ref in index.definition_of(source, called):
            roots = _imported(ref.source.tree) if readable(ref.source) is not None else []
            other = next((root for root in roots if root in OTHER_LOOPS), None)
            if other is not None and _ON_ASYNCIO.isdisjoint(roots):
                return f"it awaits {ref.name}() of {ref.path}, which imports {other}"
    return None


def _awaited(tree: Tree, function: ast.AST) -> list[ast.expr]:
    """What the calls that a function awaits call."""
    values = (node.value for node in tree.within(function, ast.Await))
    return [value.func for value in values if isinstance(value, ast.Call)]


def only_anyio(source: SourceFile) -> bool:
    """Whether a file imports anyio, and nothing that says which loop runs below it."""
    roots = _imported(source.tree)
    return "anyio" in roots and _ON_ASYNCIO.isdisjoint(roots)


def _imported(tree: Tree) -> list[str]:
    """The top modules that a file imports."""
    names = [alias.name for item in tree.of(ast.Import) for alias in item.names]
    names += [item.module or "" for item in tree.of(ast.ImportFrom) if not item.level]
    return [name.partition(".")[0] for name in names]


@late
def loop_of_most(project: Project) -> str | None:
    """What says that most coroutines of the project run under another loop, in words; or that it
    steps them itself, by a queue of its own, for those files that name no loop."""
    others: dict[str, int] = {}
    own = 0
    itself = None
    for path, roots in project.in_each_file(_loops_of, tuple[str, ...]):
        itself = itself or (path if _ITSELF in roots else None)
        found = OTHER_LOOPS.intersection(roots)
        for root in found:
            others[root] = others.get(root, 0) + 1
        own += not found
    if itself is not None:
        return f"{itself} runs the project's coroutines, so asyncio may not be their event loop"
    most = max(others, key=lambda root: (others[root], root), default=None)
    if most is None or others[most] <= own:
        return None
    return f"the project's coroutines run under {most}, not under asyncio"


def _loops_of(path: str, data: bytes) -> tuple[str, ...]:
    """What a file with coroutines imports of what says under which loop it runs."""
    if is_test(path):
        return ()
    if _steps_coroutines(data):
        return (_ITSELF,)
    if b"async def" not in data:
        return ()
    roots = {match[1].decode("utf-8", "replace") for match in _IMPORT.finditer(data)}
    return tuple(sorted(roots & (OTHER_LOOPS | _ON_ASYNCIO)))


def _steps_coroutines(data: bytes) -> bool:
    """Whether a file is an event loop of its own: it takes coroutines out of a queue, steps each
    until ``StopIteration``, and imports no other loop."""
    if b"StopIteration" not in data or not _STEPS.search(data) or not _QUEUE.search(data):
        return False
    roots = {match[1].decode("utf-8", "replace") for match in _IMPORT.finditer(data)}
    return roots.isdisjoint(_ON_ASYNCIO | OTHER_LOOPS | {"anyio"})
