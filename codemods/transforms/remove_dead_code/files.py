"""Whether whole files that a finding calls dead may go, and what else goes with each."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Namespace
from codemods.analysis.references.entry_files import script_reason, special
from codemods.analysis.references.examples import examples
from codemods.analysis.references.import_effects import top_level_effect
from codemods.analysis.references.importers import Importer, importers
from codemods.analysis.references.mentions import (
    Mention,
    Names,
    discovering,
    in_docstrings,
    in_other_files,
    in_strings,
    shown,
)
from codemods.analysis.references.uses import References, in_all, references
from codemods.codemod import Change, DeleteFile, Edit, Refusal, Safety, Scope, Site
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.rewriting.removal import import_removal
from codemods.syntax.scopes import bound_name
from codemods.syntax.tree import Tree
from codemods.tables import listed
from codemods.transforms.remove_dead_code.plan import DeadHints
from codemods.transforms.remove_dead_code.removal import without_entry

_MOST_SHOWN = 3


def file_verdicts(scope: Scope, sources: Sequence[SourceFile]) -> Iterator[Change | Refusal]:
    """For each file a change that deletes it, or who needs it.

    Files of one finding may need each other: they go together, or the one that is needed stays
    and what it needs with it.
    """
    going = {source.path: source for source in sources}
    staying: dict[str, Refusal] = {}
    while True:
        left = frozenset(path for path in going if path not in staying)
        found = {path: _verdict(scope, going[path], left) for path in left}
        refused = {path: item for path, item in found.items() if isinstance(item, Refusal)}
        staying |= refused
        if not refused:
            break
    for path in going:
        yield staying.get(path) or found[path]


def _verdict(scope: Scope, source: SourceFile, going: frozenset[str]) -> Change | Refusal:
    project = scope.project
    tree = readable(source)
    site = Site(source.path, 1, 1)
    if tree is None:
        return Refusal("syntax", f"{source.path} cannot be parsed", site)
    if (found_by := special(project, source, tree, going)) is not None:
        return Refusal(*found_by, site)
    names = Names(project, source.path)
    users = list(importers(project, source.path, going))
    exporting = [item for item in users if item.is_package_file]
    if certain := [item for item in users if not item.is_package_file]:
        return Refusal("imported", _imported(source, certain), site)
    uses = [*in_strings(project, names, going)]
    needing, telling = in_other_files(project, names)
    uses += needing
    uses += [item for item in examples(project, names.word)[0] if item.path not in going]
    if uses:
        return Refusal("named", f"{source.path} is named in {shown(uses)}", site)
    if not names.shadowed and (found := discovering(project, names)) is not None:
        text = f"{found} imports every module that it finds in its package"
        return Refusal("discovered", text, site)
    if (script := script_reason(project, source, tree, telling)) is not None:
        return Refusal("script", script, site)
    edits: list[Edit] = [DeleteFile(source.path)]
    if exporting:
        if (effect := top_level_effect(project, source, tree)) is not None:
            text = f"{exporting[0].source.path} imports it, and it has a side effect on line"
            return Refusal("side-effects", f"{text} {effect.lineno}", site)
        exported = _without_exports(project, source, tree, exporting, going)
        if isinstance(exported, Refusal):
            return exported
        edits += exported
    edits += _without_entries(project, source, names)
    told = [
        *(item for item in telling if item.path != scope.hinted(DeadHints).report),
        *in_docstrings(project, names, going),
    ]
    why = "nothing imports it"
    if exporting:
        why = "nothing uses what it exports"
    elif names.shadowed:
        why = "a package of the same name is imported instead"
    what = f"{source.path} is deleted: {why}"
    notes = (f"{source.path} is still named in {shown(told)}",) if told else ()
    return Change(site, what, tuple(dict.fromkeys(edits)), Safety.REVIEW, notes)


def _imported(source: SourceFile, users: Sequence[Importer]) -> str:
    paths = list(dict.fromkeys(item.source.path for item in users))
    return f"{source.path} is imported by {listed(paths, _MOST_SHOWN)}"


def _without_exports(
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
            entries = _entries(item.source.tree, bound_name(item.alias))
            own = tuple((item.source, entry) for entry in entries)
            found = References((), ((item.source, item.statement, item.alias),), own)
        else:
            node = _bound(tree, item.alias.name)
            if node is None:
                text = f"what {item.alias.name} in {source.path} is could not be determined"
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
            site = Site(other.path, statement.lineno, statement.lineno)
            return Refusal(removal.reason, f"{removal.detail} ({other.path})", site)
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


def _entries(tree: Tree, name: str) -> list[ast.Constant]:
    """The entries of that name in ``__all__``."""
    return [it for it in tree.of(ast.Constant) if it.value == name and in_all(tree, it)]


def _without_entries(project: Project, source: SourceFile, names: Names) -> Iterator[Edit]:
    """``"module"`` in the ``__all__`` of its package, where nothing else has the name."""
    path = f"{source.path.rpartition('/')[0]}/__init__.py"
    if names.shadowed or not project.files.exists(path):
        return
    package = project.source(path)
    tree = readable(package)
    if tree is None or _bound(tree, names.word) is not None:
        return
    for entry in _entries(tree, names.word):
        yield without_entry(package, entry)
