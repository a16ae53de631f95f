"""What offload-blocking-calls claims, and what it makes of each row of the blocking table."""

from __future__ import annotations

from typing import Any

import pytest

from codemods.analysis.blocking.table import BlockingKind, Row, rows
from codemods.codemod import Change, Place, Refusal, Scope
from codemods.demands.demands import Demands
from codemods.findings.model import Finding
from codemods.findings.readers.markdown import read_markdown
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms.offload_blocking_calls import codemod
from codemods.transforms.offload_blocking_calls.plan import OffloadHints, OffloadPlan, recognise


def _finding(title: str, description: str, fix: str) -> Finding:
    text = (
        f"# Audit\n\n### A-01: {title}\n\n- **Severity**: HIGH\n- **Location**: `app.py:1`\n"
        f"- **Status**: NEW\n- **Description**: {description}\n- **Suggested Fix**: {fix}\n"
    )
    (finding,) = read_markdown(text, "report.md").findings
    return finding


def _plan(title: str, description: str, fix: str) -> OffloadPlan | None:
    match = recognise(Demands.of(_finding(title, description, fix)))
    return match.plan if match is not None else None


def _scan(text: str, path: str = "app.py", **options: Any) -> list[Change | Refusal]:
    project = Project(MemoryFiles({path: text.encode()}), target_python=(3, 11))
    source = project.source(path)
    place = Place(source, source.tree.module)
    return list(codemod.find(Scope(project, (place,), options), None))


@pytest.mark.parametrize(
    ("title", "description", "fix"),
    [
        (
            "State manager uses threading.Lock in async context",
            "The coroutine uses `with self._lock:`. This blocks the asyncio event loop.",
            "Change to `asyncio.Lock()` and use `async with self._lock:`.",
        ),
        (
            "run_sync creates nested event loops via asyncio.run()",
            "It blocks the calling thread while spawning a new event loop for each call.",
            "Refactor callers to be async and call `process()` directly.",
        ),
        (
            "Streaming timeout scenarios untested",
            "The timeout of `asyncio.to_thread()` blocks the event loop in no test.",
            "Add `test_timeout` that mocks `asyncio.to_thread(load)`.",
        ),
        ("Slow query", "`get_all()` loads every row.", "Add an index."),
        ("Set volume is a no-op", "Nothing is called.", "Wrap in `asyncio.to_thread(...)`."),
    ],
)
def test_other_findings_are_not_claimed(title: str, description: str, fix: str) -> None:
    assert _plan(title, description, fix) is None


def test_what_is_offloaded_in_the_evidence_is_no_callee() -> None:
    plan = _plan(
        "Blocks event loop",
        "`Reader()` is correctly wrapped in `asyncio.to_thread()`, `reader.parse()` blocks the "
        "event loop.",
        "`await asyncio.to_thread(reader.parse, x)`.",
    )
    assert plan is not None
    assert plan.calls == ("reader.parse",)


def test_code_in_a_fence_names_nothing_unless_it_is_marked() -> None:
    plan = _plan(
        "Handler blocks event loop",
        "It reads on the event loop:\n  ```python\n  store = get_store()\n"
        "  row = store.read_row()  # sync\n  ```",
        "`await asyncio.to_thread(store.read_row)`.",
    )
    assert plan is not None
    assert "get_store" not in plan.calls


def test_names_timeout_and_strength() -> None:
    finding = _finding(
        "process_job blocks event loop",
        "Four blocking operations: `load()`, `engine.process()`.",
        "`await asyncio.wait_for(asyncio.to_thread(load, path), timeout=10.0)`",
    )
    match = recognise(Demands.of(finding))
    assert match is not None and isinstance(match.hints, OffloadHints)
    assert match.plan == OffloadPlan(calls=("load", "engine.process"), timeout="10.0")
    assert match.hints.blamed == ("engine.process",)
    assert (match.hints.count, match.strength) == (4, 90)


def test_tests_are_scanned_only_when_asked() -> None:
    text = "import time\nasync def f():\n    time.sleep(1)\n"
    assert _scan(text, "tests/test_a.py") == []
    assert len(_scan(text, "tests/test_a.py", tests=True)) == 1


def test_a_held_asyncio_lock_is_noted_with_its_line() -> None:
    text = (
        "import asyncio, subprocess\nlock = asyncio.Lock()\nasync def f():\n"
        "    async with lock:\n        subprocess.run([])\n"
    )
    (change,) = _scan(text)
    assert isinstance(change, Change)
    assert change.notes == ("lock (line 4) is held while the thread works",)


def test_two_blocks_get_functions_of_different_names() -> None:
    block = "    with open(p) as f:\n        lines = f.readlines()\n    print(lines)\n"
    found = _scan("import asyncio\nasync def f(p):\n" + block + block)
    names = [item.edits[0].payload.block.name for item in found if isinstance(item, Change)]  # type: ignore[union-attr]
    assert names == ["read_lines", "read_lines_2"]


def _call_of(row: Row) -> str:
    """A coroutine that calls the row's callable."""
    module, _, name = row.name.rpartition(".")
    owner, _, kind = module.rpartition(".")
    if kind[:1].isupper() and owner:
        return f"import {owner}\nasync def f(x: {module}):\n    return x.{name}(1)\n"
    if module == "builtins":
        return f"async def f():\n    return {name}(1)\n"
    return f"import {module}\nasync def f():\n    return {row.name}(1)\n"


@pytest.mark.parametrize("row", {row.name: row for row in rows().values()}.values(), ids=str)
def test_every_row_of_the_table(row: Row) -> None:
    found = _scan(_call_of(row))
    if row.name.startswith("io.TextIOWrapper.") or row.name in (
        "builtins.open",
        "pathlib.Path.open",
    ):
        assert [getattr(item, "reason", None) for item in found] == ["open-without-with"]
        return
    if row.name in ("pathlib.Path.home", "pathlib.Path.expanduser"):
        # They read the environment.
        assert not found
        return
    assert len(found) == 1, row.name
    (item,) = found
    if not row.offload or row.lazy:
        assert isinstance(item, Refusal), row.name
    elif row.kind is BlockingKind.CONSOLE:
        assert isinstance(item, Refusal) and item.reason == "asks-a-person", (row.name, item)
    elif row.weight.is_trifle:
        assert isinstance(item, Refusal) and item.reason == "trifle", (row.name, item)
    else:
        assert isinstance(item, Change), (row.name, item)


def test_what_is_offloaded_already_is_named_in_the_answer() -> None:
    source = b"import asyncio\nasync def f(x):\n    return await asyncio.to_thread(x.load, 1)\n"
    project = Project(MemoryFiles({"app.py": source}), target_python=(3, 11))
    tree = project.source("app.py").tree
    place = Place(project.source("app.py"), tree.definitions()[0])
    plan = _plan("f blocks event loop", "`x.load()` blocks it.", "`asyncio.to_thread(x.load, 1)`")
    (refusal,) = codemod.find(Scope(project, (place,)), plan)
    assert isinstance(refusal, Refusal)
    assert refusal.already
    assert refusal.detail == "x.load already runs in a thread"
