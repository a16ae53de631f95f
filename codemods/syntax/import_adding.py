"""Adding an import as the file itself would have written it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from codemods.syntax.import_joining import as_written, from_statement, join_name
from codemods.syntax.import_order import (
    MODULE_KEYS,
    NAME_KEYS,
    THIRD_PARTY,
    Import,
    one_name_a_line,
    position,
    section,
    source_module,
    style_of,
)
from codemods.syntax.imported import binds_at_top, in_effect
from codemods.syntax.lines import Lines
from codemods.syntax.scopes import scope_of
from codemods.syntax.spans import Span
from codemods.syntax.tree import DEFINITIONS, Tree

_HEADING = re.compile(
    rb"\b(imports?|standard|stdlib|built-?ins?|third|local|librar(y|ies)|first|internal|external"
    rb"|project|packages?|modules?|app(lication)?)\b",
    re.IGNORECASE,
)
"""Words of a comment that heads a group of imports, and does not speak of the one below it."""
_LICENCE = re.compile(rb"copyright|licen[sc]e|spdx|author|all rights", re.IGNORECASE)
_DIRECTIVE = re.compile(
    rb"coding[:=]|-\*-|\b(pylint|flake8|ruff|mypy|isort|type|pyright|fmt)\s*:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The import to add."""

    module: str
    name: str | None
    alias: str | None
    newline: bytes
    line_length: int
    first_party: Collection[str]

    @property
    def section(self) -> int:
        return section(self.module, self.first_party)

    def section_of(self, statement: Import) -> int:
        return section(source_module(statement), self.first_party)

    @property
    def text(self) -> bytes:
        """The statement on lines of its own, without the last newline."""
        if self.name is None:
            return f"import {as_written(self.module, self.alias)}".encode()
        names = [as_written(self.name, self.alias)]
        return from_statement(self.module, names, b"", self.newline, self.line_length)


def add_import(
    utf8: bytes,
    tree: Tree,
    module: str,
    name: str | None,
    newline: bytes,
    *,
    alias: str | None = None,
    line_length: int = 88,
    first_party: Collection[str] = (),
) -> tuple[Span, bytes] | None:
    """One edit that adds ``import module`` or ``from module import name`` to a file.

    A name goes into a statement that imports from the module already; a new statement goes where
    it belongs by sections, style and order of the statements that are there. The names that are
    bound already are not looked at: ask :func:`~codemods.syntax.imports.can_import` before.

    Args:
        utf8: the file's text, of which ``tree`` was made.
        module: dotted, with leading dots when relative.
        name: ``None`` for ``import module``.
        newline: what ends an added line.
        alias: what is bound instead of the plain name; such an import is a statement of its own,
            as isort and ruff write it, unless the file has such names among others.
        line_length: in characters; a longer ``from`` statement gets one name a line, as by black.
        first_party: top-level packages of the project itself, which have a section of their own.

    Returns:
        Where to put which bytes; ``None`` when the file binds the name so already.
    """
    if binds_at_top(tree, module, name, alias):
        return None
    lines = Lines(utf8)
    wanted = _Wanted(module, name, alias, newline, line_length, first_party)
    if name is not None and (alias is None or _combines(tree)):
        statement = _statement_to_join(tree, lines, module)
        if statement is not None:
            return join_name(lines, statement, as_written(name, alias), newline, line_length)
    blocks = _blocks(tree, lines)
    if blocks:
        return _beside(lines, blocks, wanted)
    return _at_top(tree, lines, wanted)


