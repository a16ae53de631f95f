"""What prevents a plain function from becoming ``async``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.names.index import Reference, index_of
from codemods.analysis.names.resolver import is_generator
from codemods.analysis.names.values import DefinitionRef, Foreign, Known, decorator_names
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.parts import method_of
from codemods.syntax.tree import FUNCTIONS

HARMLESS_DECORATORS = frozenset(
    {"staticmethod", "classmethod", "abstractmethod", "override", "final", "typechecked"}
)
"""Decorators that treat a coroutine function as they treat a plain one."""
PROPERTIES = frozenset(
    {"property", "cached_property", "hybrid_property", "getter", "setter", "deleter"}
)
_EMPTY_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic"})
_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_BY_NAME = frozenset(
    {"getattr", "setattr", "delattr", "methodcaller", "attrgetter", "patch", "object"}
)
_SCRIPTS = ("pyproject.toml", "setup.cfg", "setup.py")


@dataclass(frozen=True, slots=True)
class ColourRefusal:
    """Who cannot follow."""

    reason: str
    """A stable identifier: ``called-in-a-test``."""
    detail: str
    """The same in words, with the file and line of who cannot."""
    source: SourceFile
    node: ast.expr | ast.stmt


def definition_refusal(project: Project, ref: DefinitionRef) -> ColourRefusal | None:
    """Why the definition itself cannot become ``async``."""
    for reason, detail in _own_reasons(project, ref):
        place = f"{ref.qualified_name}() ({ref.path}:{ref.line})"
        return ColourRefusal(reason, f"{place} {detail}", ref.source, ref.node)
    return None


def _own_reasons(project: Project, ref: DefinitionRef) -> Iterator[tuple[str, str]]:
    node = ref.node
    if not isinstance(node, FUNCTIONS):
        yield "not-a-function", "is not a function"
        return
    if is_test(ref.path):
        yield "test", "belongs to the tests"
    if node.name == "__init__":
        yield "constructor", "is a constructor, which cannot await"
    elif node.name.startswith("__") and node.name.endswith("__"):
        yield "special-method", "is called by Python itself, which does not await it"
    if is_generator(node):
        yield "generator", "is a generator, so loops over it would need async for"
    for name in decorator_names(node):
        if name in PROPERTIES:
            yield "property", "is a property, which cannot be awaited"
        elif name not in HARMLESS_DECORATORS:
            yield "decorated", f"is decorated with @{name}, which expects a plain function"
    if len(decorator_names(node)) < len(node.decorator_list):
        yield "decorated", "is decorated with an expression that could not be resolved"
    tree = ref.source.tree
    twins = (item for item in tree.definitions() if item.name == node.name)
    if sum(tree.qualified_name(item) == ref.qualified_name for item in twins) > 1:
        yield "defined-twice", "is defined more than once in its scope"
    yield from _family_reasons(project, ref)


def _family_reasons(project: Project, ref: DefinitionRef) -> Iterator[tuple[str, str]]:
    """A method that other classes have too, above, below, or by a protocol."""
    resolver = index_of(project).resolver
    owner = resolver.owner(ref.source, ref.node)
    if owner is None:
        return
    for value in resolver.classes.lineage(owner):
        if isinstance(value, Foreign):
            if value.name in _PROTOCOLS:
                yield (
                    "protocol",
                    (
                        "belongs to a protocol, and every class that implements it would have "
                        "to change"
                    ),
                )
            elif value.name not in _EMPTY_BASES:
                yield "override", f"may override a method of {value.name}, which does not await it"
        elif value.ref.node is not owner.node and method_of(value.ref.node, ref.name):
            base = f"{value.ref.name}.{ref.name}() ({value.ref.path}:{value.ref.line})"
            yield "override", f"overrides {base}, which callers may use instead"
        if isinstance(value, Known) and isinstance(value.ref.node, ast.ClassDef):
            named = [item for item in value.ref.node.bases if not isinstance(item, ast.Constant)]
            if len(resolver.classes.bases(value.ref)) < len(named):
                yield "override", f"may override a method of an unknown base of {value.ref.name}"
    for child in index_of(project).subclasses(owner):
        if method_of(child.node, ref.name):
            detail = f"is overridden in {child.name} ({child.path}:{child.line})"
            yield "overridden", detail
    for other in index_of(project).definitions(ref.name):
        kind = resolver.owner(other.source, other.node)
        if kind is not None and kind.node is not owner.node and _is_protocol(project, kind):
            detail = f"matches the protocol {kind.name} ({kind.path}:{kind.line})"
            yield "protocol", detail


def _is_protocol(project: Project, ref: DefinitionRef) -> bool:
    bases = index_of(project).resolver.classes.bases(ref)
    return any(isinstance(base, Foreign) and base.name in _PROTOCOLS for base in bases)


def unread_refusal(project: Project, ref: DefinitionRef) -> ColourRefusal | None:
    """A file or definition that cannot be read and holds the name: nobody knows what it calls."""
    word = re.compile(rb"\b" + re.escape(ref.name.encode("utf-8")) + rb"\b")
    for source in project.containing(ref.name.encode("utf-8")):
        if not word.search(source.data):
            continue
        try:
            unread = source.tree.unread
        except SourceError as error:
            return ColourRefusal(
                "unreadable-file",
                f"{error}, and the file mentions {ref.name}",
                ref.source,
                ref.node,
            )
        for item in unread:
            lines = range(item.line, item.end_line + 1)
            if any(word.search(source.line_text(line).encode("utf-8")) for line in lines):
                detail = f"{source.path}:{item.line} {item.name} cannot be read: {item.reason}"
                return ColourRefusal("unreadable-file", detail, ref.source, ref.node)
    return None


def mention_refusal(
    project: Project, ref: DefinitionRef, notes: dict[str, None]
) -> ColourRefusal | None:
    """Who takes the function without calling it; mocks in tests only go to ``notes``."""
    for path in _SCRIPTS:
        if project.files.exists(path):
            data = project.files.read(path)
            if re.search(rb":\s*" + re.escape(ref.name.encode("utf-8")) + rb"\s*[\"'\n]", data):
                detail = f"{ref.qualified_name}() may be an entry point: {path} names it"
                return ColourRefusal("entry-point", detail, ref.source, ref.node)
    for item in index_of(project).references(ref.name):
        refusal = _mentioned(project, ref, item, notes)
        if refusal is not None:
            return refusal
    return None


def _mentioned(
    project: Project, ref: DefinitionRef, item: Reference, notes: dict[str, None]
) -> ColourRefusal | None:
    node = item.node
    if not isinstance(node, ast.expr):
        return None
    where = f"{item.source.path}:{node.lineno}"
    if item.kind == "string":
        return _by_name(ref, item.source, node, where, notes)
    reached = _reaches(project, ref, item.source, node)
    if reached is None:
        return None
    if is_test(item.source.path):
        notes[f"{where} replaces or passes on {ref.name}, which becomes a coroutine"] = None
        return None
    if not reached:
        detail = f"{where} uses {ast.unparse(node)}, which may or may not be {ref.name}()"
        return ColourRefusal("ambiguous-reference", detail, item.source, node)
    taken = "replaces" if not isinstance(getattr(node, "ctx", None), ast.Load) else "passes on"
    parent = item.source.tree.parent(node)
    if isinstance(parent, ast.keyword):
        parent = item.source.tree.parent(parent)
    to = f" to {ast.unparse(parent.func)}()" if isinstance(parent, ast.Call) else ""
    detail = f"{where} {taken} {ref.name}{to} without calling it"
    return ColourRefusal("passed-on", detail, item.source, node)


def _by_name(
    ref: DefinitionRef, source: SourceFile, node: ast.expr, where: str, notes: dict[str, None]
) -> ColourRefusal | None:
    tree = source.tree
    call = tree.parent(node)
    if isinstance(call, ast.Call) and last_name(call.func) in _BY_NAME:
        if is_test(source.path):
            notes[f"{where} mocks {ref.name}, which becomes a coroutine"] = None
            return None
        detail = f"{where} refers to {ref.name} by a string"
        return ColourRefusal("reached-by-name", detail, source, node)
    statement = tree.statement(node)
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    exported = any(isinstance(item, ast.Name) and item.id == "__all__" for item in targets)
    if exported and source is ref.source and "." not in ref.qualified_name:
        detail = f"{where} exports {ref.name} in __all__, so other code may call it"
        return ColourRefusal("public-api", detail, source, node)
    return None


def _reaches(
    project: Project, ref: DefinitionRef, source: SourceFile, node: ast.expr
) -> bool | None:
    """Whether an expression is ``ref`` for sure, perhaps (``False``), or not (``None``)."""
    resolver = index_of(project).resolver
    values = resolver.at(source, node)
    if values is None:
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
            return None
        receiver = resolver.at(source, node.value)
        foreign = receiver is not None and all(isinstance(item, Foreign) for item in receiver)
        method = resolver.owner(ref.source, ref.node) is not None
        return False if method and not foreign else None
    found = any(isinstance(item, Known) and item.ref.node is ref.node for item in values)
    return len(values) == 1 if found else None
