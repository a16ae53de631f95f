"""Examples in docstrings and documents that call a name: doctests, where something runs them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from codemods.analysis.references.mentions import Mention
from codemods.project.project import Project
from codemods.project.source import readable

_RUN_BY = (b"doctest-modules", b"doctest_modules", b"sphinx.ext.doctest", b"--doctest", b"xdoctest")
_RUN_IN_CODE = (b"import doctest", b"from doctest", b"doctest.test")
_DOCUMENTS_BY = (b"doctest-glob", b"doctest_glob", b"testfile(", b"sphinx.ext.doctest")
_SETTINGS = (".toml", ".ini", ".cfg", ".yml", ".yaml", ".sh", "Makefile", "justfile")
_DOCUMENTS = (".rst", ".md", ".txt")


def examples(
    project: Project, name: str, going: Sequence[ast.AST] = ()
) -> tuple[list[Mention], list[Mention]]:
    """The lines of examples that speak of ``name``: those that something runs, and those in code
    that nothing does.

    Args:
        going: trees of which the docstrings go with them.
    """
    called = re.compile(rf"^\s*(?:>>>|\.\.\.)\s.*\b{re.escape(name)}\b")
    inside = {id(item) for root in going for item in ast.walk(root)}
    in_code = list(_in_docstrings(project, name, called, inside))
    in_documents: list[Mention] = []
    if _is_set(project, _DOCUMENTS_BY, (b"testfile(",)):
        in_documents = list(_in_documents(project, name, called))
    if in_code and not _is_set(project, _RUN_BY, _RUN_IN_CODE):
        return in_documents, in_code
    return [*in_code, *in_documents], []


def _in_docstrings(
    project: Project, name: str, called: re.Pattern[str], inside: set[int]
) -> Iterator[Mention]:
    for source in project.containing(name.encode()):
        tree = readable(source)
        if tree is None or b">>>" not in source.data:
            continue
        for statement in tree.of(ast.Expr):
            text = statement.value
            if id(statement) in inside or not isinstance(text, ast.Constant):
                continue
            if not isinstance(text.value, str) or name not in text.value:
                continue
            for number, line in enumerate(text.value.split("\n"), text.lineno):
                if called.match(line):
                    yield Mention(source.path, number)


def _in_documents(project: Project, name: str, called: re.Pattern[str]) -> Iterator[Mention]:
    paths = tuple(path for path in project.files.paths() if path.endswith(_DOCUMENTS))
    for path, data in sorted(project.files.read_all(paths).items()):
        if b">>>" not in data or name.encode() not in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
            if called.match(line):
                yield Mention(path, number)


def _is_set(project: Project, settings: tuple[bytes, ...], code: tuple[bytes, ...]) -> bool:
    """Whether some settings, or some code, run examples."""
    paths = tuple(path for path in project.files.paths() if path.endswith(_SETTINGS))
    found = project.files.read_all(paths).values()
    if any(literal in data for data in found for literal in settings):
        return True
    return any(True for _ in project.containing(*code, *settings))
