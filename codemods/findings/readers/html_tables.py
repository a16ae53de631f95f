"""Tables that a report writes in HTML, as rows of cells in Markdown."""

from __future__ import annotations

from html.parser import HTMLParser

_MARKS = {"code": "`", "b": "**", "strong": "**", "em": "*", "i": "*"}


class _Rows(HTMLParser):
    """Collects the rows; what stands in a table in a cell belongs to that cell's row."""

    def __init__(self, first: int) -> None:
        super().__init__()
        self.first = first
        self.rows: list[tuple[int, tuple[str, ...]]] = []
        self._cells: list[str] = []
        self._text: list[str] | None = None
        self._line = first

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs  # Nothing of a table stands in them.
        if tag == "tr":
            self._cells, self._line = [], self.first + self.getpos()[0] - 1
        elif tag in ("td", "th"):
            self._close()
            self._text = []
        elif self._text is not None:
            self._text.append(_MARKS.get(tag, " "))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._close()
        elif tag == "tr":
            self._close()
            if self._cells:
                self.rows.append((self._line, tuple(self._cells)))
            self._cells = []
        elif self._text is not None:
            self._text.append(_MARKS.get(tag, " "))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _close(self) -> None:
        if self._text is not None:
            self._cells.append(" ".join("".join(self._text).split()))
        self._text = None


def html_rows(text: str, first: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Lines and cells of the tables of a piece of HTML; empty where it has none.

    Args:
        text: the piece.
        first: the line of the report on which it begins.
    """
    if "<table" not in text.lower():
        return ()
    reader = _Rows(first)
    reader.feed(text)
    return tuple(reader.rows)
