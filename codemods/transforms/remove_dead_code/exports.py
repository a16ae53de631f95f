"""The lines in packages that pass on names of a module which goes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Namespace
from codemods.analysis.references.importers import Importer
from codemods.analysis.references.mentions import Mention, Names, shown
from codemods.analysis.references.uses import References, in_all, references
from codemods.codemod import Edit, Refusal, Site
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.rewriting.removal import import_removal
from codemods.syntax.scopes import bound_name
from codemods.syntax.tree import Tree
from codemods.transforms.remove_dead_code.removal import without_entry


def without_exports(
    project: Project,
    source: SourceFile,
    tree: Tree,
    exporting: Sequence[Importer],
    going: frozenset[str],
) -> list[Edit] | Refusal:
    """The edits that take its names out of the packages that export them."""
    edits: list[Edit] = []
    wanted: dict[tuple[str, int], tuple[SourceFile, ast.ImportFrom, list[ast.alias]]] = {}
    for item in exporting:
        site = Site(item.source.path, item.alias.lineno, item.alias.lineno)
        if item.alias.name == "*" or not isinstance(item.statement, ast.ImportFrom):
            text = f"{item.source.path} imports {source.path} as a whole"
            return Refusal("star-import", text, site)
        if item.submodule:
            users = _module_uses(project, item, source)
            found = References(
                (), ((item.source, item.statement, item.alias),), tuple(_ownwithout_entries(item))
            )
        else:
            node = _bound(tree, item.alias.name)
            if node is None:
                text = f"what {item.alias.name} of {source.path} is cannot be told"
                return Refusal("unknown-name", text, site)
            gone = [tree.module]
            gone += [t.module for p in going if (t := readable(project.source(p))) is not None]
            found = references(project, source, item.alias.name, node, None, gone)
            users = [Mention(use.path, use.line) for use in found.uses]
            users += [
                Mention(other.path, statement.lineno)
                for other, statement, _ in found.imports
                if other.path not in going and not other.path.endswith("/__init__.py")
            ]
        if users:
            text = f"{bound_name(item.alias)} of {source.path} is used in {shown(users)}"
            return Refusal("used", text, Site(source.path, 1, 1))
        if item.alias.asname and item.alias.asname != item.alias.name:
            text = f"{item.source.path} exports {item.alias.name} under another name"
            return Refusal("renamed", text, site)
        for other, statement, alias in found.imports:
            if other.path in going:
                continue
            key = (other.path, statement.lineno)
            aliases = wanted.setdefault(key, (other, statement, []))[2]
            if alias not in aliases:
                aliases.append(alias)
        edits += [without_entry(other, entry) for other, entry in found.exports]
    for other, statement, aliases in wanted.values():
        removal = import_removal(other, statement, aliases)
        if isinstance(removal, Refusal):
            return Refusal(
                removal.reason,
                f"{removal.detail} ({other.path})",
                Site(other.path, statement.lineno, statement.lineno),
            )
        edits += removal
    return edits


def _bound(tree: Tree, name: str) -> ast.stmt | None:
    """The one statement at the top of a module that binds a name."""
    found = []
    for statement in tree.module.body:
        bound: list[str] = []
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                bound = [statement.name]
            case (
                ast.Assign(targets=[ast.Name(id=target)])
                | ast.AnnAssign(target=ast.Name(id=target))
            ):
                bound = [target]
            case ast.Import() | ast.ImportFrom():
                bound = [bound_name(alias) for alias in statement.names]
        if name in bound:
            found.append(statement)
    return found[0] if len(found) == 1 else None


def _module_uses(project: Project, item: Importer, source: SourceFile) -> list[Mention]:
    """Where ``package.module`` is used after the package imported it."""
    name = bound_name(item.alias)
    place = item.source.path.removesuffix("/__init__.py")
    found: list[Mention] = []
    for other in project.containing(name.encode()):
        tree = readable(other)
        if tree is None or other.path == source.path:
            continue
        for word in tree.of(ast.Name):
            if word.id == name and other.path == item.source.path:
                found.append(Mention(other.path, word.lineno))
        for attribute in tree.of(ast.Attribute):
            if attribute.attr != name:
                continue
            resolver = index_of(project).resolver
            values = resolver.evaluate(attribute.value, resolver.context(other, attribute.value))
            if any(isinstance(value, Namespace) and value.place == place for value in values or ()):
                found.append(Mention(other.path, attribute.lineno))
    return found


def _ownwithout_entries(item: Importer) -> Iterator[tuple[SourceFile, ast.Constant]]:
    """The entries of the submodule in its package's ``__all__``."""
    tree = item.source.tree
    for constant in tree.of(ast.Constant):
        if constant.value == bound_name(item.alias) and in_all(tree, constant):
            yield item.source, constant


def without_entries(project: Project, source: SourceFile, names: Names) -> Iterator[Edit]:
    """``"module"`` in the ``__all__`` of its package, where nothing else has the name."""
    path = f"{source.path.rpartition('/')[0]}/__init__.py"
    if names.shadowed or not project.files.exists(path):
        return
    package = project.source(path)
    tree = readable(package)
    if tree is None or _bound(tree, names.word) is not None:
        return
    for constant in tree.of(ast.Constant):
        if constant.value == names.word and in_all(tree, constant):
            yield without_entry(package, constant)
