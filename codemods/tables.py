"""Tables in code that are easier to read as words of a text, and lists that become one."""

from __future__ import annotations

import re
from collections.abc import Sequence


def words(text: str) -> tuple[str, ...]:
    """The blank-separated words of ``text``: ``("get", "post")`` of ``"get post"``."""
    return tuple(text.split())


def listed(items: Sequence[str], most: int) -> str:
    """The first ``most`` of some items, and how many more there are: ``a, b and 3 more``."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return f"{', '.join(items[:most])}{more}"


def shortened(text: str) -> str:
    """A piece of code in one line of at most 60 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


_WORD = re.compile(r"[^\W_]+")


class WordTable:
    """Words that are looked for in a name of code, a dotted name or a comment, one by one.

    Each row is a word, the beginning of one (``inject*``), or several that follow each other
    (``dry_run``). Case does not count, ``isn't`` is ``is not``.
    """

    def __init__(self, rows: str) -> None:
        self._rows = tuple(
            f"_{row.removesuffix('*')}" if row.endswith("*") else f"_{row}_" for row in rows.split()
        )

    def found_in(self, text: str) -> bool:
        """Whether one of the rows stands in a text."""
        spelled = _spelled(text)
        return any(row in spelled for row in self._rows)

    def ends(self, text: str) -> bool:
        """Whether a text ends with one of the rows; beginnings of words end nothing."""
        return _spelled(text).endswith(self._rows)


def _spelled(text: str) -> str:
    """``_self_dry_run_`` of ``self.dry_run``."""
    plain = text.lower().replace("’", "'").replace("n't", " not")
    return f"_{'_'.join(_WORD.findall(plain))}_"
