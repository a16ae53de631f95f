"""The exception types that a finding names, as they are written in a file."""

from __future__ import annotations

import ast
import builtins
import re

from codemods.codemod import AddImport, Edit
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.imports import can_import, local_name
from codemods.syntax.names import binding_of

Written = tuple[str, tuple[Edit, ...]]
"""The expression, and the import that it needs."""


def written(project: Project, source: SourceFile, at: ast.AST, name: str) -> Written | str:
    """How the type ``name`` is written at ``at``, or why it cannot be, in words.

    A name with a module is imported from there if the project uses that module already; one
    without is a builtin, what the file binds, or what every file that imports it imports it from.
    """
    module, _, plain = name.rpartition(".")
    if not module:
        bound = binding_of(source.tree, plain, at)
        if bound.kind in ("import", "definition"):
            return plain, ()
        if bound.kind == "builtin":
            known = getattr(builtins, plain, None)
            if isinstance(known, type) and issubclass(known, BaseException):
                return plain, ()
            return f"{plain} is no exception"
        if bound.kind != "unknown":
            return f"{plain} means something else there"
        modules = _modules_of(project, plain)
        if len(modules) != 1:
            return f"nothing tells where {plain} comes from"
        (module,) = modules
    if (here := local_name(source.tree, at, module, plain)) is not None:
        return here, ()
    if (reason := can_import(source.tree, at, module, plain)) is not None:
        return f"{plain} cannot be imported: {reason}"
    if not _is_used(project, module):
        return f"nothing tells where {module} comes from"
    return plain, (AddImport(source.path, module, plain),)


def _modules_of(project: Project, name: str) -> set[str]:
    """Where the files of the project import a name from, by absolute imports on one line."""
    word = re.escape(name.encode())
    pattern = re.compile(rb"^[ \t]*from ([\w.]+) import [\w, ]*\b" + word + rb"\b(?! as)", re.M)
    return {
        match[1].decode()
        for source in project.containing(name.encode())
        for match in pattern.finditer(source.data)
    }


def _is_used(project: Project, module: str) -> bool:
    top = re.escape(module.partition(".")[0].encode())
    pattern = re.compile(rb"^[ \t]*(?:from|import) " + top + rb"\b", re.M)
    return any(
        pattern.search(source.data)
        for source in project.containing(module.partition(".")[0].encode())
    )
