"""What a scan sees at the very place of a finding without a plan, and at no other."""

from __future__ import annotations

import pytest

from codemods.engine.outcomes import Fixed, NoCodemod, Resolution
from codemods.engine.run import resolve
from codemods.findings.readers.markdown import read_markdown
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue

CODE = b"""\
import logging
import time

logger = logging.getLogger(__name__)


async def load(path):
    time.sleep(3)
    try:
        return path.read_text()
    except OSError as error:
        logger.error("cannot read: %s", error)


async def store(path):
    time.sleep(3)
    return path.name
"""
BLOCKS = "`load()` blocks the event loop"


def run(title: str, line: str, evidence: str = "", fix: str = "") -> Resolution:
    text = f"### B-02: {title}\n\n- **Severity**: LOW\n- **Location**: `app/io.py{line}`\n"
    text += f"- **Evidence**:\n  ```python\n  {evidence}\n  ```\n" if evidence else ""
    text += f"- **Suggested Fix**: {fix}\n" if fix else ""
    (found,) = read_markdown(text, "report.md").findings
    return resolve(found, Project(MemoryFiles({"app/io.py": CODE})), tuple(catalogue().values()))


@pytest.mark.parametrize(
    ("title", "line", "evidence"),
    [
        # The words name another subject, or none.
        ("`load()` is slow", ":8", "time.sleep(3)"),
        ("`load()` has no test", ":8", ""),
        # The lines are not those of the site, or are no lines.
        (BLOCKS, ":12", ""),
        (BLOCKS, "", ""),
        # The site is another function's.
        ("`store()` loses the traceback", ":12", ""),
    ],
)
def test_what_is_not_meant(title: str, line: str, evidence: str) -> None:
    assert not isinstance(run(title, line, evidence).outcome, Fixed)


@pytest.mark.parametrize(
    ("title", "line", "evidence", "codemod", "new"),
    [
        (BLOCKS, ":8", "", "offload-blocking-calls", "await asyncio.sleep(3)"),
        (BLOCKS, ":90", "def load(path):\n      time.sleep(3)", "offload-blocking-calls", "await"),
        ("`load()` logs without a traceback", ":12", "", "add-exc-info", "exc_info=True"),
    ],
)
def test_what_the_scan_sees(title: str, line: str, evidence: str, codemod: str, new: str) -> None:
    resolution = run(title, line, evidence)
    assert resolution.codemod == codemod
    assert isinstance(resolution.outcome, Fixed)
    patch = resolution.outcome.patch
    changed = patch.files[0].after or b""
    assert new.encode() in changed
    assert changed.count(b"time.sleep(3)") + changed.count(b"logger.error") >= 2
    if codemod == "offload-blocking-calls":
        assert any("scan with offload-blocking-calls" in note for note in patch.notes)


@pytest.mark.parametrize(
    "fix", ["Move it to the scheduler of `jobs.py`.", "Do it in another way.", "Delete `load()`."]
)
def test_another_fix_is_not_made_into_the_scan_s(fix: str) -> None:
    outcome = run(BLOCKS, ":8", "", fix).outcome
    assert isinstance(outcome, NoCodemod)
    assert "offload-blocking-calls comes closest" in outcome.reason


def test_a_fix_about_the_same_is() -> None:
    outcome = run(BLOCKS, ":8", "", "What blocks the event loop has to run elsewhere.").outcome
    assert isinstance(outcome, Fixed)


def test_the_codemod_that_is_near_is_named() -> None:
    outcome = run("Uploads block the event loop", ":8", "", "See below.").outcome
    assert isinstance(outcome, NoCodemod)
    assert "offload-blocking-calls comes closest" in outcome.reason
