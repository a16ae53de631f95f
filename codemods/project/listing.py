"""The files of the last scan, if nothing that decides about them has changed.

A folder's time tells whether something came or went in it, a file's whether it may begin
otherwise. To ask for these of all takes a tenth of looking into all.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from codemods.project import (
    config,
    folder_rules,
    folder_settings,
    heads,
    ignoring,
    scanned_files,
    settings_files,
    vendored,
)
from codemods.project.folder_settings import FolderSettings
from codemods.project.heads import State, state_of
from codemods.project.ignoring import Rules
from codemods.project.scanned_files import (
    LeftOut,
    Reason,
    Selection,
    Selector,
    select_files,
)

SETTLED = 2_000_000_000
"""Two seconds, in nanoseconds: the coarsest clock of a file system. What changed less than that
before it was looked at may change again, and nothing would tell."""
_CODE = (
    *(config, folder_rules, folder_settings, heads, ignoring, scanned_files),
    *(settings_files, vendored),
)
MANY = 200
"""From how many files on it is worth a file of its own."""


class Shelf(Protocol):
    """Where something is kept until the next time."""

    def load_bytes(self, name: str) -> bytes | None:
        """What is kept under a name; ``None`` where nothing is that can be used."""

    def save_bytes(self, name: str, data: bytes) -> None:
        """Keep something in place of what was there; whoever keeps it tells that he cannot."""


class _Listing(msgspec.Struct, array_like=True, frozen=True):
    seen: dict[str, State | None]
    judged: frozenset[str]
    found: tuple[str, ...]
    left_out: dict[str, str]
    rules: tuple[str, ...]

    @property
    def selection(self) -> Selection:
        """The files."""
        left = (LeftOut(path, Reason(reason)) for path, reason in self.left_out.items())
        return Selection(self.found, tuple(left), self.rules)


def listed(
    root: Path,
    shelf: Shelf | None,
    *,
    exclude: Iterable[str] = (),
    settings: FolderSettings | None = None,
    settled: int = SETTLED,
) -> Selection:
    """What :func:`~codemods.project.scanned_files.select_files` says of the whole project.

    Args:
        root: the top of the project.
        shelf: where it is kept; ``None``: nowhere.
        exclude: patterns in the syntax of ``.gitignore``, from the top.
        settings: those of each folder, which exclude more.
        settled: after how many nanoseconds a change surely has another time.

    Raises:
        ValueError: for a pattern that is none.
    """
    patterns = tuple(exclude)
    if shelf is None:
        return select_files(root, exclude=patterns, settings=settings)
    asked = (*patterns, "settings", *(settings.top.exclude if settings is not None else ()))
    name = f"{_key(root, asked if settings is not None else patterns)}.files"
    before = _decoded(shelf.load_bytes(name))
    now = time.time_ns() - settled
    listing = before and _as_before(before, root, patterns, now)
    if listing is None:
        selector = Selector(root, Rules(patterns), settings)
        selector.add("", False)
        listing = _listing(selector, now)
    if listing is not before and len(listing.found) >= MANY:
        # A name that is not UTF-8: such a project is walked through each time.
        with contextlib.suppress(UnicodeEncodeError):
            shelf.save_bytes(name, msgspec.msgpack.encode(listing))
    return listing.selection


def _decoded(data: bytes | None) -> _Listing | None:
    try:
        return None if data is None else msgspec.msgpack.decode(data, type=_Listing)
    except (msgspec.DecodeError, ValueError):
        return None


def _as_before(
    before: _Listing, root: Path, patterns: tuple[str, ...], now: int
) -> _Listing | None:
    """The files if nothing has changed but how some begin; ``None``: choose anew."""
    others = []
    for path in _changed(before, root):
        if path not in before.judged:
            return None
        others.append(path)
    if not others:
        return before
    selector = Selector(root, Rules(patterns))
    selector.found = set(before.found)
    selector.left_out = {path: Reason(reason) for path, reason in before.left_out.items()}
    selector.wrong = set(before.rules)
    selector.seen, selector.judged = dict(before.seen), set(before.judged)
    for path in others:
        selector.found.discard(path)
        selector.left_out.pop(path, None)
        reason = selector.by_its_head(path)
        if reason is None:
            selector.found.add(path)
        else:
            selector.left_out[path] = reason
    return _listing(selector, now)


def _changed(before: _Listing, root: Path) -> Iterator[str]:
    """What is not surely as it was."""
    stat, prefix = os.stat, os.path.join(root, "")  # noqa: PTH118 (many thousands at a time)
    for path, state in before.seen.items():
        try:
            now = stat(prefix + path)
        except OSError:
            # What was not there and is not there is as it was.
            if state is not None or path in before.judged:
                yield path
            continue
        if state_of(now) != state:
            yield path


def _listing(selector: Selector, now: int) -> _Listing:
    selection = selector.selection
    # With a time that no file has, so that it is looked at again.
    seen = {
        path: state if state is None or max(state[1:3]) < now else (-1, 0, 0, 0)
        for path, state in selector.seen.items()
    }
    return _Listing(
        seen,
        frozenset(selector.judged),
        selection.paths,
        {item.path: item.reason.value for item in selection.left_out},
        selection.rules,
    )


def _key(root: Path, patterns: Iterable[str]) -> str:
    """By what is asked, and by the code that answers."""
    code = [Path(module.__file__ or "") for module in _CODE]
    states = [state_of(path.stat()) for path in (*code, Path(__file__))]
    asked = (sys.version, os.fspath(root), *map(str, states), *patterns)
    text = "\n".join(asked).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(text, digest_size=10).hexdigest()
