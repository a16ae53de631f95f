"""A patch for people: both sides line by line, with what differs within a line, and colours.

It is data, for the page and the terminal alike. Lines of the two sides are paired where they are
much alike; of a pair, the tokens that differ are marked.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from codemods.engine.outcomes import FilePatch
from codemods.output.colours import Coloured, Piece, colours_of
from codemods.output.styled import harmless
from codemods.project.source import SourceError, SourceFile

CONTEXT = 3
"""Lines that are shown around a change."""
ALIKE = 50
"""From how much likeness (of 100) on two lines are the same line, edited."""
MARKED = 30
"""Below this much likeness all of a line differs, and nothing in it is marked."""
LONGEST = 2_000
"""Characters of a line in which what differs is looked for."""
_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)

Kind = Literal["same", "changed", "removed", "added"]
Status = Literal["changed", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a line."""

    text: str
    token: str = ""
    """What it is in the code; see :mod:`codemods.output.colours`."""
    marked: bool = False
    """Whether it differs from the other side of its line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one side; the number counts from one."""

    number: int
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """Without its newline."""
        return "".join(item.text for item in self.segments)


@dataclass(frozen=True, slots=True)
class Row:
    """A line before and after."""

    kind: Kind
    left: Line | None
    right: Line | None


@dataclass(frozen=True, slots=True)
class Hunk:
    """Rows that stand together."""

    rows: tuple[Row, ...]

    @property
    def head(self) -> str:
        """The lines of both sides, as a diff has them."""
        left = [row.left.number for row in self.rows if row.left]
        right = [row.right.number for row in self.rows if row.right]
        return f"@@ -{_range(left)} +{_range(right)} @@"

    def unified(self) -> Iterator[tuple[str, Line]]:
        """Each line with its sign, removed ones before the added ones of the same place."""
        removed: list[Line] = []
        added: list[Line] = []
        for row in self.rows:
            if row.kind != "same":
                removed += [row.left] if row.left else []
                added += [row.right] if row.right else []
                continue
            yield from (("-", line) for line in removed)
            yield from (("+", line) for line in added)
            removed, added = [], []
            if row.right is not None:
                yield " ", row.right
        yield from (("-", line) for line in removed)
        yield from (("+", line) for line in added)


@dataclass(frozen=True, slots=True)
class FileSides:
    """What becomes of a file."""

    path: str
    status: Status
    hunks: tuple[Hunk, ...]
    note: str = ""
    """What no line shows: that the last one has no newline any more, for one."""


def _range(numbers: Sequence[int]) -> str:
    return f"{numbers[0]},{len(numbers)}" if numbers else "0,0"


def sides(files: Iterable[FilePatch]) -> tuple[FileSides, ...]:
    """A patch, file by file; files that did not change are left out."""
    return tuple(_file(item) for item in files if item.before != item.after)


def _file(item: FilePatch) -> FileSides:
    old, new = _text(item.path, item.before), _text(item.path, item.after or b"")
    before, after = _lines(old), _lines(new)
    status: Status = "gone" if item.after is None else "changed" if item.before else "new"
    colours = colours_of(item.path, tuple(before))
    hunks = tuple(_hunks(before, after, colours))
    ends = (old.endswith("\n") or not old, new.endswith("\n") or not new)
    note = "" if ends[0] == ends[1] else "the newline at the end of the file changed"
    return FileSides(harmless(item.path), status, hunks, note)


def _text(path: str, data: bytes) -> str:
    try:
        return SourceFile(path, data).text
    except SourceError:
        # Shown all the same: a fix may take away a file that nobody can read.
        return data.decode("utf-8", "replace")


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [harmless(line.removesuffix("\r")) for line in lines]


