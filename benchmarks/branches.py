"""Branches a second: all of a run in one stream, against a checkout and a commit for each.

Usage: ``python benchmarks/branches.py [--branches 50] [--files 1000] [--checkouts 5]``

All sides run in the same process, one after the other, on one fresh repository, and use GitPython:
the others check out a new branch, write the file, add it and commit, once with GitPython's own
index and once with git's commands. That costs the same for each branch, so they make only
``--checkouts`` of them; ours makes all. What counts is the ratio of the times a branch;
milliseconds depend on the machine.
"""

from __future__ import annotations

import argparse
import os
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
A_FOLDER, FOLDERS = 20, 50
"""Files in a folder, and folders in one above: no code base has thousands of files side by side."""


def main() -> None:
    """Print one line a way of writing, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--branches", type=int, default=50)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument(
        "--checkouts", type=int, default=5, help="how many of them are made by checkout as well"
    )
    chosen = parser.parse_args()
    ours, others = measure(chosen.branches, chosen.files, chosen.checkouts)
    print(f"{chosen.branches} branches in a repository of {chosen.files} files")
    print(f"{'one stream':45} {ours:8.1f} ms a branch   aim ≤ 10")
    for name, each in others.items():
        times = f"of {chosen.checkouts}; {each / ours:.0f} times   aim ≥ 50"
        print(f"{f'checkout, add, commit, by {name}':45} {each:8.1f} ms a branch, {times}")
    print(f"load {os.getloadavg()[0]:.1f}")


def measure(branches: int, files: int, checkouts: int) -> tuple[float, dict[str, float]]:
    """Milliseconds a branch: ours, and those of the others by what they use."""
    items = [_item(number, files) for number in range(branches)]
    # One repository for all: each side makes branches of other names, from the same commit.
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "repository"
        _make(root, files)
        base = git.Repo(root).head.reference
        ours = _timed(_by_stream, root, items)
        theirs: dict[str, float] = {}
        for name, write in (("GitPython", _by_index), ("git's commands", _by_git)):
            theirs[name] = _timed(write, root, items[:checkouts])
            base.checkout()
    return ours, theirs


def _item(number: int, files: int) -> Delivery:
    # Far from each other: hardly two branches change files of one folder.
    place = number * 997 % files
    path = _path(place)
    after = _content(place).replace(b"value_7 =", b"changed =")
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
    patch = Patch((FilePatch(path, _content(place), after),), (change,))
    return Delivery(finding, patch, "benchmark")


def _path(number: int) -> str:
    unit = number // A_FOLDER
    return f"package_{unit // FOLDERS}/unit_{unit}/module_{number}.py"


def _content(number: int) -> bytes:
    return "".join(f"value_{line} = {number} + {line}\n" for line in range(LINES)).encode()


def _make(root: Path, files: int) -> None:
    for number in range(files):
        target = root / _path(number)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_content(number))
    for command in (
        ["init", "--quiet"],
        ["config", "user.name", "Benchmark"],
        ["config", "user.email", "benchmark@example.org"],
        ["add", "--all"],
        ["commit", "--quiet", "--message=base"],
        # What a repository looks like that was cloned: one pack, and an index that is fresh.
        ["repack", "-a", "-d", "--quiet"],
        ["status", "--short"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True)


def _timed(
    write: Callable[[Path, list[Delivery]], str], root: Path, items: list[Delivery]
) -> float:
    """Milliseconds a branch; that every branch is there is checked afterwards."""
    start = time.perf_counter()
    prefix = write(root, items)
    seconds = time.perf_counter() - start
    names = subprocess.run(
        ["git", "for-each-ref", prefix], cwd=root, capture_output=True, check=True
    )
    if names.stdout.count(b"\n") != len(items):
        raise SystemExit(f"{prefix}: not every branch was made")
    return seconds / len(items) * 1000


def _by_stream(root: Path, items: list[Delivery]) -> str:
    repository = Repository.open(root)
    results = deliver(repository, repository.resolve("HEAD"), items)
    if not all(isinstance(result, Delivered) for result in results):
        raise SystemExit(f"not delivered: {results}")
    return "refs/heads/autofix"


def _by_git(root: Path, items: list[Delivery]) -> str:
    """With GitPython's ``repo.git``: git's own commands."""
    repository = git.Repo(root)
    base = repository.head.commit.hexsha
    for item in items:
        repository.git.checkout("--quiet", "-b", f"by-git/{item.finding.id}", base)
        for path in _written(root, item):
            repository.git.add("--", path)
        repository.git.commit("--quiet", "--message", item.finding.title)
    return "refs/heads/by-git"


def _by_index(root: Path, items: list[Delivery]) -> str:
    """With GitPython's objects, as its tutorial does it."""
    repository = git.Repo(root)
    base = repository.head.commit
    for item in items:
        repository.create_head(f"by-index/{item.finding.id}", base).checkout()
        repository.index.add(_written(root, item))
        repository.index.commit(item.finding.title)
    return "refs/heads/by-index"


def _written(root: Path, item: Delivery) -> list[str]:
    for file in item.patch.files:
        if file.after is not None:
            (root / file.path).write_bytes(file.after)
    return [file.path for file in item.patch.files]


if __name__ == "__main__":
    main()
