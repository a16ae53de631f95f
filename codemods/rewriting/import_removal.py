"""Names that go from an import statement, as edits of lines or of the statement."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from codemods.codemod import DropLines, Edit, Edited, Node, Operation, Refusal, Unit
from codemods.project.source import SourceFile
from codemods.rewriting.removal import lines_of
from codemods.syntax.import_order import Import
from codemods.syntax.lazy import cst
from codemods.syntax.spans import Span
from codemods.syntax.statements import siblings


@dataclass(frozen=True, slots=True)
class WithoutNames:
    """An import without some of its names."""

    indexes: tuple[int, ...]

    def edit(self, node: Node) -> Edited:
        """The statement."""
        match node:
            case cst.SimpleStatementLine(body=[(cst.Import() | cst.ImportFrom()) as statement]):
                pass
            case _:
                return None
        if isinstance(statement.names, cst.ImportStar):
            return None
        last = len(statement.names) - 1
        kept = [item for at, item in enumerate(statement.names) if at not in self.indexes]
        if last in self.indexes:
            kept[-1] = kept[-1].with_changes(comma=statement.names[last].comma)
        return node.with_changes(body=[statement.with_changes(names=kept)])


def import_removal(
    source: SourceFile, statement: Import, going: Sequence[ast.alias]
) -> tuple[Edit, ...] | Refusal:
    """The edits that take names out of an import.

    What is said beside a name that has a line of its own goes with the name; a comment anywhere
    else is not ours to lose.

    Returns:
        The edits, or why there are none.
    """
    if len(going) == len(statement.names):
        span = lines_of(source, statement)
        if span is None:
            return Refusal("shares-lines", "the import shares its lines with others")
        if len(siblings(source.tree, statement)) < 2:
            return Refusal("only-statement", "the import is the only statement of its block")
        return (DropLines(source.path, span),)
    if all(_has_own_line(source, statement, alias) for alias in going):
        return tuple(DropLines(source.path, _line(source, alias)) for alias in going)
    span = source.span(statement)
    if b"#" in source.utf8[span.start : span.end]:
        return Refusal("comment", "a comment stands beside the imported name")
    indexes = tuple(statement.names.index(alias) for alias in going)
    return (Operation(source.path, span, WithoutNames(indexes), Unit.STATEMENT),)


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
