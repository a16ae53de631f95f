"""Who looks for a text: tests and front ends that would notice that it changed."""

from __future__ import annotations

import weakref
from pathlib import PurePosixPath

from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.tables import words

_FRONT = frozenset(words(".ts .tsx .js .jsx .mjs .vue .svelte .dart .swift .kt"))
_SHORTEST = 8
"""Characters of a text below which finding it somewhere means nothing."""
_MOST = 3


def asserting(project: Project, path: str, prefix: str) -> tuple[str, ...]:
    """The files that contain ``prefix``, the text before an exception, with its punctuation.

    A text without punctuation at its end is still there after the fix, and nobody notices.
    """
    wanted = prefix.rstrip()
    if len(wanted) < _SHORTEST or wanted[-1].isalnum():
        return ()
    literal = wanted.encode()
    found = [name for name, data in _readers(project).items() if name != path and literal in data]
    return tuple(found[:_MOST])


def _readers(project: Project) -> dict[str, bytes]:
    """The tests and the front end of a project, read once."""
    found = _READERS.get(project)
    if found is None:
        names = tuple(name for name in project.files.paths() if _is_reader(name))
        found = _READERS[project] = dict(project.files.read_all(names))
    return found


def _is_reader(path: str) -> bool:
    pure = PurePosixPath(path)
    if pure.suffix in _FRONT:
        return "node_modules" not in pure.parts and not path.endswith(".min.js")
    return pure.suffix == ".py" and is_test(path)


_READERS: weakref.WeakKeyDictionary[Project, dict[str, bytes]] = weakref.WeakKeyDictionary()
