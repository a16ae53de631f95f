"""Reading files that a repository holds: regular ones, of a size that somebody may have written.

A pipe never ends until somebody writes, a device never at all, and a link to either can be
committed: neither may hang a scan or fill the memory.
"""

from __future__ import annotations

import errno
import os
import stat

MOST = 64 * 1024 * 1024
"""Bytes of a file that is read."""


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
    # Without waiting: a pipe would keep us until somebody writes to it.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise NotRegularError(errno.EINVAL, "not a regular file", os.fspath(path))
        pieces: list[bytes] = []
        left = most + 1
        while left and (piece := os.read(handle, min(left, state.st_size + 1))):
            pieces.append(piece)
            left -= len(piece)
    finally:
        os.close(handle)
    if not left:
        large = f"larger than {most:,} bytes"
        raise NotRegularError(errno.EFBIG, large, os.fspath(path))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
