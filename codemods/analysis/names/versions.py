"""The one place of a project that says its version, and what else that place derives from it."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass

from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.parts import assigned

VERSION = re.compile(r"(?<!\d)\d+\.\d+\.\d+(?:[-+.]?[A-Za-z][\w.]*)?")
_NAMES = ("__version__", "VERSION", "APP_VERSION")
Literal = str | int


@dataclass(frozen=True, slots=True)
class Truth:
    """The version that the project has."""

    version: str
    path: str
    keys: tuple[tuple[str, Literal], ...] = ()
    """What a function of that file gives under which key, as far as it is constant."""


def truth_of(project: Project, named: tuple[str, ...]) -> Truth | str:
    """The project's version, else why it cannot be told, in words.

    Args:
        project: whose files are looked at.
        named: the paths that a finding names, which go before all others.
    """
    found = [item for path in _paths(project, named) if (item := _in_file(project, path))]
    if not found:
        found = [item for path in project.python_paths if (item := _in_file(project, path))]
        written = _in_pyproject(project)
        found += [written] if written else []
    versions = {item.version for item in found}
    if not versions:
        return "no file in the project contains its version"
    if len(versions) > 1:
        places = ", ".join(f"{item.path} ({item.version})" for item in found[:4])
        return f"the files of the project contain different versions: {places}"
    return found[0]


def _paths(project: Project, named: tuple[str, ...]) -> list[str]:
    return [path for name in named for path in project.python_paths if f"/{path}".endswith(name)]


def _in_file(project: Project, path: str) -> Truth | None:
    name = path.rpartition("/")[2]
    source = project.source(path)
    if "test" in path or not any(item.encode() in source.data for item in _NAMES):
        return None
    if "version" not in name and name not in ("__init__.py", "__about__.py", "_meta.py"):
        return None
    tree = readable(source)
    if tree is None:
        return None
    values = _constants(tree.module)
    for item in _NAMES:
        version = values.get(item)
        if isinstance(version, str) and VERSION.fullmatch(version):
            return Truth(version, path, _keys(source, values))
    return None


def _in_pyproject(project: Project) -> Truth | None:
    try:
        table = tomllib.loads(project.files.read("pyproject.toml").decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        # No packaging metadata: the modules alone decide.
        return None
    tool = table.get("tool", {})
    for part in (table.get("project", {}), tool.get("poetry", {})):
        version = part.get("version") if isinstance(part, dict) else None
        if isinstance(version, str) and VERSION.fullmatch(version):
            return Truth(version, "pyproject.toml")
    return None


def _constants(module: ast.Module) -> dict[str, Literal]:
    """The names that a module sets once to a string or a number, f-strings of such included."""
    found: dict[str, Literal] = {}
    for statement in module.body:
        name, value = assigned(statement)
        made = _value(value, found) if value is not None else None
        if name is not None and made is not None:
            found[name] = made
    return found


def _value(node: ast.expr, known: dict[str, Literal]) -> Literal | None:
    match node:
        case ast.Constant(value=str() | int() as value) if not isinstance(value, bool):
            return value
        case ast.Name(id=name):
            return known.get(name)
        case ast.JoinedStr(values=parts):
            texts = [_text(part, known) for part in parts]
            return None if None in texts else "".join(str(text) for text in texts)
    return None


def _text(part: ast.expr, known: dict[str, Literal]) -> str | None:
    match part:
        case ast.Constant(value=value):
            return str(value)
        case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
            made = _value(inner, known)
            return None if made is None else str(made)
    return None


def _keys(source: SourceFile, known: dict[str, Literal]) -> tuple[tuple[str, Literal], ...]:
    """The constant values of the dictionary that a function of the file returns."""
    for node in source.tree.of(ast.Return):
        if isinstance(node.value, ast.Dict):
            pairs = [
                (key.value, made)
                for key, value in zip(node.value.keys, node.value.values, strict=True)
                if isinstance(key, ast.Constant)
                and isinstance(key.value, str)
                and (made := _value(value, known)) is not None
            ]
            if any(key == "version" for key, _ in pairs):
                return tuple(pairs)
    return ()


def derived(version: str) -> dict[str, Literal]:
    """What the usual keys of a version are: ``major``, ``minor``, ``patch``, ``prerelease``."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)[-.]?(.*)$", version)
    if found is None:
        return {}
    major, minor, patch = (int(found[index]) for index in (1, 2, 3))
    return {"major": major, "minor": minor, "patch": patch, "prerelease": found[4]}
