"""A finding that deletes a file: as a diff, on a branch, in place, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, git

REPORT = """### TD-01: `shop/legacy.py` is dead code

- **Severity**: LOW
- **Location**: `shop/legacy.py`
- **Description**: Nothing imports it.
- **Suggested Fix**: Delete the file.
"""
LEGACY = "def price(order):\n    return order\n"
INIT = "from .legacy import price\n\nVERSION = 1\n"


@pytest.fixture
def dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a module that only its package imports."""
    root = tmp_path / "dead"
    for path, text in {
        "shop/__init__.py": INIT,
        "shop/legacy.py": LEGACY,
        "docs/audits/AUDIT_DEBT_2026-01-01.md": REPORT,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Ada Example")
    git(root, "config", "user.email", "ada@example.org")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "first")
    monkeypatch.chdir(root)
    return root


def test_a_file_with_changes_is_not_deleted(autofix: Run, dead: Path) -> None:
    (dead / "shop/legacy.py").write_text(LEGACY + "\n\nMINE = 1\n")
    done = autofix("apply", "--finding", "TD-01", "--in-place")
    assert done.status == 1 and "uncommitted changes" in done.err
    assert (dead / "shop/legacy.py").exists() and (dead / "shop/__init__.py").read_text() == INIT


def test_git_takes_the_diff(autofix: Run, dead: Path) -> None:
    done = autofix("diff", "TD-01")
    assert done.status == 0 and b"deleted file mode 100644" in done.out
    git(dead, "apply", "--index", "-", stdin=done.out)
    assert (
        git(dead, "diff", "--cached", "--name-status") == "M\tshop/__init__.py\nD\tshop/legacy.py"
    )
    assert (dead / "shop/__init__.py").read_text() == "VERSION = 1\n"


def test_on_a_branch_and_back(autofix: Run, dead: Path) -> None:
    done = autofix("apply", "--finding", "TD-01")
    assert done.status == 0
    branch = done.text.strip()
    assert git(dead, "diff", "--name-status", "main", branch) == (
        "M\tshop/__init__.py\nD\tshop/legacy.py"
    )
    assert "shop/legacy.py is deleted" in git(dead, "log", "-1", "--format=%B", branch)
    assert git(dead, "status", "--porcelain") == ""
    again = autofix("apply", "--finding", "TD-01")
    assert (again.status, again.text) == (0, done.text)
    assert autofix("undo", "TD-01").status == 0
    assert git(dead, "branch", "--list", "autofix/*") == ""


def test_in_place(autofix: Run, dead: Path) -> None:
    assert autofix("apply", "--finding", "TD-01", "--in-place").status == 0
    assert git(dead, "status", "--porcelain").split() == [
        *("M", "shop/__init__.py"),
        *("D", "shop/legacy.py"),
    ]


def test_as_json(autofix: Run, dead: Path) -> None:
    done = autofix("apply", "--finding", "TD-01", "--dry-run", "--output-format", "json")
    (result,) = json.loads(done.out)["results"]
    assert (result["outcome"], result["codemod"]) == ("fixed", "remove-dead-code")
    assert "+++ /dev/null" in result["diff"]
    assert result["sites"][0]["path"] == "shop/legacy.py"
