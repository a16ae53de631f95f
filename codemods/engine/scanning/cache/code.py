"""What our own code is, and that of plug-ins: an answer is kept for the code that gave it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from codemods.codemod import Codemod
from codemods.transforms import catalogue

_SOURCE = (".py", ".toml")


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
