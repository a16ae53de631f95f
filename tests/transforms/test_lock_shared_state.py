"""Which findings are about shared state without a lock, and what is read from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.demands.demands import Demands
from codemods.findings.reports import read_report
from codemods.transforms.lock_shared_state.plan import LockHints, recognise


def asked(folder: Path, title: str, description: str, fix: str, evidence: str = "") -> Demands:
    code = f"- **Evidence**:\n  ```python\n  {evidence}\n  ```\n" if evidence else ""
    report = folder / "report.md"
    report.write_text(
        f"### X-1: {title}\n\n- **Severity**: HIGH\n- **Location**: `app/store.py:10`\n"
        f"- **Description**: {description}\n{code}- **Suggested Fix**: {fix}\n",
        encoding="utf-8",
    )
    [found] = read_report(report).findings
    return Demands.of(found)


@pytest.mark.parametrize(
    ("title", "description", "fix"),
    [
        (
            "Engine deadlock: a non-reentrant Lock is acquired twice",
            "`get()` holds the lock and calls `has()`, which races for it.",
            "Change `threading.Lock()` to `threading.RLock()`.",
        ),
        (
            "State manager uses threading.Lock in async context",
            "`with self._lock` blocks the event loop; not thread-safe.",
            "Change to `asyncio.Lock()` and use `async with self._lock`.",
        ),
        (
            "`set_queue` holds `_queue_lock` across a broadcast",
            "Concurrent clients wait.",
            "Move the broadcast outside of the lock.",
        ),
        (
            "Lock-ordering inversion between `_a_lock` and `_b_lock`",
            "Two threads race.",
            "Acquire `_a_lock` first.",
        ),
        (
            "Preferences are saved without file locking",
            "Concurrent saves can corrupt the file.",
            "Write to a temporary file and rename it.",
        ),
        (
            "`_stream_type` is corrupted by concurrent coroutines",
            "It is an instance field that concurrent streams share.",
            "Convert it to a local variable that is passed on.",
        ),
        (
            "The analysis layer has no callers",
            "It is dead, and its cache is not thread-safe.",
            "Decide: delete both modules, or wire them in (add the missing lock first).",
        ),
        (
            "No concurrency tests for parallel calls",
            "Nothing tests races on `entries`.",
            "Add a test that takes the lock.",
        ),
    ],
)
def test_other_findings_about_locks_are_not_claimed(
    tmp_path: Path, title: str, description: str, fix: str
) -> None:
    assert recognise(asked(tmp_path, title, description, fix)) is None


@pytest.mark.parametrize(
    ("title", "fix"),
    [
        ("Store.entries has no lock", "Add `asyncio.Lock` to protect `get()`."),
        ("`entries` Written Without Lock", "Extend `_io_lock` coverage to `entries`."),
        ("Store has no thread safety", "Add `threading.RLock()` and protect all state reads."),
        ("`entries` lazy init is not thread-safe", "Use `threading.Lock` around the `if`."),
        ("TOCTOU race in `get()`", "Protect the check and the write with `self._lock`."),
        ("Unprotected iteration of `entries`", "Hold a lock while iterating."),
    ],
)
def test_missing_locks_are_claimed(tmp_path: Path, title: str, fix: str) -> None:
    assert recognise(asked(tmp_path, title, "Threads share it.", fix)) is not None


def test_what_is_read(tmp_path: Path) -> None:
    match = recognise(
        asked(
            tmp_path,
            "`Store.entries` mutated without lock",
            "Worker threads call `put()` while `self.used` is read.",
            "Add a `threading.RLock()` (e.g. `self._entries_lock`) and wrap the whole body of "
            "`put()`.",
            "self.entries[key] = value",
        )
    )
    assert match is not None
    plan, hints = match.plan, match.hints
    assert isinstance(hints, LockHints)
    assert hints.title_names == ("entries",)
    assert "used" in hints.text_names
    assert hints.evidence_names == ("entries",)
    assert plan.locks == ("self._entries_lock",)
    assert (plan.kind, plan.reentrant, plan.adds) == ("thread", True, True)
    assert plan.whole == hints.methods == ("put",)
    assert {"entries", "_entries"} <= set(hints.anchors)


def test_the_kind_that_is_asked_for(tmp_path: Path) -> None:
    def kind(fix: str, description: str = "Shared.") -> str | None:
        match = recognise(asked(tmp_path, "`entries` has no lock", description, fix))
        assert match is not None
        return match.plan.kind

    assert kind("Add an `asyncio.Lock`.") == "async"
    assert kind("Add a `threading.Lock`.") == "thread"
    assert kind("Add a lock.") is None
    assert kind("Add a lock.", "Two threads write it.") == "thread"
    assert kind("Add a lock.", "Two threads and an async task write it.") is None
