"""Which findings want a file replaced whole, and which functions of a project do so."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.demands.demands import Demands
from codemods.findings.reports import read_report
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms.atomic_write.helpers import helpers
from codemods.transforms.atomic_write.plan import LOCKED, AtomicPlan, recognise

TRUNCATED = "`save()` opens the file in `'w'` mode: a reader finds a truncated file."
REPLACE = "Write to a temporary file and `os.replace()` it onto the file."


def _finding(folder: Path, title: str, description: str, suggestion: str) -> Demands:
    report = folder / "report.md"
    report.write_text(
        f"### A-1: {title}\n- **Severity**: LOW\n- **Location**: `app/a.py:3`\n"
        f"- **Description**: {description}\n- **Suggested Fix**: {suggestion}\n"
    )
    return Demands.of(read_report(report).findings[0])


@pytest.mark.parametrize(
    ("title", "description", "suggestion"),
    [
        (
            "Counter increments non-atomically",
            "`self.n += 1` is no atomic operation.",
            "Use a lock.",
        ),
        ("Temp file is leaked", "The temporary file is never removed.", "Unlink it in `finally`."),
        ("Temp name collides", "Two threads use one temp file.", "Use `tempfile.mkstemp()`."),
        ("Truncated files load", "A truncated file loads silently.", "Compare the frame count."),
        ("`save()` is slow", "It writes the file each time.", REPLACE),
        (
            "Two updates are not atomic",
            "A crash leaves corrupt rows in the database file.",
            "Write both in one transaction, and rename the temporary table.",
        ),
        ("Old chunks remain", "Half-written files are served.", "Delete the file when it raises."),
    ],
)
def test_findings_about_something_else(
    tmp_path: Path, title: str, description: str, suggestion: str
) -> None:
    assert recognise(_finding(tmp_path, title, description, suggestion)) is None


@pytest.mark.parametrize(
    "suggestion",
    [
        REPLACE,
        "Use an atomic write (write to temp file, rename).",
        "Write to `path.with_suffix('.part')` and `os.replace()` into place.",
        "Stage the content in a `NamedTemporaryFile` and rename it with `os.rename`.",
        "Save atomically: atomic write via `Path.replace`.",
    ],
)
def test_findings_about_half_a_file(tmp_path: Path, suggestion: str) -> None:
    match = recognise(_finding(tmp_path, "`save()` is not atomic", TRUNCATED, suggestion))
    assert match is not None
    assert match.plan == AtomicPlan(writers=("save",))
    assert match.hints.aspects == ()


def test_what_a_plan_holds(tmp_path: Path) -> None:
    match = recognise(
        _finding(
            tmp_path,
            "Half-written files",
            "After a power loss `save_audio(str(path), x)` leaves a torn file.",
            f"{REPLACE} Use file locking. Also validate the header on read.",
        )
    )
    assert match is not None
    plan, aspects = match.plan, match.hints.aspects
    assert plan.durable
    assert plan.writers == ("save_audio",)
    assert aspects[0] == LOCKED
    assert any("validate the header" in item for item in aspects)


STAGED = """
import os, tempfile, json
from contextlib import contextmanager

def shared(path, text):
    temporary = path + ".tmp"
    open(temporary, "w").write(text)
    os.replace(temporary, path)

def unfinished(path, text):
    handle, name = tempfile.mkstemp()
    os.write(handle, text)

def other_order(text, path):
    handle, name = tempfile.mkstemp()
    os.fdopen(handle, "w").write(text)
    os.replace(name, path)

async def waiting(path, text):
    handle, name = tempfile.mkstemp()
    os.fdopen(handle, "w").write(text)
    os.replace(name, path)

def needs_more(path, text, *, fsync):
    handle, name = tempfile.mkstemp()
    os.fdopen(handle, "w").write(text)
    os.replace(name, path)

def either(path, data):
    handle, name = tempfile.mkstemp()
    os.fdopen(handle, "wb").write(data.encode())
    os.replace(name, path)

{more}
"""


def _kinds(more: str, name: str = "app/files.py") -> list[tuple[str, str]]:
    source = STAGED.replace("{more}", more).encode()
    project = Project(MemoryFiles({name: source, "app/store.py": b"import json\n"}))
    found = helpers(project, project.source("app/store.py"))
    return [(item.node.name, item.kind) for item in found]


def test_functions_that_are_no_helpers() -> None:
    assert _kinds("") == []


HELPER = """
def write(path, text):
    handle, name = tempfile.mkstemp()
    os.fdopen(handle, "w").write(text)
    os.replace(name, path)
"""


def test_helpers_of_tests_and_of_other_modules_alone() -> None:
    assert _kinds(HELPER) == [("write", "text")]
    assert _kinds(HELPER.replace("write(path", "_write(path")) == []
    assert _kinds(HELPER, "tests/files.py") == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (HELPER, "text"),
        (HELPER.replace('"w"', '"wb"').replace("text", "data"), "bytes"),
        (HELPER.replace('os.fdopen(handle, "w").write(text)', "json.dump(text, handle)"), "json"),
        (
            "@contextmanager\ndef write(path):\n    name = tempfile.mkstemp()[1]\n"
            "    yield name\n    os.replace(name, path)\n",
            "path",
        ),
        (
            "@contextmanager\ndef write(path, mode='w'):\n    handle, name = tempfile.mkstemp()\n"
            "    with os.fdopen(handle, mode) as out:\n        yield out\n"
            "    os.replace(name, path)\n",
            "handle",
        ),
    ],
)
def test_what_helpers_give_or_take(code: str, kind: str) -> None:
    assert _kinds(code) == [("write", kind)]
