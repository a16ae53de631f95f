"""Code and reports of any size, of the shapes whose growth :mod:`growth` counts."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from counted import Work

from codemods.codemod import Safety
from codemods.engine.run import resolve
from codemods.engine.scanning import scan as scanning
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.findings.readers.formats import read_text
from codemods.findings.readers.markdown import read_markdown
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue


def scan(files: Mapping[str, str]) -> Work:
    project = Project(MemoryFiles({path: text.encode() for path, text in files.items()}))
    return partial(scanning.scan, project, tuple(catalogue().values()))


def fix(files: Mapping[str, str]) -> Work:
    """Scan and fix, in memory, what stands in a folder."""
    folder = tempfile.TemporaryDirectory(prefix="autofix-growth-")
    top = Path(folder.name).resolve()
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)

    def work() -> object:
        # The folder is there as long as the work is.
        return folder, run_scan(ScanRequest(top, fix=Safety.REVIEW))

    return work


def read(text: str) -> Work:
    """Read a report, and no more."""
    return partial(read_markdown, text, "AUDIT.md")


def read_as(suffix: str, text: str) -> Work:
    """Read a report of another format."""
    return partial(read_text, text, suffix, f"report{suffix}")


def sarif(results: int) -> str:
    """A log of so many results, each of a rule of its own."""
    rules = [{"id": f"R{number}"} for number in range(results)]
    found = [
        {
            "ruleId": f"R{number}",
            "message": {"text": "It leaks."},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"a{number}.py"}}}],
        }
        for number in range(results)
    ]
    tool = {"driver": {"name": "tool", "rules": rules}}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": tool, "results": found}]})


OBJECT = """\
  - id: A{0}
    severity: high
    file: shop/part_{0}.py
    title: it leaks
"""
CODE_SPAN = "`a_{0}()` and `b.c_{0}`, "


def report(findings: Iterable[str], files: Mapping[str, str]) -> Work:
    """Read a report and try every finding of it."""
    text = "# Audit\n\n" + "\n".join(findings)
    project = Project(MemoryFiles({path: text.encode() for path, text in files.items()}))
    codemods = tuple(catalogue().values())

    def work() -> None:
        for finding in read_markdown(text, "AUDIT.md").findings:
            resolve(finding, project, codemods)

    return work


HEAD = """\
import asyncio
import logging
import threading
import time

logger = logging.getLogger(__name__)
"""
FUNCTIONS = """

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
METHODS = """
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
CLASS = """

class Store:
    def __init__(self):
        self.lock = threading.Lock()
        self.items = {}
        self.total = 0
"""
HANDLER = """
    try:
        work({0})
    except {1} as error:
        logger.error("failed at {0}: %s", error)
"""
BRANCH = """\
    elif work({0}):
        logger.error("failed at {0}: %s", time.sleep({0}))
"""
FINDING = """### B-{0:05}: Blocking call in async function

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


CHECK = """
    async def load_{0}(self, key):
        if key not in self.found:
            self.found[key] = await fetch(key)
        return self.found[key]
"""
CHECKING = """

class Loader:
    def __init__(self):
        self.found = {}
"""
SECTION = """\
### B-{0}: work() fails
- **Severity**: LOW
- **Location**: `shop/one.py:{0}`
"""
OPEN = f"{SECTION}- **Evidence**:\n```python\nwork({{0}}\n\n"
"""The block is never closed."""
OPEN_TILDES = OPEN.replace("```", "~~~~")
AT_THE_MARGIN = f"{SECTION}- **Evidence**:\n  ```python\nwork({{0}})\n```\n\n"
IN_QUOTES = "> - one\n>   ```python\n> work({0})\n> ```\n"
RULED = f"{SECTION}\n---\n\n"
SUGGESTION = """\
### B-1: work() has no limit
- **Severity**: HIGH
- **Location**: `shop/one.py`
- **Description**: `work()` has no limit.
- **Evidence**:
  ```python
{0}  ```
- **Suggested Fix**: {1}
"""


def suggested(lines: int, fence: str = "python") -> Work:
    """A finding that shows so many lines and what is to stand in the place of each: all of them in
    one fence, pairs of them in a diff, or each in a sentence of its own."""
    code = [f"value_{number} = work({number})" for number in range(lines)]
    new = [f"{line[:-1]}, limit=1)" for line in code]
    if fence == "diff":
        shown = [f"-{one}\n  +{two}" for one, two in zip(code, new, strict=True)]
    else:
        shown = new
    said = f"\n  ```{fence}\n" + "".join(f"  {line}\n" for line in shown) + "  ```"
    if not fence:
        calls = (f"work({number}" for number in range(lines))
        said = " ".join(f"Replace `{call})` with `{call}, limit=1)`." for call in calls)
    evidence = "".join(f"  {line}\n" for line in code)
    text = "def work(*given, limit=0):\n    return given\n\n\n" + "\n".join(code)
    return report([SUGGESTION.format(evidence, said)], {"shop/one.py": f"{text}\n"})


def module(first: int, count: int = 1) -> str:
    return HEAD + "".join(FUNCTIONS.format(number) for number in range(first, first + count))


def folder(count: int) -> dict[str, str]:
    return {f"shop/part_{number}.py": module(number) for number in range(count)}


def helpers(count: int) -> dict[str, str]:
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


def one(text: str) -> Work:
    """One file, with a little of everything behind the text, so that everybody looks."""
    rest = FUNCTIONS.format(0) + CLASS + METHODS.format(0)
    return scan({"shop/one.py": HEAD + text + rest})


def in_function(lines: Iterable[str]) -> Work:
    return one("\n\nasync def run(work):\n" + "".join(lines))


def nested(head: str, depth: int) -> str:
    """Blocks in blocks."""
    lines = (f"{'    ' * level}{head.format(level)}\n" for level in range(depth))
    return "\n\n" + "".join(lines) + "    " * depth + "time.sleep(1)\n"


def chain(count: int) -> str:
    """Modules' worth of names that lead through each other."""
    return "".join(f"name_{number + 1} = name_{number}\n" for number in range(count))
