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
    from codemods.engine.scan import scan as run
    from codemods.project.files import WorkTreeFiles
    from codemods.project.project import Project
    from codemods.transforms import catalogue

    run(Project(WorkTreeFiles(Path(root))), list(catalogue().values()), jobs=int(jobs))


def fix(root: str, name: str, step: str = "1") -> None:
    """One codemod, fixed in memory, on every ``step``-th file."""
    from codemods.codemod import Safety
    from codemods.engine.scan import fix as run
    from codemods.project.files import WorkTreeFiles
    from codemods.project.project import Project
    from codemods.transforms import catalogue

    project = Project(WorkTreeFiles(Path(root)))
    for path in project.python_paths[:: int(step)]:
        run(project, [catalogue()[name]], path, allow=Safety.DISPLAY)


def libcst_rule(root: str, step: str = "1") -> None:
    """The same rule as a command of libcst's own runner, two processes, without writing."""
    import tempfile

    from libcst.codemod import CodemodContext, parallel_exec_transform_with_prettyprint

    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from libcst_rule import AddExcInfo

    files = list(python_files(root))[:: int(step)]
    with tempfile.TemporaryDirectory() as folder:
        copies = []
        for number, path in enumerate(files):
            copy = Path(folder) / f"{number}.py"
            copy.write_bytes(Path(path).read_bytes())
            copies.append(str(copy))
        parallel_exec_transform_with_prettyprint(
            AddExcInfo(CodemodContext()),
            copies,
            jobs=2,
            hide_progress=True,
            hide_generated=True,
        )


SIDES: dict[str, Callable[..., None]] = {
    "parse": parse,
    "scan": scan,
    "fix": fix,
    "libcst": libcst_rule,
}

if __name__ == "__main__":
    SIDES[sys.argv[1]](*sys.argv[2:])
