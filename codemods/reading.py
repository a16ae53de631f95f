"""Reading files that others wrote: regular ones, of a size that somebody may have written.

A pipe never ends until somebody writes, a device never at all, and a link to either can be
committed: neither may hang a scan or fill the memory.
"""

from __future__ import annotations

import errno
import os
import stat

MOST = 64 * 1024 * 1024
"""Bytes of a file that is read."""
_PIECE = 65_536
"""Bytes of a stream that are read at a time."""


class NotRegularError(OSError):
    """What stands there is no file that is read; ``strerror`` says why, for a person."""


def read_regular(path: str | os.PathLike[str], most: int = MOST) -> bytes:
    """The bytes of a file.

    Args:
        path: the file; links to it are followed.
        most: how many bytes it may have.

    Raises:
        NotRegularError: when it is a folder, a pipe or a device, or larger.
        OSError: when it cannot be read.
    """
    return _read(path, most, streams=False)


def read_given(path: str | os.PathLike[str], most: int = MOST) -> bytes:
    """The bytes of a file that somebody named: a regular one, or what another program hands over
    (``/dev/stdin``, ``<(program)``). A pipe that has a name may have nobody who ever writes.

    Args:
        path: the file; links to it are followed.
        most: how many bytes it may have.

    Raises:
        NotRegularError: when it is a folder, a pipe with a name, or larger.
        OSError: when it cannot be read.
    """
    return _read(path, most, streams=True)


def _read(path: str | os.PathLike[str], most: int, *, streams: bool) -> bytes:
    # Without waiting: a pipe would keep us until somebody writes to it.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            if not streams or not _is_handed_over(path, state.st_mode):
                raise NotRegularError(errno.EINVAL, "not a regular file", os.fspath(path))
            os.set_blocking(handle, True)
        pieces: list[bytes] = []
        # What is as large as that need not be read to know it; in /proc, files have no size.
        left = 0 if state.st_size > most else most + 1
        while left and (
            piece := os.read(handle, min(left, _PIECE if streams else state.st_size + 1))
        ):
            pieces.append(piece)
            left -= len(piece)
    finally:
        os.close(handle)
    if not left:
        large = f"larger than {most:,} bytes"
        raise NotRegularError(errno.EFBIG, large, os.fspath(path))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _is_handed_over(path: str | os.PathLike[str], mode: int) -> bool:
    """Whether it is a pipe without a name, or a device such as a terminal."""
    own = os.path.realpath(path).startswith(("/proc/", "/dev/"))
    return stat.S_ISCHR(mode) or (stat.S_ISFIFO(mode) and own)
