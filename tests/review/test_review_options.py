"""What `autofix review` and `apply --decisions` take of what `apply` takes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run, git

pytestmark = pytest.mark.slow

SHOWN = "AUDIT_SHOWN_2026-03-09"
RAISED = """# Shown

### X-1: The upload reads a file on the event loop
- **Severity**: LOW
- **Location**: `orders/upload.py:4`
- **Description**: `self.save()` in Upload.go() blocks the event loop.

```autofix
codemod = "offload-blocking-calls"
at = ["orders/upload.py::Upload.go"]
```
"""
CODE = """class Upload:
    async def go(self):
        self.count += 1
        self.save()
        self.count += 1

    def save(self):
        self.count += 1
        with open("upload.txt") as file:
            self.text = file.read()
"""


@pytest.fixture
def answer(autofix: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`autofix review --plain` with these answers."""

    def command(answers: str, *arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{key}\n" for key in answers)))
        return autofix("review", "--plain", *arguments)

    return command


@pytest.fixture
def shown(shop: Path) -> Path:
    """A finding whose fix is only shown."""
    (shop / "docs/audits" / f"{SHOWN}.md").write_text(RAISED)
    (shop / "orders/upload.py").write_text(CODE)
    git(shop, "add", ".")
    git(shop, "commit", "-qm", "upload")
    return shop


def branches(shop: Path) -> list[str]:
    return git(shop, "branch", "--list", "autofix/*", "--format=%(refname:short)").split()


def test_what_is_only_shown_is_not_asked_about(shown: Path, answer: Run) -> None:
    done = answer("y", "X-1")
    assert (done.status, branches(shown)) == (0, [])
    assert "X-1 refused: shown, not written" in " ".join(done.err.split())


def test_with_force_it_is(shown: Path, answer: Run) -> None:
    done = answer("y", "X-1", "--force")
    assert done.status == 0 and len(branches(shown)) == 1
    assert "[display]" in done.err


def test_a_decision_about_it_needs_force_again(shown: Path, answer: Run, autofix: Run) -> None:
    """A file from elsewhere cannot raise what is written."""
    assert answer("y", "X-1", "--force", "--dry-run").status == 0
    (path,) = (shown / ".git").glob("autofix-review-*.json")
    done = autofix("apply", "--decisions", path)
    assert (done.status, branches(shown)) == (1, [])
    assert "no longer has a patch: refused: shown, not written" in " ".join(done.err.split())
    assert autofix("apply", "--decisions", path, "--force").status == 0
    assert len(branches(shown)) == 1


def test_only_some_findings(shop: Path, answer: Run) -> None:
    done = answer("q", "B-02", "B-05")
    assert "(1/2)" in done.err and "B-01" not in done.err
    done = answer("q", "--codemod", "offload-blocking-calls", "--severity", "HIGH")
    assert "B-05" not in done.err


def test_pushed(shop: Path, answer: Run) -> None:
    assert answer("y", "B-02", "--push").status == 0
    assert git(shop, "ls-remote", "origin", "refs/heads/autofix/*") != ""


def test_verified(shop: Path, answer: Run) -> None:
    done = answer("y", "B-02", "--verify", "echo no such order; false")
    assert (done.status, branches(shop)) == (1, [])
    assert "no such order" in done.err
    assert answer("", "B-02", "--verify", "true").status == 0
    assert len(branches(shop)) == 1


def test_changed_files_need_force_in_place(shop: Path, answer: Run) -> None:
    path = shop / "orders/invoices.py"
    path.write_text(path.read_text() + "# more\n")
    done = answer("y", "B-02", "--in-place")
    assert done.status == 1 and "use --force" in " ".join(done.err.split())
    done = answer("", "B-02", "--in-place", "--force", "--output-format", "json")
    assert (done.status, [one["outcome"] for one in json.loads(done.out)["decisions"]]) == (
        0,
        ["fixed"],
    )
    assert "asyncio.sleep(2**attempt)" in path.read_text()
