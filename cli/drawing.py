"""Diffs on a terminal: in colours, with what differs in a line, side by side where that fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from codemods.output.colours import colours_of
from codemods.output.entries import Excerpt
from codemods.output.sides import FileSides, Hunk, Line, Row

SIDE_BY_SIDE = 120
"""Columns of a terminal from which on two sides fit."""
NUMBER = 5
_PARTING = frozenset("/\\-_.,:;")


@dataclass(frozen=True, slots=True)
class Look:
    """Styles, by what a text is."""

    removed: str
    added: str
    removed_mark: str
    added_mark: str
    tokens: Mapping[str, str]
    """Of what stays; of what changes too, where ``coloured_changes`` is set."""
    coloured_changes: bool
    faint: str = "dim"


TERMINAL = Look(
    removed="red",
    added="green",
    removed_mark="bold underline red",
    added_mark="bold underline green",
    tokens={"k": "magenta", "s": "yellow", "c": "dim italic", "n": "cyan", "f": "blue"},
    coloured_changes=False,
)
"""For any terminal: sixteen colours, and none that fights its background."""
SCREEN = Look(
    removed="on #2d1517",
    added="on #12261e",
    removed_mark="underline on #6e2224",
    added_mark="underline on #1d5132",
    tokens={
        "k": "#ff9f9c",
        "s": "#b5dcff",
        "c": "italic #b1bbc5",
        "n": "#9ed0ff",
        "f": "#dcc2ff",
        "b": "#ffc680",
        "d": "#ffc680",
    },
    coloured_changes=True,
    faint="#9aa4ae",
)
"""For a screen of our own, which has its own background."""


def drawn(files: Iterable[FileSides], width: int, look: Look, *, two: bool) -> Iterator[Text]:
    """A patch, line by line, each no wider than ``width``.

    Args:
        two: both sides beside each other.
    """
    for file in files:
        words = {"new": " (new file)", "gone": " (deleted)", "changed": ""}[file.status]
        yield from folded(Text(file.path + words, style="bold"), width)
        if file.note:
            yield from folded(Text(file.note, style=look.faint), width)
        for hunk in file.hunks:
            yield Text(hunk.head, style="cyan")
            yield from (_beside if two else _below)(hunk, width, look)


def drawn_excerpt(item: Excerpt, width: int, look: Look) -> Iterator[Text]:
    """Lines of today's code; those that are meant have a mark."""
    yield Text(item.path, style="bold")
    for line in item.lines:
        meant = any(segment.marked for segment in line.segments)
        text = Text(style="bold" if meant else "")
        for segment in line.segments:
            text.append(segment.text, look.tokens.get(segment.token, ""))
        head = Text(f"{line.number:>{NUMBER}} {'›' if meant else ' '} ", style=look.faint)
        yield from hung(head, text, width)


def drawn_code(lines: Sequence[str], width: int, look: Look) -> Iterator[Text]:
    """Code that somebody quotes, with a bar beside it."""
    colours = colours_of("quoted.py", tuple(lines))
    for number in range(len(lines)):
        text = Text()
        for part, token in colours.line(number):
            text.append(part, look.tokens.get(token, ""))
        yield from hung(Text("  │ ", style=look.faint), text, width)


def folded(text: Text, width: int, indent: str = "") -> Iterator[Text]:
    """A text on as many lines as it takes, broken at blanks where there are any."""
    yield from hung(Text(indent), text, width)


def hung(head: Text, text: Text, width: int) -> Iterator[Text]:
    """A text beside a head, which stands on its first line alone."""
    room = max(8, width - cell_len(head.plain))
    for number, part in enumerate(_parts(text, room)):
        first = head if not number else Text(" " * cell_len(head.plain), style=head.style)
        yield Text.assemble(first, part)


def _parts(text: Text, room: int) -> list[Text]:
    """A line in parts of at most ``room`` columns; no letter is lost.

    It is broken behind a blank, else behind a sign that parts a path or a name, where that does
    not leave most of a line empty; else where it is full.
    """
    if cell_len(text.plain) <= room:
        return [text]
    cuts: list[int] = []
    width = start = 0
    blank = sign = -1
    for index, character in enumerate(text.plain):
        size = cell_len(character)
        if width + size > room:
            behind = ((blank, room // 4), (sign, room // 2))
            cut = next((at for at, least in behind if at - start > least), index)
            cuts.append(cut)
            width = cell_len(text.plain[cut:index])
            start = cut
        width += size
        if character == " ":
            # Not within the indentation: nothing but blanks would be left of the line.
            blank = index + 1 if text.plain[start:index].strip() else blank
        elif character in _PARTING:
            sign = index + 1
    return list(text.divide(cuts))


def _text(line: Line, kind: str, look: Look) -> Text:
    """A line in its colours; ``kind`` is ``-``, ``+`` or a blank."""
    mark = {"-": look.removed_mark, "+": look.added_mark}.get(kind, "")
    text = Text(style={"-": look.removed, "+": look.added}.get(kind, ""))
    for segment in line.segments:
        styles = []
        if kind == " " or look.coloured_changes:
            styles.append(look.tokens.get(segment.token, ""))
        if segment.marked:
            styles.append(mark)
        text.append(segment.text, " ".join(filter(None, styles)))
    return text


def _below(hunk: Hunk, width: int, look: Look) -> Iterator[Text]:
    for kind, line in hunk.unified():
        style = {"-": look.removed, "+": look.added}.get(kind, "")
        head = Text.assemble((f"{line.number:>{NUMBER}} ", look.faint), (f"{kind} ", style))
        for part in hung(head, _text(line, kind, look), width):
            yield _filled(part, width, style if look.coloured_changes else "")


def _beside(hunk: Hunk, width: int, look: Look) -> Iterator[Text]:
    half = (width - 1) // 2
    for row in hunk.rows:
        left, right = (_side(row, half, look, right=side) for side in (False, True))
        for number in range(max(len(left), len(right))):
            parts = [
                side[number] if number < len(side) else Text(" " * half) for side in (left, right)
            ]
            yield Text.assemble(parts[0], ("│", look.faint), parts[1])


def _side(row: Row, width: int, look: Look, *, right: bool) -> Sequence[Text]:
    line = row.right if right else row.left
    if line is None:
        return ()
    kind = " " if row.kind == "same" else "+" if right else "-"
    style = {"-": look.removed, "+": look.added}.get(kind, "")
    head = Text.assemble((f"{line.number:>{NUMBER}} ", look.faint), (f"{kind} ", style))
    filling = style if look.coloured_changes else ""
    return [
        _filled(part, width, filling, always=True)
        for part in hung(head, _text(line, kind, look), width)
    ]


def _filled(part: Text, width: int, style: str, *, always: bool = False) -> Text:
    """With blanks up to the edge, so that the background reaches it."""
    room = width - cell_len(part.plain)
    if room > 0 and (style or always):
        part.append(" " * room, style)
    return part
