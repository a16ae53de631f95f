"""Runs that are ended while they write: nothing is half written, and nothing stays behind."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from tests.killing.runs import MODES, Project, check_ended

SCALE = int(os.environ.get("KILLS", "1"))
"""``KILLS=5`` makes more than three hundred of them."""
KILLS = {
    "scan": 5 * SCALE,
    "in-place": 4 * SCALE,
    "apply": 5 * SCALE,
    "baseline": SCALE,
    "undo": SCALE,
}
"""How many runs of each command are ended by each signal."""
DELAYS = (0, 0, 1, 3, 8)
"""Milliseconds behind the step: git writes while we wait for it."""
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.mark.slow
@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("mode", MODES)
def test_ended_while_writing(tmp_path: Path, mode: str, number: signal.Signals) -> None:
    project = Project(tmp_path / "project")
    project.anew(mode)
    _, steps = project.run(mode)
    count = KILLS[mode]
    chosen = random.Random(f"{mode} {number}")
    seen = set()
    for part in range(count):
        # Somewhere in each of as many equal parts of the writing.
        step = 1 + int((part + chosen.random()) * steps / count)
        seen.add(check_ended(project, mode, step, number, chosen.choice(DELAYS)))
    if mode in ("scan", "in-place"):
        # The signals came while files were written, and not before or afterwards. A few may all
        # miss that moment on a busy machine.
        wanted = {"part"} if number is signal.SIGKILL else {"none", "all"}
        for _ in range(4 * count):
            if seen >= wanted:
                break
            step = chosen.randint(1, steps)
            seen.add(check_ended(project, mode, step, number, chosen.choice(DELAYS)))
        assert seen >= wanted, seen
