"""What is where in a project: definitions, callers, types and models.

Everything is looked up when it is asked for: a prefilter over the bytes says which files can
matter, and only those are parsed. Answers are remembered for as long as the project is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from codemods.analysis.names.resolver import Resolver, is_generator
from codemods.analysis.names.values import (
    DefinitionRef,
    Foreign,
    Known,
    Namespace,
    Value,
    decorator_names,
    runs_elsewhere,
)
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.blocks import comes_behind
from codemods.syntax.dotted import last_part
from codemods.syntax.tree import FUNCTIONS, Definition

__all__ = ["CallSite", "DefinitionRef", "Index", "Reference", "index_of"]

_AWAITABLES = ("Awaitable", "Coroutine", "Future", "Task")
_CLASS = re.compile(rb"\bclass[ \t]+\w+\s*[(\[\\]")


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call of a definition."""

    source: SourceFile
    node: ast.Call
    function: Definition | None
    """The innermost function or class that holds the call, ``None`` at module level."""
    awaited: bool
    """Whether the call is the operand of an ``await``."""
    certain: bool
    """Whether the callee is sure; else the receiver's class is not known, and the name fits."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An occurrence of a name that is not a call."""

    source: SourceFile
    node: ast.AST
    kind: Literal["name", "attribute", "import", "string"]


