"""Temporary files beside the written ones, and their leftovers after a killed run.

Their names cannot be foretold, do not end like source, and tell the process that made them: the
next run removes what a dead one left, and leaves alone what a living one is about to use.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import socket
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PREFIX = ".autofix-"
SUFFIX = ".tmp"
_NAME = re.compile(r"\.autofix-([0-9a-f]{8}-\d{1,10})-\w+\.tmp")
_EARLIER = re.compile(r"\.autofix-\w{8}\.pyi?")
"""What version 0.1 left beside the sources, when it was killed."""
_NOTE = "autofix writes below"
_OLD = 24 * 3600
"""Seconds after which a temporary file is left over, whoever made it: on another machine that has
the same folder, say."""


def temporary_file(target: Path, data: bytes) -> Path:
    """A file beside ``target`` with new content, and with its mode and where possible its owner."""
    prefix = f"{PREFIX}{mark()}-"
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=SUFFIX, dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            _dress(stream.fileno(), target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _dress(handle: int, target: Path) -> None:
    try:
        old = target.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    mode = old.st_mode & 0o7777
    new = os.fstat(handle)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        try:
            os.fchown(handle, old.st_uid, old.st_gid)
        except OSError:
            # Only root gives files away; a set-user-id bit would then be that of another user.
            mode &= 0o777
    os.fchmod(handle, mode)


def mark() -> str:
    """What tells this process from others, in a name."""
    return f"{_where()}-{os.getpid()}"


@cache
def _where() -> str:
    """The machine, and on it the room of process numbers: those of a container are its own."""
    try:
        processes = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 (no path: ``pid:[4026531836]``)
    except OSError:
        processes = ""
    return hashlib.sha256(f"{socket.gethostname()} {processes}".encode()).hexdigest()[:8]


def is_left_over(name: str) -> bool:
    """Whether a Python file is none of anybody's: what an earlier version left."""
    return _EARLIER.fullmatch(name) is not None


@contextlib.contextmanager
def kept_clean(root: Path, paths: Iterable[str]) -> Iterator[None]:
    """While files are written: a note of their folders in the top one, for whoever cleans up when
    this process is killed. What earlier ones left is removed first."""
    folders = sorted({path.rpartition("/")[0] for path in paths})
    clean(root)
    for folder in folders:
        remove_left_over(root / folder)
    note: Path | None = None
    try:
        # Where the top may not be written, those folders are looked at all the same, the next time.
        with contextlib.suppress(OSError):
            if folders != [""]:
                text = "\0".join((_NOTE, *folders)).encode("utf-8", "surrogateescape")
                note = temporary_file(root / f"{PREFIX}note", text)
        yield
    finally:
        if note is not None:
            note.unlink(missing_ok=True)


def clean(root: Path) -> int:
    """Remove what runs that were killed have left below ``root``; how many files that were."""
    removed = 0
    top = Path(os.path.realpath(root))
    for note in _left_over(top):
        try:
            data = note.read_bytes()
        except OSError:
            # Somebody else was quicker.
            continue
        head, *folders = data.decode("utf-8", "surrogateescape").split("\0")
        for folder in folders if head == _NOTE else ():
            inner = Path(os.path.realpath(top / folder))
            if inner.is_relative_to(top):
                removed += remove_left_over(inner)
    return removed + remove_left_over(top)


def remove_left_over(folder: Path) -> int:
    """Remove what runs that were killed have left in one folder; how many files that were."""
    removed = 0
    for path in _left_over(folder):
        with contextlib.suppress(OSError):
            path.unlink()
            removed += 1
    return removed


def _left_over(folder: Path) -> list[Path]:
    """The temporary files of a folder whose process is gone, but for those that are kept because
    what they hold could not be put back: these are read-only."""
    try:
        with os.scandir(folder) as entries:
            named = [
                (Path(item.path), found[1], item.stat(follow_symlinks=False))
                for item in entries
                if (found := _NAME.fullmatch(item.name)) is not None
            ]
    except OSError:
        # No such folder, or none that may be read: then nothing in it was written.
        return []
    return [
        path
        for path, maker, state in named
        if stat.S_ISREG(state.st_mode) and state.st_mode & 0o222 and is_abandoned(maker, state)
    ]


def is_abandoned(maker: str, state: os.stat_result) -> bool:
    """Whether the process that made a file or folder is gone.

    Args:
        maker: its :func:`mark`, or what begins with one.
        state: of the file or folder.
    """
    where, _, rest = maker.partition("-")
    process = rest.partition("-")[0]
    if state.st_uid != os.geteuid() or not process.isdigit():
        return False
    if time.time() - state.st_mtime > _OLD:
        return True
    if where != _where():
        return False
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        return False
    return False
