"""Which findings the small codemods around locks and loops claim, and which they leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.demands.demands import Demands
from codemods.findings.model import Finding
from codemods.findings.reports import read_report
from codemods.transforms import catalogue

NAMES = ("async-lock", "extend-lock", "reentrant-lock", "snapshot-iteration")


def _finding(folder: Path, title: str, description: str, suggestion: str) -> Finding:
    report = folder / "report.md"
    report.write_text(
        f"### C-1: {title}\n- **Severity**: LOW\n- **Location**: `app/a.py:3`\n"
        f"- **Description**: {description}\n- **Suggested Fix**: {suggestion}\n"
    )
    return read_report(report).findings[0]


def _claims(finding: Finding) -> list[str]:
    return [name for name in NAMES if catalogue()[name].recognise(Demands.of(finding)) is not None]


@pytest.mark.parametrize(
    ("title", "description", "suggestion"),
    [
        ("Jobs have no lock", "Tasks race on `jobs`.", "Add `asyncio.Lock` around `jobs`."),
        (
            "Callbacks list mutated without lock",
            "`notify` iterates while `add` appends.",
            "Add `threading.RLock`, hold it for both, and iterate a snapshot copy.",
        ),
        (
            "Eviction uses next(iter()) which races",
            "The dictionary changed size during iteration.",
            "Iterate over `list(self.items)` for eviction.",
        ),
        (
            "Callback runs under the lock",
            "`notify()` holds `_lock`; others re-acquire it.",
            "Move `notify()` outside the lock.",
        ),
        (
            "Manager uses asyncio.Lock across event loops",
            "A `threading.Lock` fits async callers and threads.",
            "Replace `asyncio.Lock` with `threading.Lock`.",
        ),
        ("Cache reads outside lock", "`get()` reads before the lock.", "Move the read inside."),
        (
            "Player has no thread safety",
            "State is written without a lock.",
            "Add `threading.RLock()` and protect all state.",
        ),
        ("Snapshot of settings is stale", "The snapshot is old.", "Take a new snapshot."),
    ],
)
def test_left_to_others(folder: Path, title: str, description: str, suggestion: str) -> None:
    assert _claims(_finding(folder, title, description, suggestion)) == []


@pytest.mark.parametrize(
    ("title", "description", "suggestion", "name"),
    [
        (
            "Hub list mutated during iteration",
            "`publish()` iterates while `leave()` removes.",
            "Iterate over a copy: `for one in list(self.clients):`.",
            "snapshot-iteration",
        ),
        (
            "Deadlock: non-reentrant Lock acquired twice",
            "`take()` holds `_lock` and calls `size()`.",
            "Use `threading.RLock()`.",
            "reentrant-lock",
        ),
        (
            "Statistics outside lock",
            "`stats.record()` is called after releasing the lock.",
            "Call within the lock context.",
            "extend-lock",
        ),
        (
            "State uses threading.Lock in async context",
            "The loop coroutine takes `_lock`.",
            "Change to `asyncio.Lock()`.",
            "async-lock",
        ),
    ],
)
def test_claimed_by_one(
    folder: Path, title: str, description: str, suggestion: str, name: str
) -> None:
    assert _claims(_finding(folder, title, description, suggestion)) == [name]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
