"""The hooks of ``.pre-commit-hooks.yaml``."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from codemods.cli.app import run as run_autofix
from tests.cli.conftest import git
from tests.cli.test_scanning import CLEAN, FIXED, REVIEW, SAFE, project

__all__ = ["project"]

ROOT = Path(__file__).parent.parent.parent
HOOKS = {item["id"]: item for item in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
PRE_COMMIT = Path(sys.executable).with_name("pre-commit")


def entry(name: str) -> list[str]:
    return shlex.split(HOOKS[name]["entry"])[1:]


def test_hooks_are_what_they_say() -> None:
    assert set(HOOKS) == {"autofix", "autofix-check"}
    for item in HOOKS.values():
        assert item["require_serial"] is True
        assert item["types_or"] == ["python", "pyi"]
        assert item["entry"].startswith("autofix scan ")
        assert "--jobs 1" in item["entry"]
        # What follows are files, whatever they are called.
        assert item["entry"].endswith(" --")


def test_the_entries_on_files_as_given(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    files = ["app/prices.py", "app/waiting.py", "app/clean.py"]
    assert run_autofix([*entry("autofix-check"), *files]) == 1
    assert capfd.readouterr().out.count("\n") == 2
    assert git(project, "status", "--porcelain") == ""
    assert run_autofix([*entry("autofix"), *files]) == 0
    assert (project / "app/prices.py").read_text() == FIXED
    assert (project / "app/waiting.py").read_text() == REVIEW
    assert run_autofix([*entry("autofix-check"), "app/prices.py"]) == 0
    (project / "autofix.toml").write_text('exclude = ["waiting.py"]\n')
    assert run_autofix([*entry("autofix-check"), "app/waiting.py"]) == 0


@pytest.mark.slow
def test_with_the_real_pre_commit(project: Path, tmp_path: Path) -> None:
    """``try-repo`` against a clone: changed, then passed."""
    if not PRE_COMMIT.exists() or shutil.which("git") is None:
        pytest.skip("pre-commit is not installed")
    clone = tmp_path / "autofix"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True, timeout=120)
    environment = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "home"), "PIP_QUIET": "1"}

    def hook(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(PRE_COMMIT), "try-repo", str(clone), name, "--all-files", "--color", "never"],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
        )

    (project / "app/waiting.py").write_text(CLEAN)
    git(project, "commit", "-q", "-am", "second")
    first = hook("autofix")
    assert first.returncode == 1, first.stdout + first.stderr
    assert "files were modified by this hook" in first.stdout
    assert (project / "app/prices.py").read_text() == FIXED
    second = hook("autofix")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "Passed" in second.stdout
    checked = hook("autofix-check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    (project / "app/prices.py").write_text(SAFE)
    failed = hook("autofix-check")
    assert failed.returncode == 1
    assert "app/prices.py:12:9: add-exc-info" in failed.stdout
    assert (project / "app/prices.py").read_text() == SAFE
