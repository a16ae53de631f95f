"""Patterns in the syntax of ``.gitignore``, made quick for many paths."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from pathspec import GitIgnoreSpec

_MARK = "(?P<ps_d>/)"
"""How pathspec marks the slash behind a folder; a group's name may occur once in a pattern."""


class Rules:
    """The lines of one ``.gitignore``, or of ``--exclude``.

    pathspec translates each line; lines that follow each other and say the same are joined into
    one regular expression, since a file is asked against all of them.

    Args:
        lines: as in a ``.gitignore``: comments and empty lines say nothing.

    Raises:
        ValueError: for a line that is no pattern, with the line.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        said = []
        for line in lines:
            try:
                spec = GitIgnoreSpec.from_lines([line])
            except ValueError as error:
                raise ValueError(f"{line!r} is no pattern: {error}") from error
            said += [
                (item.include, str(item.regex.pattern).replace(_MARK, "/"))
                for item in spec.patterns
                if item.include is not None and item.regex is not None
            ]
        # Last one first: the last line that fits a path decides.
        self._groups: list[tuple[bool, re.Pattern[str]]] = [
            (include, re.compile("|".join(f"(?:{text})" for _, text in members)))
            for include, members in groupby(reversed(said), key=lambda item: item[0])
        ]

    def __bool__(self) -> bool:
        return bool(self._groups)

    def verdict(self, path: str) -> bool | None:
        """Whether ``path`` is left out, ``None`` where no line fits.

        Args:
            path: relative to where the lines stand, with a slash at the end of a folder.
        """
        for include, pattern in self._groups:
            if pattern.match(path):
                return include
        return None