def _statement_to_join(tree: Tree, lines: Lines, module: str) -> ast.ImportFrom | None:
    """The ``from module import`` that takes another name: not a star, not one under
    ``TYPE_CHECKING``, not ``import a as b`` alone, and rather one without ``noqa``."""
    top = [item for item in tree.module.body if isinstance(item, (ast.Import, ast.ImportFrom))]
    if one_name_a_line(top):
        return None
    found = [
        statement
        for statement in tree.of(ast.ImportFrom)
        if source_module(statement) == module
        and scope_of(tree, statement) is tree.module
        and not all(alias.asname or alias.name == "*" for alias in statement.names)
        and not any(isinstance(item, ast.If) for item in tree.ancestors(statement))
        and all(in_effect(tree, alias, tree.module) for alias in statement.names)
    ]
    return min(
        found,
        key=lambda item: (
            tree.parent(item) is not tree.module,
            b"noqa" in lines.behind(item),
        ),
        default=None,
    )


def _combines(tree: Tree) -> bool:
    """Whether the file has ``from a import b, c as d``."""
    return any(
        len(statement.names) > 1 and any(item.asname for item in statement.names)
        for statement in tree.of(ast.ImportFrom)
    )


def _blocks(tree: Tree, lines: Lines) -> list[list[Import]]:
    """The statements at the top that import, in groups as blank lines or other statements part
    them. Those below the first definition count only when there are no others above it."""
    blocks: list[list[Import]] = []
    before: ast.stmt | None = None
    for statement in tree.module.body:
        if isinstance(statement, DEFINITIONS):
            break
        if isinstance(statement, (ast.Import, ast.ImportFrom)) and not _is_future(statement):
            joined = before is not None and not any(
                lines.is_blank(line)
                for line in range((before.end_lineno or before.lineno) + 1, statement.lineno)
            )
            if not joined:
                blocks.append([])
            blocks[-1].append(statement)
            before = statement
        else:
            before = None
    return blocks


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _beside(lines: Lines, blocks: list[list[Import]], wanted: _Wanted) -> tuple[Span, bytes]:
    top = wanted.module.partition(".")[0]
    for block in blocks if wanted.section == THIRD_PARTY else []:
        if any(source_module(item).partition(".")[0] == top for item in block):
            return _into(lines, blocks, block, wanted)
    for block in blocks:
        if any(wanted.section_of(item) == wanted.section for item in block):
            return _into(lines, blocks, block, wanted)
    # No section for it yet: it opens one behind the last that sorts before it.
    for block in reversed(blocks):
        lower = [item for item in block if wanted.section_of(item) < wanted.section]
        if lower:
            if lower[-1] is not block[-1]:
                return _after(lines, lower[-1], wanted.text, wanted.newline)
            return _after(lines, lower[-1], wanted.newline + wanted.text, wanted.newline)
    first = blocks[0][0]
    above = _comments_above(lines, first.lineno)
    about = any(_LICENCE.search(lines.raw(line)) for line in range(above, first.lineno))
    line = first.lineno if above == 1 or about else above
    return _at_line(lines, line, wanted.text + wanted.newline, wanted.newline)


def _into(
    lines: Lines, blocks: list[list[Import]], block: list[Import], wanted: _Wanted
) -> tuple[Span, bytes]:
    """Into a block that has statements of the same section."""
    peers = [item for item in block if wanted.section_of(item) == wanted.section]
    style = style_of([peers])
    if len({type(item) for item in peers}) < 2:
        style = style_of(blocks)
    is_from = wanted.name is not None
    alike = [item for item in peers if isinstance(item, ast.ImportFrom) is is_from]
    if style == "mixed" and position(_modules(peers), wanted.module, MODULE_KEYS) is not None:
        alike = peers
    if not alike:
        if is_from is (style == "from-first"):
            return _before_in(lines, block, peers[0], wanted)
        return _after(lines, peers[-1], wanted.text, wanted.newline)
    index = position(_modules(alike), wanted.module, MODULE_KEYS)
    while index and _sorts_behind(alike[index - 1], wanted):
        index -= 1
    if index == 0:
        return _before_in(lines, block, alike[0], wanted)
    return _after(lines, alike[index - 1 if index else -1], wanted.text, wanted.newline)


