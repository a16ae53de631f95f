"""What a project knows of a name: a constant of a module, an attribute of a class, a string."""

from __future__ import annotations

import ast
import re

from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.parts import assigned
from codemods.syntax.scopes import scope_table
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


def defines(project: Project, module: str, name: str) -> bool:
    """Whether a module of the project binds ``name`` at its top."""
    tail = module.strip(".").replace(".", "/")
    for path in project.python_paths:
        if not f"/{path}".endswith((f"/{tail}.py", f"/{tail}/__init__.py")):
            continue
        tree = readable(project.source(path))
        # Where it cannot be read, another file of that name may be the one.
        if tree is not None and scope_table(tree).binders(tree.module, name):
            return True
    return False


def unknown(project: Project, old_name: str, new_name: str) -> str | None:
    """Why the new name cannot be the right one, ``None`` where it can."""
    old, new = _classes_with(project, old_name), _classes_with(project, new_name)
    for name, is_column in old.items():
        if is_column and name not in new:
            # The report has it the wrong way round: the model knows the old name.
            return f"{name} has a column {old_name}, but none called {new_name}"
    if new:
        return None
    others = f", but {next(iter(old))} has {old_name}" if old else ""
    return f"no class in the project has an attribute {new_name}{others}"


def _classes_with(project: Project, name: str) -> dict[str, bool]:
    """The classes that have ``name``, in their body or set on ``self``, each with whether it is a
    column of a table."""
    found: dict[str, bool] = {}
    for source in project.containing(name.encode("utf-8")):
        tree = readable(source)
        if tree is None:
            # What cannot be read says nothing; another class may have it.
            continue
        for model in tree.of(ast.ClassDef):
            for item in ast.walk(model):
                match item:
                    case ast.Name(id=word, ctx=ast.Store()):
                        statement = tree.parent(item)
                        has = word == name and statement in model.body
                        text = ast.unparse(statement) if has and statement else ""
                    case ast.Attribute(value=ast.Name(id="self"), attr=word, ctx=ast.Store()):
                        has, text = word == name, ""
                    case _:
                        continue
                if has:
                    column = re.search(r"\bColumn\(|\bmapped_column\(|\bMapped\[", text)
                    found[f"{model.name} ({source.path})"] = column is not None
    return found


def others_with(project: Project, source: SourceFile, text: str) -> list[str]:
    """The first three other files that have the string, tests aside."""
    quoted = re.compile(rb"['\"]" + re.escape(text.encode("utf-8")) + rb"['\"]")
    found = [
        item.path
        for item in project.containing(text.encode("utf-8"))
        if item is not source and quoted.search(item.data) and "test" not in item.path
    ]
    return [*found[:3], *(["and others"] if len(found) > 3 else [])]
