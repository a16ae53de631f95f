"""How work grows with each dimension of a code base: ``python benchmarks/growth.py [NAME…]``.

Each dimension is doubled twice, and what is shown is the exponent of the growing part: 1 is
linear, 2 is everything with everything. Work is calls, counted by ``sys.setprofile``: no clock,
so that it is the same on every machine and under any load. What happens inside of one call, a
search in bytes, is not seen.
"""

from __future__ import annotations

import argparse
import gc
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import FrameType

from codemods.engine.run import resolve
from codemods.engine.scanning.scan import scan
from codemods.findings.readers.markdown import read_markdown
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue

BOUND = 1.15
"""The largest exponent that counts as linear: a sort is a little above 1."""
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that can be doubled."""

    name: str
    size: int
    """The smallest of the three sizes: large enough that a scan is in its steady state."""
    work: Callable[[int], Work]
    """Makes what is counted, for a size; making it is not counted."""
    bound: float = BOUND
    """The largest exponent that passes."""


def exponent(dimension: Dimension) -> tuple[float, tuple[int, ...]]:
    """The exponent of a dimension's growing part, and how many calls each size takes."""
    dimension.work(dimension.size)()  # What is made once and kept is no part of any size.
    counted = tuple(calls(dimension.work(dimension.size * factor)) for factor in (1, 2, 4))
    low, middle, high = counted
    if middle <= low or high <= middle:
        return 0.0, counted
    return math.log2((high - middle) / (middle - low)), counted