def _sorts_behind(statement: Import, wanted: _Wanted) -> bool:
    """Whether a statement for the same module comes behind the wanted one all the same."""
    if source_module(statement) != wanted.module:
        return False
    if wanted.name is None:
        if isinstance(statement, ast.ImportFrom):
            return True
        other = statement.names[0].asname
        return other is not None and (wanted.alias is None or other > wanted.alias)
    if isinstance(statement, ast.Import):
        return False
    return position([statement.names[0].name], wanted.name, NAME_KEYS) == 0


def _modules(statements: Sequence[Import]) -> list[str]:
    return [source_module(item) for item in statements]


def _before_in(
    lines: Lines, block: list[Import], statement: Import, wanted: _Wanted
) -> tuple[Span, bytes]:
    """Lines before a statement of a block and the comments that belong to it."""
    index = block.index(statement)
    if index:
        return _after(lines, block[index - 1], wanted.text, wanted.newline)
    first = _comments_above(lines, statement.lineno)
    above = [lines.raw(line) for line in range(first, statement.lineno)]
    if first == 1 or any(
        _DIRECTIVE.search(text)
        or _LICENCE.search(text)
        or (_HEADING.search(text) and len(text.split()) < 6)
        for text in above
    ):
        first = statement.lineno
    return _at_line(lines, first, wanted.text, wanted.newline)


def _after(lines: Lines, statement: ast.stmt, text: bytes, newline: bytes) -> tuple[Span, bytes]:
    """Lines behind the line on which a statement ends."""
    return _at_line(lines, (statement.end_lineno or statement.lineno) + 1, text, newline)


def _comments_above(lines: Lines, line: int) -> int:
    """The first line of the comments that stand directly above ``line``."""
    while line > 1 and lines.is_comment(line - 1):
        line -= 1
    return line


def _at_line(lines: Lines, line: int, text: bytes, newline: bytes) -> tuple[Span, bytes]:
    start = lines.start(line)
    span = Span(start, start)
    if start and lines.utf8[start - 1 : start] != b"\n":
        # The last line of the file has no newline, and the new last line has none either.
        return span, newline + text
    return span, text + newline


def _at_top(tree: Tree, lines: Lines, wanted: _Wanted) -> tuple[Span, bytes]:
    """Into a file without imports to stand beside: below the docstring and ``__future__``, or
    below the comments that head the file."""
    body = tree.module.body
    head = 1 if body and ast.get_docstring(tree.module, clean=False) is not None else 0
    while head < len(body) and _is_future(body[head]):
        head += 1
    if head:
        line = (body[head - 1].end_lineno or 1) + 1
        gap = wanted.newline
    else:
        line = _end_of_header(lines, bool(body))
        gap = b"" if line == 1 or lines.is_blank(line - 1) else wanted.newline
    following = body[head] if head < len(body) else None
    if following is None:
        return _at_line(lines, line, gap + wanted.text, wanted.newline)
    # One blank line behind imports, two before a definition, of those that are there already.
    needed = 2 if isinstance(following, DEFINITIONS) else 1
    blank = 0
    while line + blank < following.lineno and lines.is_blank(line + blank):
        blank += 1
    if gap and blank > needed:
        return _at_line(lines, line + 1, wanted.text, wanted.newline)
    rest = wanted.newline * max(0, needed - blank)
    return _at_line(lines, line, gap + wanted.text + rest, wanted.newline)


def _end_of_header(lines: Lines, has_code: bool) -> int:
    """The line behind the comments that speak of the file and not of its first statement."""
    line = 1
    while lines.is_comment(line) and line <= len(lines):
        line += 1
    if line == 1:
        return 1
    if has_code and not lines.is_blank(line):
        # The comments touch the code: only what is surely about the file stays above.
        texts = [lines.raw(item) for item in range(1, line)]
        if any(_LICENCE.search(text) for text in texts):
            return line
        kept = 1 if texts[0].startswith(b"#!") else 0
        while kept < len(texts) and _DIRECTIVE.search(texts[kept]):
            kept += 1
        return kept + 1
    return line
