"""Which whole lines go when a statement or a definition is taken out."""

from __future__ import annotations

import ast

from codemods.project.source import SourceFile
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
