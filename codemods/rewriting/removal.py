"""Which lines go when a statement, a definition, or a name of an import is taken out."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from codemods.codemod import DropLines, Edit, Edited, Node, Operation, Refusal, Unit
from codemods.project.source import SourceFile
from codemods.syntax.import_order import Import
from codemods.syntax.lazy import cst
from codemods.syntax.lines import Lines
from codemods.syntax.spans import Span
from codemods.syntax.statements import siblings
from codemods.syntax.tree import DEFINITIONS


def lines_of(
    source: SourceFile, statement: ast.stmt, *, comments_above: bool = False
) -> Span | None:
    """The lines of a statement, decorators included, with the blank lines that go with it.

    Of the blank lines on its two sides the fewer go, so that no gap grows; at the start of a
    block those below, at the end of the file those above. With ``comments_above`` the comments
    directly above it go too.

    Returns:
        ``None`` where another statement stands on one of the lines.
    """
    lines = Lines(source.utf8)
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    if isinstance(statement, DEFINITIONS) and statement.decorator_list:
        first = min(first, *(item.lineno for item in statement.decorator_list))
    start = source.line_starts[first - 1]
    before = source.utf8[start : source.statements_span(statement, statement).start]
    behind = source.utf8[source.span(statement).end : source.line_end(last)].strip()
    if before.strip(b" \t\f") or (behind and not behind.startswith(b"#")):
        return None
    if first > 1 and lines.raw(first - 1).endswith(b"\\"):
        return None
    while (
        comments_above
        and first > 1
        and lines.is_comment(first - 1)
        and lines.indent(first - 1) == lines.indent(last if first > last else first)
    ):
        first -= 1
    above, below = lines.blank_around(first, last)
    if last + below >= len(lines):
        # Nothing follows: the file must not end in blank lines.
        start = lines.start(first - above)
        if not source.utf8.endswith(b"\n"):
            # The line that is the last now gets no newline either.
            start -= len(source.newline)
        return Span(max(start, 0), lines.end(last))
    block = siblings(source.tree, statement)
    opens = block[0] is statement and not above
    if first - above > 1 and not opens:
        below = min(above, below)
    return Span(lines.start(first), lines.end(last + below))


@dataclass(frozen=True, slots=True)
class WithoutNames:
    """Removes some of the names of an import."""

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
    """The edits that remove names from an import.

    What is said beside a name that has a line of its own goes with the name; a comment anywhere
    else is not ours to lose.

    Returns:
        The edits, or why there are none.
    """
    if len(going) == len(statement.names):
        span = lines_of(source, statement)
        if span is None:
            return Refusal("shares-lines", "the import shares its line with other code")
        if len(siblings(source.tree, statement)) < 2:
            return Refusal("only-statement", "the import is the only statement in its block")
        return (DropLines(source.path, span),)
    if all(_has_own_line(source, statement, alias) for alias in going):
        return tuple(DropLines(source.path, _line(source, alias)) for alias in going)
    span = source.span(statement)
    if b"#" in source.utf8[span.start : span.end]:
        return Refusal("comment", "there is a comment next to the imported name")
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
