"""Compares the files of a wheel with the folders: `python .ci/wheel_files.py dist/*.whl`.

A folder without an `__init__.py` is missing from the wheel, though the editable install imports
it; data files get lost in the same silent way. A top-level `cli`, which is what setuptools makes of
the folders by itself, is in no folder and so refused.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALLED_AS = {"codemods": "codemods", "cli": "codemods/cli"}
NOT_SHIPPED = ("__pycache__", ".mypy_cache", ".ruff_cache")


def expected(root: Path) -> set[str]:
    """The names that the folders ask for, as they stand in a wheel."""
    return {
        f"{target}/{path.relative_to(root / folder).as_posix()}"
        for folder, target in INSTALLED_AS.items()
        for path in (root / folder).rglob("*")
        if path.is_file() and not any(part in NOT_SHIPPED for part in path.parts)
    }


def shipped(wheel: Path) -> set[str]:
    """The names in the wheel, without its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    return {name for name in names if not name.split("/", 1)[0].endswith(".dist-info")}


def main(wheels: list[str]) -> int:
    """Say what differs; 1 when something does."""
    if not wheels:
        print("usage: wheel_files.py WHEEL…", file=sys.stderr)
        return 2
    wanted, status = expected(ROOT), 0
    for name in wheels:
        found = shipped(Path(name))
        for path in sorted(wanted - found):
            print(f"{name}: {path} is missing")
        for path in sorted(found - wanted):
            print(f"{name}: {path} is in no folder")
        if found != wanted:
            status = 1
        else:
            print(f"{Path(name).name}: {len(found)} files, as in the folders")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
