"""The gate for files that go: no import of the project may come to nothing because of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.engine.patching.gates import GateError
from codemods.project.modules import Modules
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile

IMPORTS_RESOLVE = "imports-resolve"


def check_deleted(before: Project, after: Project, deleted: Sequence[SourceFile]) -> None:
    """Raise where a file that stays imports one that goes.

    Args:
        before: the project with the files.
        after: the project without them, everything else of the patch done.
        deleted: the files that go.

    Raises:
        GateError: with the first such import.
    """
    for gone in deleted:
        for source in after.containing(_word(gone.path)):
            for line, path in _imported(before.modules, source):
                if path == gone.path:
                    raise GateError(
                        f"{IMPORTS_RESOLVE}: {source.path}:{line} imports {gone.path}, "
                        "which the fix deletes"
                    )


def _word(path: str) -> bytes:
    """The last name of a module, which every import of it holds."""
    stem = path.rpartition(".")[0].removesuffix("/__init__")
    return stem.rpartition("/")[2].encode()


def _imported(modules: Modules, source: SourceFile) -> Iterator[tuple[int, str]]:
    """Line and file of every import of a file, wherever it stands in it."""
    try:
        tree = source.tree
    except SourceError:
        # Nothing can be said of it; the codemod decided what that means.
        return
    for alias in tree.of(ast.alias):
        statement = tree.parent(alias)
        if isinstance(statement, ast.Import):
            places = [modules.place(alias.name, source.path)]
        elif isinstance(statement, ast.ImportFrom) and statement.level:
            base = modules.relative(source.path, statement.level, statement.module)
            places = [base, base if base is None else f"{base}/{alias.name}".lstrip("/")]
        elif isinstance(statement, ast.ImportFrom):
            module = statement.module or ""
            places = [
                modules.place(module, source.path),
                modules.place(f"{module}.{alias.name}", source.path),
            ]
        else:
            continue
        for place in places:
            path = modules.file_at(place) if place is not None else None
            if path is not None:
                yield alias.lineno, path
