"""What a file imports, by its bytes: for prefilters that run before any parsing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

_WORD = re.compile(rb"\w+")
_IMPORT = re.compile(rb"\n[ \t\r\f\v]*+(?:from[ \t\r\f\v]++(\S+)[ \t\r\f\v]*+)?import ")


def imports(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """What a file imports, told by the bytes: the module (``b""`` in ``import …``), and the text
    of the names."""
    text = b"\n" + data
    for match in _IMPORT.finditer(text):
        behind = match.end()
        end = text.find(b")" if text.startswith(b"(", behind) else b"\n", behind)
        yield match[1] or b"", text[behind : end if end != -1 else len(text)]


def top_modules(found: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    """The topmost modules that are imported."""
    tops = {b""}
    for module, names in found:
        parts = [module] if module else [part.strip() for part in names.split(b",")]
        tops.update(part.partition(b".")[0].partition(b" ")[0] for part in parts)
    return tops


def import_keys(found: Iterable[tuple[bytes, bytes]], path: str) -> Iterator[bytes]:
    """The keys (:func:`key_of`) of the modules that a file may import."""
    folder = posixpath.dirname(path).encode()
    for module, names in found:
        if not module:
            for part in names.split(b","):
                yield last_two(part.strip().partition(b" ")[0].replace(b".", b"/"))
            continue
        bare = module.lstrip(b".")
        base = bare.replace(b".", b"/")
        if level := len(module) - len(bare):
            above = folder
            for _ in range(level - 1):
                above = above.rpartition(b"/")[0]
            base = above + b"/" + base if base else above
        yield last_two(base)
        last = base.rpartition(b"/")[2]
        for name in _WORD.findall(names):
            yield last + b"/" + name


def key_of(path: str) -> bytes:
    """By what the importers of a file are remembered: the last two parts of where it is."""
    return last_two(path.rpartition(".")[0].removesuffix("/__init__").encode())


def last_two(place: bytes) -> bytes:
    """The last two parts of a path without suffix."""
    head, _, last = place.rpartition(b"/")
    return head.rpartition(b"/")[2] + b"/" + last
