"""black, with the target project's own settings, on the simple statements that an edit touched.

Never on a compound statement, never on one with a multi-line string, never on a whole file:
``--line-ranges`` takes thirty times as long and still removes blank lines elsewhere.
"""

from __future__ import annotations

import ast
import difflib
import io
import re
import sys
import textwrap
import tokenize
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from codemods.project.project import Project
from codemods.project.settings import BlackSettings, black_settings
from codemods.project.source import SourceFile

DEFAULT_LINE_LENGTH = 88
USUAL_LINE_LENGTHS = (88, 100, 120)


@dataclass(frozen=True, slots=True)
class Formatter:
    """How simple statements of one file are laid out.

    Attributes:
        line_length: in characters.
        target_versions: black's names (``py311``), already capped at the running Python.
        skip_string_normalization: as in ``[tool.black]``.
        skip_magic_trailing_comma: as in ``[tool.black]``.
    """

    line_length: int = DEFAULT_LINE_LENGTH
    target_versions: tuple[str, ...] = ()
    skip_string_normalization: bool = False
    skip_magic_trailing_comma: bool = False

    def region(self, old: str, new: str, indents: Sequence[str], above: str = "") -> str:
        """Format what is new in a region.

        A simple statement is formatted when its old text was a fixed point of black, or when its
        new code passes the line length and its old text did not.

        Args:
            old: the region before the edit.
            new: the region after it.
            indents: of each block around the region, outermost first, the region's own last.
            above: the whole lines of the file in front of the region.
        """
        if "\r" in new or "\t" in new or "\f" in new:
            # black writes one kind of newline and spaces only.
            return new
        before, after = _simple_statements(old, indents), _simple_statements(new, indents)
        if after is None or before is None:
            return new
        lines = new.split("\n")
        frozen = _frozen(above, new)
        texts_before = [text for _, _, text in before]
        texts_after = [text for _, _, text in after]
        matcher = difflib.SequenceMatcher(None, texts_before, texts_after, autojunk=False)
        for tag, old_from, old_to, new_from, new_to in reversed(matcher.get_opcodes()):
            if tag in ("equal", "delete"):
                continue
            paired = old_to - old_from == new_to - new_from
            for index in reversed(range(new_from, new_to)):
                first, last, text = after[index]
                if first in frozen:
                    # Somebody laid it out by hand, and said so.
                    continue
                counterpart = texts_before[old_from + index - new_from] if paired else None
                formatted = self._statement(counterpart, text)
                if formatted is not None:
                    lines[first - 1 : last] = formatted.split("\n")
        return self._with_headers(above, old, "\n".join(lines), indents)

    def _with_headers(self, above: str, old: str, new: str, indents: Sequence[str]) -> str:
        """``new`` with each head of a function or ``with`` split that ``async`` made too long."""
        before, after = _headers(old, indents), _headers(new, indents)
        if before == after or len(before) != len(after):
            return new
        lines = new.split("\n")
        frozen = _frozen(above, new)
        for (_, _, was), (first, last, head) in reversed([*zip(before, after, strict=True)]):
            if was == head or first in frozen or self._too_long(was) or not self._too_long(head):
                continue
            indent = head[: len(head) - len(head.lstrip(" "))]
            formatted = self._black(f"{head}\n{indent}    pass", indent, keep_quotes=True)
            if formatted is not None and formatted.endswith(f"\n{indent}    pass"):
                lines[first - 1 : last] = formatted.split("\n")[:-1]
        return "\n".join(lines)

    def _statement(self, old: str | None, new: str) -> str | None:
        indent = new[: len(new) - len(new.lstrip(" "))]
        was_formatted = old is not None and self._black(old, indent, False) == old
        # Who let the line grow beyond the limit before did not mind; beyond all limits we do.
        grown = old is not None and self._too_long(old)
        limit = USUAL_LINE_LENGTHS[-1] if grown else self.line_length
        # A line that only its comment makes too long is not split for it.
        too_long = max(map(len, _code(new).split("\n"))) > max(limit, self.line_length)
        if not was_formatted and not too_long:
            return None
        # In a file that black does not format, its quotes are not ours to change.
        return self._black(new, indent, keep_quotes=not was_formatted)

    def _too_long(self, text: str) -> bool:
        return any(len(line) > self.line_length for line in text.split("\n"))

    def _black(self, text: str, indent: str, keep_quotes: bool) -> str | None:
        if len(text) <= self.line_length and _is_plain(text[len(indent) :]):
            return text
        formatted = _format(
            textwrap.dedent(text),
            max(self.line_length - len(indent), 1),
            self.target_versions,
            self.skip_string_normalization or keep_quotes,
            self.skip_magic_trailing_comma,
        )
        if formatted is None:
            return None
        return "\n".join(indent + line if line else line for line in formatted.split("\n"))


