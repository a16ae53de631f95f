"""Taking a name out of the import that binds it."""

from __future__ import annotations

import ast

from codemods.syntax.import_order import Import
from codemods.syntax.imported import module_aliases
from codemods.syntax.lines import Lines
from codemods.syntax.scopes import bound_name
from codemods.syntax.spans import Span
from codemods.syntax.statements import siblings
from codemods.syntax.tree import Tree


def drop_import(utf8: bytes, tree: Tree, name: str, newline: bytes) -> tuple[Span, bytes] | None:
    """The edit that takes the import of ``name`` out of the module's own scope.

    ``newline`` is what the file's lines end with. Whether anything needs the name is not looked
    at: ask :func:`~codemods.syntax.imports.is_used` of the tree without its last use.

    Returns:
        What to replace by which bytes. ``None``, and the import stays, when the name is imported
        in no place or in several, beside other statements on its line, alone in the body of a
        ``try`` or ``if``, as itself (``import x as x`` exports it), or where a comment would go
        with it: a ``noqa`` wants the import there, and no comment is ours to lose.
    """
    found = [alias for alias in module_aliases(tree) if bound_name(alias) == name]
    if len(found) != 1 or found[0].asname == found[0].name:
        return None
    alias = found[0]
    statement = tree.parent(alias)
    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
        return None
    lines = Lines(utf8)
    if any(
        b"noqa" in lines.raw(line)
        for line in {statement.lineno, alias.lineno, statement.end_lineno or statement.lineno}
    ):
        return None
    if len(statement.names) == 1:
        span = _whole(tree, lines, statement, newline)
    else:
        span = _part(lines, statement, alias)
    if span is None or b"#" in utf8[span.start : span.end]:
        return None
    return span, b""


def _whole(tree: Tree, lines: Lines, statement: Import, newline: bytes) -> Span | None:
    parent = tree.parent(statement)
    if not isinstance(parent, ast.Module) and len(siblings(tree, statement)) < 2:
        return None
    before = lines.utf8[lines.start(statement.lineno) : lines.span(statement).start]
    if before.strip() or lines.behind(statement).strip():
        return None
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    # Of the blank lines on its two sides the fewer go, so that no gap grows.
    above, below = lines.blank_around(first, last)
    at_start = first - above <= 1
    below = below if at_start else min(above, below)
    start, end = lines.start(first), lines.end(last + below)
    if lines.utf8[end - 1 : end] != b"\n" and lines.utf8[:start].endswith(newline):
        # The file had no final newline, so the line that is the last now gets none either.
        start -= len(newline)
    return Span(start, end)


def _part(lines: Lines, statement: Import, alias: ast.alias) -> Span:
    names = statement.names
    index = names.index(alias)
    here = lines.span(alias)
    following = lines.span(names[index + 1]) if index + 1 < len(names) else None
    before = lines.span(names[index - 1]) if index else None
    line = lines.raw(alias.lineno)
    alone = line.strip().removesuffix(b",") == lines.utf8[here.start : here.end]
    backslashes = lines.raw(alias.lineno - 1).rstrip().endswith(b"\\")
    inside = statement.lineno < alias.lineno < (statement.end_lineno or alias.lineno)
    if alone and inside and not backslashes:
        return Span(lines.start(alias.lineno), lines.end(alias.lineno))
    if following is not None and (
        before is None or b"\n" not in lines.utf8[here.end : following.start]
    ):
        return Span(here.start, following.start)
    if before is not None:
        return Span(before.end, here.end)
    raise AssertionError("a statement with several names has one beside each")
