"""Tables without frames: they keep a terminal's width by folding, and cut nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from codemods.output.styled import styled

from .drawing import folded, hung

GAP = "  "
NARROWEST = 18
"""Columns of a terminal that a folded cell keeps; where less is left, each row becomes a list."""


def print_table(
    console: Console,
    headers: Sequence[str],
    rows: Iterable[Sequence[Text]],
    folds: Collection[str],
) -> None:
    """A table, one row a line where there is room for it.

    On a terminal that is narrower, the cells of the columns in ``folds`` go on in further lines;
    where even that does not fit, they stand below each other. What goes into a pipe is one line a
    row.
    """
    lines = [[styled(header, "bold") for header in headers], *map(list, rows)]
    widths = [max(cell_len(cell.plain) for cell in column) for column in zip(*lines, strict=True)]
    if not console.file.isatty():
        _print(console, (part for line in lines for part in _row(line, widths)))
        return
    fitted = _fitted(widths, [header in folds for header in headers], console.width)
    if fitted is not None:
        _print(console, (part for line in lines for part in _row(line, fitted)))
        return
    for line in lines[1:]:
        _print(console, _listed(headers, line, folds, console.width))


def _print(console: Console, lines: Iterable[Text]) -> None:
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)


def _fitted(widths: Sequence[int], folds: Sequence[bool], room: int) -> list[int] | None:
    """The widest of the columns that may fold does, until all fit; ``None`` where they cannot."""
    fitted = list(widths)
    over = sum(fitted) + len(GAP) * (len(fitted) - 1) - room
    while over > 0:
        able = [(fitted[i], i) for i in range(len(fitted)) if folds[i] and fitted[i] > NARROWEST]
        if not able:
            return None
        fitted[max(able)[1]] -= 1
        over -= 1
    return fitted


def _row(cells: Sequence[Text], widths: Sequence[int]) -> Iterator[Text]:
    """A row on as many lines as its longest cell takes."""
    parts = [
        list(folded(cell, width)) if cell_len(cell.plain) > width else [cell]
        for cell, width in zip(cells, widths, strict=True)
    ]
    for number in range(max(map(len, parts))):
        joined = Text()
        for column, width in zip(parts, widths, strict=True):
            part = column[number] if number < len(column) else Text()
            # A blank at which a line was broken is not to be seen.
            part.rstrip()
            joined.append_text(part)
            joined.append(" " * (width - cell_len(part.plain)) + GAP)
        yield joined


def _listed(
    headers: Sequence[str], cells: Sequence[Text], folds: Collection[str], room: int
) -> Iterator[Text]:
    """A row as a list: what is short on the first line, everything else below it."""
    pairs = list(zip(headers, cells, strict=True))
    short = [cell for header, cell in pairs if header not in folds and cell.plain]
    yield from folded(Text(GAP).join(short), room)
    for header, cell in pairs:
        if header in folds and cell.plain:
            yield from hung(Text(f"  {header}: ", style="dim"), cell, room)