def load() -> None:
    """Import black, so that processes which are forked from this one need not."""
    import black  # noqa: F401


def _is_plain(text: str) -> bool:
    """Whether black leaves a statement as it is, on one line that is not too long: told without
    black, which takes ten times as long. A call of names with names, numbers and plain strings,
    spelled as :func:`ast.unparse` does but for its quotes.
    """
    if "\n" in text or "'" in text or "\\" in text or not text.isascii():
        return False
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return False
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return False
    if not isinstance(body[0].value, ast.Call):
        return False
    for node in ast.walk(body[0].value):
        if not isinstance(node, _PLAIN) or (
            isinstance(node, ast.Constant)
            and (node.kind is not None or not isinstance(node.value, (str, bool, int, type(None))))
        ):
            return False
    return ast.unparse(body[0]).replace("'", '"') == text


_PLAIN = (ast.Call, ast.Attribute, ast.Name, ast.Constant, ast.keyword, ast.Load)


@cache
def _format(
    text: str,
    line_length: int,
    target_versions: tuple[str, ...],
    skip_string_normalization: bool,
    skip_magic_trailing_comma: bool,
) -> str | None:
    """``text`` in black's layout without its final newline, ``None`` where black cannot read it."""
    import black
    from black.mode import TargetVersion
    from black.parsing import InvalidInput

    mode = black.Mode(
        target_versions={TargetVersion[name.upper()] for name in target_versions},
        line_length=line_length,
        string_normalization=not skip_string_normalization,
        magic_trailing_comma=not skip_magic_trailing_comma,
    )
    try:
        formatted = black.format_str(text, mode=mode)
    except (InvalidInput, ValueError):
        # Syntax that this black does not know: the statement keeps the layout that it has.
        return None
    if ast.dump(ast.parse(formatted)) != ast.dump(ast.parse(text)):
        return None
    return formatted.rstrip("\n")


def _code(statement: str) -> str:
    """A simple statement without the comment behind it."""
    lines = statement.split("\n")
    tokens = tokenize.generate_tokens(io.StringIO(textwrap.dedent(statement)).readline)
    shift = len(lines[0]) - len(lines[0].lstrip(" "))
    try:
        for token in tokens:
            if token.type == tokenize.COMMENT and token.start[0] == len(lines):
                return "\n".join((*lines[:-1], lines[-1][: token.start[1] + shift].rstrip()))
    except (tokenize.TokenError, SyntaxError):
        # Newer syntax than the tokenizer's: then the comment counts.
        return statement
    return statement


def _frozen(above: str, text: str) -> frozenset[int]:
    """The lines of ``text``, counted from one, between ``# fmt: off`` and ``# fmt: on``, or in the
    rest of the block where nothing switches it on; the same for yapf, and for one line of it."""
    whole = above + text
    if "# fmt:" not in whole and "# yapf:" not in whole:
        return frozenset()
    found: set[int] = set()
    indent: int | None = None
    for number, line in enumerate(whole.split("\n"), 1 - above.count("\n")):
        code = line.lstrip(" \t")
        depth = len(line) - len(code)
        comment = _SWITCH.match(code)
        said = comment.groups() if comment is not None else ()
        if said in _OFF:
            indent = depth if indent is None else min(indent, depth)
        elif said in _ON or (indent is not None and code and depth < indent):
            indent = None
        if indent is not None or _OFF[1] in _SWITCH.findall(line):
            found.add(number)
    return frozenset(found)


_SWITCH = re.compile(r"#\s*(\w+):\s*(\w+)")
_OFF = (("fmt", "off"), ("yapf", "disable"))
_ON = (("fmt", "on"), ("yapf", "enable"))


