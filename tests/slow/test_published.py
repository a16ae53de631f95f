"""A plug-in of another distribution, written from the docs alone, installed beside the wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.example import write_example

ROOT = Path(__file__).resolve().parents[2]
CODE = """\
import logging
import time

logger = logging.getLogger(__name__)


async def poll(meter):
    logger.warn("slow: %s", meter.wait)
    time.sleep(1)
"""
REPORT = """\
# Audit

### L-3: poll() calls a deprecated method of the logger

- **Severity**: LOW
- **Location**: `poll.py:8`
- **Description**: `logger.warn()` is deprecated.
- **Suggested Fix**: Replace `logger.warn` with `logger.warning`.
"""
BROKEN = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "broken-codemods"
version = "0.3"

[project.entry-points."autofix.codemods"]
broken = "broken_codemods:codemod"

[tool.setuptools]
py-modules = ["broken_codemods"]
"""
TOLD = (
    "autofix: plug-in broken of broken-codemods 0.3 is left out: "
    "ModuleNotFoundError: No module named 'nowhere'"
)


def pip(*arguments: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheels of autofix, of the plug-in, and of a broken one."""
    folder = tmp_path_factory.mktemp("published")
    sources = folder / "autofix"
    for name in ("codemods", "cli"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, sources / name, ignore=ignored)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    house = folder / "house"
    write_example(house)
    (house / "house_codemods/__init__.py").write_text("")
    broken = folder / "broken"
    broken.mkdir()
    (broken / "pyproject.toml").write_text(BROKEN)
    (broken / "broken_codemods.py").write_text("import nowhere\n")
    wheels = folder / "wheels"
    pip("wheel", "--no-deps", "-w", wheels, sources, house, broken)
    environment = folder / "venv"
    venv.create(environment, symlinks=True)
    paths = {"base": str(environment), "platbase": str(environment)}
    site = Path(sysconfig.get_path("purelib", vars=paths))
    # What the wheels depend on is what runs this test; the editable install is not among it, since
    # the .pth of a folder that a .pth names is not read.
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    pip("install", "--no-deps", "--no-index", "--target", site, *sorted(wheels.glob("*.whl")))
    return environment / "bin/python"


def autofix(python: Path, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the installed wheel; the broken plug-in is told, and nothing else is wrong."""
    done = subprocess.run(
        [python, "-P", "-m", "codemods", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stderr.splitlines().count(TOLD) == 1, done.stderr
    return done


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "poll.py").write_text(CODE)
    (tmp_path / "audit.md").write_text(REPORT)
    return tmp_path


@pytest.mark.slow
def test_it_is_the_wheel_that_runs(installed: Path, project: Path) -> None:
    done = subprocess.run(
        [installed, "-P", "-c", "import codemods; print(codemods.__file__)"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(installed.parents[1]), done.stderr


@pytest.mark.slow
def test_it_is_found_and_documented(installed: Path, project: Path) -> None:
    listed = autofix(installed, project, "codemods")
    assert "warn-to-warning" in listed.stdout and "add-exc-info" in listed.stdout
    page = autofix(installed, project, "codemods", "warn-to-warning").stdout
    assert "Call `warning()`, not `warn()`." in page and "Not rewritten" in page


@pytest.mark.slow
def test_it_takes_findings(installed: Path, project: Path) -> None:
    arguments = ("--report", "audit.md", "--in-place", "--output-format", "json")
    (found,) = json.loads(autofix(installed, project, "list", *arguments).stdout)["findings"]
    assert (found["codemod"], found["outcome"]) == ("warn-to-warning", "fixed")
    location = {"artifactLocation": {"uri": "poll.py"}, "region": {"startLine": 8}}
    result = {
        "ruleId": "HOUSE001",
        "message": {"text": "deprecated"},
        "locations": [{"physicalLocation": location}],
    }
    log = {"version": "2.1.0", "runs": [{"results": [result]}]}
    (project / "house.sarif").write_text(json.dumps(log))
    arguments = ("--report", "house.sarif", "--in-place", "--output-format", "json")
    (found,) = json.loads(autofix(installed, project, "list", *arguments).stdout)["findings"]
    assert (found["codemod"], found["outcome"]) == ("warn-to-warning", "fixed")


@pytest.mark.slow
def test_it_scans_and_fixes_beside_ours(installed: Path, project: Path) -> None:
    lines = autofix(installed, project, "scan", "--output-format", "concise").stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["warn-to-warning", "offload-blocking-calls"]
    audit = autofix(installed, project, "scan", "--output-format", "audit").stdout
    assert "A deprecated method of a logger is called" in audit
    autofix(installed, project, "scan", "--fix")
    fixed = (project / "poll.py").read_text()
    assert 'logger.warning("slow: %s", meter.wait)' in fixed
    assert "    time.sleep(1)" in fixed


@pytest.mark.slow
def test_its_author_tests_it_with_the_wheel(installed: Path, project: Path) -> None:
    write_example(project)
    done = autofix(installed, project, "test", "warn-to-warning")
    assert (done.returncode, done.stdout) == (0, "")
    assert "2 of 2 cases pass" in done.stderr.splitlines()
