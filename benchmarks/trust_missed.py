"""Obvious sites that a scan neither writes nor shows: ``trust_missed.py FOLDER …``.

A plain look, which knows imports and nothing else, finds ``time.sleep()``, ``requests.get()``,
``urlopen()`` and ``subprocess.run()`` right in a coroutine, outside of tests. For each the table
counts what our scan says: written, shown, or the reason for which it is left alone. One without a
reason is printed, and makes the exit status 1.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from codemods.codemod import Safety
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.project.paths import is_test

OBVIOUS = frozenset(
    {
        *(f"requests.{verb}" for verb in ("get", "post", "put", "patch", "delete", "head")),
        *(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output")),
        *("time.sleep", "urllib.request.urlopen", "os.system"),
    }
)
MISSED = "missed"


def obvious(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of each obvious site of a file."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                names[item.asname or item.name.partition(".")[0]] = (
                    item.name if item.asname else item.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for item in node.names:
                names[item.asname or item.name] = f"{node.module}.{item.name}"
    for function in ast.walk(tree):
        if isinstance(function, ast.AsyncFunctionDef):
            for call in _calls(function.body):
                root, _, rest = ast.unparse(call.func).partition(".")
                name = f"{names.get(root, root)}{'.' if rest else ''}{rest}"
                if name in OBVIOUS:
                    yield call.lineno, name


def _calls(body: Sequence[ast.AST]) -> Iterator[ast.Call]:
    """The calls that a function makes itself."""
    waiting = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)


def answers(folder: Path) -> Iterator[tuple[str, int, str, str]]:
    """Path, line and name of each obvious site that a scan of ``folder`` reads, and its answer."""
    found = run_scan(ScanRequest(folder, select=("offload-blocking-calls",)))
    said: dict[tuple[str, int], str] = {}
    for _, refusal in found.refused:
        if refusal.site is not None:
            for line in range(refusal.site.line, refusal.site.end_line + 1):
                said.setdefault((refusal.site.path, line), f"left: {refusal.reason}")
    for site in found.sites:
        end = "shown" if site.change.safety is Safety.DISPLAY else "written"
        for line in range(site.change.site.line, site.change.site.end_line + 1):
            said[site.change.site.path, line] = end
    unread = {item.path for item in found.unread}
    for path in found.selection.paths:
        if path in unread or is_test(path):
            continue
        for line, name in obvious(folder / path):
            yield path, line, name, said.get((path, line), MISSED)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and each site that a scan says nothing of."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    chosen = parser.parse_args(arguments)
    counted: Counter[str] = Counter()
    for folder in chosen.folders:
        for path, line, name, end in answers(folder.resolve()):
            counted[end] += 1
            if end == MISSED:
                print(f"{folder / path}:{line}: {name}()")
    for end, count in counted.most_common():
        print(f"{count:6} {end}")
    return 1 if counted[MISSED] else 0


if __name__ == "__main__":
    sys.exit(main())
