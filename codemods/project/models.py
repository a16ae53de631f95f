"""Whether a relationship of an SQLAlchemy model leads to one object or to many.

The rules are SQLAlchemy's own: ``uselist``, the annotation, ``secondary``, and else the side that
holds the foreign key. Where they do not decide, the answer is ``None``: a guess would rewrite the
loading of a scalar.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codemods.project.bindings import own_nodes
from codemods.project.values import DefinitionRef, Known
from codemods.syntax.tree import FUNCTIONS, walk

if TYPE_CHECKING:
    from codemods.project.index import Index

Cardinality = Literal["many", "one"]

_RELATIONSHIPS = ("relationship", "relation", "Relationship")
_MANY_WRAPPERS = ("DynamicMapped", "WriteOnlyMapped")
_COLLECTIONS = (
    *("list", "List", "set", "Set", "dict", "Dict", "frozenset", "FrozenSet", "Sequence"),
    *("Collection", "Iterable", "Mapping", "MutableSequence", "MutableSet", "MutableMapping"),
)
_TRANSPARENT = ("Mapped", "Optional", "Annotated", "ClassVar", "Union")


@dataclass(frozen=True, slots=True)
class _Relationship:
    """One relationship as written."""

    owner: DefinitionRef
    attribute: str
    call: ast.Call
    annotation: ast.expr | None
    many: bool = False
    """``dynamic_loader``: a collection whatever else is said."""

    def keyword(self, name: str) -> ast.expr | None:
        """The value of a keyword argument."""
        return next((item.value for item in self.call.keywords if item.arg == name), None)

    @property
    def target(self) -> str | None:
        """The class name that it leads to."""
        given = self.call.args[0] if self.call.args else self.keyword("argument")
        if isinstance(given, ast.Lambda):
            given = given.body
        if given is None and self.annotation is not None:
            names = [word for word in _words(self.annotation) if word not in _COLLECTIONS]
            return next((word for word in names if word not in (*_TRANSPARENT, "None")), None)
        return _terminal(given) if given is not None else None


class Models:
    """Answers :meth:`Index.cardinality`."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._tables: dict[ast.ClassDef, tuple[frozenset[str], tuple[tuple[str, str], ...]]] = {}

    def cardinality(
        self, candidates: tuple[DefinitionRef, ...], attribute: str
    ) -> Cardinality | None:
        """What all ``candidates`` that have the attribute agree on."""
        found: set[Cardinality | None] = set()
        for ref in candidates:
            relationship = self._relationship(ref, attribute)
            if relationship is not None:
                found.add(self._decide(relationship, ref))
                continue
            for other in self._backwards(ref, attribute):
                found.add(self._decide_backwards(other))
        return found.pop() if len(found) == 1 else None

    def _lineage(self, ref: DefinitionRef) -> Iterator[DefinitionRef]:
        for value in self._index.resolver.classes.lineage(ref):
            if isinstance(value, Known):
                yield value.ref

    def _relationship(self, ref: DefinitionRef, attribute: str) -> _Relationship | None:
        for owner in self._lineage(ref):
            for relationship in _relationships(owner):
                if relationship.attribute == attribute:
                    return relationship
        return None

    def _decide(self, item: _Relationship, ref: DefinitionRef) -> Cardinality | None:
        uselist = item.keyword("uselist")
        if isinstance(uselist, ast.Constant) and isinstance(uselist.value, bool):
            return "many" if uselist.value else "one"
        if uselist is not None:
            return None
        if item.many or item.keyword("collection_class") is not None:
            return "many"
        if item.annotation is not None:
            return _annotated(item.annotation)
        lazy = item.keyword("lazy")
        if isinstance(lazy, ast.Constant) and lazy.value in ("dynamic", "write_only"):
            return "many"
        direction = self._direction(item, ref)
        if direction is None:
            return None
        return "one" if direction == "many-to-one" else "many"

    def _decide_backwards(self, item: _Relationship) -> Cardinality | None:
        backref = item.keyword("backref")
        if isinstance(backref, ast.Call):
            for keyword in backref.keywords:
                if keyword.arg == "uselist":
                    value = keyword.value
                    if not isinstance(value, ast.Constant):
                        return None
                    return "many" if value.value else "one"
        direction = self._direction(item, item.owner)
        if direction is None:
            return None
        return "one" if direction == "one-to-many" else "many"

    def _backwards(self, ref: DefinitionRef, attribute: str) -> Iterator[_Relationship]:
        """Relationships of other models that give ``ref`` the attribute by ``backref``."""
        names = {item.name for item in self._lineage(ref)}
        for source in self._index.project.containing(b"backref"):
            tree = self._index.resolver.tree(source)
            if tree is None or attribute.encode() not in source.data:
                continue
            for node in tree.of(ast.ClassDef):
                for item in _relationships(self._index.resolver.reference(source, node)):
                    backref = item.keyword("backref")
                    if isinstance(backref, ast.Call) and backref.args:
                        backref = backref.args[0]
                    if (
                        isinstance(backref, ast.Constant)
                        and backref.value == attribute
                        and item.target in names
                    ):
                        yield item

    def _direction(self, item: _Relationship, ref: DefinitionRef) -> str | None:
        """``many-to-one`` and so on, seen from the class that has the relationship."""
        if item.keyword("secondary") is not None:
            return "many-to-many"
        target = self._target(item)
        if target is None:
            return None
        own_tables, own_keys = self._table(ref)
        other_tables, other_keys = self._table(target)
        if any(known.node is target.node for known in self._lineage(ref)):
            remote = item.keyword("remote_side")
            if remote is None:
                return "one-to-many"
            columns = {column for column, table in own_keys if table in own_tables}
            return "one-to-many" if columns & set(_words(remote)) else "many-to-one"
        own = {column for column, table in own_keys if table in other_tables}
        other = {column for column, table in other_keys if table in own_tables}
        chosen = item.keyword("foreign_keys")
        if own and other and chosen is not None:
            words = set(_words(chosen))
            own, other = (
                (own & words, other & words) if item.target not in words else (set(), words)
            )
        if own and not other:
            return "many-to-one"
        if other and not own:
            return "one-to-many"
        return None

    def _target(self, item: _Relationship) -> DefinitionRef | None:
        if item.target is None:
            return None
        return self._index.model(item.target, item.owner.source)

    def _table(self, ref: DefinitionRef) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
        """The names that the model's table may have, and its foreign keys as (column, table)."""
        node = ref.node
        if not isinstance(node, ast.ClassDef):
            return frozenset(), ()
        if node not in self._tables:
            self._tables[node] = self._read_table(ref)
        return self._tables[node]

    def _read_table(self, ref: DefinitionRef) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
        tables: set[str] = set()
        keys: list[tuple[str, str]] = []
        for owner in self._lineage(ref):
            for statement in owner.node.body:
                name, value = _assigned(statement)
                if name == "__tablename__" and isinstance(value, ast.Constant):
                    tables.add(str(value.value))
                # ``declared_attr`` columns of mixins stand in a function.
                name = statement.name if isinstance(statement, FUNCTIONS) else name
                for call in walk(statement):
                    if isinstance(call, ast.Call) and name:
                        keys += [(name, table) for table in self._referred(call)]
        if not tables:
            # Named by a base class, or by SQLModel: the usual schemes.
            snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", ref.name).lower()
            tables = {ref.name.lower(), snake, f"{ref.name.lower()}s", f"{snake}s"}
        return frozenset(tables), tuple(keys)

    def _referred(self, call: ast.Call) -> Iterator[str]:
        """The tables that a ``ForeignKey(…)`` or ``ForeignKeyConstraint(…)`` refers to."""
        name = _terminal(call.func)
        columns: list[ast.expr] = []
        if name == "ForeignKey" and call.args:
            columns = call.args[:1]
        elif name == "ForeignKeyConstraint" and len(call.args) > 1:
            columns = list(getattr(call.args[1], "elts", ()))
        columns += [item.value for item in call.keywords if item.arg == "foreign_key"]
        for column in columns:
            if isinstance(column, ast.Constant) and isinstance(column.value, str):
                parts = column.value.split(".")
                if len(parts) > 1:
                    yield parts[-2]
            elif isinstance(column, ast.Attribute):
                model = self._index.model(_terminal(column.value) or "", None)
                if model is not None:
                    yield from self._table(model)[0]


