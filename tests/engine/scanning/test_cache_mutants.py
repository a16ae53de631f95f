"""A cache that forgets something is found out: each part of what an answer was made from, left out,
makes a scan after one of these edits say something else than a scan without a cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codemods.engine.scanning import scan
from codemods.engine.scanning.cache import run
from codemods.engine.scanning.cache.folder import CacheFolder
from codemods.project import popular
from codemods.project.reads import Differences, StoredReads, stored_reads
from tests.engine.scanning.test_cache import (
    ALWAYS_SETTLED,
    BLOCKS,
    CLEAN,
    _anew,
    _Counting,
    _said,
)

NAPS = "import trio\n\n\nasync def nap():\n    await trio.lowlevel.checkpoint()\n"
LOW = "import time\n\n\ndef pause():\n    time.sleep(2)\n"
TOP = "from low import pause\n\n\nasync def serve():\n    pause()\n"
CACHE = """\
import asyncio


class Cache:
    def __init__(self):
        self._found = {}

    async def get(self, key):
        if key not in self._found:
            self._found[key] = await self._load(key)
        return self._found[key]
"""
BOTH = """\
import asyncio

from cache import Cache

cache = Cache()


async def both():
    await asyncio.gather(cache.get(1), cache.get(2))
"""
EDITS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "a function of another file": ({"low": LOW, "top": TOP}, {"low": CLEAN}),
    "who calls it any more": ({"cache": CACHE, "both": BOTH}, {"both": CLEAN}),
    "who calls it now": ({"cache": CACHE, "both": CLEAN}, {"both": BOTH}),
    "what most files are for": (
        {"one": NAPS, "two": NAPS, "waits": BLOCKS},
        {"one": CLEAN, "two": CLEAN},
    ),
    "a file more": ({"one": BLOCKS}, {"two": BLOCKS}),
    "a module more": (
        {"top": "from pauses import pause\n\n\nasync def serve():\n    pause()\n"},
        {"pauses": LOW},
    ),
}
"""By what changes: the files before, and those that become others."""


def _without(part: str) -> Callable[..., StoredReads]:
    return lambda reads: msgspec.structs.replace(stored_reads(reads), **{part: ()})


def _only_members(self: Differences, reads: StoredReads) -> bool:
    """As if a file could only lose what is searched for, and not get it."""
    held = self.changed.isdisjoint(reads.files) and self.exist_as_before(reads)
    return not held or any(self.changed.intersection(item.members) for item in reads.searches)


def _no_members(self: Differences, reads: StoredReads) -> bool:
    """The other way round."""
    held = self.changed.isdisjoint(reads.files) and self.exist_as_before(reads)
    return not held or any(self._holders(item.literals) for item in reads.searches)


MUTANTS: dict[str, tuple[Any, str, object]] = {
    "files that were read": (run, "stored_reads", _without("files")),
    "what was searched for": (run, "stored_reads", _without("searches")),
    "who holds it now": (Differences, "concern", _only_members),
    "who held it before": (Differences, "concern", _no_members),
    "what was found out about all": (run, "stored_reads", _without("surveys")),
    "which files there are": (run, "_listing", lambda _project: b""),
}


@pytest.fixture(autouse=True)
def _each_file_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked is recorded for all files that are looked at together."""
    monkeypatch.setattr(scan, "AT_ONCE", 0)
    monkeypatch.setattr(popular, "ALWAYS", 0)


def _is_another_one(folder: Path, edit: str) -> bool:
    """Whether a scan with what was kept before an edit says something else than one without."""
    folder.mkdir()
    before, after = EDITS[edit]
    for name, text in before.items():
        (folder / f"{name}.py").write_text(text)
    _Counting(folder).scan()
    for name, text in after.items():
        (folder / f"{name}.py").write_text(text)
    try:
        return _said(_Counting(folder).scan()) != _said(_anew(folder))
    except KeyError:
        # A file that nobody knew of.
        return True


@pytest.mark.parametrize("edit", EDITS)
def test_nothing_is_forgotten(tmp_path: Path, edit: str) -> None:
    assert not _is_another_one(tmp_path / "project", edit)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS)
def test_what_a_cache_forgets_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    monkeypatch.setattr(*MUTANTS[mutant])
    assert any(_is_another_one(tmp_path / edit, edit) for edit in EDITS)


@pytest.mark.parametrize("part", ["size", "modified", "changed", "number"])
def test_each_sign_of_another_content_counts(tmp_path: Path, part: str) -> None:
    """Where the other signs are the same, the one that is left tells."""
    path = tmp_path / "a.py"
    path.write_text(BLOCKS)
    counting = _Counting(tmp_path)
    counting.scan()
    (kept,) = (tmp_path / ".autofix_cache").glob("*.scan")
    folder = CacheFolder(tmp_path / ".autofix_cache", tmp_path)
    known = folder.load(kept.stem)
    assert known is not None
    path.write_text(CLEAN)
    state = path.stat()
    now = {
        "size": state.st_size,
        "modified": state.st_mtime_ns,
        "changed": state.st_ctime_ns,
        "number": state.st_ino,
    }
    told = getattr(known.files["a.py"], part)
    same = msgspec.structs.replace(known.files["a.py"], **{**now, part: told + 1})
    folder.save(kept.stem, msgspec.structs.replace(known, files={"a.py": same}))
    assert _said(_Counting(tmp_path, ALWAYS_SETTLED).scan()) == _said(_anew(tmp_path))
