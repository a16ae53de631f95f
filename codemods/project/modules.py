"""Which file an import names: packages, loose modules, and several roots in one repository."""

from __future__ import annotations

import posixpath
import sys
from functools import cached_property


class Modules:
    """The Python modules among the paths of a project.

    A repository has more than one root from which modules are imported: its top, ``src``, and
    folders that a program adds to ``sys.path`` or is started in (``web/backend``, whose modules
    import each other as ``core.x``). A folder counts as a root for a file when it is above it and
    is no package itself.
    """

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._files = frozenset(path for path in paths if path.endswith((".py", ".pyi")))
        self._found: dict[tuple[str, str], str | None] = {}

    @cached_property
    def _folders(self) -> frozenset[str]:
        folders: set[str] = set()
        for path in self._files:
            folder = posixpath.dirname(path)
            while folder and folder not in folders:
                folders.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(folders)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Files by module name: the file's, or its folder's for an ``__init__``."""
        found: dict[str, list[str]] = {}
        for path in sorted(self._files):
            stem = path.rpartition(".")[0]
            if stem.endswith("/__init__"):
                stem = posixpath.dirname(stem)
            found.setdefault(posixpath.basename(stem), []).append(path)
        return found

    def is_package(self, folder: str) -> bool:
        """Whether ``folder`` has an ``__init__.py``."""
        return f"{folder}/__init__.py" in self._files if folder else "__init__.py" in self._files

    def file_at(self, place: str) -> str | None:
        """The file of the module at a path without suffix; a package goes before a module."""
        for end in ("/__init__.py", ".py", "/__init__.pyi", ".pyi"):
            if place + end in self._files:
                return place + end
        return None

    def is_folder(self, place: str) -> bool:
        """Whether there are modules below ``place``: a namespace package at least."""
        return place in self._folders

    def name(self, path: str) -> str:
        """The dotted name of a file, from the nearest folder above it that is no package."""
        stem = path.rpartition(".")[0]
        folder, base = posixpath.split(stem)
        parts = [] if base == "__init__" else [base]
        while folder and self.is_package(folder):
            folder, base = posixpath.split(folder)
            parts.append(base)
        return ".".join(reversed(parts)) or base

    def place(self, module: str, importer: str) -> str | None:
        """The path without suffix (or the folder) of an absolute ``module`` for a file.

        ``None`` where it is none of the project's, or where it cannot be told which one.
        """
        key = (module, posixpath.dirname(importer))
        if key not in self._found:
            self._found[key] = self._place(*key)
        return self._found[key]

    def _place(self, module: str, folder: str) -> str | None:
        inner = module.replace(".", "/")
        top = module.partition(".")[0]
        above = [folder]
        while above[-1]:
            above.append(posixpath.dirname(above[-1]))
        packages = [item for item in above if self.is_package(item)]
        roots = [item for item in above if item not in packages]
        roots += [posixpath.join(item, "src") for item in roots]
        if top in sys.stdlib_module_names:
            # Only a module that is found before the standard library's can take its name.
            return self._first(inner, [item for item in roots if item == folder or not item])
        found = self._first(inner, roots)
        if found is None and "." in module:
            # ``import redis`` in a package with a ``redis.py`` means the installed one; a dotted
            # name that fits is no accident.
            found = self._first(inner, packages)
        if found is None and "." in module:
            found = self._elsewhere(inner)
        return found

    def _first(self, inner: str, roots: list[str]) -> str | None:
        for root in roots:
            place = posixpath.join(root, inner)
            if self.file_at(place) or self.is_folder(place):
                return place
        return None

    def _elsewhere(self, inner: str) -> str | None:
        """A root that is not above the importing file, if exactly one fits: tests import so."""
        places = set()
        for path in self._by_name.get(posixpath.basename(inner), ()):
            stem = path.rpartition(".")[0].removesuffix("/__init__")
            if stem.endswith("/" + inner):
                root = stem[: -len(inner) - 1]
                if not self.is_package(root):
                    places.add(stem)
        return places.pop() if len(places) == 1 else None

    def relative(self, importer: str, level: int, module: str | None) -> str | None:
        """The path without suffix of ``from ..module``; ``None`` above the top."""
        folder = posixpath.dirname(importer)
        for _ in range(level - 1):
            if not folder:
                return None
            folder = posixpath.dirname(folder)
        inner = module.replace(".", "/") if module else ""
        return posixpath.join(folder, inner) if inner else folder
