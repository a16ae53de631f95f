"""The table of callables that stop the event loop; its rows are data in ``table.toml``."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


class Weight(enum.StrEnum):
    """How long a call may take."""

    CHEAP = "cheap"
    """Microseconds, a ``stat``: a scan leaves it, a finding may name it."""
    SMALL = "small"
    """A name that is made, changed or removed: a thread takes longer to start."""
    NORMAL = "normal"
    HEAVY = "heavy"

    @property
    def is_trifle(self) -> bool:
        """Whether a scan leaves it."""
        return self in (Weight.CHEAP, Weight.SMALL)

    @property
    def rank(self) -> int:
        """0 for the cheapest."""
        return list(Weight).index(self)


class BlockingKind(enum.StrEnum):
    """What a call waits for."""

    SLEEP = "sleep"
    FILE = "file"
    NETWORK = "network"
    PROCESS = "process"
    ARCHIVE = "archive"
    MEDIA = "media"
    DATABASE = "database"
    LOCK = "lock"
    CONSOLE = "console"
    CPU = "cpu"


@dataclass(frozen=True, slots=True)
class Row:
    """One blocking callable."""

    name: str
    """Dotted, as it is imported; methods as ``module.Class.method``."""
    kind: BlockingKind
    weight: Weight = Weight.NORMAL
    offload: bool = True
    """Whether a call may be taken to a thread by itself."""
    why: str = ""
    """What speaks against that, in words."""
    lazy: bool = False
    """It gives an iterator that does the work later: taking the call to a thread gains nothing."""
    replacement: str | None = None
    """What asyncio itself has instead: ``asyncio.sleep``."""
    aliases: tuple[str, ...] = ()
    """Other names of the same object."""


@cache
def _data() -> Mapping[str, Any]:
    file = resources.files("codemods.analysis.blocking").joinpath("table.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def rows() -> Mapping[str, Row]:
    """Every row by each of its names."""
    found: dict[str, Row] = {}
    for kind in BlockingKind:
        for item in _data()[kind.value]:
            row = Row(
                item["name"],
                kind,
                Weight(item.get("weight", "normal")),
                item.get("offload", True),
                item.get("why", ""),
                item.get("lazy", False),
                item.get("replacement"),
                tuple(item.get("aliases", ())),
            )
            found.update(dict.fromkeys((row.name, *row.aliases), row))
    return found


@cache
def types() -> Mapping[str, str]:
    """The class of what an attribute is, or a call gives: ``tarfile.open()`` a
    ``tarfile.TarFile``."""
    found = dict(_data()["types"])
    for kind in BlockingKind:
        for item in _data()[kind.value]:
            if "returns" in item:
                for name in (item["name"], *item.get("aliases", ())):
                    found[f"{name}()"] = item["returns"]
    return found


def row(name: str) -> Row | None:
    """The row of a dotted name, ``None`` when the table does not know it."""
    return rows().get(name)
