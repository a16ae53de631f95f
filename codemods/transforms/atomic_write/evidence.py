"""What replaces its file already, and where else a finding says that files are written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.analysis.names.index import index_of
from codemods.codemod import Refusal, site_of
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.parts import positional_of
from codemods.syntax.tree import FUNCTIONS, Tree
from codemods.tables import words
from codemods.transforms.atomic_write.helpers import moved, replaces
from codemods.transforms.atomic_write.writes import Writing, surrounding, without_str

_ATOMIC = tuple(words("atomic replac write sav dump stor persist"))


def helped(project: Project, source: SourceFile, calls: list[ast.Call]) -> Iterator[Refusal]:
    """The calls that have a function of the project replace a file."""
    for call in calls:
        name = last_name(call.func)
        if not call.args or not any(word in name.lower() for word in _ATOMIC):
            continue
        home = _replacing(project, source, call)
        if home is not None:
            detail = f"{name}() in {home.path} already replaces {ast.unparse(call.args[0])}"
            yield Refusal("replaced", detail, site_of(source, call), already=True)


def _replacing(project: Project, source: SourceFile, call: ast.Call) -> SourceFile | None:
    """The file of the function that ``call`` calls, if that replaces files."""
    refs = index_of(project).definition_of(source, call.func)
    return next(
        (r.source for r in refs if isinstance(r.node, FUNCTIONS) and replaces(r.source, r.node)),
        None,
    )


def is_staged(project: Project, source: SourceFile, made: Writing) -> bool:
    """Whether what is written is a temporary file: one that is renamed behind it, or that a
    function of the project gave which replaces files."""
    tree, text = source.tree, ast.unparse(made.target)
    for call in tree.within(surrounding(tree, made.call), ast.Call):
        ends = moved(source, call)
        if ends is not None and ast.unparse(without_str(ends[0])) == text:
            return True
    for ancestor in (made.call, *tree.ancestors(made.call)):
        given: list[ast.expr] = []
        if isinstance(ancestor, ast.With):
            given = [
                item.context_expr
                for item in ancestor.items
                if item.optional_vars is not None and ast.unparse(item.optional_vars) == text
            ]
        elif isinstance(ancestor, (ast.Lambda, ast.FunctionDef)):
            # ``replace(path, lambda temporary: save(temporary))``, or a function with a name
            names = [item.arg for item in positional_of(ancestor.args)]
            given = _taking(tree, ancestor) if text in names else []
        for item in given:
            if isinstance(item, ast.Call) and _replacing(project, source, item) is not None:
                return True
    return False


def _taking(tree: Tree, function: ast.Lambda | ast.FunctionDef) -> list[ast.expr]:
    """The calls that are given ``function``."""
    holder = tree.parent(function)
    if isinstance(function, ast.Lambda):
        return [holder] if isinstance(holder, ast.Call) else []
    return [
        call
        for call in (tree.within(holder, ast.Call) if holder is not None else ())
        if any(isinstance(item, ast.Name) and item.id == function.name for item in call.args)
    ]
