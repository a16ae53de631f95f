"""A line that says how far a command is, when it takes longer than a second."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID
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


OFTEN = 0.1
"""Seconds between two looks of the line."""


class Stages:
    """How far something is that has stages: which one, how much of it is done, and how much time
    is left for it. Use as a context, and as a :data:`~codemods.project.project.Watch`.

    Nothing shows where stderr is no terminal, and nothing stays when it ends. No thread draws it:
    processes are forked meanwhile.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shows = console.is_terminal and not console.quiet
        self._next = time.monotonic() + PATIENCE
        self._bar: Bar | None = None
        self._task: tuple[str, TaskID] | None = None

    def __enter__(self) -> Stages:
        return self

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self._shows or (now := time.monotonic()) < self._next:
            return
        self._next = now + OFTEN
        bar = self._bar or self._begin()
        if self._task is None or self._task[0] != stage:
            if self._task is not None:
                bar.remove_task(self._task[1])
            self._task = (stage, bar.add_task(stage, total=total))
        bar.update(self._task[1], completed=done, total=total)
        bar.refresh()

    def _begin(self) -> Bar:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            auto_refresh=False,
            transient=True,
        )
        self._bar.start()
        return self._bar

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
