"""Which folders and files of a project others wrote: by name, by licence, by what a file says."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from codemods.tables import WordTable, words

_OTHERS = words(
    "vendor vendored third_party third_parties thirdparty thirdparties 3rd_party 3rdparty"
)
_WHAT = words("code deps files lib libs module modules package packages src source sources")
_NAMES = frozenset(
    (
        *("extern", "externs", "externals"),
        *(f"{name}{what}" for name in _OTHERS for what in ("", *(f"_{item}" for item in _WHAT))),
    )
)
"""What such a folder is called, hyphens being underscores: ``vendored_libs``."""
_WITHOUT_PACKAGE = frozenset({"external", "_external"})
"""Names that a project also gives to the package with which it talks to others."""
_LICENCES = frozenset(words("licence license copying unlicense"))
_DISTRIBUTIONS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "package.json"})
"""What makes a folder a part of the project that is published by itself, with its own licence."""
_MOST = 4096
"""Bytes of a licence in which its holder is named."""
_HOLDER = re.compile(r"^.{0,40}\bcopyright\b([^\n]*)", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_NOBODY = frozenset(
    {
        *("all", "and", "author", "authors", "by", "contributor", "contributors", "copyright"),
        *("corp", "foundation", "gmbh", "holder", "holders", "inc", "law", "llc", "ltd", "name"),
        *("notice", "of", "or", "other", "others", "owner", "present", "project", "reserved"),
        *("rights", "software", "team", "the", "yyyy", "developers", "com"),
    }
)
"""Words of a copyright line that name nobody."""
_OWN_TERMS = WordTable("enterprise commercial subscription")
"""A part of the project that its own people sell."""
_SAYS = re.compile(
    rb"\bvendored\s+(?:\w+\s+){0,3}(?:from|copy|version)\b|\b(?:is|was)\s+vendored\b"
    rb"|\b(?:copied|taken|borrowed|forked|lifted)\s+(?:\w+\s+){0,3}from:?\s[^\n]{0,60}"
    rb"(?:https?://|\bgithub\b|\bpypi\b|\bcpython\b|\bstandard library\b)"
    rb"|\b(?:verbatim|unmodified)\s+copy\s+of\b",
    re.IGNORECASE,
)


def is_vendored(root: Path, prefix: str, inside: Collection[str]) -> bool:
    """Whether a folder holds the code of others.

    Args:
        root: the top of the project.
        prefix: the folder from there, with a slash at its end.
        inside: the names of what is in it.
    """
    name = prefix.rstrip("/").rpartition("/")[2]
    if name.removeprefix("_").replace("-", "_") in _NAMES:
        return True
    if name in _WITHOUT_PACKAGE and "__init__.py" not in inside:
        return True
    licences = [item for item in inside if is_licence(item)]
    if not licences or not _DISTRIBUTIONS.isdisjoint(inside):
        return False
    return _is_of_others(root, root / prefix, licences)


def is_licence(name: str) -> bool:
    """``LICENSE``, ``LICENSE-MIT.txt``."""
    # Asked of every name of a project, and hardly one begins so.
    return name[:1] in "lLcCuU" and re.split(r"[.-]", name.lower(), maxsplit=1)[0] in _LICENCES


def says_vendored(comments: bytes) -> bool:
    """Whether a file says at its top that it was taken over from somewhere as it is."""
    return _SAYS.search(comments) is not None


def _is_of_others(root: Path, folder: Path, licences: Collection[str]) -> bool:
    """Whether a folder's licence names people whom the project's own does not name."""
    text = "\n".join(_text(folder / name) for name in sorted(licences))
    theirs = _holders(text)
    if not theirs or _OWN_TERMS.found_in(text):
        return False
    try:
        names = sorted(item.name for item in root.iterdir() if is_licence(item.name))
    except OSError:
        return False
    ours = _holders("\n".join(_text(root / name) for name in names))
    return theirs.isdisjoint(ours)


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(_MOST).decode("utf-8", "replace")
    except OSError:
        # Without its text a licence says nothing about whose the folder is.
        return ""


def _holders(text: str) -> set[str]:
    """The words of the names behind ``Copyright``."""
    return {
        word
        for line in _HOLDER.findall(text)
        for item in _WORD.findall(line)
        if (word := item.lower()) not in _NOBODY
    }
