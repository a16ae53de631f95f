"""Whether what stands there is what the finding's suggestion shows, before it counts as done.

A codemod that finds its own fix in place has looked at what it knows. A suggestion that shows other
code than that asks for something else, and ``already-fixed`` would be said of the wrong thing.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from codemods.codemod import Place, Refusal
from codemods.demands.code import called_with
from codemods.demands.demands import Demands
from codemods.project.project import Project
from codemods.project.source import SourceFile, readable
from codemods.syntax.dotted import last_part

_WORD = re.compile(r"\w+")
_MOST = 3
"""Calls that are named."""


def not_as_suggested(
    demands: Demands, project: Project, already: Iterable[Refusal], places: Sequence[Place]
) -> str:
    """Why what stands there is not what the suggestion shows, ``""`` where some of it is or it
    shows no code.

    Only what the suggestion brings in counts: modules that it imports, and calls that the evidence
    does not have. One of them is enough, since people write a fix in their own way.
    """
    if not demands.suggested:
        return ""
    suggested = set(_statements(block.text for block in demands.suggested))
    if suggested and suggested == set(_statements(block.text for block in demands.shown)):
        return "the suggestion is the reported code in another form"
    sources = {place.source.path: place.source for place in places}
    for item in already:
        if item.site is not None:
            sources.setdefault(item.site.path, project.source(item.site.path))
    modules = set(_imported(block.text for block in demands.suggested))
    words = {word for source in sources.values() for word in _WORD.findall(_text(source))}
    absent = sorted(modules - words)
    if modules and len(absent) == len(modules):
        return _nowhere(absent)
    shown = set(demands.shown_code.called)
    known = {last_part(name) for name in shown}
    new = [name for name in demands.suggested_code.called if name not in shown]
    around = "\n".join(
        (
            *(
                _around(item.source, item.node.lineno)
                for item in places
                if not isinstance(item.node, ast.Module)
            ),
            *(
                _around(sources[item.site.path], item.site.line)
                for item in already
                if item.site is not None
            ),
        )
    )
    if not new or not around:
        return ""
    there = (name if last_part(name) in known else last_part(name) for name in new)
    if any(True for name in there for _ in called_with(around, name)):
        return ""
    return _nowhere(f"{name}()" for name in dict.fromkeys(new))


def _nowhere(names: Iterable[str]) -> str:
    return f"the code has no {', '.join(list(names)[:_MOST])}, which the suggestion mentions"


def _statements(texts: Iterable[str]) -> Iterator[str]:
    """The statements of fenced code, without their form."""
    return map(ast.dump, _parsed(texts))


def _imported(texts: Iterable[str]) -> Iterator[str]:
    """The modules that fenced code imports."""
    for node in _parsed(texts):
        if isinstance(node, ast.Import):
            yield from (last_part(item.name) for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (item.name for item in node.names if item.name != "*")


def _parsed(texts: Iterable[str]) -> Iterator[ast.stmt]:
    for text in texts:
        try:
            yield from ast.parse(textwrap.dedent(text)).body
        except (SyntaxError, ValueError):
            # Abridged code says nothing for certain.
            continue


def _text(source: SourceFile) -> str:
    return source.utf8.decode("utf-8", "replace")


def _around(source: SourceFile, line: int) -> str:
    """The text of the definition at the top of the file around a line, and of what stands at the
    top outside of all definitions."""
    tree = readable(source)
    if tree is None:
        return ""
    kept = []
    for node in tree.module.body:
        first, last = node.lineno, node.end_lineno or node.lineno
        defines = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        if first <= line <= last or not defines:
            kept += [source.line_text(number) for number in range(first, last + 1)]
    return "\n".join(kept)