def calls(work: Work) -> int:
    """How many calls are made, of Python's functions and of C's."""
    count = 0

    def counting(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.collect()
    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def _scan(files: Mapping[str, str]) -> Work:
    project = Project(MemoryFiles({path: text.encode() for path, text in files.items()}))
    return partial(scan, project, tuple(catalogue().values()))


def _report(findings: Iterable[str], files: Mapping[str, str]) -> Work:
    """Read a report and try every finding of it."""
    text = "# Audit\n\n" + "\n".join(findings)
    project = Project(MemoryFiles({path: text.encode() for path, text in files.items()}))
    codemods = tuple(catalogue().values())

    def work() -> None:
        for finding in read_markdown(text, "AUDIT.md").findings:
            resolve(finding, project, codemods)

    return work


_HEAD = """\
import asyncio
import logging
import threading
import time

logger = logging.getLogger(__name__)
"""
_FUNCTIONS = """

def load_{0}(path):
    try:
        time.sleep({0})
        return read_{0}(path)
    except OSError as error:
        logger.error("no %s: %s", path, error)


def read_{0}(path):
    return dict(path=path, number={0})


async def serve_{0}(path):
    value = load_{0}(path)
    await asyncio.sleep(1)
    return value
"""
_METHODS = """
    def put_{0}(self, key):
        with self.lock:
            self.items[key] = self.count_{0}()

    def count_{0}(self):
        return len(self.items)

    async def take_{0}(self, key):
        self.put_{0}(key)
        self.total += 1
        await asyncio.sleep(1)
        self.total += 1
"""
_CLASS = """

class Store:
    def __init__(self):
        self.lock = threading.Lock()
        self.items = {}
        self.total = 0
"""
_HANDLER = """
    try:
        work({0})
    except {1} as error:
        logger.error("failed at {0}: %s", error)
"""
_BRANCH = """\
    elif work({0}):
        logger.error("failed at {0}: %s", time.sleep({0}))
"""
_FINDING = """### B-{0:05}: Blocking call in async function

**Severity:** HIGH
**File:** {1}
**Function:** `serve_{0}`

**Description:** `load_{0}()` calls `time.sleep` and stops the event loop.

**Evidence:**
```python
    value = load_{0}(path)
```

**Suggested Fix:** Use `await asyncio.to_thread(load_{0}, path)`.
"""


def _module(first: int, count: int = 1) -> str:
    return _HEAD + "".join(_FUNCTIONS.format(number) for number in range(first, first + count))


def _folder(count: int) -> dict[str, str]:
    return {f"shop/part_{number}.py": _module(number) for number in range(count)}


def _helpers(count: int) -> dict[str, str]:
    """Coroutines of 240 files, and helper modules of 20 functions that block."""
    files = {}
    for helper in range(count):
        functions = (
            f"\n\ndef fetch_{helper}_{number}(url):\n    time.sleep({number})\n    return url\n"
            for number in range(20)
        )
        files[f"shop/helper_{helper}.py"] = "import time\n" + "".join(functions)
    for view in range(240):
        helper, number = view % count, view % 20
        files[f"shop/view_{view}.py"] = (
            f"from shop.helper_{helper} import fetch_{helper}_{number}\n\n\n"
            f"async def view_{view}(url):\n    return fetch_{helper}_{number}(url)\n"
        )
    return files


def _one(text: str) -> Work:
    """One file, with a little of everything behind the text, so that everybody looks."""
    rest = _FUNCTIONS.format(0) + _CLASS + _METHODS.format(0)
    return _scan({"shop/one.py": _HEAD + text + rest})


def _in_function(lines: Iterable[str]) -> Work:
    return _one("\n\nasync def run(work):\n" + "".join(lines))


def _nested(head: str, depth: int) -> str:
    """Blocks in blocks."""
    lines = (f"{'    ' * level}{head.format(level)}\n" for level in range(depth))
    return "\n\n" + "".join(lines) + "    " * depth + "time.sleep(1)\n"


def _chain(count: int) -> str:
    """Modules' worth of names that lead through each other."""
    return "".join(f"name_{number + 1} = name_{number}\n" for number in range(count))


DIMENSIONS = (
    Dimension("files in one folder", 240, lambda size: _scan(_folder(size))),
    Dimension("blocking functions, 20 a file", 40, lambda size: _scan(_helpers(size))),
    Dimension(
        "functions a file",
        50,
        lambda size: _one("".join(_FUNCTIONS.format(n) for n in range(1, size))),
    ),
    Dimension(
        "methods a class",
        50,
        lambda size: _one(_CLASS + "".join(_METHODS.format(n) for n in range(size))),
    ),
    Dimension(
        "classes a file",
        25,
        lambda size: _one("".join(_CLASS + _METHODS.format(n) for n in range(size))),
    ),
    Dimension(
        "a file's size, in statements",
        500,
        lambda size: _one("".join(f"value_{n} = work({n})\n" for n in range(size))),
    ),
    Dimension(
        "a function's size, in statements",
        500,
        lambda size: _in_function(f"    value_{n} = work({n})\n" for n in range(size)),
    ),
    Dimension(
        "names that lead to each other", 100, lambda size: _one("name_0 = open\n" + _chain(size))
    ),
    Dimension(
        "log calls a function",
        50,
        lambda size: _in_function(_HANDLER.format(n, "OSError") for n in range(size)),
    ),
    Dimension(
        "log calls a file",
        50,
        lambda size: _one(
            "".join(
                f"\n\ndef run_{n}(work):" + _HANDLER.format(n, "Exception") for n in range(size)
            )
        ),
    ),
    Dimension(
        "suppressions a file",
        50,
        lambda size: _one(
            "".join(
                f"\n\ndef run_{n}(work):  # autofix: ignore{_HANDLER.format(n, 'OSError')}"
                for n in range(size)
            )
        ),
    ),
    Dimension("blocks in blocks", 20, lambda size: _one(_nested("if work({0}):", size))),
    # Python allows a hundred levels: to look through each function is no more than that.
    Dimension(
        "functions in functions", 20, lambda size: _one(_nested("async def f_{0}():", size)), 2.0
    ),
    # Each elif stands in the one before it, and two still look around a call step by step.
    Dimension(
        "branches of one if",
        100,
        lambda size: _in_function(
            ("    if work(0):\n        pass\n", *(_BRANCH.format(n) for n in range(size)))
        ),
        1.4,
    ),
    Dimension(
        "operands of an expression",
        50,
        lambda size: _in_function(["    return " + " + ".join(["work(1)"] * size) + "\n"]),
    ),
    Dimension(
        "a line's length",
        500,
        lambda size: _in_function(["    return [" + "open(work), " * size + "]\n"]),
    ),
    Dimension(
        "findings a report, over as many files",
        150,
        lambda size: _report(
            (_FINDING.format(n, f"shop/part_{n}.py:{20}") for n in range(size)), _folder(size)
        ),
    ),
    Dimension(
        "findings a report, in one file",
        25,
        lambda size: _report(
            (_FINDING.format(n, "shop/one.py") for n in range(size)),
            {"shop/one.py": _module(0, 100)},
        ),
    ),
    Dimension(
        "findings without a path, over as many files",
        50,
        lambda size: _report(
            (_FINDING.format(n, "").replace("**File:** \n", "") for n in range(size)),
            _folder(size),
        ),
    ),
    Dimension(
        "paths in one location",
        50,
        lambda size: _report(
            [_FINDING.format(0, ", ".join(f"shop/part_{n}.py" for n in range(size)))],
            _folder(size),
        ),
        # What each file of a location is answered with: 1.26 measured.
        bound=1.35,
    ),
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only dimensions with this text")
    chosen = parser.parse_args()
    print(f"{'dimension':40} {'exponent':>8}  calls")
    for dimension in DIMENSIONS:
        if not chosen.names or any(name in dimension.name for name in chosen.names):
            found, counted = exponent(dimension)
            verdict = "" if found <= dimension.bound else f"  MISSED {dimension.bound}"
            told = " ".join(f"{item:,}" for item in counted)
            print(f"{dimension.name:40} {found:8.2f}  {told}{verdict}", flush=True)


if __name__ == "__main__":
    main()
