"""stdout and stderr that are closed, broken or full: the work goes on, and its status counts.

Files are written and branches made whatever becomes of the words about them. An exception in the
middle of a word would leave half of the work, with a status that is true of neither half.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import select
import sys
from collections.abc import Callable, Iterator
from typing import Any


class _Outlet(io.RawIOBase):
    """Writes to a descriptor until that fails, and from then on to nobody."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.error: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: Any) -> int:
        while self.error is None:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                # Whoever shares it with us does not want to wait; we do.
                select.select([], [self._descriptor], [])
            except OSError as error:
                self.error = error
        return len(data)


@contextlib.contextmanager
def outlets() -> Iterator[Callable[[], str | None]]:
    """For the block, what is written to stdout and stderr raises nothing.

    What is yielded tells, at the end, why a part of stdout went nowhere; ``None`` where it did not,
    or where whoever reads it had enough (``autofix list | head``).
    """
    _open_standard_descriptors()
    old = sys.stdout, sys.stderr
    out = _outlet(sys.stdout)
    error = _outlet(sys.stderr)
    if out is not None:
        sys.stdout = _text(out, old[0])
    if error is not None:
        sys.stderr = _text(error, old[1])

    def lost() -> str | None:
        sys.stdout.flush()
        if out is None or out.error is None or out.error.errno == errno.EPIPE:
            return None
        return out.error.strerror

    try:
        yield lost
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = old


def _open_standard_descriptors() -> None:
    """What was closed by whoever called us (``>&-``) leads to nobody, instead of into the next file
    that is opened: git writes to the same numbers."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # It stays open to the end of the process.
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115


def _outlet(stream: object) -> _Outlet | None:
    """``None`` for a stream of somebody else's, which has no descriptor."""
    if not isinstance(stream, io.TextIOWrapper):
        return None
    try:
        stream.flush()
        return _Outlet(stream.fileno())
    except OSError:
        return None


def _text(outlet: _Outlet, like: io.TextIOWrapper | object) -> io.TextIOWrapper:
    assert isinstance(like, io.TextIOWrapper)
    return io.TextIOWrapper(
        io.BufferedWriter(outlet),
        encoding=like.encoding,
        errors=like.errors,
        newline="\n",
        line_buffering=like.line_buffering,
        write_through=like.write_through,
    )
