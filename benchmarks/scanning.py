"""How fast a scan is, against what everybody knows: ``python benchmarks/scanning.py [CORPUS…]``.

A corpus is a name of ``corpora.py`` (fetched through pip) or a path; without any, homeassistant
and django. Both sides of a ratio run in turns, ``--pairs`` times, each a process of its own; what
is shown is the median of the ratios, with the machine's load beside it. Seconds depend on the
machine, ratios much less.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from corpora import corpus

SIDES = str(Path(__file__).with_name("sides.py"))
RUFF_RULES = "ASYNC210,ASYNC220,ASYNC221,ASYNC222,ASYNC230,ASYNC251,TRY400,G201,LOG014,B904"
LITERALS = ("async def", ".error(", ".critical(", "joinedload", "except", "time.sleep", "open(")
TO_REACH = {"homeassistant": 0.8, "django": 0.25}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took, with its children."""

    wall: float
    cpu: float
    memory: float
    """The largest resident size, in MB."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the table: ``ours`` divided by ``theirs``."""

    name: str
    ours: Sequence[str]
    theirs: Sequence[str]
    to_reach: str
    by: str = "cpu"


def measured(command: Sequence[str]) -> Cost:
    """Run a command, its output thrown away."""
    start = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: ended with {process.returncode}")
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def comparisons(name: str, root: Path) -> list[Comparison]:
    """What is compared on one corpus."""
    here, python = str(root), sys.executable
    scan = [python, SIDES, "scan", here]
    found = [
        Comparison(
            f"{name}: scan ÷ ast.parse",
            scan,
            [python, SIDES, "parse", here],
            f"≤ {TO_REACH[name]}" if name in TO_REACH else "",
        ),
        Comparison(f"{name}: --jobs 2 ÷ --jobs 1, wall", [*scan, "2"], scan, "≤ 0.7", "wall"),
    ]
    if ripgrep := _tool("rg"):
        patterns = [part for literal in LITERALS for part in ("-e", literal)]
        theirs = [ripgrep, "-j1", "-F", "-l", "--no-ignore", "-tpy", *patterns, here]
        found.append(Comparison(f"{name}: scan ÷ ripgrep", scan, theirs, "≤ 35"))
    if ruff := _tool("ruff"):
        theirs = [ruff, "check", "--no-cache", "--isolated", "-q", f"--select={RUFF_RULES}", here]
        found.append(Comparison(f"{name}: scan ÷ ruff", scan, theirs, "≤ 4"))
    ours = [python, SIDES, "fix", here, "add-exc-info", "8"]
    theirs = [python, SIDES, "libcst", here, "8"]
    found += [
        Comparison(f"{name}: fix ÷ libcst -j2, {by}", ours, theirs, "≤ 0.04", by)
        for by in ("cpu", "wall")
    ]
    return found


def _tool(name: str) -> str | None:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def compare(item: Comparison, pairs: int) -> None:
    """Print one line of the table."""
    ratios, mine, others = [], [], []
    for _ in range(pairs):
        ours, theirs = measured(item.ours), measured(item.theirs)
        ratios.append(getattr(ours, item.by) / max(getattr(theirs, item.by), 1e-6))
        mine.append(ours)
        others.append(theirs)
    ours_median = statistics.median(getattr(cost, item.by) for cost in mine)
    theirs_median = statistics.median(getattr(cost, item.by) for cost in others)
    memory = max(cost.memory for cost in mine)
    load = os.getloadavg()[0]
    print(
        f"{item.name:40} {statistics.median(ratios):8.3f}  {item.to_reach:8} "
        f"{ours_median:8.2f} s {theirs_median:8.2f} s {memory:6.0f} MB   load {load:.1f}",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", default=["homeassistant", "django"])
    parser.add_argument("--pairs", type=int, default=5, help="how often each pair runs")
    parser.add_argument("--cache", type=Path, help="where corpora are kept")
    parser.add_argument("--only", default="", help="only lines with this text")
    chosen = parser.parse_args()
    lines = [
        Comparison(
            "autofix --help ÷ python -c pass",
            [sys.executable, "-m", "codemods", "--help"],
            [sys.executable, "-c", "pass"],
            "≤ 16",
        )
    ]
    for name in chosen.corpora:
        lines += comparisons(Path(name).name, corpus(name, chosen.cache))
    title = f"median of {chosen.pairs} pairs"
    print(f"{title:40} {'ratio':>8}  {'aim':8} {'ours':>10} {'theirs':>10} {'our peak':>9}")
    for line in lines:
        if chosen.only in line.name:
            compare(line, chosen.pairs)


if __name__ == "__main__":
    main()
