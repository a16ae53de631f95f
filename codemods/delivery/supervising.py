"""A command that somebody else wrote: with a time limit, its output kept, and ended whole."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

KEPT = 65_536
"""Bytes of the end of the output that are kept."""
MOST = 200_000_000
"""Bytes that it may print: what prints more does so for ever."""
GRACE = 2.0
"""Seconds between asking a process to end and ending it."""
_MARK = "AUTOFIX_VERIFY_RUN"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int | None
    """Its exit status, negative for a signal; ``None`` where it was stopped."""
    seconds: float
    output: str
    """The end of what it printed, on both streams."""
    stopped: str = ""
    """Why it was stopped."""

    @property
    def passed(self) -> bool:
        """Whether it ended by itself, and well."""
        return self.status == 0

    @property
    def how(self) -> str:
        """In words: ``passed in 41 s``."""
        if self.stopped:
            return self.ending
        return f"{self.ending} {'in' if self.passed else 'after'} {self.seconds:.0f} s"

    @property
    def ending(self) -> str:
        """The same without the time, which is another one each time."""
        if self.stopped:
            return f"was stopped: {self.stopped}"
        if self.passed:
            return "passed"
        if self.status is not None and self.status < 0:
            return f"was killed by signal {-self.status}"
        return f"failed with status {self.status}"


def supervise(command: str, folder: Path, environment: Mapping[str, str], limit: float) -> Ended:
    """Run a command for ``sh`` in a folder, in a session of its own and without input.

    Whatever it has started has ended when this returns, also what left its process group, where
    the system tells processes' environments (Linux).

    Raises:
        OSError: when no shell can be started.
    """
    mark = secrets.token_hex(16)
    start = time.monotonic()
    with subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={**environment, _MARK: mark, "PWD": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        tail = _Tail(process.stdout)
        stopped = ""
        try:
            while process.poll() is None:
                if time.monotonic() - start > limit:
                    stopped = f"it took longer than {limit:.0f} s"
                    break
                if tail.total > MOST:
                    stopped = f"it printed more than {MOST // 1_000_000} MB"
                    break
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(min(0.2, limit))
        finally:
            seconds = time.monotonic() - start
            _end(process, mark)
        tail.join()
    status = None if stopped else process.returncode
    return Ended(status, seconds, tail.text, stopped)


class _Tail:
    """Reads to the end of a stream, and keeps the end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""
        self.total = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        descriptor = self._stream.fileno()
        while data := os.read(descriptor, KEPT):
            self.total += len(data)
            self._kept = (self._kept + data)[-KEPT:]

    def join(self) -> None:
        """Wait for the end, which comes when nobody holds the stream any more."""
        self._thread.join(GRACE)

    @property
    def text(self) -> str:
        return self._kept.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes], mark: str) -> None:
    """End a process group, and everything that carries the mark."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        for other in _members(process.pid, mark):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(other, number)
        end = time.monotonic() + GRACE
        while time.monotonic() < end:
            process.poll()
            if not _members(process.pid, mark):
                process.wait()
                return
            time.sleep(0.02)
    process.wait()


def _members(group: int, mark: str) -> list[int]:
    """The processes of a group, and those with the mark in their environment."""
    processes = Path("/proc")
    if not (processes / "self/stat").exists():
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return []
        return [group]
    wanted = f"{_MARK}={mark}".encode()
    found = []
    for folder in processes.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # Behind the name, which may hold anything: the state, the parent, the group.
            state, _, own = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:3]
            if state in (b"Z", b"X"):
                # Ended already, and waiting for whoever started it.
                continue
            if int(own) == group or wanted in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found
