"""Output a screen at a time, as git shows it: in the pager that git would take, on a terminal."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator

from rich.pager import Pager

from .context import Session

DEFAULT = "less"
LESS = "FRX"
"""git's own: a text of one screen stays there and ends less, and colours are shown."""


@contextlib.contextmanager
def paged(session: Session) -> Iterator[None]:
    """What is printed to stdout in the block goes through the pager, where a person reads it."""
    command = pager(session) if sys.stdout.isatty() and not session.json else ""
    if not command:
        yield
        return
    with session.out.pager(_Command(command), styles=True):
        yield


def pager(session: Session) -> str:
    """The command; ``""``: none is wanted, or it is not there."""
    command = _wanted(session)
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    if not words or words == ["cat"]:
        return ""
    # git gives a line for a shell: what cannot be looked up is tried.
    simple = not set(command) & set("|&;<>()$`")
    return "" if simple and "=" not in words[0] and shutil.which(words[0]) is None else command


def _wanted(session: Session) -> str:
    """As git says (GIT_PAGER, core.pager, PAGER), and outside of a repository as it would say."""
    if session.repository is not None:
        done = session.repository.run("var", "GIT_PAGER")
        if not done.status:
            return done.text
    return os.environ.get("GIT_PAGER", os.environ.get("PAGER", DEFAULT))


class _Command(Pager):
    """A pager of a command line."""

    def __init__(self, command: str) -> None:
        self._command = command

    def show(self, content: str) -> None:
        """Hand the text over, and wait until it was read."""
        environment = {"LESS": LESS, "LV": "-c", **os.environ}
        sys.stdout.flush()
        encoding = sys.stdout.encoding or "utf-8"
        process = subprocess.Popen(
            self._command, shell=True, stdin=subprocess.PIPE, env=environment
        )
        assert process.stdin is not None
        # Whoever saw enough leaves it early.
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(content.encode(encoding, "replace"))
        while True:
            try:
                process.wait()
                return
            except KeyboardInterrupt:
                # The pager's to answer, as with git.
                continue