class Index:
    """Answers questions about one state of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._definitions: dict[str, tuple[DefinitionRef, ...]] = {}

    @cached_property
    def resolver(self) -> Resolver:
        """What evaluates expressions."""
        return Resolver(self.project)

    def forget(self) -> None:
        """Break the circles, so that trees go as soon as nobody holds them; it is of no use
        afterwards."""
        if "resolver" in self.__dict__:
            vars(self.resolver.classes).clear()
            vars(self.resolver).clear()
        vars(self).clear()

    def definitions(self, name: str) -> tuple[DefinitionRef, ...]:
        """The functions and classes of that name, by path and line.

        Args:
            name: a name, or the end of a qualified one (``Class.method``).
        """
        if name not in self._definitions:
            last = last_part(name)
            word = last.encode("utf-8")
            # The prefilter, and then the whole word: ``class Track`` is not ``class TrackList``.
            defined = re.compile(rb"\b(?:def|class)[ \t]+" + re.escape(word) + rb"\b")
            found = []
            for source in self.project.containing(word):
                tree = readable(source) if defined.search(source.data) else None
                for node in tree.definitions() if tree is not None else ():
                    if node.name == last:
                        ref = self.resolver.reference(source, node)
                        if f".{ref.qualified_name}".endswith(f".{name}"):
                            found.append(ref)
            self._definitions[name] = tuple(found)
        return self._definitions[name]

    def _values(self, source: SourceFile, node: ast.expr) -> tuple[Value, ...] | None:
        if readable(source) is None:
            return None
        return self.resolver.evaluate(node, self.resolver.context(source, node))

    def resolve(self, source: SourceFile, node: ast.expr) -> str | None:
        """The dotted name of what an expression stands for.

        ``requests.get`` for a foreign one whatever its alias here, ``builtins.open``,
        ``pathlib.Path.read_text`` for a method where the receiver's class is known; for the
        project's own, the module's name and the qualified name. ``None`` where it cannot be told,
        stands for several things, or is an instance.
        """
        values = self._values(source, node)
        if values is None or len(values) != 1:
            return None
        match values[0]:
            case Foreign(name=name, instance=False):
                return name
            case Known(ref=ref, instance=False):
                return f"{self.resolver.modules.name(ref.path)}.{ref.qualified_name}"
            case Namespace(place=place):
                file = self.resolver.modules.file_at(place)
                return self.resolver.modules.name(file) if file else place.replace("/", ".")
            case _:
                return None

    def foreign(self, source: SourceFile, node: ast.expr) -> str | None:
        """The dotted name of what the project does not define: its own ``requests.py`` is not the
        library of that name. ``None`` for instances, and for what may be something else."""
        match self._values(source, node):
            case (Foreign(name=name, instance=False),):
                return name
            case _:
                return None

    def type_of(self, source: SourceFile, node: ast.expr) -> str | None:
        """The dotted name of the class that an expression is an instance of, where known."""
        values = self._values(source, node)
        if values is None or len(values) != 1:
            return None
        match values[0]:
            case Foreign(name=name, instance=True):
                return name
            case Known(ref=ref, instance=True):
                return f"{self.resolver.modules.name(ref.path)}.{ref.qualified_name}"
            case _:
                return None

    def definition_of(self, source: SourceFile, function: ast.expr) -> tuple[DefinitionRef, ...]:
        """The project's functions and classes that a call of ``function`` can reach.

        A class for ``Class(…)``. Empty where the receiver is not known, and for what the project
        does not define.
        """
        found: dict[DefinitionRef, None] = {}
        for value in self._values(source, function) or ():
            if isinstance(value, Known):
                if not value.instance:
                    found[value.ref] = None
                    continue
                for item in self.resolver.classes.member(value.ref, "__call__", True) or ():
                    if isinstance(item, Known):
                        found[item.ref] = None
        return tuple(found)

    def callers(self, ref: DefinitionRef) -> tuple[CallSite, ...]:
        """The calls of a definition, by path and line."""
        return tuple(self._callers(ref))

    def _callers(self, ref: DefinitionRef) -> Iterator[CallSite]:
        method = self.resolver.owner(ref.source, ref.node)
        name = ref.name
        if method is not None and name == "__init__":
            name = method.name
        whole = re.escape(name.encode("utf-8"))
        # The prefilter: called, or imported under another name.
        called = re.compile(rb"(?<!\w)" + whole + rb"(?:[\s\\)]*[(#]|[\s\\]+as\b)")
        for source in self.project.containing(name.encode("utf-8")):
            tree = readable(source) if called.search(source.data) else None
            if tree is None:
                continue
            names = {name}
            for imported in tree.of(ast.ImportFrom):
                names |= {
                    item.asname for item in imported.names if item.name == name and item.asname
                }
            for call in tree.of(ast.Call):
                match call.func:
                    case ast.Name(id=word) if word in names:
                        pass
                    case ast.Attribute(attr=word) if word in names:
                        pass
                    case _:
                        continue
                certain = self._reaches(source, call, ref, method)
                if certain is not None:
                    awaited = isinstance(tree.parent(call), ast.Await)
                    holder = tree.definition(call)
                    yield CallSite(source, call, holder, awaited, certain)

    def _reaches(
        self, source: SourceFile, call: ast.Call, ref: DefinitionRef, method: DefinitionRef | None
    ) -> bool | None:
        """Whether a call reaches ``ref`` for sure, perhaps (``False``), or not (``None``)."""
        values = self._values(source, call.func)
        if values is None:
            # An unknown receiver can have a method of that name, but no function of a module.
            if method is None or ref.name == "__init__" or not isinstance(call.func, ast.Attribute):
                return None
            receiver = self._values(source, call.func.value)
            foreign = receiver and all(isinstance(item, Foreign) for item in receiver)
            return None if foreign else False
        nodes = [value.ref.node for value in values if isinstance(value, Known)]
        if ref.node in nodes or (
            method is not None and ref.name == "__init__" and method.node in nodes
        ):
            return len(values) == 1
        if method is None or ref.name == "__init__":
            return None
        for node, value in zip(nodes, values, strict=False):
            # A call through a base class can reach the override, one through another cannot.
            if isinstance(value, Known) and isinstance(node, FUNCTIONS):
                owner = self.resolver.owner(value.ref.source, node)
                if owner is not None and self._inherits(method, owner):
                    return False
        return None

    def _inherits(self, child: DefinitionRef, parent: DefinitionRef) -> bool:
        lineage = self.resolver.classes.lineage(child)
        return any(isinstance(item, Known) and item.ref.node is parent.node for item in lineage)

    def references(self, name: str) -> tuple[Reference, ...]:
        """Where ``name`` occurs without being called: passed on, imported, decorating, assigned
        from, or the last word of a string (``mock.patch("pkg.module.name")``)."""
        found: list[Reference] = []
        word = re.escape(name.encode("utf-8"))
        # The prefilter: a definition and a call are no references.
        mentioned = re.compile(rb"(?<!\w)(?<!def )(?<!class )" + word + rb"(?!\w)(?!\()")
        for source in self.project.containing(name.encode("utf-8")):
            tree = readable(source) if mentioned.search(source.data) else None
            if tree is None:
                continue
            called = {id(call.func) for call in tree.of(ast.Call)}
            here: list[Reference] = []
            for node in tree.names[name]:
                if id(node) not in called and isinstance(node.ctx, ast.Load):
                    here.append(Reference(source, node, "name"))
            for attribute in tree.attributes[name]:
                if id(attribute) not in called:
                    here.append(Reference(source, attribute, "attribute"))
            for alias in tree.of(ast.alias):
                if alias.name == name:
                    here.append(Reference(source, alias, "import"))
            for constant in tree.of(ast.Constant):
                if isinstance(constant.value, str) and last_part(constant.value) == name:
                    here.append(Reference(source, constant, "string"))
            found += sorted(here, key=lambda item: (item.node.lineno, item.node.col_offset))  # type: ignore[attr-defined]
        return tuple(found)

    def subclasses(self, ref: DefinitionRef) -> tuple[DefinitionRef, ...]:
        """The classes that inherit from ``ref``, directly or through others."""
        found: dict[DefinitionRef, None] = {}
        queue = [ref]
        while queue:
            current = queue.pop(0)
            word = re.escape(current.name.encode("utf-8"))
            # The prefilter: among the bases of a class, or imported under another name.
            whole = re.compile(rb"\b" + word + rb"\b")
            renamed = re.compile(
                rb"\b" + word + rb"\s+as\s|\b\w+\s*=\s*(?:\w+\.)*" + word + rb"\b(?!\s*\()"
            )
            for source in self.project.containing(current.name.encode("utf-8")):
                data = source.data
                based = comes_behind(data, _CLASS, whole, b":") or renamed.search(data)
                if not based or (tree := readable(source)) is None:
                    continue
                for node in tree.of(ast.ClassDef):
                    if not node.bases or node is current.node:
                        continue
                    child = self.resolver.reference(source, node)
                    bases = self.resolver.classes.bases(child)
                    inherits = any(
                        isinstance(item, Known) and item.ref.node is current.node for item in bases
                    )
                    if inherits and child not in found:
                        found[child] = None
                        queue.append(child)
        return tuple(found)

    def model(
        self, name: str, source: SourceFile | None, entity: ast.expr | None = None
    ) -> DefinitionRef | None:
        """The one class that ``name`` means in ``source``, or the only one of that name.

        Args:
            name: the class name.
            source: the file that uses the model.
            entity: the expression of ``source`` that the name comes from: ``models.User`` is no
                other ``User`` that the file imports.
        """
        candidates = self.classes_named(name, source, entity)
        return candidates[0] if len(candidates) == 1 else None

    def classes_named(
        self, name: str, source: SourceFile | None, entity: ast.expr | None = None
    ) -> tuple[DefinitionRef, ...]:
        """The classes that ``name`` can mean in ``source``; arguments as for :meth:`model`."""
        if source is not None and entity is not None:
            meant = self.definition_of(source, entity)
            if meant and all(isinstance(ref.node, ast.ClassDef) for ref in meant):
                return meant
        tree = readable(source) if source is not None else None
        if source is not None and tree is not None:
            context = self.resolver.context(source, tree.module)
            values = self.resolver.name(name, context) or ()
            found = [
                item.ref
                for item in values
                if isinstance(item, Known) and isinstance(item.ref.node, ast.ClassDef)
            ]
            if found:
                return tuple(found)
        return tuple(ref for ref in self.definitions(name) if isinstance(ref.node, ast.ClassDef))

    def is_coroutine(self, source: SourceFile, function: ast.expr) -> bool | None:
        """Whether calling ``function`` gives something to await; ``None`` where not known."""
        answers = set()
        for ref in self.definition_of(source, function):
            answers.add(self._gives_awaitable(ref))
        return answers.pop() if len(answers) == 1 else None

    def _gives_awaitable(self, ref: DefinitionRef) -> bool | None:
        node = ref.node
        if isinstance(node, ast.ClassDef):
            # An instance can have ``__await__``, and hardly ever does.
            members = self.resolver.classes.member(ref, "__await__", True) or ()
            return any(isinstance(item, Known) for item in members)
        if runs_elsewhere(ref):
            return None
        if ref.is_async:
            return not is_generator(node) and "asynccontextmanager" not in decorator_names(node)
        returns = node.returns.value if isinstance(node.returns, ast.Subscript) else node.returns
        word = getattr(returns, "attr", getattr(returns, "id", None))
        return word in _AWAITABLES


def index_of(project: Project) -> Index:
    """The index of a project, made when it is first asked for."""
    return project.memo(Index)
