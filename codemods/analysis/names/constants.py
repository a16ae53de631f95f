"""Constants of a project: where one is defined, and how another file would come by it."""

from __future__ import annotations

import ast
import re

from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.parts import assigned
from codemods.syntax.tree import Tree


def definition_in(tree: Tree, name: str) -> ast.Assign | ast.AnnAssign | None:
    """The one statement at the top of a module that gives ``name`` its value."""
    found = [
        statement
        for statement in tree.module.body
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        and statement.value is not None
        and assigned(statement)[0] == name
    ]
    return found[0] if len(found) == 1 else None


def homes(project: Project, name: str) -> list[SourceFile]:
    """The files that define ``name`` at their top, tests left out."""
    start = re.compile(rb"^" + re.escape(name.encode()) + rb"[ \t]*[:=]", re.MULTILINE)
    found = []
    for source in project.containing(name.encode()):
        if not start.search(source.data) or is_test(source.path):
            continue
        tree = readable(source)
        if tree is not None and definition_in(tree, name) is not None:
            found.append(source)
    return found
