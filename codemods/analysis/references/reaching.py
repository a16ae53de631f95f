"""Whether a name of one file is needed by another: imported from it, or patched there."""

from __future__ import annotations

import re

from codemods.project.project import Project


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
    imported = re.compile(rb"\bfrom\s+[.\w]*\b" + module + rb"\s+import\s+(\(?)")
    word = re.compile(rb"\b" + wanted + rb"\b")
    for other in project.containing(name.encode()):
        if other.path != path and (
            dotted.search(other.data) or _imports(other.data, imported, word)
        ):
            return other.path
    return None


def _imports(data: bytes, imported: re.Pattern[bytes], word: re.Pattern[bytes]) -> bool:
    """Whether ``word`` is among the names behind one of the imports."""
    start = 0
    while (found := imported.search(data, start)) is not None:
        end = data.find(b")" if found[1] else b"\n", found.end())
        # What else begins up to there ends there, too.
        start = end if end != -1 else len(data)
        if word.search(data, found.end(), start):
            return True
    return False
