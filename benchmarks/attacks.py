"""Attacks on autofix that anybody can repeat: what was tried, what was found, what was left.

Usage: ``python benchmarks/attacks.py [--only KIND] [--mutants 400] [--seed 1] [--files FOLDER]``

Everything happens in temporary folders, with no network but loopback. A fault is printed as it is
found; the exit status is 1 when there was one. Kills and expressions have scripts of their own
(``tests/slow/test_kills.py``, ``tests/expressions``).
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from attacked import Tally
from attacks_files import encodings, files
from attacks_limits import full_disk, limits, two_at_once
from attacks_pushes import pushes

KINDS: dict[str, Callable[..., None]] = {
    "encodings": encodings,
    "files": files,
    "limits": limits,
    "disk": full_disk,
    "two": two_at_once,
    "pushes": pushes,
}


def main() -> int:
    """Run them, and print the table."""
    parser = argparse.ArgumentParser(description="Attack autofix.")
    parser.add_argument("--only", choices=KINDS, action="append")
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=Path, action="append", default=[], help="of what files")
    chosen = parser.parse_args()
    tallies = []
    for name in chosen.only or KINDS:
        tally = Tally(name)
        tallies.append(tally)
        with tempfile.TemporaryDirectory(prefix="autofix-attacks-") as folder:
            work = Path(folder).resolve()
            chance = random.Random(chosen.seed)
            if name == "encodings":
                encodings(tally, work, chosen.mutants, chance)
            elif name == "files":
                files(tally, work, chosen.mutants, chance, chosen.files)
            else:
                KINDS[name](tally, work)
    print(f"{'kind':12} {'tried':>7} {'left':>5}  ended with a reason")
    for tally in tallies:
        print(f"{tally.name:12} {tally.tried:7} {len(tally.left):5}  {tally.refused}")
    return 1 if any(tally.left for tally in tallies) else 0


if __name__ == "__main__":
    raise SystemExit(main())
