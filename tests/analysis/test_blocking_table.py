"""The table of blocking callables: every row of the standard library must exist."""

from __future__ import annotations

import importlib
import sys
import threading
import tomllib
from collections.abc import Callable
from importlib import resources
from typing import cast

import pytest

from codemods.analysis.blocking.table import BlockingKind, Row, Weight, row, rows, types

STANDARD = sorted(name for name in rows() if name.partition(".")[0] in sys.stdlib_module_names)

LINTERS = """
urllib.request.urlopen urllib3.PoolManager.request urllib3.request
requests.get requests.delete requests.head requests.options requests.patch requests.post
requests.put requests.request httpx.get httpx.delete httpx.head httpx.options httpx.patch
httpx.post httpx.put httpx.request httpx.Client.get httpx.Client.post httpx.Client.request
os.popen os.posix_spawn os.posix_spawnp os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv
os.spawnve os.spawnvp os.spawnvpe os.system subprocess.Popen subprocess.call
subprocess.check_call subprocess.check_output subprocess.getoutput subprocess.getstatusoutput
subprocess.run os.wait os.wait3 os.wait4 os.waitid os.waitpid
builtins.open io.open io.open_code pathlib.Path.open os.fdopen
os.path.exists os.path.isfile os.path.isdir os.path.getsize os.path.getmtime os.path.realpath
pathlib.Path.exists pathlib.Path.glob pathlib.Path.iterdir pathlib.Path.read_text
pathlib.Path.stat pathlib.Path.unlink pathlib.Path.write_bytes builtins.input time.sleep
"""


def found(name: str) -> object:
    """The object of a dotted name: the longest importable prefix, then attributes."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            value: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            if value in (threading.Lock, threading.RLock, threading.Condition):
                # Factories in some versions; conditions borrow the methods of their lock.
                value = cast(Callable[[], object], value)()
            value = getattr(value, part)
        return value
    raise AssertionError(f"no module of {name} can be imported")


@pytest.mark.parametrize("name", STANDARD)
def test_row_of_the_standard_library_exists(name: str) -> None:
    assert callable(found(name))


@pytest.mark.parametrize(
    "name",
    ["requests", "httpx", "numpy", "sqlalchemy", "PIL", "git", "mutagen", "soundfile", "librosa"],
)
def test_row_of_an_installed_library_exists(name: str) -> None:
    pytest.importorskip(name)
    for item in rows():
        if item.partition(".")[0] == name:
            assert callable(found(item)), item


@pytest.mark.parametrize(
    "name",
    [
        "asyncio.sleep",
        "asyncio.open_connection",
        "os.path.join",
        "os.path.basename",
        "os.getenv",
        "json.loads",
        "json.dumps",
        "pathlib.Path",
        "pathlib.Path.with_suffix",
        "logging.getLogger",
        "requests.Session",
        "httpx.AsyncClient.get",
        "sqlalchemy.ext.asyncio.AsyncSession.execute",
        "redis.asyncio.Redis.get",
        "threading.Lock",
        "sleep",
        "",
    ],
)
def test_what_does_not_block_is_not_in_it(name: str) -> None:
    assert row(name) is None


def test_no_name_stands_twice() -> None:
    file = resources.files("codemods.analysis.blocking").joinpath("table.toml")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    assert set(data) == {kind.value for kind in BlockingKind} | {"types"}
    names = [
        name
        for kind in BlockingKind
        for item in data[kind.value]
        for name in (item["name"], *item.get("aliases", ()))
    ]
    assert sorted(names) == sorted(set(names))
    known = {"name", "weight", "aliases", "returns", "lazy", "offload", "why", "replacement"}
    assert {key for kind in BlockingKind for item in data[kind.value] for key in item} <= known


def test_what_must_stay_says_why() -> None:
    for item in rows().values():
        assert item.offload or item.why, item.name
        assert not (item.offload and item.why), item.name


def test_what_linters_name_is_there() -> None:
    """The callables of ruff's ASYNC210, 212, 220, 221, 222, 230, 240, 250 and 251."""
    assert [name for name in LINTERS.split() if row(name) is None] == []
    assert len(set(rows().values())) >= 150


def test_rows_say_what_they_are() -> None:
    assert row("time.sleep") == Row(
        "time.sleep", BlockingKind.SLEEP, Weight.HEAVY, replacement="asyncio.sleep"
    )
    walk, connect = row("os.walk"), row("sqlite3.connect")
    assert walk is not None and walk.lazy
    assert connect is not None and not connect.offload
    assert row("io.open") is row("builtins.open")
    assert types()["builtins.open()"] == types()["io.open()"] == "io.TextIOWrapper"
