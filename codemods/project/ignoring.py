"""Patterns in the syntax of ``.gitignore``, made quick for many paths."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from itertools import groupby

_MARK = "(?P<ps_d>/)"
"""How pathspec marks the slash behind a folder; a group's name may occur once in a pattern."""
_STAR = "[^/]*"
_ANY_FOLDERS, _FOLDERS_BETWEEN = "(?:.+/)?", "(?:/.+)?"
_PIECE = re.compile(
    rf"{re.escape(_ANY_FOLDERS)}|{re.escape(_FOLDERS_BETWEEN)}|{re.escape(_STAR)}"
    r"|\[\^?\]?(?:\\.|[^\]\\])*+\]?|\\.|.",
    re.DOTALL,
)
"""What pathspec writes for ``**``, for ``*``, for a set, and for a letter."""


class Rules:
    """The lines of one ``.gitignore``, or of ``--exclude``.

    pathspec translates each line; lines that follow each other and say the same are joined into
    one regular expression, since a file is asked against all of them.

    Args:
        lines: as in a ``.gitignore``: comments and empty lines say nothing.
        lenient: take what is no pattern for one that fits nothing, as git does.

    Raises:
        ValueError: for a line that is no pattern, with the line.
    """

    def __init__(self, lines: Iterable[str], *, lenient: bool = False) -> None:
        self.void: list[str] = []
        """The lines that can fit nothing: a range from z to a, say."""
        self._groups: list[tuple[bool, re.Pattern[str]]] = []
        # What Python thinks of a set within a set (``[[:alpha:]]``) is not for our users.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._read(lines, lenient)

    def _read(self, lines: Iterable[str], lenient: bool) -> None:
        said = []
        for line in lines:
            # It takes longer to import than most projects have patterns.
            from pathspec import GitIgnoreSpec

            try:
                spec = GitIgnoreSpec.from_lines([line])
            except ValueError as error:
                if not lenient:
                    raise ValueError(f"{line!r} is not a pattern: {error}") from error
                self.void.append(line)
                continue
            except (re.error, RecursionError, OverflowError):
                self.void.append(line)
                continue
            said += [
                (item.include, _linear(str(item.regex.pattern).replace(_MARK, "/")))
                for item in spec.patterns
                if item.include is not None and item.regex is not None
            ]
        # Last one first: the last line that fits a path decides.
        self._groups = [
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


def _linear(pattern: str) -> str:
    """The translation of a line, made so that no path takes long.

    With several stars, each way to share a path among them would be tried. The first place where
    what stands between two of them fits is as good as any, since the second may stand for all
    that follows: so it is taken, and never given back.
    """
    pieces = _PIECE.findall(pattern)
    return _first_folders(_first_letters(pieces))


def _first_letters(pieces: list[str]) -> list[str]:
    """``*`` and what stands between it and the next ``*`` of the same name, taken for good."""
    made: list[str] = []
    star: int | None = None
    for piece in pieces:
        if piece == _STAR and star is not None:
            between = "".join(made[star + 1 :])
            made[star:] = [f"(?>[^/]*?{between})"] if between else []
        if piece == _STAR:
            star = len(made)
        elif piece in ("/", _ANY_FOLDERS, _FOLDERS_BETWEEN):
            star = None
        made.append(piece)
    return made


def _first_folders(pieces: list[str]) -> str:
    """``**`` and what stands between it and the next ``**``, taken for good."""
    made: list[str] = []
    begin: int | None = None
    for piece in pieces:
        if piece == _FOLDERS_BETWEEN and begin is not None:
            some = "(?:[^/]+/)*?" if made[begin] == _ANY_FOLDERS else "(?:/[^/]+)*?"
            made[begin:] = [f"(?>{some}{''.join(made[begin + 1 :])}(?=/))"]
        if piece in (_ANY_FOLDERS, _FOLDERS_BETWEEN):
            begin = len(made)
        made.append(piece)
    return "".join(made)
