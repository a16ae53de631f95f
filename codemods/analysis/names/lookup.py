"""What the parts of the resolver need of it: names, expressions and files, looked up.

A protocol, so that they need not import the resolver that is made of them.
"""

from __future__ import annotations

import ast
from typing import Protocol

from codemods.analysis.names.bindings import Bindings, Scope
from codemods.analysis.names.values import Context, DefinitionRef, Values
from codemods.project.modules import Modules
from codemods.project.source import SourceFile
from codemods.syntax.tree import Definition


class AnnotationReader(Protocol):
    """What an annotation admits."""

    def of(self, annotation: ast.expr, context: Context) -> Values:
        """The values that an annotation admits."""


class Lookup(Protocol):
    """What :class:`~codemods.analysis.names.resolver.Resolver` answers its parts."""

    modules: Modules
    cut: int
    """How often a lookup met itself: what was found meanwhile is not kept."""
    active: dict[tuple[ast.AST, str], list[Values]]
    """The lookups that are under way."""

    @property
    def annotations(self) -> AnnotationReader:
        """What reads annotations."""

    def source(self, path: str) -> SourceFile | None:
        """The file, ``None`` where it cannot be read."""

    def context(self, source: SourceFile, node: ast.AST) -> Context:
        """From where names at ``node`` are looked up."""

    def reference(self, source: SourceFile, node: Definition) -> DefinitionRef:
        """The reference of a definition of ``source``."""

    def bindings(self, scope: Scope) -> Bindings:
        """What ``scope`` binds."""

    def evaluate(self, node: ast.expr, context: Context) -> Values:
        """What ``node`` can mean."""

    def name(self, name: str, context: Context) -> Values:
        """What ``name`` means at a place."""

    def bound(self, name: str, context: Context) -> Values:
        """What the bindings of ``name`` in the first scope of ``context`` make of it."""

    def enter(self, scope: ast.AST, name: str) -> bool:
        """Marks a lookup as under way; ``False`` where it is already, or leads too deep."""
