"""Relationships of SQLAlchemy models, as they are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.values import DefinitionRef
from codemods.syntax.dotted import last_part
from codemods.syntax.parts import assigned, keyword_value
from codemods.syntax.tree import FUNCTIONS, is_none, walk

Cardinality = Literal["many", "one"]

_RELATIONSHIPS = ("relationship", "relation", "Relationship")
_MANY_WRAPPERS = ("DynamicMapped", "WriteOnlyMapped")
_COLLECTIONS = (
    *("list", "List", "set", "Set", "dict", "Dict", "frozenset", "FrozenSet", "Sequence"),
    *("Collection", "Iterable", "Mapping", "MutableSequence", "MutableSet", "MutableMapping"),
)
_TRANSPARENT = ("Mapped", "Optional", "Annotated", "ClassVar", "Union")


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship as written."""

    owner: DefinitionRef
    attribute: str
    call: ast.Call
    annotation: ast.expr | None
    many: bool = False
    """``dynamic_loader``: a collection whatever else is said."""

    def keyword(self, name: str) -> ast.expr | None:
        """The value of a keyword argument."""
        return keyword_value(self.call, name)

    @property
    def target(self) -> str | None:
        """The class name that it leads to."""
        given = self.call.args[0] if self.call.args else self.keyword("argument")
        if isinstance(given, ast.Lambda):
            given = given.body
        if given is None and self.annotation is not None:
            names = [word for word in words(self.annotation) if word not in _COLLECTIONS]
            return next((word for word in names if word not in (*_TRANSPARENT, "None")), None)
        return terminal(given) if given is not None else None


def relationships(ref: DefinitionRef) -> Iterator[Relationship]:
    """The relationships that a class itself declares."""
    for statement in ref.node.body:
        name, value = assigned(statement)
        annotation = statement.annotation if isinstance(statement, ast.AnnAssign) else None
        if isinstance(statement, FUNCTIONS):
            # ``@declared_attr def owner(cls): return relationship(…)``
            name, annotation = statement.name, statement.returns
            returned = [item for item in own_nodes(statement) if isinstance(item, ast.Return)]
            value = returned[0].value if len(returned) == 1 else None
        if name and isinstance(value, ast.Call):
            called = terminal(value.func)
            if called in _RELATIONSHIPS or called == "dynamic_loader":
                yield Relationship(ref, name, value, annotation, called == "dynamic_loader")


def read_argument(node: ast.expr | None) -> ast.expr | None:
    """What an argument says, be it a string or a lambda."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value.strip(), mode="eval").body
        except SyntaxError:
            return None
    return node.body if isinstance(node, ast.Lambda) else node


def annotated(annotation: ast.expr) -> Cardinality | None:
    """``Mapped[list[X]]`` is many, ``Mapped["X"]`` one."""
    match annotation:
        case ast.Constant(value=str(text)):
            try:
                return annotated(ast.parse(text, mode="eval").body)
            except SyntaxError:
                return None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            parts = [part for part in (left, right) if not is_none(part)]
            return annotated(parts[0]) if len(parts) == 1 else None
        case ast.Subscript(value=base, slice=inner):
            word = terminal(base)
            if word in _MANY_WRAPPERS or word in _COLLECTIONS:
                return "many"
            if word in _TRANSPARENT:
                if isinstance(inner, ast.Tuple):
                    parts = [part for part in inner.elts if not is_none(part)]
                    single = word == "Annotated" or len(parts) == 1
                    return annotated(parts[0]) if parts and single else None
                return annotated(inner)
            return None
        case ast.Name(id=word) | ast.Attribute(attr=word):
            if word in _COLLECTIONS:
                return "many"
            return None if word in (*_TRANSPARENT, "Any", "object") else "one"
    return None


def terminal(node: ast.expr) -> str | None:
    """``b`` of ``a.b``, of ``"a.b"`` and of ``b``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str(text)):
            return last_part(text).strip()
    return None


def words(node: ast.expr) -> list[str]:
    """Every name in an expression, those in strings too, in order."""
    found: list[str] = []
    for item in walk(node):
        match item:
            case ast.Name(id=word) | ast.Attribute(attr=word):
                found.append(word)
            case ast.Constant(value=str(text)):
                found += re.findall(r"\w+", text)
    return found
