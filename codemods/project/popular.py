"""The modules that all of the others import: their trees are kept where the rest are let go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

ALWAYS = 400_000
"""Bytes of source whose trees are kept all the same, because many files ask for them."""

MORE = 2_000_000
"""The same in a project in which so much was parsed anew that it takes longer than all else: many
large modules, which everybody imports."""

OFTEN = 30_000_000
"""How many bytes of source that is."""


class Popular:
    """Which of the files are parsed again and again."""

    def __init__(self) -> None:
        self._parsed: Counter[str] = Counter()
        self._kept: frozenset[str] = frozenset()
        self._again = 0
        """How many bytes of source were parsed more than once."""

    def after(self, sizes: Mapping[str, int]) -> list[str]:
        """The files to keep, the most work first.

        Args:
            sizes: of what is parsed now, those that were kept included.
        """
        self._again += sum(
            size for path, size in sizes.items() if path in self._parsed and path not in self._kept
        )
        self._parsed.update(sizes.keys())
        work = {path: self._parsed[path] * size for path, size in sizes.items()}
        found = []
        left = ALWAYS if self._again < OFTEN else MORE
        for path in sorted(work, key=lambda item: (-work[item], item)):
            if self._parsed[path] > 1 and sizes[path] <= left:
                found.append(path)
                left -= sizes[path]
        self._kept = frozenset(found)
        return found
