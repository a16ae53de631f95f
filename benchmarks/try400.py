"""``add-exc-info`` against ruff's TRY400: ``python benchmarks/try400.py [FOLDER …]``.

Both look for an error that is logged in a handler without its traceback. The table counts each
place that one of them names, with what the other says: what our scan writes, shows, or leaves alone
with a reason, and why ruff, which reads one file and takes names for what they are, does not look
there. A place that nothing explains is printed, and makes the exit status 1.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codemods.codemod import Safety
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.engine.suppressions import MARKER
from codemods.syntax.dotted import last_name

UNEXPLAINED = "unexplained"
OTHER_LEVELS = ("critical", "fatal", "log")
"""What we look at and ruff does not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place that one of the two names, and what the other says of it."""

    path: str
    line: int
    ours: str
    """``written``, ``shown``, a refusal's reason, or ``-``."""
    theirs: bool
    why: str
    """Why the other one says something else; ``same`` where both say it."""


def differences(folder: Path) -> Iterator[Difference]:
    """Every place that one of the two names in the files that a scan of ``folder`` reads."""
    scanned = run_scan(ScanRequest(folder, select=("add-exc-info",)))
    ours: dict[str, dict[int, str]] = defaultdict(dict)
    for name, refusal in scanned.refused:
        if refusal.site is not None and name == "add-exc-info":
            ours[refusal.site.path][refusal.site.line] = refusal.reason
    for site in scanned.sites:
        shown = site.change.safety is Safety.DISPLAY
        ours[site.change.site.path][site.change.site.line] = "shown" if shown else "written"
    unread = {item.path for item in scanned.unread}
    theirs = _ruff(folder, [path for path in scanned.selection.paths if path not in unread])
    for path in sorted({*ours, *theirs}):
        try:
            tree = ast.parse((folder / path).read_bytes())
        except (SyntaxError, ValueError):
            # Newer than this Python: both read it, and nobody here can tell why they differ.
            continue
        calls: dict[int, ast.Call] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                # The outermost of a line comes first.
                calls.setdefault(node.lineno, node)
        for line in sorted({*ours[path], *theirs[path]}):
            mine, named = ours[path].get(line, "-"), line in theirs[path]
            why = _why(folder / path, tree, calls.get(line), mine, named)
            if why is not None:
                yield Difference(path, line, mine, named, why)


def _ruff(folder: Path, paths: Sequence[str]) -> dict[str, set[int]]:
    """The lines that TRY400 names."""
    program = Path(sys.executable).with_name("ruff")
    found: dict[str, set[int]] = defaultdict(set)
    for start in range(0, len(paths), 500):
        done = subprocess.run(
            [
                *(program, "check", "--isolated", "--no-cache", "--select=TRY400", "--exit-zero"),
                *("--output-format=json", "--", *paths[start : start + 500]),
            ],
            cwd=folder,
            capture_output=True,
            check=True,
        )
        for item in json.loads(done.stdout):
            if item["code"] == "TRY400":
                path = Path(item["filename"]).relative_to(folder.resolve()).as_posix()
                found[path].add(item["location"]["row"])
    return found


def _why(path: Path, tree: ast.AST, call: ast.Call | None, mine: str, named: bool) -> str | None:
    """Why the two differ, ``None`` where it is no place for either."""
    if named and mine in ("written", "shown"):
        return "same"
    if named:
        return f"ours: {mine}" if mine != "-" else _silence(path, tree, call)
    if mine not in ("written", "shown"):
        return None
    if call is None:
        return UNEXPLAINED
    level = last_name(call.func)
    if level in OTHER_LEVELS:
        return "ruff: only error() is looked at"
    if any(item.arg == "exc_info" for item in call.keywords):
        return "ruff: exc_info is given"
    if b"loguru" in path.read_bytes():
        return "ruff: loguru is no logger"
    if isinstance(call.func, ast.Attribute) and not isinstance(call.func.value, ast.Name):
        return "ruff: the receiver is no name"
    return "ruff: it knows the logger by other names, or sees another function around"


def _silence(path: Path, tree: ast.AST, call: ast.Call | None) -> str:
    """Why a scan says nothing at all of a place that TRY400 names."""
    words = ast.unparse(call).lower() if call is not None else ""
    if "traceback" in words or "exc_info" in words:
        return "ours: the call itself shows a traceback"
    if MARKER in path.read_bytes():
        return "ours: a comment keeps autofix out"
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and call is not None:
            behind = (*node.orelse, *node.finalbody)
            if any(call in set(ast.walk(item)) for item in behind):
                return "ours: it stands in the else or finally of a try"
    return UNEXPLAINED


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and each place that nothing explains."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    chosen = parser.parse_args(arguments)
    counted: Counter[str] = Counter()
    for folder in chosen.folders:
        for item in differences(folder.resolve()):
            key = f"{item.why} ({item.ours})" if item.why == "same" else item.why
            counted[key] += 1
            if item.why == UNEXPLAINED:
                print(f"{folder / item.path}:{item.line}: ours {item.ours}, ruff {item.theirs}")
    for why, count in counted.most_common():
        print(f"{count:6} {why}")
    return 1 if counted[UNEXPLAINED] else 0


if __name__ == "__main__":
    sys.exit(main())
