"""What our own code is, and that of plug-ins: an answer is kept for the code that gave it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

from codemods.codemod import Codemod
from codemods.engine.scanning.cache.folder import CacheFolder
from codemods.transforms import Catalogue, catalogue

_SOURCE = (".py", ".toml")
_NAME = "catalogue.facts"


class Facts(msgspec.Struct, array_like=True, frozen=True):
    """What has to be known of a codemod before it is worth importing."""

    scans: bool
    triggers: tuple[bytes, ...]


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    code: bytes
    facts: dict[str, Facts]


def facts_of(
    codemods: Mapping[str, Codemod], folder: CacheFolder | None, *, keep: bool
) -> Mapping[str, Facts]:
    """What is known of each codemod; our own are imported only if that is not kept.

    Args:
        codemods: the catalogue.
        folder: where it is kept; ``None``: nowhere.
        keep: whether it is worth a file.
    """
    own = codemods.own if isinstance(codemods, Catalogue) else ()
    if folder is None or not own:
        return {name: _facts(codemods[name]) for name in codemods}
    code = code_of(("codemods",))
    known = _load(folder, code)
    if known.keys() != set(own):
        known = {name: _facts(codemods[name]) for name in own}
        if keep:
            folder.save_bytes(_NAME, msgspec.msgpack.encode(_Stored(code, known)))
    return {name: known[name] if name in known else _facts(codemods[name]) for name in codemods}


def _load(folder: CacheFolder, code: bytes) -> dict[str, Facts]:
    data = folder.load_bytes(_NAME)
    if data is None:
        return {}
    try:
        stored = msgspec.msgpack.decode(data, type=_Stored)
    except msgspec.DecodeError:
        return {}
    return stored.facts if stored.code == code else {}


def _facts(codemod: Codemod) -> Facts:
    return Facts(codemod.scans, codemod.triggers)


def packages_of(codemods: Mapping[str, Codemod]) -> Sequence[str]:
    """The packages whose code looks: ours, and those of plug-ins."""
    others = (codemods[name].find.__module__ for name in codemods if name not in catalogue().own)
    return sorted({"codemods", *(module.partition(".")[0] for module in others)})


def code_of(packages: Iterable[str]) -> bytes:
    """The state of the code of some packages, and of the Python that runs it."""
    asked = [version("autofix-codemods"), sys.version]
    asked += [line for name in packages for line in _states(name)]
    return hashlib.blake2b("\n".join(asked).encode(), digest_size=16).digest()


@cache
def _states(package: str) -> tuple[str, ...]:
    module = sys.modules[package]
    folders = list(getattr(module, "__path__", ()))
    if not folders and module.__file__ is not None:
        return (_state(Path(module.__file__).stat(), module.__file__),)
    return tuple(sorted(line for folder in folders for line in _below(folder)))


def _below(folder: str) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _below(entry.path)
        elif entry.name.endswith(_SOURCE):
            yield _state(entry.stat(), entry.path)


def _state(state: os.stat_result, path: str) -> str:
    return f"{path} {state.st_size} {state.st_mtime_ns}"
