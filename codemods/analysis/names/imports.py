"""What an import brings: modules of the project, their names through re-exports, or neither."""

from __future__ import annotations

import ast

from codemods.analysis.names.bindings import Binding, Scope
from codemods.analysis.names.lookup import Lookup
from codemods.analysis.names.values import Context, Foreign, Namespace, Values
from codemods.project.source import SourceFile, readable


class Imports:
    """Follows imports from file to file."""

    def __init__(self, resolver: Lookup) -> None:
        self._resolver = resolver

    def of(self, binding: Binding, context: Context) -> Values:
        node, alias, path = binding.node, binding.alias, context.source.path
        if alias is None:
            return None
        if isinstance(node, ast.Import):
            module = alias.name if alias.asname else alias.name.partition(".")[0]
            place = self._resolver.modules.place(module, path)
            return (Foreign(module),) if place is None else (Namespace(place),)
        if not isinstance(node, ast.ImportFrom):
            return None
        place = self._place(node, path)
        if place is not None:
            return self.member(place, alias.name)
        return None if node.level else (Foreign(f"{node.module or ''}.{alias.name}"),)

    def _place(self, node: ast.ImportFrom, path: str) -> str | None:
        """Where the module is that a statement imports from, if it is one of the project."""
        if node.level:
            return self._resolver.modules.relative(path, node.level, node.module)
        return self._resolver.modules.place(node.module or "", path)

    def member(self, place: str, name: str) -> Values:
        """A name of a module of the project, followed through re-exports."""
        file = self._resolver.modules.file_at(place)
        source = self._resolver.source(file) if file else None
        tree = readable(source) if source is not None else None
        if source is not None and tree is not None:
            bound = name in self._resolver.bindings(tree.module)
            if bound:
                found = self._resolver.bound(name, Context(source, (tree.module,)))
            else:
                found = self.starred(name, source, tree.module)
            if found is not None:
                return found
            if bound and (tree.module, name) not in self._resolver.active:
                return None
        inner = f"{place}/{name}" if place else name
        if self._resolver.modules.file_at(inner) or self._resolver.modules.is_folder(inner):
            return (Namespace(inner),)
        return None

    def starred(self, name: str, source: SourceFile, module: Scope) -> Values:
        """A name that comes by ``from module import *`` out of the project."""
        if name.startswith("_") or not self._resolver.enter(module, f"*{name}"):
            # Modules of a package that import from it, and that it imports all of: each way
            # through them would be tried.
            return None
        try:
            return self._from_stars(name, source, module)
        finally:
            del self._resolver.active[module, f"*{name}"]

    def _from_stars(self, name: str, source: SourceFile, module: Scope) -> Values:
        for binding in reversed(self._resolver.bindings(module).get("*", [])):
            node = binding.node
            if not isinstance(node, ast.ImportFrom) or not self._resolver.enter(node, name):
                continue
            try:
                place = self._place(node, source.path)
                file = self._resolver.modules.file_at(place) if place is not None else None
                found = self.member(place or "", name) if file else None
            finally:
                del self._resolver.active[node, name]
            if found is not None and not all(isinstance(item, Namespace) for item in found):
                return found
        return None
