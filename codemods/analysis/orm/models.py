"""Relationships of SQLAlchemy models: as they are written, and whether to one object or to many.

The rules are SQLAlchemy's own: ``uselist``, the annotation, ``secondary``, and else the side that
holds the foreign key. Where they do not decide, the answer is ``None``: a guess would rewrite the
loading of a scalar.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from codemods.analysis.names.bindings import own_nodes
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import DefinitionRef, Known
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
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


class Models:
    """Answers :func:`cardinality`."""

    def __init__(self, project: Project) -> None:
        self._index = index_of(project)
        self._tables: dict[ast.ClassDef, tuple[frozenset[str], tuple[tuple[str, str], ...]]] = {}

    def cardinality(
        self, candidates: tuple[DefinitionRef, ...], attribute: str
    ) -> Cardinality | None:
        """What all ``candidates`` that have the attribute agree on."""
        found: set[Cardinality | None] = set()
        for ref in candidates:
            declared = (item for owner in self._lineage(ref) for item in relationships(owner))
            relationship = next((item for item in declared if item.attribute == attribute), None)
            if relationship is not None:
                found.add(self._decide(relationship, ref))
            else:
                others = self._backwards(ref, attribute)
                found.update(self._decide_backwards(other) for other in others)
        return found.pop() if len(found) == 1 else None

    def _lineage(self, ref: DefinitionRef) -> Iterator[DefinitionRef]:
        for value in self._index.resolver.classes.lineage(ref):
            if isinstance(value, Known):
                yield value.ref

    def _decide(self, item: Relationship, ref: DefinitionRef) -> Cardinality | None:
        uselist = item.keyword("uselist")
        if isinstance(uselist, ast.Constant) and isinstance(uselist.value, bool):
            return "many" if uselist.value else "one"
        if uselist is not None:
            return None
        if item.many or item.keyword("collection_class") is not None:
            return "many"
        if item.annotation is not None:
            return annotated(item.annotation)
        lazy = item.keyword("lazy")
        if isinstance(lazy, ast.Constant) and lazy.value in ("dynamic", "write_only"):
            return "many"
        direction = self._direction(item, ref)
        if direction is None:
            return None
        return "one" if direction == "many-to-one" else "many"

    def _decide_backwards(self, item: Relationship) -> Cardinality | None:
        backref = item.keyword("backref")
        uselist = keyword_value(backref, "uselist") if isinstance(backref, ast.Call) else None
        if uselist is not None:
            if not isinstance(uselist, ast.Constant):
                return None
            return "many" if uselist.value else "one"
        direction = self._direction(item, item.owner)
        if direction is None:
            return None
        return "one" if direction == "one-to-many" else "many"

    def _backwards(self, ref: DefinitionRef, attribute: str) -> Iterator[Relationship]:
        """Relationships of other models that give ``ref`` the attribute by ``backref``."""
        names = {item.name for item in self._lineage(ref)}
        for source in self._index.project.containing(b"backref"):
            tree = readable(source)
            if tree is None or attribute.encode() not in source.data:
                continue
            for node in tree.of(ast.ClassDef):
                for item in relationships(self._index.resolver.reference(source, node)):
                    backref = item.keyword("backref")
                    if isinstance(backref, ast.Call) and backref.args:
                        backref = backref.args[0]
                    if (
                        isinstance(backref, ast.Constant)
                        and backref.value == attribute
                        and item.target in names
                    ):
                        yield item

    def _direction(self, item: Relationship, ref: DefinitionRef) -> str | None:
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
            return "one-to-many" if columns & set(words(remote)) else "many-to-one"
        said = self._said(item, ref, target)
        if said is not None:
            return said
        own = {column for column, table in own_keys if table in other_tables}
        other = {column for column, table in other_keys if table in own_tables}
        chosen = item.keyword("foreign_keys")
        if own and other and chosen is not None:
            named = set(words(chosen))
            own, other = (
                (own & named, other & named) if item.target not in named else (set(), named)
            )
        if own and not other:
            return "many-to-one"
        if other and not own:
            return "one-to-many"
        return None

    def _said(self, item: Relationship, ref: DefinitionRef, target: DefinitionRef) -> str | None:
        """The side that has the key, where ``foreign(…)`` in a ``primaryjoin`` says so, or
        ``foreign_keys`` does."""
        join = read_argument(item.keyword("primaryjoin"))
        keys = read_argument(item.keyword("foreign_keys"))
        columns = [
            column
            for call in (ast.walk(join) if join is not None else ())
            if isinstance(call, ast.Call) and terminal(call.func) == "foreign"
            for column in call.args
        ]
        if join is not None and not columns and keys is not None:
            # Without a join of its own the real foreign keys decide.
            columns = list(keys.elts) if isinstance(keys, (ast.List, ast.Tuple)) else [keys]
        lineage = list(self._lineage(ref))
        own = {assigned(statement)[0] for known in lineage for statement in known.node.body}
        owners = {
            ref.name
            if isinstance(column, ast.Name) and column.id in own
            else terminal(column.value)
            if isinstance(column, ast.Attribute)
            else None
            for column in columns
        }
        if not owners:
            return None
        if owners <= {known.name for known in lineage}:
            return "many-to-one"
        if owners <= {known.name for known in self._lineage(target)}:
            return "one-to-many"
        return None

    def _target(self, item: Relationship) -> DefinitionRef | None:
        if item.target is None:
            return None
        if (found := self._index.model(item.target, item.owner.source)) is not None:
            return found
        # By its name SQLAlchemy knows what has a table, and no schema of the same name.
        mapped = [
            ref
            for ref in self._index.definitions(item.target)
            if any(assigned(statement)[0] == "__tablename__" for statement in ref.node.body)
        ]
        return mapped[0] if len(mapped) == 1 else None

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
                name, value = assigned(statement)
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
        name = terminal(call.func)
        columns: list[ast.expr] = []
        if name == "ForeignKey" and call.args:
            columns = call.args[:1]
        elif name == "ForeignKeyConstraint":
            for given in (*call.args[1:2], keyword_value(call, "refcolumns")):
                columns += getattr(given, "elts", ())
        for column in (*columns, keyword_value(call, "foreign_key")):
            if isinstance(column, ast.Constant) and isinstance(column.value, str):
                parts = column.value.split(".")
                if len(parts) > 1:
                    yield parts[-2]
            elif isinstance(column, ast.Attribute):
                model = self._index.model(terminal(column.value) or "", None)
                if model is not None:
                    yield from self._table(model)[0]


def cardinality(
    project: Project,
    model: str,
    attribute: str,
    source: SourceFile | None = None,
    entity: ast.expr | None = None,
) -> Cardinality | None:
    """Whether a relationship of an SQLAlchemy model leads to ``"many"`` objects or to ``"one"``;
    ``None`` where that cannot be told.

    Args:
        project: where the model is looked for.
        model: the class name.
        attribute: the relationship's name.
        source: the file that uses the model, whose imports tell classes of one name apart.
        entity: the expression in it that the class name comes from.
    """
    candidates = index_of(project).classes_named(model, source, entity)
    return project.memo(Models).cardinality(candidates, attribute)
