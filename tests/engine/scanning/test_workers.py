"""Worker processes: what they hold is never lost, and none of them stays."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from codemods.engine.scanning import workers
from codemods.engine.scanning.workers import Died, Done, WorkerError, can_fork, in_processes

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")
PATHS = tuple(f"{number}.py" for number in range(200))


def _answers(
    found: Sequence[Done[list[str]] | Died],
) -> tuple[list[str], list[Died]]:
    done = [path for item in found if isinstance(item, Done) for path in item.result]
    return sorted(done), [item for item in found if isinstance(item, Died)]


@pytest.mark.parametrize("jobs", [1, 2, 5, 1000])
def test_every_path_is_worked_on_once(jobs: int) -> None:
    found = list(in_processes(lambda paths: list(paths), PATHS, jobs))
    assert _answers(found) == (sorted(PATHS), [])
    assert multiprocessing.active_children() == []


def test_no_path_is_no_work() -> None:
    assert list(in_processes(lambda paths: list(paths), (), 2)) == []


def test_a_worker_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "died"

    def work(paths: Sequence[str]) -> list[str]:
        if "7.py" in paths and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return list(paths)

    done, died = _answers(list(in_processes(work, PATHS, 2)))
    assert done == sorted(PATHS)
    assert [(item.how, item.final, "7.py" in item.paths) for item in died] == [
        ("signal 9", False, True)
    ]


@pytest.mark.parametrize(("jobs", "status"), [(1, 3), (3, 4)])
def test_a_path_that_kills_is_given_up_and_only_that(jobs: int, status: int) -> None:
    def work(paths: Sequence[str]) -> list[str]:
        if "7.py" in paths or "150.py" in paths:
            os._exit(status)
        return list(paths)

    done, died = _answers(list(in_processes(work, PATHS, jobs)))
    assert done == sorted({*PATHS} - {"7.py", "150.py"})
    final = [item for item in died if item.final]
    assert sorted(item.paths for item in final) == [("150.py",), ("7.py",)]
    assert {item.how for item in died} == {f"status {status}"}
    assert multiprocessing.active_children() == []


def test_an_exception_in_the_work_is_no_death() -> None:
    def work(paths: Sequence[str]) -> list[str]:
        raise ValueError("wrong")

    with pytest.raises(WorkerError, match="ValueError: wrong"):
        list(in_processes(work, PATHS, 2))
    assert multiprocessing.active_children() == []


def test_whoever_stops_listening_leaves_no_worker() -> None:
    answers = in_processes(lambda paths: list(paths), PATHS, 3)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


_SCRIPT = """
import os, sys, time
from codemods.engine.scanning import workers
def work(paths):
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(1)
try:
    list(workers.in_processes(work, [str(n) for n in range(500)], 2))
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_orphans(tmp_path: Path, number: signal.Signals) -> None:
    listed = tmp_path / "pids"
    listed.touch()
    parent = subprocess.Popen([sys.executable, "-c", _SCRIPT, str(listed)], start_new_session=True)
    while len(listed.read_text().split()) < 2:
        assert parent.poll() is None
        time.sleep(0.02)
    pids = [int(word) for word in listed.read_text().split()]
    if number is signal.SIGINT:
        # Ctrl-C reaches every process of the group.
        os.killpg(parent.pid, number)
        assert parent.wait(30) == 130
    else:
        os.kill(parent.pid, number)
        parent.wait(30)
    deadline = time.monotonic() + 30
    while any(_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "a worker stayed"
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    # Nobody may be there to take leave of it.
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_the_parts_are_small_enough_for_several_workers() -> None:
    seen: set[tuple[str, ...]] = set()
    for item in in_processes(lambda paths: list(paths), PATHS, 2):
        assert len(item.paths) <= workers.PATHS_AT_ONCE
        seen.add(item.paths)
    assert len(seen) == -(-len(PATHS) // workers.PATHS_AT_ONCE)


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many forks are still let; each takes one."""
    left = [0]
    fork = os.fork

    def limited() -> int:
        if not left[0]:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        left[0] -= 1
        return fork()

    monkeypatch.setattr(os, "fork", limited)
    return left


@pytest.mark.parametrize("most", [0, 1, 2])
def test_fewer_processes_than_were_asked_for(forks: list[int], most: int) -> None:
    forks[0] = most
    found = list(in_processes(lambda paths: list(paths), PATHS, 4))
    assert _answers(found) == (sorted(PATHS), [])
    assert multiprocessing.active_children() == []


def test_what_killed_the_only_process_is_not_done_by_ours(forks: list[int]) -> None:
    def work(paths: Sequence[str]) -> list[str]:
        if "7.py" in paths and os.getpid() != ours:
            os.kill(os.getpid(), signal.SIGKILL)
        return list(paths)

    ours = os.getpid()
    forks[0] = 1
    done, died = _answers(list(in_processes(work, PATHS, 1)))
    first = PATHS[: workers.PATHS_AT_ONCE]
    assert done == sorted(set(PATHS) - set(first))
    assert [item.paths for item in died if item.final] == [(path,) for path in first]


def test_what_fails_without_a_process_is_told(forks: list[int]) -> None:
    def work(paths: Sequence[str]) -> list[str]:
        raise ValueError("no")

    with pytest.raises(WorkerError, match="ValueError: no"):
        list(in_processes(work, PATHS, 4))
