"""`autofix run`, `apply --plan` and `show --plan`: plans that a person hands over."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Run, git

QUEUES = """\
import asyncio


class Engine:
    def __init__(self) -> None:
        self.jobs = asyncio.Queue()
        self.other = asyncio.Queue()


async def tick() -> None:
    await asyncio.sleep(1)
"""
REPORT = """\
### B-01: Unbounded queue of jobs

- **Severity**: LOW
- **Location**: `engine.py:6`
- **Description**: `self.jobs = asyncio.Queue()` has no limit.
- **Suggested Fix**: Use `maxsize=9`. Also add a test.
"""


@pytest.fixture
def engine(shop: Path) -> Path:
    """A project with two queues and a finding about one of them."""
    (shop / "engine.py").write_text(QUEUES)
    (shop / "found.md").write_text(REPORT)
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "queues")
    return shop


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["bound-queu", "--at", "engine.py"], "did you mean bound-queue?"),
        (["bound-queue"], "--at"),
        (["bound-queue", "--at", "engine.py"], "missing required field `size`"),
        (["bound-queue", "--at", "engine.py", "--set", "size=x"], "Expected `int`, got `str`"),
        (["bound-queue", "--at", "engine.py", "--set", "limit=1"], "has no field 'limit'"),
        (["bound-queue", "--at", "engine.py", "--set", "size"], "--set takes FIELD=VALUE"),
    ],
)
def test_wrong_use(engine: Path, autofix: Run, arguments: list[str], why: str) -> None:
    ran = autofix("run", *arguments)
    assert ran.status == 2 and ran.out == b""
    assert why in ran.err


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("gone.py", "there is no Python file gone.py"),
        ("../engine.py", "there is no Python file ../engine.py"),
        ("engine.py::Engine.start", "no definition is called Engine.start in engine.py"),
        ("engine.py:99", "engine.py has 12 lines"),
    ],
)
def test_a_place_that_is_not_there_is_not_found(
    engine: Path, autofix: Run, at: str, why: str
) -> None:
    ran = autofix("run", "bound-queue", "--at", at, "--set", "size=3")
    assert ran.status == 1 and ran.out == b""
    assert "not-found" in ran.err and why in ran.err


def test_a_file_with_a_syntax_error_is_refused(engine: Path, autofix: Run) -> None:
    (engine / "engine.py").write_text("def (:\n")
    git(engine, "commit", "-q", "-a", "-m", "broken")
    for at in ("engine.py", "engine.py::Engine"):
        ran = autofix("run", "bound-queue", "--at", at, "--set", "size=3")
        assert ran.status == 1 and ran.out == b""
        assert "refused" in ran.err and "engine.py:1: invalid syntax" in ran.err


def test_a_diff_of_the_named_place_alone(engine: Path, autofix: Run) -> None:
    at = "engine.py::Engine.__init__"
    ran = autofix("run", "bound_queue", "--at", at, "--set", "size=3", "--set", "queues=self.jobs")
    assert ran.status == 0
    assert "+        self.jobs = asyncio.Queue(maxsize=3)" in ran.text
    assert ran.text.count("\n+") == 2
    assert git(engine, "status", "--porcelain") == ""


def test_in_place(engine: Path, autofix: Run) -> None:
    ran = autofix("run", "bound-queue", "--at", "engine.py", "--set", "size=3", "--in-place")
    assert ran.status == 0
    assert (engine / "engine.py").read_text().count("maxsize=3") == 2


def test_without_a_plan_it_looks_as_a_scan_does(engine: Path, autofix: Run) -> None:
    first = "import time\n\n\nasync def a():\n    time.sleep(1)\n"
    (engine / "waits.py").write_text(f"{first}\n\nasync def b():\n    time.sleep(2)\n")
    git(engine, "add", "waits.py")
    git(engine, "commit", "-q", "-m", "waits")
    ran = autofix("run", "offload-blocking-calls", "--at", "waits.py::b", "--in-place")
    assert ran.status == 0
    assert (engine / "waits.py").read_text().count("await asyncio.sleep") == 1
    assert "    time.sleep(1)" in (engine / "waits.py").read_text()


def test_the_plan_of_a_finding_can_be_changed_and_applied(engine: Path, autofix: Run) -> None:
    shown = autofix("show", "B-01", "--report", "found.md", "--plan")
    assert shown.text == (
        'codemod = "bound-queue"\nat = ["engine.py::Engine.__init__"]\nsize = 9\n'
        'queues = ["self.jobs"]\n'
    )
    assert "d1: Use `maxsize=9` (self.jobs gets a limit of 9" in shown.err
    assert "d2: add a test (beside the fix)\n" in shown.err
    plan = engine / "plan.toml"
    plan.write_text(shown.text.replace("size = 9", "size = 4"))
    ran = autofix("apply", "--plan", plan, "--report", "found.md", "--finding", "B-01")
    assert ran.status == 0
    branch = ran.text.strip()
    assert "maxsize=4" in git(engine, "show", f"{branch}:engine.py")
    alone = autofix("apply", "--plan", plan)
    # The same place, and what is done there: the same branch, whoever asks for it.
    assert alone.status == 0 and alone.text.strip() == branch
    assert "(unchanged)" in alone.err
    git(engine, "branch", "--quiet", "-D", branch)
    assert autofix("apply", "--plan", plan).text.strip() == branch
    assert "As the plan in plan.toml says." in git(engine, "log", "-1", "--format=%B", branch)


def test_the_edits_that_were_read_are_shown(engine: Path, autofix: Run) -> None:
    fix = "Change `self.other` to `self.jobs`, or remove it."
    (engine / "found.md").write_text(REPORT.replace("Use `maxsize=9`. Also add a test.", fix))
    ran = autofix("show", "B-01", "--report", "found.md", "--plan")
    assert "  an edit: `self.other` becomes `self.jobs`" in ran.lines


def test_a_finding_without_a_plan(engine: Path, autofix: Run) -> None:
    (engine / "found.md").write_text(REPORT.replace("`maxsize=9`", "a limit"))
    ran = autofix("show", "B-01", "--report", "found.md", "--plan")
    assert ran.status == 1 and ran.out == b""
    assert "no codemod reads a plan from it" in ran.err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("size = ", "Invalid value"),
        ("size = 3\n", "it does not name a codemod"),
        ('codemod = "bound-queue"\nsize = 3\n', "it does not name a place"),
        ('codemod = "bound-queue"\nat = [3]\nsize = 3\n', "it does not name a place"),
        ('codemod = "bound-queue"\nat = "engine.py"\nsize = 3\nof = 1\n', "no field 'of'"),
    ],
)
def test_a_plan_that_is_none(engine: Path, autofix: Run, text: str, why: str) -> None:
    (engine / "plan.toml").write_text(text)
    ran = autofix("apply", "--plan", "plan.toml", "--dry-run")
    assert ran.status == 2 and ran.out == b""
    assert "plan.toml: " in ran.err and why in ran.err


def test_a_plan_is_for_one_finding(engine: Path, autofix: Run) -> None:
    ran = autofix("apply", "--plan", "plan.toml", "--all")
    assert ran.status == 2
    assert "--plan works on one finding, or on none" in ran.err
    assert autofix("apply", "--plan", "gone.toml", "--dry-run").status == 2
