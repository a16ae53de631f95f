"""Files that something runs or collects though nothing imports them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codemods.analysis.references.import_effects import is_main_guard, top_level_step
from codemods.analysis.references.mentions import Mention
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.parts import callee_of, targets_of
from codemods.syntax.tree import Tree
from codemods.tables import words

_BY_PYTHON = frozenset(words("__main__ conftest setup noxfile fabfile dodo sitecustomize"))
_BY_FRAMEWORK = frozenset(words("admin apps models signals tasks urls wsgi asgi manage celery"))
_PROGRAMS = (b"argparse", b"sys.argv", b"import click", b"import typer", b"sys.exit(")
_FRAMEWORKS = (b"django", b"celery", b"scrapy")
_COLLECTED = frozenset(words("migrations versions commands templatetags"))
"""Folders whose modules a framework imports by their place."""


def special(
    project: Project, source: SourceFile, tree: Tree, going: frozenset[str]
) -> tuple[str, str] | None:
    """Files that something runs or collects by their name or place.

    Returns:
        The reason and a sentence, ``None`` for a module like any other.
    """
    path = source.path
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(".py")
    if name == "__init__.py" and any(
        item not in going and item.startswith(f"{folder}/") for item in project.files.paths()
    ):
        return "package", f"{path} makes {folder} a package, which contains other modules"
    if stem in _BY_PYTHON or stem.startswith("conftest"):
        return "run-by-name", f"Python or a tool finds {path} by its name"
    if stem.startswith("test_") or stem.endswith("_test") or stem in ("test", "tests"):
        if _is_skipped(tree):
            return None
        return "collected", f"pytest collects {path} by its name"
    if project.files.exists(f"{path}i"):
        return "stub", f"{path}i is a stub for it"
    bound = {
        target.id
        for item in tree.module.body
        if isinstance(item, (ast.Assign, ast.AnnAssign))
        for target in (targets_of(item))
        if isinstance(target, ast.Name)
    }
    if {"revision", "down_revision"} <= bound or "Migration" in {
        getattr(item, "name", "") for item in tree.module.body
    }:
        return "migration", f"{path} is a migration, which is found by its location"
    if (stem in _BY_FRAMEWORK or folder.rpartition("/")[2] in _COLLECTED) and any(
        True for _ in project.containing(*_FRAMEWORKS)
    ):
        return "run-by-name", f"a framework may find {path} by its name"
    return None


def _is_skipped(tree: Tree) -> bool:
    """Whether pytest skips all of a module, whatever else holds."""
    for item in tree.module.body:
        match item:
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=value):
                marks = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
                called = [callee_of(mark) for mark in marks]
                return any(ast.unparse(mark) == "pytest.mark.skip" for mark in called)
    return False


def script_reason(
    project: Project, source: SourceFile, tree: Tree, telling: Sequence[Mention]
) -> str | None:
    """Why a file may be there to be run by hand."""
    told = next((item for item in telling if item.runs), None)
    guarded = any(is_main_guard(item) for item in tree.module.body)
    folder = source.path.rpartition("/")[0]
    if told is not None and guarded:
        return f"{told} says how to run {source.path}"
    step = top_level_step(tree)
    in_package = project.modules.is_package(folder)
    program = source.data.startswith(b"#!") or any(word in source.data for word in _PROGRAMS)
    if guarded and (program or not in_package or is_test(source.path)):
        return f"{source.path} is a script, which is not meant to be imported"
    tests = source.path.rpartition("/")[2].startswith("test_")
    alone = source.data.startswith(b"#!") or is_test(source.path) or not in_package
    if step is not None and not tests and alone:
        return f"{source.path} runs code on line {step.lineno}, as a script would"
    return None
