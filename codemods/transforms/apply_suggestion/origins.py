"""Where the names of new code come from, as the finding or the project tells."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.analysis.names.import_paths import module_for
from codemods.analysis.names.index import index_of
from codemods.codemod import AddImport, Place
from codemods.project.project import Project
from codemods.project.source import readable
from codemods.syntax.imported import can_import, local_name
from codemods.syntax.names import binding_of
from codemods.syntax.tree import Tree
from codemods.tables import words

KNOWN_MODULES = frozenset(
    words(
        "asyncio collections concurrent.futures contextlib copy datetime functools hashlib "
        "inspect io itertools json logging math operator os os.path pathlib queue random re "
        "secrets shutil signal sqlite3 statistics string subprocess sys tempfile threading time "
        "types typing uuid warnings weakref"
    )
)
"""Modules of the standard library whose attributes are asked of the running Python."""


@dataclass(frozen=True)
class Origin:
    """Where a name comes from: a module, a name of it (``None`` for the module itself), and what
    it is called instead."""

    module: str
    name: str | None = None
    alias: str | None = None

    @property
    def bound(self) -> str:
        """The name that its import binds."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def dotted(self) -> str:
        """The full name of what it is."""
        return f"{self.module}.{self.name}" if self.name else self.module


def localised(
    project: Project, place: Place, at: ast.AST, new: ast.AST, text: str, given: Sequence[Origin]
) -> tuple[str, ast.AST, list[AddImport]]:
    """New code with ``a.b.c.f`` as the file would write it: by the name that it imports already,
    else as the project's other files import what the module has."""
    tree = place.source.tree
    added: list[AddImport] = []
    for node in ast.walk(new):
        if not isinstance(node, ast.Attribute):
            continue
        whole = ast.unparse(node)
        module, _, name = whole.rpartition(".")
        root = whole.partition(".")[0]
        if not module.replace(".", "").isidentifier() or "." not in module:
            continue
        if binding_of(tree, root, at).kind != "unknown" or text.count(whole) != 1:
            continue
        known = local_name(tree, at, module, name)
        if known is None:
            origin = dotted_origin(project, place, root, new)
            if origin is None or origin.module != module or any(o.module == root for o in given):
                continue
            if can_import(tree, at, module, name) is not None:
                continue
            known = name
            added = [AddImport(place.source.path, module, name)]
        text = text.replace(whole, known)
        parsed = ast.parse(text)
        statement = parsed.body[0]
        plain = isinstance(new, ast.expr) and isinstance(statement, ast.Expr)
        return text, statement.value if plain else parsed, added  # type: ignore[attr-defined]
    return text, new, added


def where_from(project: Project, place: Place, name: str, given: Sequence[Origin]) -> Origin | None:
    """As the finding shows it, as the project's other files import it, or where the project
    defines it at the top of one file."""
    for origin in given:
        if origin.bound == name:
            return origin
    if name in KNOWN_MODULES:
        return Origin(name)
    beside = _beside_others(place, name)
    if beside is not None:
        return beside
    used = _imported_elsewhere(project, place, name)
    if used is not None:
        return used
    tops = [ref for ref in index_of(project).definitions(name) if ref.qualified_name == name]
    if len(tops) == 1:
        module = module_for(project, place.source, project.source(tops[0].path))
        return Origin(module, name) if module and not module.startswith(".") else None
    return None


def dotted_origin(project: Project, place: Place, name: str, new: ast.AST) -> Origin | None:
    """The module of ``a.b.c.f`` where the project imports something from it, or from ``a.b``."""
    chains = [
        ast.unparse(item.value)
        for item in ast.walk(new)
        if isinstance(item, ast.Attribute) and ast.unparse(item).startswith(f"{name}.")
    ]
    module = max(chains, key=len, default="")
    if module.count(".") < 1:
        return None
    for source in project.containing(module.encode()):
        tree = readable(source)
        if tree is None or source.path == place.source.path:
            continue
        if any(item.module == module and not item.level for item in tree.of(ast.ImportFrom)):
            return Origin(module)
    return None


def _beside_others(place: Place, name: str) -> Origin | None:
    """The module of the standard library that the file imports other names from, and that has
    ``name`` too: ``timezone`` beside ``datetime``."""
    for statement in place.source.tree.of(ast.ImportFrom):
        module = statement.module or ""
        known = not statement.level and module in KNOWN_MODULES
        if known and hasattr(importlib.import_module(module), name):
            return Origin(module, name)
    return None


def _imported_elsewhere(project: Project, place: Place, name: str) -> Origin | None:
    """The one absolute import that binds ``name`` in the project's files, those beside first."""
    found: dict[Origin, int] = {}
    top = place.source.path.split("/")[0]
    for source in project.containing(name.encode()):
        tree = readable(source)
        if tree is None or source.path == place.source.path:
            continue
        for origin in _origins(tree, name):
            near = source.path.split("/")[0] == top
            found[origin] = found.get(origin, 0) + (100 if near else 1)
    near_ones = {key: count for key, count in found.items() if count >= 100} or found
    return next(iter(near_ones)) if len(near_ones) == 1 else None


def _origins(tree: Tree, name: str) -> Iterator[Origin]:
    """What the absolute imports of a file bind ``name`` to."""
    for alias in tree.of(ast.alias):
        if name not in (alias.asname, alias.name) or (alias.asname or name) != name:
            continue
        statement = tree.parent(alias)
        if isinstance(statement, ast.Import):
            yield Origin(alias.name, None, alias.asname)
        elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
            yield Origin(statement.module, alias.name, alias.asname)
