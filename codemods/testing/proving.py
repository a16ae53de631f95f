"""Runs the fixtures' proofs, each in a process of its own that has what they import already.

Python and FastAPI take longer to start than most proofs to run, twice for each. So a process of its
own, started as ``python -X dev``, imports them once and forks for each proof: a proof sees nothing
of the tests, nor of another proof.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import runpy
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

SECONDS = 30
PRELOADED = ("asyncio", "logging", "tempfile", "threading", "fastapi.testclient", "sqlalchemy.orm")
"""What many proofs import, where it is installed, and what remembers nothing of who imported it."""


@dataclass(frozen=True)
class Proved:
    """How a proof ended."""

    returncode: int
    stderr: str


def prove(proof: Path, folder: Path) -> Proved:
    """Run a proof in a folder, which is the first that it imports from.

    Raises:
        TimeoutError: when it does not end.
        ChildProcessError: when it ends more than itself.
    """
    said = folder / "stderr.txt"
    server = _server()
    assert server.stdin is not None and server.stdout is not None
    try:
        server.stdin.write(json.dumps([str(proof), str(folder), str(said)]) + "\n")
        server.stdin.flush()
        answer = server.stdout.readline()
    except BrokenPipeError:
        answer = ""
    if not answer:
        # The next proof gets another one.
        _server.cache_clear()
        raise ChildProcessError(f"{proof} ended the process that runs the proofs")
    status = json.loads(answer)
    if status is None:
        raise TimeoutError(f"{proof} takes longer than {SECONDS} s")
    return Proved(status, said.read_text("utf-8", "backslashreplace"))


@functools.cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-X", "dev", "-P", __file__],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None

    @atexit.register
    def end() -> None:
        with contextlib.suppress(BrokenPipeError):
            server.communicate()

    return server


def _serve() -> None:
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # Nothing of that is garbage: a collection in a child would only copy it.
    gc.freeze()
    for line in sys.stdin:
        proof, folder, said = json.loads(line)
        child = os.fork()
        if child == 0:
            _be(proof, folder, said)
        print(json.dumps(_wait(child)), flush=True)


def _wait(child: int) -> int | None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return None


def _be(proof: str, folder: str, said: str) -> None:
    """What ``PYTHONPATH=folder python proof`` does, and nothing of what it leaves running."""
    status = 1
    null = os.open(os.devnull, os.O_RDWR)
    error = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    for number, opened in enumerate((null, null, error)):
        os.dup2(opened, number)
    try:
        os.chdir(folder)
        sys.argv = [proof]
        sys.path[:0] = [str(Path(proof).parent), folder]
        runpy.run_path(proof, run_name="__main__")
        status = 0
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else int(left.code is not None)
        if isinstance(left.code, str):
            print(left.code, file=sys.stderr)
    finally:
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
