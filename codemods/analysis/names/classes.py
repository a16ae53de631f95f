"""The attributes of a class: methods, nested classes, and what ``self.x = …`` gives them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.names.bindings import How, own_nodes
from codemods.analysis.names.lookup import Lookup
from codemods.analysis.names.values import (
    Context,
    DefinitionRef,
    Foreign,
    Known,
    Values,
    decorator_names,
    first_parameter,
)
from codemods.syntax.tree import FUNCTIONS, walk

_PROPERTIES = frozenset({"property", "cached_property", "hybrid_property", "getter"})


class ClassMembers:
    """Looks attributes up along the bases of a class."""

    def __init__(self, resolver: Lookup) -> None:
        self._resolver = resolver
        self._assigned: dict[ast.ClassDef, dict[str, list[tuple[ast.AST, Context]]]] = {}
        self._found: dict[tuple[ast.ClassDef, str, bool], Values] = {}
        self._active: set[tuple[ast.ClassDef, str, bool]] = set()

    def bases(self, ref: DefinitionRef) -> list[Known | Foreign]:
        """The direct bases that can be told, in order."""
        node = ref.node
        found: list[Known | Foreign] = []
        if isinstance(node, ast.ClassDef):
            context = self._resolver.context(ref.source, node)
            for base in node.bases:
                values = self._resolver.evaluate(base, context) or ()
                found += [item for item in values if isinstance(item, (Known, Foreign))]
        return found

    def lineage(self, ref: DefinitionRef) -> Iterator[Known | Foreign]:
        """The class itself and everything that it inherits from, nearest first."""
        seen: set[object] = set()
        stack: list[Known | Foreign] = [Known(ref)]
        while stack:
            value = stack.pop(0)
            if value in seen:
                continue
            seen.add(value)
            yield value
            if isinstance(value, Known):
                # Depth first, left to right: the real order differs only in diamonds.
                stack = [*self.bases(value.ref), *stack]

    def member(self, ref: DefinitionRef, attr: str, instance: bool) -> Values:
        """The attribute of the class, or of an instance of it; ``None`` where unknown."""
        node = ref.node
        if not isinstance(node, ast.ClassDef):
            return None
        key = (node, attr, instance)
        if key in self._found:
            return self._found[key]
        if key in self._active:
            self._resolver.cut += 1
            return None
        cut = self._resolver.cut
        self._active.add(key)
        try:
            found = self._along(self.lineage(ref), attr, instance)
        finally:
            self._active.remove(key)
        if cut == self._resolver.cut:
            self._found[key] = found
        return found

    def inherited(self, ref: DefinitionRef, attr: str) -> Values:
        """``super().attr``."""
        lineage = self.lineage(ref)
        next(lineage, None)
        return self._along(lineage, attr, True)

    def _along(self, lineage: Iterator[Known | Foreign], attr: str, instance: bool) -> Values:
        for value in lineage:
            if isinstance(value, Foreign):
                # Whatever the project does not define comes from there, if from anywhere.
                if value.name != "builtins.object" and value.name not in _MARKERS:
                    return (Foreign(f"{value.name}.{attr}"),)
                continue
            has, found = self._own(value.ref, attr, instance)
            if has:
                return found
        return None

    def _own(self, ref: DefinitionRef, attr: str, instance: bool) -> tuple[bool, Values]:
        """Whether the class itself has the attribute, and what it stands for."""
        resolver, node = self._resolver, ref.node
        if not isinstance(node, ast.ClassDef):
            return False, None
        context = Context(ref.source, (node, *resolver.context(ref.source, node).scopes))
        parts: list[Values] = []
        annotated: Values = None
        for binding in resolver.bindings(node).get(attr, ()):
            if binding.how is How.DEFINITION and isinstance(binding.node, FUNCTIONS):
                names = decorator_names(binding.node)
                if not {"overload", "setter", "deleter"}.isdisjoint(names):
                    continue
                if instance and not _PROPERTIES.isdisjoint(names):
                    returns = binding.node.returns
                    return True, resolver.annotations.of(returns, context) if returns else None
                parts.append((Known(resolver.reference(ref.source, binding.node)),))
            elif binding.annotation is not None:
                annotated = resolver.annotations.of(binding.annotation, context)
                parts.append(annotated)
            elif binding.value is not None:
                parts.append(resolver.evaluate(binding.value, context))
            else:
                parts.append(resolver.name(attr, context))
        if instance:
            for item, inner in self._assignments(ref).get(attr, ()):
                if isinstance(item, ast.AnnAssign):
                    annotated = resolver.annotations.of(item.annotation, inner)
                    parts.append(annotated)
                elif isinstance(item, ast.Assign):
                    parts.append(resolver.evaluate(item.value, inner))
                else:
                    parts.append(None)
        if not parts:
            return False, None
        if annotated:
            return True, annotated
        if any(part is None for part in parts):
            return True, None
        merged = dict.fromkeys(value for part in parts for value in part or ())
        return True, tuple(merged) or None

    def _assignments(self, ref: DefinitionRef) -> dict[str, list[tuple[ast.AST, Context]]]:
        """The statements that give an attribute of ``self`` a value, by attribute."""
        node = ref.node
        if not isinstance(node, ast.ClassDef):
            return {}
        found = self._assigned.get(node)
        if found is not None:
            return found
        found = self._assigned[node] = {}
        around = self._resolver.context(ref.source, node).scopes
        for method in node.body:
            if not isinstance(method, FUNCTIONS) or (name := first_parameter(method)) is None:
                continue
            context = Context(ref.source, (method, *around))
            for item in own_nodes(method):
                match item:
                    case ast.Assign(targets=targets):
                        pass
                    case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
                        targets = [target]
                    case ast.For(target=target) | ast.withitem(optional_vars=ast.expr() as target):
                        targets = [target]
                    case _:
                        continue
                for target in targets:
                    for part in [target] if isinstance(target, ast.Attribute) else walk(target):
                        match part:
                            case ast.Attribute(value=ast.Name(id=owner), ctx=ast.Store()) if (
                                owner == name
                            ):
                                whole = item if part is target else part
                                found.setdefault(part.attr, []).append((whole, context))
        return found


_MARKERS = ("abc.ABC", "typing.Protocol", "typing.Generic", "typing_extensions.Protocol")
"""Bases that bring no attributes of their own."""
