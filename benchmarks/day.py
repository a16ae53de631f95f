"""A developer's work replayed: ``python benchmarks/day.py REPOSITORY [--commits 200]``.

Each of the last commits of a history is checked out, one after the other. After each the files
that it changed are scanned, as a pre-commit hook names them, and then the whole project: once
with what is kept from one run to the next, and once without. What is shown are the seconds of
processor time of all these commands together. Both must say the same, or it ends with 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measuring import Cost, Side, measured


@dataclass(slots=True)
class Spent:
    """What the runs of one kind took."""

    name: str
    costs: list[Cost] = field(default_factory=list)

    @property
    def line(self) -> str:
        """For the table."""
        cpu = sum(item.cpu for item in self.costs)
        each = cpu / len(self.costs) if self.costs else 0.0
        peak = max((item.memory for item in self.costs), default=0.0)
        return f"| {self.name} | {len(self.costs)} | {cpu:.0f} s | {each:.2f} s | {peak:.0f} MB |"


def git(folder: Path, *arguments: str) -> str:
    """What git says.

    Raises:
        CalledProcessError: when it fails.
    """
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def changed(folder: Path, commit: str) -> list[str]:
    """The Python files that a commit changed and that are there."""
    listed = git(folder, "diff", "--name-only", "-z", "--diff-filter=d", f"{commit}^", commit)
    return [path for path in listed.split("\0") if path.endswith((".py", ".pyi"))]


def scans(top: Path, paths: Sequence[str], *options: str) -> list[str]:
    """A scan as a command."""
    command = [sys.executable, "-m", "codemods", "scan", "-q", "-j1", "--exit-zero"]
    return [*command, *options, f"-C{top}", "--", *(str(top / path) for path in paths)]


def said(command: Sequence[str], output: Path) -> tuple[Cost, bytes]:
    """What a scan took, and what it said."""
    marker = command.index("--")
    asked = [*command[:marker], f"--output-file={output}", *command[marker:]]
    cost = measured(Side(asked))
    data = output.read_bytes()
    output.unlink()
    return cost, data


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", help="a clone, or what git can clone")
    parser.add_argument("--commits", type=int, default=200)
    chosen = parser.parse_args()
    whole = [Spent("the project, nothing kept"), Spent("the project, with the cache")]
    hook = [Spent("changed files, nothing kept"), Spent("changed files, with the cache")]
    other = done = files = 0
    with tempfile.TemporaryDirectory(prefix="autofix-day-") as folder:
        top, output = Path(folder, "work").resolve(), Path(folder, "said.txt").resolve()
        subprocess.run(["git", "clone", "-q", "--shared", chosen.repository, top], check=True)
        commits = git(top, "rev-list", "--first-parent", f"-{chosen.commits}", "HEAD").split()
        try:
            for commit in reversed(commits):
                git(top, "checkout", "-q", "--detach", "--force", commit)
                paths = changed(top, commit)
                if paths:
                    other += _both(top, paths, output, hook)
                other += _both(top, (), output, whole)
                done += 1
        except KeyboardInterrupt:
            print("interrupted: this is what was measured", file=sys.stderr)
        files = len(git(top, "ls-files", "*.py").splitlines())
    print(f"{done} commits, {files} files at the last; {other} answers were other ones\n")
    print("| what is scanned | runs | in all | each | peak |\n| --- | --- | --- | --- | --- |")
    for item in (*hook, *whole):
        print(item.line)
    return 1 if other else 0


def _both(top: Path, paths: Sequence[str], output: Path, kinds: Sequence[Spent]) -> bool:
    """Scan without what is kept, and with it; whether they say something else."""
    options = ("--force-exclude",) if paths else ()
    answers = []
    for spent, more in zip(kinds, (("--no-cache",), ()), strict=True):
        cost, data = said(scans(top, paths, *options, *more), output)
        spent.costs.append(cost)
        answers.append(data)
    return answers[0] != answers[1]


if __name__ == "__main__":
    sys.exit(main())
