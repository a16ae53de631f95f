"""What has to be known of each codemod before it is worth importing.

Most codemods find none of their triggers in the file that somebody saves, and importing all of
them takes longer than looking at it. So what each says is kept where Python keeps its bytecode, and
with the same trust: whoever can write there can change the code itself.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from codemods import transforms
from codemods.codemod import Codemod
from codemods.engine.scanning.cache.code import code_of
from codemods.transforms import Catalogue, catalogue

_DIGEST = 16


class Facts(msgspec.Struct, array_like=True, frozen=True):
    """What is known of a codemod."""

    scans: bool
    triggers: tuple[bytes, ...]


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    code: bytes
    facts: dict[str, Facts]


def facts_of(codemods: Mapping[str, Codemod]) -> Mapping[str, Facts]:
    """What is known of each codemod; our own are imported only if that is not kept."""
    own = _own() if isinstance(codemods, Catalogue) else {}
    return {name: own[name] if name in own else _facts(codemods[name]) for name in codemods}


@cache
def _own() -> Mapping[str, Facts]:
    place, code = _place(), code_of(("codemods",))
    found = kept(place, code) if place is not None else None
    if found is None:
        own = catalogue()
        found = {name: _facts(own[name]) for name in own.own}
        if place is not None:
            keep(place, code, found)
    return found


def _place() -> Path | None:
    """Where it is kept; ``None`` where Python keeps no bytecode."""
    if sys.dont_write_bytecode or transforms.__file__ is None:
        return None
    try:
        return Path(importlib.util.cache_from_source(transforms.__file__)).with_suffix(".facts")
    except NotImplementedError:
        return None


def kept(place: Path, code: bytes) -> Mapping[str, Facts] | None:
    """What is kept there for the very code; ``None`` where nothing is, or only a part."""
    try:
        data = place.read_bytes()
        if _digest(data[_DIGEST:]) != data[:_DIGEST]:
            return None
        stored = msgspec.msgpack.decode(data[_DIGEST:], type=_Stored)
    except (OSError, msgspec.DecodeError):
        return None
    return stored.facts if stored.code == code else None


def keep(place: Path, code: bytes, facts: Mapping[str, Facts]) -> None:
    """Keep what is known, as Python keeps bytecode: where that cannot be, it is found out again."""
    from codemods.project.temporary import remove_left_over, temporary_file

    data = msgspec.msgpack.encode(_Stored(code, dict(facts)))
    try:
        place.parent.mkdir(exist_ok=True)
        remove_left_over(place.parent)
        temporary = temporary_file(place, _digest(data) + data)
        try:
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError:
        # A folder that belongs to somebody else, or a full disk.
        return


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()


def _facts(codemod: Codemod) -> Facts:
    return Facts(codemod.scans, codemod.triggers)