def _relationships(ref: DefinitionRef) -> Iterator[_Relationship]:
    """The relationships that a class itself declares."""
    for statement in ref.node.body:
        name, value = _assigned(statement)
        annotation = statement.annotation if isinstance(statement, ast.AnnAssign) else None
        if isinstance(statement, FUNCTIONS):
            # ``@declared_attr def owner(cls): return relationship(…)``
            name, annotation = statement.name, statement.returns
            returned = [item for item in own_nodes(statement) if isinstance(item, ast.Return)]
            value = returned[0].value if len(returned) == 1 else None
        if name and isinstance(value, ast.Call):
            called = _terminal(value.func)
            if called in _RELATIONSHIPS or called == "dynamic_loader":
                yield _Relationship(ref, name, value, annotation, called == "dynamic_loader")


def _assigned(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=given):
            return name, given
        case _:
            return None, None


def _annotated(annotation: ast.expr) -> Cardinality | None:
    """``Mapped[list[X]]`` is many, ``Mapped["X"]`` one."""
    match annotation:
        case ast.Constant(value=str(text)):
            try:
                return _annotated(ast.parse(text, mode="eval").body)
            except SyntaxError:
                return None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            parts = [part for part in (left, right) if not _is_none(part)]
            return _annotated(parts[0]) if len(parts) == 1 else None
        case ast.Subscript(value=base, slice=inner):
            word = _terminal(base)
            if word in _MANY_WRAPPERS or word in _COLLECTIONS:
                return "many"
            if word in _TRANSPARENT:
                if isinstance(inner, ast.Tuple):
                    parts = [part for part in inner.elts if not _is_none(part)]
                    single = word == "Annotated" or len(parts) == 1
                    return _annotated(parts[0]) if parts and single else None
                return _annotated(inner)
            return None
        case ast.Name(id=word) | ast.Attribute(attr=word):
            if word in _COLLECTIONS:
                return "many"
            return None if word in (*_TRANSPARENT, "Any", "object") else "one"
        case _:
            return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _terminal(node: ast.expr) -> str | None:
    """``b`` of ``a.b``, of ``"a.b"`` and of ``b``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str(text)):
            return text.rpartition(".")[2].strip()
        case _:
            return None


def _words(node: ast.expr) -> list[str]:
    """Every name in an expression, those in strings too, in order."""
    found: list[str] = []
    for item in walk(node):
        match item:
            case ast.Name(id=word) | ast.Attribute(attr=word):
                found.append(word)
            case ast.Constant(value=str(text)):
                found += re.findall(r"\w+", text)
            case _:
                pass
    return found
