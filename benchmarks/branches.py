"""Branches a second: all of a run in one stream, against a checkout and a commit for each.

Usage: ``python benchmarks/branches.py [--branches 50] [--files 1000]``

Both sides run in the same process, one after the other, on equal fresh repositories, and use
GitPython: the other side does what a script around ``git checkout -b``, ``git add`` and
``git commit`` does. What counts is the ratio; milliseconds depend on the machine.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import git

from codemods.codemod import Change, Safety, Site
from codemods.delivery.branches import Delivered, deliver
from codemods.delivery.planning import Delivery
from codemods.delivery.repository import Repository
from codemods.engine.outcomes import FilePatch, Patch
from codemods.findings.model import Finding, Severity, Status, StatusKind

LINES = 150
"""Lines of each file: about the mean of the code bases that audits are made of."""


def main() -> None:
    """Print one line a way of writing, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--branches", type=int, default=50)
    parser.add_argument("--files", type=int, default=1000)
    chosen = parser.parse_args()
    items = [_item(number, chosen.files) for number in range(chosen.branches)]
    with tempfile.TemporaryDirectory() as folder:
        ours = _timed(_by_stream, Path(folder) / "stream", items, chosen.files)
        theirs = _timed(_by_checkout, Path(folder) / "checkout", items, chosen.files)
    each = 1000 / chosen.branches
    print(f"{chosen.branches} branches in a repository of {chosen.files} files")
    print(f"one stream:            {ours * each:8.1f} ms a branch")
    print(f"checkout, add, commit: {theirs * each:8.1f} ms a branch")
    print(f"ratio:                 {theirs / ours:8.1f}")


def _item(number: int, files: int) -> Delivery:
    path = f"package/part_{number % 10}/module_{number % files}.py"
    after = _content(number % files).replace(b"value_7 =", b"changed =")
    finding = Finding(
        id=f"B-{number}",
        title=f"Value {number} is computed again and again",
        report="AUDIT_BENCHMARK.md",
        line=number + 1,
        ordinal=number + 1,
        severity=Severity.LOW,
        severity_text="LOW",
        dimension=None,
        status=Status(StatusKind.NEW, "NEW"),
        locations=(),
        fields=(),
    )
    change = Change(Site(path, 8, 8), "the value is computed once", (), Safety.SAFE)
    patch = Patch((FilePatch(path, _content(number % files), after),), (change,))
    return Delivery(finding, patch, "benchmark")


def _content(number: int) -> bytes:
    return "".join(f"value_{line} = {number} + {line}\n" for line in range(LINES)).encode()


def _timed(
    write: Callable[[Path, list[Delivery]], None], root: Path, items: list[Delivery], files: int
) -> float:
    for number in range(files):
        target = root / "package" / f"part_{number % 10}" / f"module_{number}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_content(number))
    for command in (
        ["init", "--quiet"],
        ["config", "user.name", "Benchmark"],
        ["config", "user.email", "benchmark@example.org"],
        ["add", "--all"],
        ["commit", "--quiet", "--message=base"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True)
    start = time.perf_counter()
    write(root, items)
    seconds = time.perf_counter() - start
    names = subprocess.run(
        ["git", "for-each-ref", "refs/heads/autofix"], cwd=root, capture_output=True, check=True
    )
    if names.stdout.count(b"\n") != len(items):
        raise SystemExit(f"{root.name}: not every branch was made")
    return seconds


def _by_stream(root: Path, items: list[Delivery]) -> None:
    repository = Repository.open(root)
    results = deliver(repository, repository.resolve("HEAD"), items)
    if not all(isinstance(result, Delivered) for result in results):
        raise SystemExit(f"not delivered: {results}")


def _by_checkout(root: Path, items: list[Delivery]) -> None:
    repository = git.Repo(root)
    base = repository.head.commit.hexsha
    for item in items:
        repository.git.checkout("--quiet", "-b", f"autofix/benchmark/{item.finding.id}", base)
        for file in item.patch.files:
            assert file.after is not None, "the benchmark only edits"
            (root / file.path).write_bytes(file.after)
            repository.git.add("--", file.path)
        repository.git.commit("--quiet", "--message", item.finding.title)


if __name__ == "__main__":
    main()
