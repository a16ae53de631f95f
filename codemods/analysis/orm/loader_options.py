"""The links of loader options, and what is known of the relationship that each of them loads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Foreign
from codemods.analysis.orm.models import Cardinality, cardinality
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.names import binding, qualified_name
from codemods.syntax.parts import keyword_value, targets_of
from codemods.syntax.tree import Tree

OLD, NEW = "joinedload", "selectinload"
_ORM = ("sqlalchemy.orm.", "sqlalchemy.ext.", "flask_sqlalchemy.", "flask_sqlalchemy_lite.")


@dataclass(frozen=True, slots=True)
class Link:
    """One call of a chain: ``.joinedload(User.posts)``."""

    node: ast.Call
    name: str
    """``joinedload`` or ``selectinload``, whatever the file calls it."""
    is_known: bool
    """Whether it is certainly SQLAlchemy's."""

    @property
    def argument(self) -> ast.expr | None:
        """What is loaded, where that is one expression."""
        return self.node.args[0] if len(self.node.args) == 1 else None

    @property
    def relationship(self) -> tuple[str, str] | None:
        """Model and attribute as written: ``("User", "posts")``."""
        match self._attribute():
            case ast.Attribute(value=ast.Name(id=model), attr=attribute):
                return model, attribute
            case ast.Attribute(value=ast.Attribute(attr=model), attr=attribute):
                return model, attribute
        return None

    @property
    def entity(self) -> ast.expr | None:
        """The expression before the attribute: ``models.User``."""
        attribute = self._attribute()
        return attribute.value if isinstance(attribute, ast.Attribute) else None

    def _attribute(self) -> ast.expr | None:
        match self.argument:
            case ast.Call(func=ast.Attribute(value=attribute, attr="and_")):
                return attribute
        return self.argument

    def before(self) -> Iterator[ast.Call]:
        """The calls of the chain that the link goes on from, nearest first."""
        node: ast.expr = self.node.func
        while isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            yield node.value
            node = node.value.func


def links(project: Project, source: SourceFile, root: ast.AST, name: str) -> list[Link]:
    """The calls of SQLAlchemy's ``name`` below ``root``, and of what is only called so."""
    tree = source.tree
    aliases = {item.asname for item in tree.of(ast.alias) if item.name == name and item.asname}
    found = []
    for call in tree.within(root, ast.Call):
        if last_name(call.func) == name or getattr(call.func, "id", "") in aliases:
            found.append(Link(call, name, _is_loader(project, source, call, name)))
    # Links of a chain begin at the same place: the inner ones, which end first, come first.
    return sorted(found, key=lambda link: source.span(link.node.func).end)


def _is_loader(project: Project, source: SourceFile, call: ast.Call, name: str) -> bool:
    known = qualified_name(source.tree, call.func)
    if known is not None and known.startswith("sqlalchemy."):
        return known.startswith(_ORM)
    values = index_of(project).resolver.at(source, call.func) or ()
    return bool(values) and all(
        isinstance(value, Foreign) and value.name.startswith(_ORM) and last_part(value.name) == name
        for value in values
    )


def called_on_chain(tree: Tree, link: Link, name: str) -> bool:
    """Whether the chain before ``link`` has a call of ``name``: ``contains_eager``."""
    return any(
        (isinstance(call.func, ast.Attribute) and call.func.attr == name)
        or (qualified_name(tree, call.func) or "").endswith(f".{name}")
        for call in link.before()
    )


def cardinality_of(project: Project, source: SourceFile, link: Link) -> Cardinality | None:
    """Whether the relationship leads to many objects, ``None`` where that is not known."""
    found = _model_of(source.tree, link)
    if found is None:
        return None
    entity, model, attribute = found
    return cardinality(project, model, attribute, source, entity)


def is_polymorphic(tree: Tree, link: Link) -> bool:
    """Whether what is loaded belongs to a ``with_polymorphic`` entity."""
    made = _maker(tree, link)
    name = qualified_name(tree, made.func) if made is not None else None
    return (name or "").endswith(".with_polymorphic")


def has_join_depth(project: Project, source: SourceFile, link: Link) -> bool:
    """Whether the mapping limits how deep a self-referential relationship is joined."""
    found = _model_of(source.tree, link)
    if found is None:
        return False
    entity, name, attribute = found
    model = index_of(project).model(name, source, entity)
    for statement in model.node.body if model is not None else ():
        value = getattr(statement, "value", None)
        named = any(getattr(item, "id", None) == attribute for item in targets_of(statement))
        if named and isinstance(value, ast.Call):
            return keyword_value(value, "join_depth") is not None
    return False


def _model_of(tree: Tree, link: Link) -> tuple[ast.expr, str, str] | None:
    """The model as written, its name and the attribute, through ``alias = aliased(Model)``."""
    relationship, entity = link.relationship, link.entity
    made = _maker(tree, link)
    if relationship is None or entity is None:
        return None
    if made is None:
        return entity, *relationship
    if not (qualified_name(tree, made.func) or "").endswith(".aliased") or not made.args:
        return None
    entity = made.args[0]
    model = last_name(entity)
    return (entity, model, relationship[1]) if model else None


def _maker(tree: Tree, link: Link) -> ast.Call | None:
    """The call whose result the entity is, where it is a variable that is bound once."""
    entity: ast.expr | None = link.argument
    while isinstance(entity, (ast.Attribute, ast.Call)):
        entity = entity.value if isinstance(entity, ast.Attribute) else entity.func
    if not isinstance(entity, ast.Name):
        return None
    found = binding(tree, entity)
    if len(found.nodes) != 1:
        return None
    statement = tree.parent(found.nodes[0])
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    return value if isinstance(value, ast.Call) else None
