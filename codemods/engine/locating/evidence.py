"""What the report shows as code, cut into regions of statements that can be looked for.

A region is what an auditor copied from one spot: a fence, or the part of one below a heading
such as ``# Lines 777-793`` or ``def method(self):``. Its statements keep together when they are
looked for; different regions may stand in different definitions and files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from codemods.engine.locating.mentions import Mention, files_in, mentions
from codemods.engine.locating.tokens import ANYTHING, Token, scan, tidy, weight
from codemods.findings.fences import fences_with_words
from codemods.findings.model import Code, Finding, LineRange
from codemods.findings.text import mentioned_lines

_GUTTER = re.compile(r"^\s*(?:[Ll]ine\s+)?(\d+)\s*[:|│→]?(?:\s|$)")
_FOUND = re.compile(r"^\s*[\w./-]+\.pyi?:\d+[:-](?=\s*\S)")
"""What ``grep -n`` puts before a line."""
_DEFINITION = re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)")
_PYTHON = frozenset({None, "", "python", "py", "python3", "pycon", "diff", "text"})
_BLOCK_WORDS = frozenset({"else", "try", "finally", "pass", "break", "continue"})
MINIMUM_WEIGHT = 2
"""A statement that says less than two things stands everywhere."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A logical statement of the evidence."""

    keys: tuple[str, ...]
    weight: int
    lines: tuple[LineRange, ...] = ()
    """Lines that a comment or a gutter gives for just this statement."""
    parts: tuple[tuple[str, ...], ...] = ()
    """Its physical lines where it has several: what is left when an argument was dropped."""


@dataclass(frozen=True, slots=True)
class EvidenceRegion:
    """Statements that an auditor saw together."""

    statements: tuple[Statement, ...]
    owners: tuple[Mention, ...] = ()
    """Names above it that may be its definition, the nearest to the code first."""
    headers: tuple[str, ...] = ()
    """``def`` and ``class`` names that stand in the code itself, outermost first."""
    lines: tuple[LineRange, ...] = ()
    """Lines that words above it give for the region."""
    files: tuple[str, ...] = ()
    """Files that the prose before its fence names."""

    @property
    def weight(self) -> int:
        """What its statements say, together."""
        return sum(item.weight for item in self.statements)


def evidence_regions(finding: Finding) -> tuple[EvidenceRegion, ...]:
    """The regions of every Python fence of the evidence and the description, in order.

    Inline code of the evidence counts where there is no fence: each piece is a region.
    """
    shown = (*finding.evidence, *finding.told)
    regions = [
        region
        for field in shown
        for block, prose in fences_with_words(field)
        if (block.language or "").lower() in _PYTHON
        for region in _regions(block, prose)
    ]
    if not regions:
        for field in finding.evidence:
            for piece in field.inline:
                # A lone name or call is a mention and no evidence: it stands anywhere.
                if weight([key for _, key, _ in scan(piece.text)]) > 2 and re.search(
                    r"[=(\[]", piece.text
                ):
                    regions += _regions(piece, "")
    return tuple(region for region in regions if region.statements or region.headers)


def suggested_statements(finding: Finding) -> tuple[Statement, ...]:
    """The statements of the suggested code: where they stand, the fix was made."""
    return tuple(
        statement
        for block in finding.suggestion_code
        for region in _regions(block, "")
        for statement in region.statements
    )


def _regions(block: Code, prose: str) -> Iterator[EvidenceRegion]:
    lines, gutter = _without_gutter(_plain(block).split("\n"))
    prose_owners = tuple(item for item in mentions(prose) if item.marked)
    for part in _parts(lines):
        heading = "\n".join(
            _comment(lines[number]) for number in part if _is_comment(lines[number])
        )
        headers = tuple(
            match.group(1) for number in part if (match := _DEFINITION.match(lines[number]))
        )
        text = "\n".join(lines[number] for number in part)
        statements = tuple(_statements(text, [gutter.get(number) for number in part]))
        heading_owners = tuple(item for item in mentions(heading) if item.marked)
        yield EvidenceRegion(
            statements,
            (*heading_owners, *prose_owners),
            headers,
            mentioned_lines(heading) or mentioned_lines(prose),
            files_in(heading) or files_in(prose),
        )


def _plain(block: Code) -> str:
    """A diff without what it adds and its marks, what was found without where; other code as it
    is."""
    lines = block.text.replace("\r\n", "\n").split("\n")
    if block.language == "diff" or any(line.startswith("@@ ") for line in lines):
        kept = [
            line for line in lines if not line.startswith(("+", "@@", "---", "diff ", "index "))
        ]
        lines = [line[1:] if line[:1] in ("-", " ") else line for line in kept]
    lines = [_FOUND.sub("", line) for line in lines]
    return "\n".join(line[4:] if line.startswith((">>> ", "... ")) else line for line in lines)


