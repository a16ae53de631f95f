"""Uses of a lock that its owner does not see: through another object, or from another file."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from codemods.analysis.locks.reentry import OwnLock
from codemods.analysis.locks.state import receivers
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Known
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A use, in words, and where it stands, if that is one expression."""

    detail: str
    source: SourceFile
    node: ast.Attribute | None = None


def used_elsewhere(project: Project, lock: OwnLock) -> Elsewhere | None:
    """A use of the lock through an object of the class, in a class that inherits from it, or by
    an import."""
    owner = lock.owner
    if not isinstance(owner.node, ast.ClassDef):
        for mention in index_of(project).references(lock.name):
            if mention.kind == "import" and mention.source is not owner.source:
                return Elsewhere(f"{mention.source.path} imports {lock.name}", mention.source)
        return None
    resolver = index_of(project).resolver
    ref = resolver.reference(owner.source, owner.node)
    family = {item.node for item in index_of(project).subclasses(ref)} | {ref.node}
    for source in project.containing(f".{lock.name}".encode()):
        # A test that only looks at the attribute fails loudly if it minds.
        tree = readable(source) if not is_test(source.path) else None
        for node in tree.attributes[lock.name] if tree is not None else ():
            if _is_own(lock, source, node):
                continue
            values = resolver.evaluate(node.value, resolver.context(source, node)) or ()
            if any(isinstance(item, Known) and item.ref.node in family for item in values):
                where = f"{source.path}:{node.lineno}"
                detail = f"{where} also uses the lock, as {ast.unparse(node)}"
                return Elsewhere(detail, source, node)
    return None


def _is_own(lock: OwnLock, source: SourceFile, node: ast.Attribute) -> bool:
    function = source.tree.function(node)
    if function is None or lock.owner.node not in source.tree.ancestors(function):
        return False
    return getattr(node.value, "id", "") in receivers(lock.owner, function)  # type: ignore[arg-type]
