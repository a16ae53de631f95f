from __future__ import annotations

import pytest

from codemods.analysis.threads.calls import calls_of
from codemods.codemod import Change, Place, Refusal, Scope
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms.lock_shared_state.threads import may_race, scan_threads

CLASS = """
import asyncio, functools, threading
from concurrent.futures import ThreadPoolExecutor
from threading import Thread, Timer

class Meter{bases}:
    def __init__(self, loop):
        self.loop = loop
        self.total = 0

    def start(self):
        {launch}

    def _work(self):
        self.total += 1

    def work(self):
        self._work()

    def reset(self):
        {other}
"""
RESET = "self.total = 0"


def found(launch: str, other: str = RESET, bases: str = "") -> list[Change | Refusal]:
    text = CLASS.format(launch=launch, other=other, bases=bases).encode()
    project = Project(MemoryFiles({"meter.py": text}))
    source = project.source("meter.py")
    place = Place(source, source.tree.module, by="scan")
    items = list(scan_threads(Scope(project, (place,), {"public": []})))
    assert not items or may_race(text)
    return items


@pytest.mark.parametrize(
    "launch",
    [
        "self.work()",
        "Thread(self._work).start()",
        "Thread(target=self.loop.work).start()",
        "Thread(target=self._work())",
        "start(target=self._work)",
        "self.loop.call_soon(self._work)",
        "self.loop.run_in_executor(self.loop.pool_of(1), unknown)",
        "self.loop.submit(lambda: None)",
    ],
)
def test_no_thread(launch: str) -> None:
    assert found(launch) == []


@pytest.mark.parametrize(
    "other",
    ["pass", "print(self.total)", "total = 0", "self.other = 0", "self.loop.total = 0"],
)
def test_no_other_writer(other: str) -> None:
    assert found("Thread(target=self._work).start()", other) == []


@pytest.mark.parametrize(
    "launch",
    [
        "Thread(target=self._work).start()",
        "threading.Thread(None, self._work).start()",
        "Timer(1, self._work).start()",
        "Timer(1, function=self.work).start()",
        "Thread(target=functools.partial(self._work)).start()",
        "Thread(target=lambda: self._work()).start()",
        "ThreadPoolExecutor().submit(self._work)",
        "self.loop.run_in_executor(None, self._work)",
        "return asyncio.to_thread(self._work)",
        "[Thread(target=self._work) for _ in range(3)][0].start()",
    ],
)
def test_threads(launch: str) -> None:
    [change] = found(launch)
    assert isinstance(change, Change)
    assert "reset() writes it outside that thread" in change.notes[0]


@pytest.mark.parametrize(
    ("test", "leaving", "count"),
    [
        ("self.thread.is_alive()", "raise ValueError", 0),
        ("self.thread is not None", "return", 0),
        ("self.running", "return", 0),
        ("self.quiet or self.thread.is_alive()", "return", 0),
        ("self.quiet and self.thread.is_alive()", "return", 1),
        ("not self.thread.is_alive()", "return", 1),
        ("self.other.is_alive()", "return", 1),
        ("self.thread.is_alive()", "print()", 1),
        ("self.restarted", "return", 1),
    ],
)
def test_a_writer_that_looks_whether_the_thread_runs(test: str, leaving: str, count: int) -> None:
    launch = "self.thread = Thread(target=self._work); self.thread.start()"
    other = f"if {test}:\n            {leaving}\n        {RESET}"
    assert len(found(launch, other)) == count


def test_run_of_a_thread() -> None:
    launch = "pass\n\n    def run(self):\n        self._work()"
    assert len(found(launch, bases="(Thread, object)")) == 1
    assert found(launch, bases="(object)") == []


def test_calls_are_followed_once_around() -> None:
    text = b"import threading\ndef a(): b()\ndef b(): a()\nthreading.Thread(target=a).start()\n"
    project = Project(MemoryFiles({"x.py": text}))
    calls = calls_of(project.source("x.py"))
    assert sorted(item.name for item in calls.reached(calls.launches[0].target)) == ["a", "b"]