def _hunks(old: list[str], new: list[str], colours: Coloured) -> Iterator[Hunk]:
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    if start is None:
        start = min(len(old), len(new))
    rest = min(len(old), len(new)) - start
    end = next((n for n in range(rest) if old[len(old) - 1 - n] != new[len(new) - 1 - n]), rest)
    # What both begin and end with needs no search, but for the context that is shown.
    start, end = max(0, start - CONTEXT), max(0, end - CONTEXT)
    matcher = difflib.SequenceMatcher(
        None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False
    )
    for group in matcher.get_grouped_opcodes(CONTEXT):
        rows: list[Row] = []
        for tag, i1, i2, j1, j2 in group:
            left, right = range(start + i1, start + i2), range(start + j1, start + j2)
            if tag == "equal":
                rows += [_same(i, j, colours) for i, j in zip(left, right, strict=True)]
            else:
                rows += _changed(old, new, left, right, colours)
        yield Hunk(tuple(rows))


def _same(i: int, j: int, colours: Coloured) -> Row:
    segments = tuple(Segment(text, token) for text, token in colours.line(i))
    return Row("same", Line(i + 1, segments), Line(j + 1, segments))


def _changed(
    old: list[str], new: list[str], left: range, right: range, colours: Coloured
) -> list[Row]:
    added = colours.added(left.start, [new[j] for j in right])
    rows: list[Row] = []
    for i, j in _paired(old, new, left, right):
        if i is None or j is None:
            gone = None if i is None else _line(i, colours.line(i), ())
            come = None if j is None else _line(j, added[j - right.start], ())
            rows.append(Row("removed" if come is None else "added", gone, come))
            continue
        marks = _marks(old[i], new[j])
        rows.append(
            Row(
                "changed",
                _line(i, colours.line(i), marks[0]),
                _line(j, added[j - right.start], marks[1]),
            )
        )
    return rows


def _paired(
    old: list[str], new: list[str], left: range, right: range
) -> Iterator[tuple[int | None, int | None]]:
    """The lines of two blocks, in order; those that are alike side by side."""
    from rapidfuzz.fuzz import ratio

    rest = list(right)
    for i in left:
        alike = [(ratio(old[i].strip()[:LONGEST], new[j].strip()[:LONGEST]), -j) for j in rest[:50]]
        score, other = max(alike, default=(0.0, 0))
        if score < ALIKE:
            yield i, None
            continue
        while rest and rest[0] < -other:
            yield None, rest.pop(0)
        yield i, rest.pop(0)
    yield from ((None, j) for j in rest)


Ranges = tuple[tuple[int, int], ...]


def _marks(old: str, new: str) -> tuple[Ranges, Ranges]:
    """The characters of both that are not in the other, by token."""
    if max(len(old), len(new)) > LONGEST:
        return (), ()
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    codes = matcher.get_opcodes()
    same = sum(len("".join(before[a:b]).strip()) for tag, a, b, _, _ in codes if tag == "equal")
    if same * 100 < MARKED * max(len(old.strip()), len(new.strip())):
        return (), ()
    return (
        _ranges(before, [(a, b) for tag, a, b, _, _ in codes if tag != "equal" and a < b]),
        _ranges(after, [(c, d) for tag, _, _, c, d in codes if tag != "equal" and c < d]),
    )


def _ranges(tokens: Sequence[str], runs: Iterable[tuple[int, int]]) -> Ranges:
    offsets = [0]
    for token in tokens:
        offsets.append(offsets[-1] + len(token))
    found = []
    for start, end in runs:
        # Blanks at an edge are not what differs.
        while start < end and tokens[start].isspace():
            start += 1
        while start < end and tokens[end - 1].isspace():
            end -= 1
        if start < end:
            found.append((offsets[start], offsets[end]))
    return tuple(found)


def _line(index: int, pieces: Sequence[Piece], marks: Ranges) -> Line:
    """A line with its colours, cut where what differs begins and ends."""
    segments: list[Segment] = []
    position = 0
    for text, token in pieces:
        end = position + len(text)
        cuts = sorted(
            {position, end, *(cut for mark in marks for cut in mark if position < cut < end)}
        )
        for start, stop in pairwise(cuts):
            marked = any(first <= start and stop <= last for first, last in marks)
            part = text[start - position : stop - position]
            segments.append(Segment(part, token, marked))
        position = end
    return Line(index + 1, tuple(segments))
