"""Processes that are compared: each run in turns, each ratio from one round, the median printed."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

By = Literal["cpu", "wall", "memory"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took, with its children."""

    wall: float
    cpu: float
    memory: float
    """The largest resident size in MB of it or of one of its children: not their sum."""


@dataclass(frozen=True, slots=True)
class Side:
    """A command that is measured."""

    command: Sequence[str]
    prepare: Callable[[], None] | None = None
    """Called before each run, outside of what is measured."""
    sites: Callable[[], int] | None = None
    """How many places the last run changed."""
    environment: Mapping[str, str] = field(default_factory=dict)
    rounds: int | None = None
    """In how many rounds it takes part, where it costs too much for all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: ``ours`` divided by ``theirs``, or by itself what it takes."""

    name: str
    ours: str
    theirs: str | None
    by: By
    aim: float | None = None
    """What is to be reached, at most."""


def measured(side: Side) -> Cost:
    """Run a side, its output thrown away.

    Raises:
        SystemExit: when it fails; 1 is no failure, it says that something was found.
    """
    if side.prepare is not None:
        side.prepare()
    start = perf_counter()
    process = subprocess.Popen(
        side.command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **side.environment},
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(side.command)}: ended with {process.returncode}")
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def print_head(pairs: int) -> None:
    """The first line of the table."""
    title = f"median of {pairs} rounds"
    print(
        f"{title:44} {'figure':>9}  {'aim':9} {'':6} {'ours':>9} {'theirs':>9}  load",
        flush=True,
    )


def print_line(
    name: str, figure: str, value: float, aim: float | None, ours: str = "", theirs: str = ""
) -> None:
    """One line; the load is the machine's of the last minute, and holds what was measured."""
    shown = "" if aim is None else f"≤ {aim:g}"
    verdict = "" if aim is None else "yes" if value <= aim else "MISSED"
    load = os.getloadavg()[0]
    print(
        f"{name:44} {figure:>9}  {shown:9} {verdict:6} {ours:>9} {theirs:>9}  {load:.1f}",
        flush=True,
    )


def in_turns(
    sides: Mapping[str, Side], lines: Sequence[Line], pairs: int
) -> tuple[dict[str, list[Cost]], dict[str, int]]:
    """Run the sides that the lines need in turns: what each run took, and how many places the last
    one of each side changed."""
    needed = {name for line in lines for name in (line.ours, line.theirs) if name is not None}
    costs: dict[str, list[Cost]] = {name: [] for name in sides if name in needed}
    sites: dict[str, int] = {}
    for number in range(pairs):
        for name, found in costs.items():
            side = sides[name]
            if side.rounds is None or number < side.rounds:
                found.append(measured(side))
                if side.sites is not None:
                    sites[name] = side.sites()
    return costs, sites


def compare(sides: Mapping[str, Side], lines: Sequence[Line], pairs: int) -> None:
    """Run the sides that the lines need in turns, and print the lines."""
    costs, sites = in_turns(sides, lines, pairs)
    for line in lines:
        _print(line, costs)
    if sites:
        told = ", ".join(f"{name} {count}" for name, count in sites.items())
        print(f"  places changed: {told}", flush=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """What came of a line."""

    value: float
    """The median of the ratios; without another side that of what it takes itself."""
    shown: str
    ours: str = ""
    theirs: str = ""


def figure(line: Line, costs: Mapping[str, Sequence[Cost]]) -> Figure:
    """The medians of a line."""
    mine = [float(getattr(cost, line.by)) for cost in costs[line.ours]]
    unit = "MB" if line.by == "memory" else "s"
    ours = statistics.median(mine)
    if line.theirs is None:
        return Figure(ours, f"{ours:.{0 if unit == 'MB' else 2}f} {unit}")
    others = [float(getattr(cost, line.by)) for cost in costs[line.theirs]]
    # Sides that take part in fewer rounds are compared with what ran beside them.
    ratio = statistics.median(one / other for one, other in zip(mine, others, strict=False))
    theirs = statistics.median(others)
    return Figure(ratio, f"{ratio:.3f}", f"{ours:.2f} {unit}", f"{theirs:.2f} {unit}")


def _print(line: Line, costs: Mapping[str, Sequence[Cost]]) -> None:
    found = figure(line, costs)
    print_line(line.name, found.shown, found.value, line.aim, found.ours, found.theirs)
