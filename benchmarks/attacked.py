"""A project to be attacked, runs of autofix in it, and what is counted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AUTOFIX = (sys.executable, "-P", "-m", "codemods")
COMMANDS = (
    ("scan", "--fix", "--no-cache"),
    ("apply", "--all"),
    ("apply", "--all", "--in-place"),
    ("baseline",),
)
"""What writes."""
CODE = """\
import logging
import time

logger = logging.getLogger(__name__)
NOTE = "{note}"


async def work_{n}(path):
    # {note}
    time.sleep({n})
    try:
        return path.read_text()
    except OSError as error:
        logger.error("failed {n}: %s", error)
        return ""
"""
FINDING = """\
### B-{n:03}: logger.error without exc_info in work_{n}()
- **Severity**: LOW
- **Location**: `pkg/m{n}.py:14`
- **Description**: `logger.error("failed {n}: %s", error)` loses the traceback.
- **Suggested Fix**: Add `exc_info=True`.

"""
LIMIT = 120
"""Seconds that a command may take."""


@dataclass
class Tally:
    """The figures of one kind."""

    name: str
    tried: int = 0
    left: list[str] = field(default_factory=list)
    refused: int = 0
    """Tries that ended with a reason and no change, as they should or may."""

    def check(self, holds: bool, what: str) -> None:
        """Count a try, and what is wrong with it."""
        self.tried += 1
        if not holds:
            self.left.append(what)
            print(f"  {self.name}: {what}", flush=True)


def run(
    folder: Path, *arguments: str, before: Sequence[str] = (), **options: object
) -> subprocess.CompletedProcess[bytes]:
    """Run autofix in a folder, with no settings of whoever runs this.

    Args:
        before: a program with its arguments that starts it, such as ``setpriv``.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*before, *AUTOFIX, *arguments],
        cwd=folder,
        capture_output=True,
        timeout=LIMIT,
        env=environment,
        **options,
    )


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode().strip()


def project(folder: Path, files: int = 3, note: str = "plain") -> Path:
    """A repository with findings."""
    (folder / "pkg").mkdir(parents=True)
    (folder / "docs/audits").mkdir(parents=True)
    report = "# Audit\n\n"
    for number in range(files):
        text = CODE.format(n=number, note=note)
        (folder / f"pkg/m{number}.py").write_text(text, "utf-8")
        report += FINDING.format(n=number)
    (folder / "docs/audits/AUDIT_A.md").write_text(report)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada Example")
    git(folder, "config", "user.email", "ada@example.org")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


def crashed(done: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether it ended with a traceback or an error of its own."""
    said = done.stderr + done.stdout
    return b"Traceback" in said or b"internal error" in said or done.returncode not in (0, 1, 2)


def state(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts and ".autofix_cache" not in path.parts
    }
