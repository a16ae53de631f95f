"""Names that go from an import statement, as edits of lines or of the statement."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from codemods.codemod import Operation, Refusal, Unit
from codemods.project.source import SourceFile
from codemods.rewriting.removal import lines_of
from codemods.syntax.import_order import Import
from codemods.syntax.lazy import cst
from codemods.syntax.spans import Span
from codemods.syntax.statements import siblings

NAMES = "names"
LINES = "lines"


def import_removal(
    source: SourceFile, statement: Import, going: Sequence[ast.alias]
) -> tuple[Operation, ...] | tuple[str, str]:
    """The operations that take names out of an import.

    What is said beside a name that has a line of its own goes with the name; a comment anywhere
    else is not ours to lose.

    Returns:
        The operations, or a reason and a sentence why there are none.
    """
    if len(going) == len(statement.names):
        span = lines_of(source, statement)
        if span is None:
            return "shares-lines", "the import shares its lines with others"
        if len(siblings(source.tree, statement)) < 2:
            return "only-statement", "the import is the only statement of its block"
        return (Operation(source.path, span, LINES, Unit.LINES),)
    if all(_has_own_line(source, statement, alias) for alias in going):
        return tuple(
            Operation(source.path, _line(source, alias), LINES, Unit.LINES) for alias in going
        )
    span = source.span(statement)
    if b"#" in source.utf8[span.start : span.end]:
        return "comment", "a comment stands beside the imported name"
    indexes = tuple(statement.names.index(alias) for alias in going)
    return (Operation(source.path, span, NAMES, Unit.STATEMENT, indexes),)


def without_names(node: Any, indexes: tuple[int, ...]) -> Any:
    """The import statement ``node`` without the names at ``indexes``."""
    match node:
        case cst.SimpleStatementLine(body=[(cst.Import() | cst.ImportFrom()) as statement]):
            pass
        case _:
            return Refusal("fragment", "the import is not there in the concrete syntax")
    if isinstance(statement.names, cst.ImportStar):
        return Refusal("fragment", "a star import has no names")
    last = len(statement.names) - 1
    kept: list[Any] = [item for index, item in enumerate(statement.names) if index not in indexes]
    if last in indexes:
        kept[-1] = kept[-1].with_changes(comma=statement.names[last].comma)
    return node.with_changes(body=[statement.with_changes(names=kept)])


def _line(source: SourceFile, alias: ast.alias) -> Span:
    return Span(
        source.line_starts[alias.lineno - 1], source.line_end(alias.end_lineno or alias.lineno)
    )


def _has_own_line(source: SourceFile, statement: Import, alias: ast.alias) -> bool:
    """Whether nothing but the name, a comma and a comment stands on its line."""
    if not statement.lineno < alias.lineno < (statement.end_lineno or statement.lineno):
        return False
    span = _line(source, alias)
    line = source.utf8[span.start : span.end].partition(b"#")[0].strip()
    own = ast.unparse(ast.Import([alias])).removeprefix("import ").encode()
    above = source.line_text(alias.lineno - 1).rstrip()
    return line.rstrip(b",").strip() == own and not above.endswith("\\")
