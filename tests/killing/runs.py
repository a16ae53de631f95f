"""A project to write to, runs of autofix on it that are ended, and what must be true afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

FILES = 12
CODE = """\
import logging

logger = logging.getLogger(__name__)


def load_{number}(path):
    try:
        return path.read_text()
    except OSError as error:
        logger.error("load_{number}: %s", error)
"""
FINDING = """\
### L-{number}: logger.error without exc_info in load_{number}()
- **Severity**: LOW
- **Location**: `pkg/inner/m{number}.py:10`
- **Status**: NEW
- **Description**: `logger.error("load_{number}: %s", error)` loses the traceback. \
Add `exc_info=True`.

"""
MODES = {
    "scan": ("scan", "--fix", "--jobs", "1"),
    "in-place": ("apply", "--all", "--in-place", "--force"),
    "apply": ("apply", "--all"),
    "baseline": ("baseline", "--jobs", "1"),
    "undo": ("undo", "L-3"),
}
BEFORE = {f"pkg/inner/m{number}.py": CODE.format(number=number) for number in range(FILES)}
AFTER = {path: text.replace("error)\n", "error, exc_info=True)\n") for path, text in BEFORE.items()}


@dataclass(frozen=True)
class Left:
    """What a run that was ended left behind."""

    status: int
    changed: int
    """How many of the files are as they are to be."""
    strays: tuple[str, ...]
    """Files that nobody asked for, in the work tree and among git's objects and refs."""
    err: str


class Project:
    """A repository with some files to fix, and a report of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made: dict[str, str] = {}
        (root / "docs/audits").mkdir(parents=True)
        (root / "pkg/inner").mkdir(parents=True)
        for path, text in BEFORE.items():
            (root / path).write_text(text)
        findings = "".join(FINDING.format(number=number) for number in range(FILES))
        (root / "docs/audits/AUDIT.md").write_text(f"# Audit\n\n{findings}")
        (root / "pyproject.toml").write_text("")
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Ada Example")
        self.git("config", "user.email", "ada@example.org")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "first")

    def git(self, *arguments: str) -> str:
        """Run git; it must succeed."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def anew(self, mode: str) -> None:
        """As it was at first; with all branches where one is to be deleted."""
        self.git("checkout", "--quiet", "--", ".")
        self.git("clean", "--quiet", "-d", "--force")
        for branch in self.branches():
            self.git("branch", "--quiet", "-D", branch)
        if mode == "undo":
            if not self.made:
                self.run("apply")
                told = self.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")
                self.made = dict(line.split() for line in told.splitlines() if "autofix/" in line)
            for ref, commit in self.made.items():
                self.git("update-ref", ref, commit)

    def branches(self) -> list[str]:
        """Those that autofix made."""
        return self.git("branch", "--list", "autofix/*", "--format=%(refname:short)").split()

    def run(
        self, mode: str, step: int = 0, number: signal.Signals = signal.SIGKILL, delay: int = 0
    ) -> tuple[Left, int]:
        """Run a command that ends at a step; what it left, and how many steps it took in all
        (0 where it was killed)."""
        counted = self.root.parent / "steps"
        counted.unlink(missing_ok=True)
        script = Path(__file__).with_name("at.py")
        done = subprocess.run(
            [sys.executable, str(script), str(step), number.name, str(delay), *MODES[mode]],
            cwd=self.root,
            env=os.environ
            | {"AUTOFIX_STEPS": str(counted)}
            | ({"AUTOFIX_BEGINS": "subprocess.Popen"} if mode == "undo" else {}),
            start_new_session=True,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        left = Left(done.returncode, self.changed(mode), self.strays(), done.stderr)
        # A signal may have ended even the writing of this number.
        return left, int(counted.read_text() or 0) if counted.exists() else 0

    def changed(self, mode: str) -> int:
        """How many files, branches or baselines are as they are to be; each is whole or untouched.

        Raises:
            AssertionError: for half a file, or a branch that does not hold what it should.
        """
        texts = {path: (self.root / path).read_text() for path in BEFORE}
        for path, text in texts.items():
            assert text in (BEFORE[path], AFTER[path]), f"{path} is half written"
        if mode == "baseline":
            assert texts == BEFORE
            known = self.root / ".autofix-baseline.json"
            assert not known.exists() or known.read_text().endswith("\n}\n")
            return int(known.exists())
        if mode in ("apply", "undo"):
            assert texts == BEFORE
            found = self.branches()
            for branch in found:
                (name,) = self.git("diff", "--name-only", f"main...{branch}").split()
                assert self.git("show", f"{branch}:{name}") == AFTER[name]
            return len(found) if mode == "apply" else FILES - len(found)
        return sum(texts[path] == AFTER[path] for path in texts)

    def strays(self) -> tuple[str, ...]:
        """What lies about."""
        wanted = {*BEFORE, "docs/audits/AUDIT.md", "pyproject.toml", ".autofix-baseline.json"}
        found = []
        for path in self.root.rglob("*"):
            name = path.relative_to(self.root).as_posix()
            if path.is_dir():
                continue
            if not name.startswith(".git/"):
                found += [name] if name not in wanted else []
            elif "/tmp_" in name or name.endswith(".lock") or "crash" in name:
                found.append(name)
        return tuple(found)

    def check_repository(self) -> None:
        """Raise if git finds anything wrong."""
        self.git("fsck", "--strict")
        lines = dict(line.split(": ") for line in self.git("count-objects", "-v").splitlines())
        assert lines["garbage"] == "0", lines


WHOLE = {"scan": FILES, "in-place": FILES, "apply": FILES, "baseline": 1, "undo": 1}
"""What each command changes when nobody ends it."""


def check_ended(
    project: Project, mode: str, step: int, number: signal.Signals, delay: int = 0
) -> str:
    """End a run at a step, look at what it left, and let the next one finish it.

    Returns:
        In a word what was seen: ``none``, ``part`` or ``all`` of the files were written.
    """
    where = f"{mode} step {step}, {number.name} after {delay} ms"
    project.anew(mode)
    left, _ = project.run(mode, step, number, delay)
    assert "Traceback" not in left.err and "internal error" not in left.err, (where, left.err)
    project.git("fsck", "--strict")
    if number is not signal.SIGKILL:
        # Whoever asks it to stop finds all or nothing, and nothing beside it.
        # git's own lock of a ref may stay for the next run to take away: git was ended, too.
        strays = tuple(name for name in left.strays if not _is_lock_of_a_ref(name))
        assert strays == (), (where, left)
        assert left.changed in (0, WHOLE[mode]), (where, left)
    for name in left.strays:
        assert _is_lock_of_a_ref(name) or not name.endswith((".py", ".lock")), (where, left)
    after, _ = project.run(mode)
    assert (after.strays, after.changed) == ((), WHOLE[mode]), (where, left, after)
    project.check_repository()
    if left.changed in (0, WHOLE[mode]):
        return "all" if left.changed else "none"
    return "part"


def _is_lock_of_a_ref(name: str) -> bool:
    return name.startswith(".git/refs/") and name.endswith(".lock")
