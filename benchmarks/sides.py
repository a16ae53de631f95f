"""What the benchmarks compare, each as a process of its own: ``python sides.py NAME ROOT …``."""

from __future__ import annotations

import ast
import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path


def python_files(root: str) -> Iterator[str]:
    """Every ``.py`` file below ``root``, sorted by folder."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            if name.endswith((".py", ".pyi")):
                yield os.path.join(folder, name)  # noqa: PTH118 (the loop that is measured)


def parse(root: str) -> None:
    """``ast.parse`` of every file, as fast as it goes: bytes in, tree dropped, no collection."""
    warnings.simplefilter("ignore")
    gc.disable()
    for path in python_files(root):
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
        try:
            ast.parse(data)
        except (SyntaxError, ValueError):
            # Newer than this Python, or broken on purpose: read as far as it goes.
            continue


def scan(root: str, jobs: str = "1") -> None:
    """Everything that can scan, over every file."""
    from codemods.engine.scanning.scan import scan as run
    from codemods.project.files import WorkTreeFiles
    from codemods.project.project import Project
    from codemods.transforms import catalogue

    run(Project(WorkTreeFiles(Path(root))), list(catalogue().values()), jobs=int(jobs))


SIDES: dict[str, Callable[..., None]] = {"parse": parse, "scan": scan}

if __name__ == "__main__":
    SIDES[sys.argv[1]](*sys.argv[2:])
