"""Which files of a project match a pattern.

Not :mod:`glob` and not ``Path.glob``: the one follows links to folders, and a committed link may
lead to the top of the disk; the other calls itself once for each folder, and reads hidden files.
"""

from __future__ import annotations

import fnmatch
import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

_ALL = "**"


def leads_out(pattern: str, root: Path) -> bool:
    """Whether a pattern, as it is written, names something outside of ``root``."""
    path = PurePath(pattern)
    return ".." in path.parts or (path.is_absolute() and not path.is_relative_to(root))


def matching(root: Path, patterns: Iterable[str]) -> tuple[Path, ...]:
    """What matches at least one pattern and is no folder, in the order of the paths.

    Args:
        root: what the patterns are relative to.
        patterns: with ``*``, ``?``, ``[…]`` and ``**``, which goes through no link; hidden names
            have to be written with their dot.
    """
    found = {path for pattern in patterns for path in _of_pattern(root, pattern)}
    return tuple(sorted(path for path in found if os.path.lexists(path) and not path.is_dir()))


def _of_pattern(root: Path, pattern: str) -> Iterable[Path]:
    path = PurePath(pattern)
    if "\0" in pattern or not path.parts:
        return []
    at = [root]
    parts = path.relative_to(root).parts if path.is_absolute() else path.parts
    if parts[-1:] == (_ALL,):
        parts = (*parts, "*")
    for part in parts:
        if part == _ALL:
            at = list(dict.fromkeys(below for folder in at for below in _folders(folder)))
        elif glob.has_magic(part):
            hidden = part.startswith(".")
            at = [
                folder / name
                for folder in at
                for name in fnmatch.filter(_names(folder), part)
                if hidden or not name.startswith(".")
            ]
        else:
            at = [folder / part for folder in at]
    return at


def _folders(top: Path) -> Iterator[Path]:
    """A folder and all below it, none of them hidden or behind a link."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        yield folder
        for name in _names(folder):
            below = folder / name
            if not name.startswith(".") and below.is_dir() and not below.is_symlink():
                waiting.append(below)


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        # It is no folder, or nobody may look into it: nothing in it matches.
        return []
