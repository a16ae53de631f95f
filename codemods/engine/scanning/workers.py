"""Work on many files in several processes, whose death costs nothing but time.

Each worker is a fork of this process: it has the project and the codemods without their being
sent, gets a few paths at a time and sends back what came of them. Where a worker dies (killed for
its memory, a crash in an extension), that is reported and its paths are done again, one by one;
a path that takes a second worker down is given up, with the reason. However the parent ends, no
worker stays: it closes their pipes, and a worker without a pipe ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, Generic, TypeVar

PATHS_AT_ONCE = 64
"""How many paths a worker gets: few enough that all end at about the same time."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """What came of some paths."""

    paths: tuple[str, ...]
    result: Result


@dataclass(frozen=True, slots=True)
class Died:
    """A worker that ended before it had an answer."""

    paths: tuple[str, ...]
    how: str
    """``signal 9``, ``status 3``."""
    final: bool
    """Whether the paths are given up; else they are done again."""


class WorkerError(Exception):
    """The work itself raised an exception in a worker; the message is its own."""


def can_fork() -> bool:
    """Whether this platform has what the workers need."""
    return "fork" in multiprocessing.get_all_start_methods()


def workers_for(paths: int, jobs: int, at_once: int = PATHS_AT_ONCE) -> int:
    """How many processes are started for so many paths: none that would get nothing."""
    return max(1, min(jobs, -(-paths // at_once)))


def in_words(death: Died) -> str:
    """What happened, for a person."""
    what = death.paths[0] if len(death.paths) == 1 else f"{len(death.paths)} files"
    then = "given up" if death.final else "done again"
    return f"a worker process died ({death.how}); {what} {then}"


def in_processes(
    work: Callable[[Sequence[str]], Result],
    paths: Sequence[str],
    jobs: int,
    at_once: int = PATHS_AT_ONCE,
) -> Iterator[Done[Result] | Died]:
    """Call ``work`` for all of ``paths``, a part at a time, in ``jobs`` processes.

    What comes out is in the order in which it is done. The results must be picklable.

    Args:
        work: gets some of the paths.
        paths: all of them.
        jobs: how many processes at most.
        at_once: how many paths a process gets at a time.

    Raises:
        WorkerError: when ``work`` raised an exception; all workers are ended first.
    """
    if not paths:
        return
    pool = _Pool(work, paths, at_once)
    try:
        for _ in range(workers_for(len(paths), jobs, at_once)):
            if not pool.start():
                break
        while pool.busy:
            yield from pool.answers()
        # There is no process to be had any more: what nobody died of is done by this one.
        yield from pool.alone()
    finally:
        pool.stop()


@dataclass(slots=True)
class _Worker:
    process: ForkProcess
    pipe: Connection
    paths: tuple[str, ...]


class _Pool(Generic[Result]):
    def __init__(
        self, work: Callable[[Sequence[str]], Result], paths: Sequence[str], at_once: int
    ) -> None:
        self._work = work
        self._context = multiprocessing.get_context("fork")
        self.waiting: deque[tuple[str, ...]] = deque(
            tuple(paths[start : start + at_once]) for start in range(0, len(paths), at_once)
        )
        self.busy: list[_Worker] = []
        self._suspects: set[str] = set()

    def start(self) -> bool:
        """One more worker, with the next paths; whether the system lets us have one."""
        here, there = self._context.Pipe()
        # A fork has the pipes of the workers before it too: they must not stay open there.
        others = [worker.pipe for worker in self.busy]
        process = self._context.Process(
            target=_serve, args=(self._work, there, [here, *others]), daemon=True
        )
        try:
            process.start()
        except OSError:
            # A limit on processes, or no memory: those that there are, or this one, do it all.
            here.close()
            return False
        finally:
            there.close()
        worker = _Worker(process, here, ())
        self.busy.append(worker)
        self._give(worker)
        return True

    def _give(self, worker: _Worker) -> None:
        """The next paths, or the end."""
        if not self.waiting:
            self.busy.remove(worker)
            worker.pipe.close()
            worker.process.join()
            return
        worker.paths = self.waiting.popleft()
        try:
            worker.pipe.send(worker.paths)
        except OSError:
            # It died in between: the closed pipe is met when its answer is waited for.
            return

    def answers(self) -> Iterator[Done[Result] | Died]:
        """Wait until something comes from a worker."""
        ready = wait([worker.pipe for worker in self.busy])
        for worker in [item for item in self.busy if item.pipe in ready]:
            try:
                good, answer = worker.pipe.recv()
            except (EOFError, OSError):
                yield self._bury(worker)
                continue
            if not good:
                raise WorkerError(answer)
            done = Done(worker.paths, answer)
            self._give(worker)
            yield done

    def _bury(self, worker: _Worker) -> Died:
        worker.process.join()
        worker.pipe.close()
        self.busy.remove(worker)
        code = worker.process.exitcode or 0
        how = f"signal {-code}" if code < 0 else f"status {code}"
        final = len(worker.paths) == 1 and worker.paths[0] in self._suspects
        if not final:
            self._suspects |= set(worker.paths)
            # One by one, so that only the file that kills is lost.
            self.waiting.extendleft((path,) for path in reversed(worker.paths))
        if self.waiting:
            self.start()
        return Died(worker.paths, how, final)

    def alone(self) -> Iterator[Done[Result] | Died]:
        """What is left, without a worker; what may have killed one is given up."""
        while self.waiting:
            paths = self.waiting.popleft()
            if self._suspects.issuperset(paths):
                yield Died(paths, "no other can be started", final=True)
                continue
            try:
                result = self._work(paths)
            except Exception as error:
                raise WorkerError(f"{type(error).__name__}: {error}") from error
            yield Done(paths, result)

    def stop(self) -> None:
        """End every worker that is still there."""
        for worker in self.busy:
            # A signal that comes right behind the fork is lost; without its pipe a worker ends.
            worker.pipe.close()
            worker.process.terminate()
        for worker in self.busy:
            worker.process.join()
        self.busy.clear()


def _serve(
    work: Callable[[Sequence[str]], Any], pipe: Connection, others: Sequence[Connection]
) -> None:
    """What a worker does until its pipe is closed."""
    # Ctrl-C reaches the whole group: the parent decides, and ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()
    while True:
        try:
            paths = pipe.recv()
        except (EOFError, OSError):
            os._exit(0)
        try:
            answer = (True, work(paths))
        except Exception as error:  # noqa: BLE001 (told to the parent, which raises)
            answer = (False, f"{type(error).__name__}: {error}")
        try:
            pipe.send(answer)
        except OSError:
            os._exit(0)