def _simple_statements(text: str, indents: Sequence[str]) -> list[tuple[int, int, str]] | None:
    """First line, last line and text of each simple statement that is alone on its lines."""
    lead = "".join(f"{indent}if 1:\n" for indent in indents[:-1])
    try:
        module = ast.parse(lead + text)
    except SyntaxError:
        # Newer syntax than the running Python's: nothing is formatted.
        return None
    lines = text.split("\n")
    shift = lead.count("\n")
    found: list[tuple[int, int, str]] = []
    taken: set[int] = set()
    for node in ast.walk(module):
        if not isinstance(node, ast.stmt) or hasattr(node, "body"):
            continue
        if isinstance(node, (ast.Match, ast.Pass)):
            continue
        first, last = node.lineno - shift, (node.end_lineno or node.lineno) - shift
        statement = "\n".join(lines[first - 1 : last])
        if first < 1 or (last > first and _has_multiline_string(statement)):
            continue
        alone = lines[first - 1][: node.col_offset].strip() == "" and _ends_line(
            lines[last - 1], node
        )
        if not alone or taken & set(range(first, last + 1)):
            continue
        taken |= set(range(first, last + 1))
        found.append((first, last, statement))
    return sorted(found)


def _headers(text: str, indents: Sequence[str]) -> list[tuple[int, int, str]]:
    """First line, last line and text of the head of each function and ``with`` that has its own
    lines, in order; none where nobody can tell."""
    lead = "".join(f"{indent}if 1:\n" for indent in indents[:-1])
    try:
        module = ast.parse(lead + text)
    except SyntaxError:
        return []
    lines, shift = text.split("\n"), lead.count("\n")
    found: list[tuple[int, int, str]] = []
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.With, ast.AsyncWith)):
            first, last = node.lineno - shift, _below(node) - 1 - shift
            head = "\n".join(lines[first - 1 : last])
            if 1 <= first <= last and head.endswith(":"):
                found.append((first, last, head))
    return sorted(found)


def _below(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.With | ast.AsyncWith) -> int:
    """The line in which what is under a head begins."""
    first = node.body[0]
    decorators: list[ast.expr] = getattr(first, "decorator_list", [])
    return min([first.lineno, *(item.lineno for item in decorators)])


def _ends_line(line: str, node: ast.stmt) -> bool:
    behind = line.encode("utf-8")[node.end_col_offset :].strip()
    return not behind or behind.startswith(b"#")


def _has_multiline_string(text: str) -> bool:
    """Whether one string goes over several lines; parts that are put together do not count."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(f"(\n{text}\n)").readline))
    except (tokenize.TokenError, SyntaxError):
        # What the tokenizer does not know is left as it is.
        return True
    opened = [token.start[0] for token in tokens if token.type in _STRING_STARTS]
    closed = [token.end[0] for token in tokens if token.type in _STRING_ENDS]
    return opened != closed


_STRING_STARTS, _STRING_ENDS = (
    {getattr(tokenize, name) for name in names if hasattr(tokenize, name)}
    for names in (("STRING", "FSTRING_START"), ("STRING", "FSTRING_END"))
)
"""An f-string is one token up to Python 3.11, and two with others between them from 3.12 on."""


def inferred_line_length(text: str) -> int:
    """The length that a file keeps to where its project states none, in characters.

    The usual limit (88, 100, 120) that its longest line of code passes by: neither a comment nor a
    string over a whole line. The longest line itself is no limit: a fix that makes it a little
    longer must not lay it out anew.
    """
    longest = max(
        (
            length
            for line in text.split("\n")
            if (length := len(line.rstrip("\r"))) <= USUAL_LINE_LENGTHS[-1]
            and not line.lstrip().startswith(("#", '"', "'", "f'", 'f"'))
        ),
        default=0,
    )
    return next(limit for limit in USUAL_LINE_LENGTHS if longest <= limit)


def formatter_for(project: Project, source: SourceFile) -> Formatter:
    """The formatter for a file, by the project's own settings.

    Target versions newer than the running Python are left out: black with ``py314`` writes
    ``except A, B:``, which the gates here could not compile.
    """
    settings = black_settings_of(project, source.path)
    running = sys.version_info[:2]
    versions = tuple(
        name for name in settings.target_versions if (3, int(name.removeprefix("py3"))) <= running
    )
    return Formatter(
        settings.line_length if settings.found else inferred_line_length(source.text),
        versions,
        settings.skip_string_normalization,
        settings.skip_magic_trailing_comma,
    )


def black_settings_of(project: Project, path: str) -> BlackSettings:
    """The settings for black that are nearest to a file, as black and ruff take them; each folder
    is read once."""
    known = _SETTINGS.setdefault(project, {})
    folder = path
    while True:
        folder = folder.rpartition("/")[0]
        if folder not in known:
            known[folder] = black_settings(project.files, folder)
        if known[folder].found or not folder:
            return known[folder]


_SETTINGS: weakref.WeakKeyDictionary[Project, dict[str, BlackSettings]] = (
    weakref.WeakKeyDictionary()
)
