"""Imports that only dead code needed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from codemods.analysis.references.reaching import who_reaches
from codemods.codemod import DropImport, Edit, Refusal
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.removal import import_removal
from codemods.syntax.imported import module_aliases
from codemods.syntax.names import names_loaded
from codemods.syntax.scopes import bound_name


def unused_imports(
    project: Project, dropped: Sequence[tuple[SourceFile, ast.AST]]
) -> Iterator[Edit]:
    """The edits that take out what perhaps only ``dropped`` needed.

    The engine keeps what is used, and every import beside a comment. A comment on the line of an
    import that goes for sure is about that import, and goes here.
    """
    for source in dict.fromkeys(source for source, _ in dropped):
        nodes = [node for other, node in dropped if other is source]
        loaded = {name for node in nodes for name in names_loaded(node)}
        inside = {id(item) for node in nodes for item in ast.walk(node)}
        for alias in module_aliases(source.tree):
            name = bound_name(alias)
            if name not in loaded:
                continue
            made = _with_comment(project, source, alias, name, inside)
            yield from made or (DropImport(source.path, name),)


def _with_comment(
    project: Project, source: SourceFile, alias: ast.alias, name: str, inside: set[int]
) -> tuple[Edit, ...]:
    """The edits for an import of one line with a comment behind it, if nothing else needs it."""
    tree = source.tree
    statement = tree.parent(alias)
    if not isinstance(statement, (ast.Import, ast.ImportFrom)) or len(statement.names) > 1:
        return ()
    line = source.line_text(statement.lineno)
    if statement.lineno != statement.end_lineno or "#" not in line or "noqa" in line:
        return ()
    if not isinstance(tree.parent(statement), ast.Module) or alias.asname == alias.name:
        return ()
    word = re.compile(rf"\b{re.escape(name)}\b")
    needed = any(id(item) not in inside for item in tree.names[name]) or any(
        isinstance(item.value, str) and id(item) not in inside and word.search(item.value)
        for item in tree.of(ast.Constant)
    )
    if needed or tree.unread or who_reaches(project, source.path, name) is not None:
        return ()
    if sum(bound_name(item) == name for item in tree.of(ast.alias)) > 1:
        return ()
    made = import_removal(source, statement, [alias])
    return () if isinstance(made, Refusal) else made
