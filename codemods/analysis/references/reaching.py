"""Whether a name of one file is needed by another: imported from it, or patched there."""

from __future__ import annotations

import re

from codemods.project.project import Project
from codemods.syntax.blocks import comes_behind


def who_reaches(project: Project, path: str, name: str) -> str | None:
    """The file that imports ``name`` from the file at ``path``, or patches it there by its name.

    ``from .queries import joinedload`` and ``patch("app.queries.joinedload")`` both need the
    name to stay. Told by the text alone: to keep one too many is harmless. A package offers what
    it imports, so that for an ``__init__.py`` the answer is that file itself. ``None`` where
    nobody needs it.
    """
    parts = path.removesuffix(".py").removesuffix(".pyi").split("/")
    if parts[-1] == "__init__":
        return path
    module, wanted = re.escape(parts[-1].encode()), re.escape(name.encode())
    dotted = re.compile(rb"\b" + module + rb"\." + wanted + rb"\b")
    imported = rb"\bfrom\s+[.\w]*\b" + module + rb"\s+import\s+"
    ways = ((re.compile(imported + rb"\("), b")"), (re.compile(imported), b"\n"))
    word = re.compile(rb"\b" + wanted + rb"\b")
    for other in project.containing(name.encode()):
        if other.path != path and (
            dotted.search(other.data)
            or any(comes_behind(other.data, way, word, end) for way, end in ways)
        ):
            return other.path
    return None
