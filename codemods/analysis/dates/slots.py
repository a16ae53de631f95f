"""Named places that a value is put into: an attribute, a key, an argument, a column."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass

from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_name
from codemods.syntax.tree import Tree

_COLUMNS = ("Column", "mapped_column", "DateTimeField", "Field", "DateField", "TimestampField")
_DECLARED = re.compile(rb"Column|mapped_column|Field|Mapped")
_TABLES = ("Base", "DeclarativeBase", "SQLModel", "Model", "Document", "EmbeddedDocument")
_LOOKUPS = ("get", "pop", "setdefault", "getattr", "attrgetter", "itemgetter")


@dataclass(frozen=True, slots=True)
class Read:
    """A place at which a slot is read."""

    source: SourceFile
    node: ast.expr

    def __str__(self) -> str:
        return f"{self.source.path}:{self.node.lineno}"


def column_in(project: Project, name: str) -> Read | None:
    """A column of a database that is called ``name`` in any class or table of the project and is
    not said to keep time zones."""
    word = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)")
    for source in project.containing(name.encode()):
        # The prefilter: both as they are written there.
        possible = _DECLARED.search(source.data) and word.search(source.data)
        tree = readable(source) if possible else None
        if tree is None:
            continue
        for call in tree.of(ast.Call):
            named = name in _bound_by(tree, call) or any(_is_text(i, name) for i in call.args[:1])
            if named and is_column(call) and not keeps_zone(call):
                return Read(source, call)
        for node in tree.of(ast.AnnAssign):
            mapped = any(last_name(item) == "Mapped" for item in ast.walk(node.annotation))
            if last_name(node.target) == name and mapped and not keeps_zone(node):
                return Read(source, node.target)
    return None


def _bound_by(tree: Tree, call: ast.Call) -> list[str]:
    match tree.parent(call):
        case ast.Assign(targets=targets):
            return [last_name(target) for target in targets]
        case ast.AnnAssign(target=target):
            return [last_name(target)]
    return []


def is_stored(kind: ast.ClassDef) -> bool:
    """Whether the instances of a class are rows or documents of a database."""
    names = {last_name(base) for base in kind.bases}
    return not names.isdisjoint(_TABLES) or any(item.arg == "table" for item in kind.keywords)


def is_column(call: ast.Call) -> bool:
    """Whether a call declares a column: ``Column(…)``, ``mapped_column(…)``, ``DateTimeField(…)``.
    A ``Field(…)`` is one only of a table."""
    name = last_name(call.func)
    if name == "Field":
        return any(item.arg in ("sa_column", "sa_type", "primary_key") for item in call.keywords)
    return name in _COLUMNS


def keeps_zone(column: ast.AST) -> bool:
    """Whether a column says that it keeps time zones."""
    return any(
        isinstance(item, ast.keyword)
        and item.arg in ("timezone", "tz_aware")
        and isinstance(item.value, ast.Constant)
        and item.value.value is True
        for item in ast.walk(column)
    )


def reader_of(project: Project, name: str, but: Collection[ast.AST]) -> Read | None:
    """Where the project reads an attribute, a key or a variable of that name.

    Args:
        project: whose files are looked at.
        name: ``created_at``.
        but: nodes that do not count.
    """
    # The prefilter: the whole word, and no keyword or target (``f"{x=}"`` reads).
    reading = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)(?![ \t]*=(?![=}!:]))")
    for source in project.containing(name.encode()):
        tree = readable(source) if reading.search(source.data) else None
        if tree is None:
            continue
        found: list[ast.Attribute | ast.Name | ast.Subscript] = [
            *tree.attributes[name],
            *tree.names[name],
            *_keys(tree, name),
        ]
        for node in found:
            if node not in but and isinstance(node.ctx, ast.Load):
                return Read(source, node)
        for call in tree.of(ast.Call):
            if last_name(call.func) in _LOOKUPS and any(_is_text(i, name) for i in call.args):
                return Read(source, call)
    return None


def _keys(tree: Tree, name: str) -> list[ast.Subscript]:
    return [node for node in tree.of(ast.Subscript) if _is_text(node.slice, name)]


def _is_text(node: ast.expr, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text
