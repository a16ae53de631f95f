"""A line that says how far a command is, when it takes longer than a second."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

PATIENCE = 1.0
"""Seconds without a word."""


class Progress:
    """Use as a context, and call :meth:`step` before each of ``total`` pieces of work.

    Nothing shows where stderr is no terminal, and nothing stays when it ends.
    """

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._done = 0
        self._start = time.monotonic()
        self._status: Status | None = None

    def __enter__(self) -> Progress:
        return self

    def step(self, name: str) -> None:
        """Say which piece of work begins."""
        self._done += 1
        if not self._console.is_terminal or time.monotonic() - self._start < PATIENCE:
            return
        from codemods.output.styled import styled

        text = styled(f"{self._done} of {self._total}: {name}")
        if self._status is None:
            self._status = self._console.status(text)
            self._status.start()
        else:
            self._status.update(text)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status is not None:
            self._status.stop()
