"""Which code needs a definition, as far as the files of a project show."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Foreign, Known, Namespace
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.scopes import bound_name, find_scope, scope_of
from codemods.syntax.tree import DEFINITIONS, Definition, Tree
from codemods.tables import words

_BY_NAME = frozenset(
    words(
        "getattr hasattr setattr delattr attrgetter methodcaller patch object import_string "
        "import_module entry_points load_object"
    )
)
_SETTINGS = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "alembic.ini")


@dataclass(frozen=True, slots=True)
class Use:
    """A place that needs the name."""

    path: str
    line: int
    certain: bool = True
    """Whether it surely means this definition; else its receiver is not known."""


@dataclass(frozen=True, slots=True)
class References:
    """What in a project refers to one definition."""

    uses: tuple[Use, ...]
    imports: tuple[tuple[SourceFile, ast.ImportFrom, ast.alias], ...] = ()
    """Imports of it that nothing in their file reads."""
    exports: tuple[tuple[SourceFile, ast.Constant], ...] = ()
    """Its entries in ``__all__``."""


def references(
    project: Project,
    source: SourceFile,
    name: str,
    node: Definition | ast.stmt,
    owner: ast.ClassDef | None,
    going: Sequence[ast.AST],
) -> References:
    """Everything outside ``going`` that refers to ``name`` of ``source``.

    Args:
        project: all of its Python files are looked at, and its settings for entry points.
        source: where the definition stands.
        name: its own name.
        node: the definition, or the assignment that binds the name.
        owner: its class, for a method.
        going: the trees that go with it: what stands in them does not count.
    """
    uses: list[Use] = []
    imports: list[tuple[SourceFile, ast.ImportFrom, ast.alias]] = []
    exports: list[tuple[SourceFile, ast.Constant]] = []
    inside = {id(item) for root in going for item in ast.walk(root)}
    for other in project.containing(name.encode()):
        tree = readable(other)
        if tree is None:
            uses.append(Use(other.path, 1, certain=False))
            continue
        uses += unread_uses(other, tree, name)
        for item in occurrences(tree, name):
            if id(item) in inside:
                continue
            if isinstance(item, ast.Constant):
                if in_all(tree, item):
                    if other.path == source.path or _brings(project, other, tree, name, source):
                        exports.append((other, item))
                elif by_name(tree, item, source, owner):
                    uses.append(Use(other.path, item.lineno))
                continue
            if isinstance(item, ast.alias):
                statement = tree.parent(item)
                if not isinstance(statement, ast.ImportFrom) or owner is not None:
                    continue
                if not _leads_to(project, other, statement, name, source):
                    continue
                if item.asname or _reads(tree, bound_name(item)):
                    uses.append(Use(other.path, statement.lineno))
                else:
                    imports.append((other, statement, item))
                continue
            use = use_of(project, other, tree, item, source, node, owner)
            if use is not None:
                uses.append(use)
    uses += _entry_points(project, name)
    return References(tuple(uses), tuple(imports), tuple(exports))


def occurrences(
    tree: Tree, name: str
) -> Iterator[ast.Name | ast.Attribute | ast.alias | ast.Constant]:
    """Everything that is called ``name``, and strings that end in it."""
    yield from tree.names[name]
    yield from tree.attributes[name]
    for alias in tree.of(ast.alias):
        if alias.name == name:
            yield alias
    for constant in tree.of(ast.Constant):
        text = constant.value
        if isinstance(text, str) and len(text) < 200 and last_part(text) == name:
            yield constant


def use_of(
    project: Project,
    other: SourceFile,
    tree: Tree,
    item: ast.Name | ast.Attribute,
    source: SourceFile,
    node: Definition | ast.stmt,
    owner: ast.ClassDef | None,
) -> Use | None:
    """What a name or attribute means for the definition; ``None`` for another thing."""
    use = Use(other.path, item.lineno)
    reached = index_of(project).definition_of(other, item)
    if reached and isinstance(node, DEFINITIONS):
        if any(ref.node is node for ref in reached):
            return use
        if owner is not None and any(_related(project, ref.node, owner) for ref in reached):
            return Use(other.path, item.lineno, certain=False)
        return None
    if isinstance(item, ast.Name):
        if owner is not None:
            # A method is reached by a bare name only in the body of its class.
            return use if tree.parent(node) is scope_of(tree, item) else None
        return use if _is_named(project, other, item, source, node) else None
    return _attribute_use(project, other, item, source, owner)


def _is_named(
    project: Project,
    other: SourceFile,
    item: ast.Name,
    source: SourceFile,
    node: Definition | ast.stmt,
) -> bool:
    """Whether a bare name means a definition at the top of ``source``."""
    tree = other.tree
    scope = find_scope(tree, item.id, item)
    if other.path == source.path:
        bound_by_it = isinstance(item.ctx, ast.Store) and tree.parent(item) is node
        return scope in (None, tree.module) and not bound_by_it
    return any(
        isinstance(statement := tree.parent(alias), ast.ImportFrom)
        and _leads_to(project, other, statement, alias.name, source)
        for alias in tree.of(ast.alias)
        if bound_name(alias) == item.id and scope_of(tree, alias) is scope
    )


def _attribute_use(
    project: Project,
    other: SourceFile,
    item: ast.Attribute,
    source: SourceFile,
    owner: ast.ClassDef | None,
) -> Use | None:
    """What an attribute means for a definition of ``source``, by what its receiver can be."""
    use = Use(other.path, item.lineno)
    values = index_of(project).resolver.evaluate(
        item.value, index_of(project).resolver.context(other, item.value)
    )
    if owner is None:
        if values is None:
            # A module is nearly always known, and an unknown object has attributes of its own.
            alone = len(index_of(project).definitions(item.attr)) == 1
            return Use(other.path, item.lineno, certain=False) if alone else None
        place = source.path.rpartition(".")[0].removesuffix("/__init__")
        modules = project.modules
        leads = any(
            isinstance(value, Namespace)
            and (value.place == place or modules.is_package(value.place))
            for value in values
        )
        return use if leads else None
    if values is None:
        return Use(other.path, item.lineno, certain=False)
    for value in values:
        if isinstance(value, Known) and (
            value.ref.node is owner or _related(project, value.ref.node, owner)
        ):
            return use
    known = all(isinstance(value, (Known, Foreign, Namespace)) for value in values)
    return None if known and values else Use(other.path, item.lineno, certain=False)


def _related(project: Project, one: ast.AST, owner: ast.ClassDef) -> bool:
    """Whether a class, or the class of a method, is above or below ``owner``."""
    index = index_of(project)
    for ref in index.definitions(getattr(one, "name", "")):
        if ref.node is not one:
            continue
        holder = ref if isinstance(one, ast.ClassDef) else index.resolver.owner(ref.source, one)
        if holder is None:
            return False
        own = [item for item in index.definitions(owner.name) if item.node is owner]
        lineages = [holder, *own]
        for first in lineages:
            for base in index.resolver.classes.lineage(first):
                known = base.ref.node if isinstance(base, Known) else None
                if known in (owner, holder.node) and known is not first.node:
                    return True
        return holder.node is owner
    return False


def _leads_to(
    project: Project, other: SourceFile, statement: ast.ImportFrom, name: str, source: SourceFile
) -> bool:
    """Whether ``from … import name`` can bring the definition: from its file, or through others
    that import it from there."""
    modules = index_of(project).resolver.modules
    if statement.level:
        place = modules.relative(other.path, statement.level, statement.module)
    else:
        place = modules.place(statement.module or "", other.path)
    path = modules.file_at(place) if place is not None else None
    if path is None:
        return False
    if path == source.path:
        return True
    if path == other.path:
        return False
    through = readable(project.source(path))
    return through is not None and any(
        alias.name == name
        and isinstance(step := through.parent(alias), ast.ImportFrom)
        and _leads_to(project, project.source(path), step, name, source)
        for alias in through.of(ast.alias)
    )


def _brings(project: Project, other: SourceFile, tree: Tree, name: str, source: SourceFile) -> bool:
    return any(
        alias.name == name
        and isinstance(statement := tree.parent(alias), ast.ImportFrom)
        and _leads_to(project, other, statement, name, source)
        for alias in tree.of(ast.alias)
    )


def _reads(tree: Tree, name: str) -> bool:
    return any(not isinstance(node.ctx, ast.Store) for node in tree.names[name])


def in_all(tree: Tree, node: ast.Constant) -> bool:
    """Whether a string is an entry of ``__all__``."""
    holder = tree.parent(node)
    statement = tree.parent(holder) if isinstance(holder, (ast.List, ast.Tuple)) else None
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id="__all__")])
            | ast.AnnAssign(target=ast.Name(id="__all__"))
        ):
            return True
        case _:
            return False


def by_name(tree: Tree, node: ast.Constant, source: SourceFile, owner: ast.ClassDef | None) -> bool:
    """Whether a string reaches the definition: given to ``getattr`` or ``patch``, or the dotted
    path of it."""
    text = str(node.value)
    holder, _, _ = text.rpartition(".")
    if holder:
        last = re.split(r"[.:]", holder)[-1]
        # A package on the way may pass the name on: ``patch("package.name")``.
        places = source.path.removesuffix(".py").split("/")
        return last in places or (owner is not None and last == owner.name)
    call = tree.parent(node)
    if isinstance(call, ast.keyword):
        call = tree.parent(call)
    if not isinstance(call, ast.Call):
        return False
    function = call.func
    called = last_name(function)
    return called in _BY_NAME


def _entry_points(project: Project, name: str) -> Iterator[Use]:
    pattern = re.compile(rb"[:.]" + re.escape(name.encode()) + rb"\b")
    for path in project.files.paths():
        if path.rpartition("/")[2] in _SETTINGS:
            data = project.files.read(path)
            found = pattern.search(data)
            if found is not None:
                yield Use(path, data.count(b"\n", 0, found.start()) + 1)


def unread_uses(source: SourceFile, tree: Tree, name: str) -> Iterator[Use]:
    """Definitions in newer syntax that have the name in their text."""
    for item in tree.unread:
        start, end = source.line_starts[item.line - 1], source.line_end(item.end_line)
        if re.search(rb"\b" + re.escape(name.encode()) + rb"\b", source.utf8[start:end]):
            yield Use(source.path, item.line, certain=False)
