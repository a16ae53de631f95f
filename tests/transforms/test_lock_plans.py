"""Plans that a person writes by hand, without a finding and its hints, give a fixture's fix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from codemods.codemod import Safety
from codemods.engine.outcomes import Fixed
from codemods.engine.planned import request_from, resolve_request
from codemods.findings.made import finding_of_plan
from codemods.transforms import catalogue
from tests.harness import cases, patched

CASES = {case.id: case for case in cases()}
WRITTEN: dict[str, Mapping[str, Any]] = {
    "sqlite-backup/copy-of-a-wal-database": {"at": ["migrations.py::backup_database"]},
    "safe-eviction/dictionaries-of-both-kinds": {"at": ["caches.py::Caches"]},
    "extend-lock/call-behind-the-block": {
        "at": ["stage.py::Stage.step"],
        "calls": ["statistics.record"],
    },
    "async-lock/plain-method-with-its-callers": {"at": ["meter.py::Meter"], "locks": ["_lock"]},
    "reentrant-lock/held-and-taken-again": {"at": ["buffer.py::Buffer"]},
    "prune-done-tasks/dictionary-of-the-module": {
        "at": ["streams.py"],
        "registries": "_active_streams_tasks",
    },
    "await-with-timeout/coroutine-and-thread": {
        "at": ["streaming.py::stream"],
        "calls": ["read_chunk", "fetch_chunk"],
        "timeout": 0.2,
    },
    "snapshot-iteration/clients-leave-during-a-broadcast": {
        "at": ["hub.py::Hub.publish"],
        "copied": ["clients"],
    },
    "snapshot-iteration/threads-and-a-comprehension": {
        "at": ["registry.py::Registry"],
        "threads": True,
    },
    "copy-on-return/in-a-tuple": {"at": ["limiter.py::Limiter.apply_if_needed"]},
    "copy-on-return/inner-state": {
        "at": ["adaptation.py::Adaptation.analyze"],
        "copied": ["gains"],
    },
    "copy-on-return/one-object-a-slot": {"at": ["bands.py::collect"], "repeated": True},
    "lock-shared-state/coroutine-checks-awaits-and-sets": {
        "at": ["before.py::Engine"],
        "state": ["processors"],
        "kind": "async",
    },
    "lock-shared-state/module-variable": {"at": ["before.py"], "state": ["_processors"]},
    "lock-shared-state/names-without-underscore-and-whole-bodies": {
        "at": ["before.py::QueryCache"],
        "state": ["cache"],
        "kind": "thread",
        "bodies": True,
    },
}


@pytest.mark.parametrize("name", WRITTEN)
def test_hand_written(name: str) -> None:
    case = CASES[name]
    before, after = case.files("before"), case.files("after")
    assert before is not None and after is not None
    table = {"codemod": case.codemod.name, **WRITTEN[name]}
    request = request_from(table, catalogue())
    finding = finding_of_plan(case.codemod.name, request.at)
    options = case.expected.get("options", {})
    made = resolve_request(finding, case.project(before), request, lambda _: options, Safety.REVIEW)
    assert isinstance(made.outcome, Fixed), made.outcome
    assert patched(before, made.outcome.patch.files) == {**before, **after}