def _without_gutter(lines: list[str]) -> tuple[list[str], dict[int, int]]:
    """The lines without a column of growing line numbers, and the numbers by index."""
    filled = [number for number, line in enumerate(lines) if line.strip(" .…")]
    found = {number: match for number in filled if (match := _GUTTER.match(lines[number]))}
    values = [int(match.group(1)) for match in found.values()]
    # One number may be a literal; a gutter has one on nearly every line, and they grow.
    if len(found) < 2 or len(found) * 10 < len(filled) * 8 or values != sorted(set(values)):
        return lines, {}
    cut = [
        lines[number][found[number].end() :] if number in found else line
        for number, line in enumerate(lines)
    ]
    return cut, {number: int(match.group(1)) for number, match in found.items()}


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _comment(line: str) -> str:
    return line.lstrip().lstrip("#").strip()


def _parts(lines: list[str]) -> Iterator[range]:
    """Index ranges of regions: a new one begins at a heading comment and at a definition."""
    cuts = [0]
    for number, line in enumerate(lines):
        after_blank = number > 0 and not lines[number - 1].strip(" .…#")
        above = lines[number - 1] if number else ""
        heading = _is_comment(line) and (
            after_blank or (mentioned_lines(line) and not _is_comment(above))
        )
        decorated = above.lstrip().startswith("@")
        defined = _DEFINITION.match(line) and not (
            # ``class A:`` directly above ``def __init__`` is one spot, and so is a decorator.
            decorated or _is_comment(above) or _DEFINITION.match(above)
        )
        if number and (heading or defined or (line.lstrip().startswith("@") and not decorated)):
            start = number
            if _is_comment(above) and not heading:
                start -= 1
            if start > cuts[-1]:
                cuts.append(start)
    for start, end in pairwise([*cuts, len(lines)]):
        yield range(start, end)


def _statements(text: str, gutter: Sequence[int | None]) -> Iterator[Statement]:
    """Logical statements: brackets join lines, unless they never close."""
    rows: list[list[Token]] = [[]]
    remarks: dict[int, list[str]] = {}
    comment_only = True
    for kind, key, line in scan(text, annotated=True):
        if kind == "newline":
            rows.append([])
            comment_only = True
        elif kind == "comment":
            if not comment_only:
                remarks.setdefault(line, []).append(key)
        else:
            comment_only = False
            rows[-1].append(Token(key if kind != "ellipsis" else ANYTHING, line))
    filled = [row for row in rows if row]
    for group in _joined(filled):
        numbers = range(group[0][0].line, group[-1][-1].line + 1)
        said = tuple(found for number in numbers for found in _hints(number, remarks, gutter))
        keys = _keys([token for row in group for token in row])
        parts = [part for part in map(_keys, group) if weight(part) >= MINIMUM_WEIGHT]
        if weight(keys) >= MINIMUM_WEIGHT and not _says_nothing(keys):
            yield Statement(keys, weight(keys), said, tuple(parts) if len(group) > 1 else ())


def _hints(
    number: int, remarks: dict[int, list[str]], gutter: Sequence[int | None]
) -> Iterator[LineRange]:
    for remark in remarks.get(number, ()):
        yield from mentioned_lines(remark)
    printed = gutter[number - 1] if number <= len(gutter) else None
    if printed is not None:
        yield LineRange(printed, printed)


def _joined(rows: list[list[Token]]) -> Iterator[list[list[Token]]]:
    """Rows of one statement together; a bracket that never closes joins nothing."""
    position = 0
    while position < len(rows):
        depth, end = 0, position
        while end < len(rows):
            depth += sum((token.key in "([{") - (token.key in ")]}") for token in rows[end])
            end += 1
            if depth <= 0:
                break
        if depth > 0:
            end = position + 1
        yield rows[position:end]
        position = end


def _keys(tokens: Sequence[Token]) -> tuple[str, ...]:
    keys = [token.key for token in tidy(tokens)]
    while keys and keys[-1] in (",", ANYTHING):
        keys.pop()
    while keys and keys[0] == ANYTHING:
        keys.pop(0)
    return tuple(keys)


def _says_nothing(keys: tuple[str, ...]) -> bool:
    """Imports, definition lines (they are names, see ``headers``) and bare block words."""
    first = keys[0]
    if first in ("import", "from", "class", "def") or keys[:2] == ("async", "def"):
        return True
    return first in _BLOCK_WORDS and len(keys) <= 2
