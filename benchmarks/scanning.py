"""How fast a scan is, against what everybody knows: ``python benchmarks/scanning.py [CORPUS…]``.

A corpus is a name of ``corpora.py`` (fetched through pip), a path, or ``branches`` (see
``branches.py``); without any, homeassistant, django and branches. All sides of a corpus run in
turns, ``--pairs`` rounds, each a process of its own; what is shown is the median of the ratios,
with the machine's load beside it. Seconds depend on the machine, ratios much less.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import branches
from corpora import corpus, folder_of
from measuring import Line, Side, compare, print_head, print_line
from peers import Copy, autofix_side, codemodder_side, environment, fixit_side, libcst_side

SIDES = str(Path(__file__).with_name("sides.py"))
RUFF_RULES = "ASYNC210,ASYNC220,ASYNC221,ASYNC222,ASYNC230,ASYNC251,TRY400,G201,LOG014,B904"
LITERALS = ("async def", ".error(", ".critical(", "joinedload", "except", "time.sleep", "open(")
AIMS = {
    "homeassistant": {
        "parse": 0.8,
        "two jobs": 0.7,
        "ripgrep": 35,
        "ruff": 4,
        "libcst": 0.04,
        "fixit": 0.05,
        "codemodder": 0.025,
    },
    "django": {"parse": 0.25, "two jobs": 0.7},
}
"""What a ratio is to be at most, by the other side. On a small code base the start of a process
counts for more than what it does, so that nothing is asked there but memory."""
WITHOUT_PEERS = ("django",)
"""Where nothing is said about fixing: the other tools take minutes."""
CHANGED = 10
"""How many files somebody edits between two scans."""
FIXED_FILES = 1000
"""About how many files the tools that fix are compared on."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", default=["homeassistant", "django", "branches"])
    parser.add_argument("--pairs", type=int, default=5, help="how many rounds")
    parser.add_argument("--cache", type=Path, help="where corpora are kept")
    parser.add_argument("--part", choices=("scan", "fix"), help="only one half of the lines")
    parser.add_argument("--only", default="", help="only lines with this text")
    chosen = parser.parse_args()
    print_head(chosen.pairs)
    python = sys.executable
    sides = {"help": Side([python, "-m", "codemods", "--help"]), "pass": Side([python, "-c", "0"])}
    lines = [Line("autofix --help ÷ python -c pass", "help", "pass", "cpu", 16)]
    _compare(sides, lines, chosen)
    for name in chosen.corpora:
        if name == "branches":
            _branches(chosen.only)
            continue
        root = corpus(name, chosen.cache)
        title = Path(name).name
        if chosen.part != "fix":
            _compare(*scan_lines(title, root), chosen)
            with tempfile.TemporaryDirectory(prefix="autofix-bench-") as folder:
                _compare(*cache_lines(title, root, Path(folder)), chosen)
        if chosen.part != "scan":
            with tempfile.TemporaryDirectory(prefix="autofix-bench-") as folder:
                _compare(*memory_lines(title, root, Path(folder)), chosen)
                if title not in WITHOUT_PEERS:
                    cache = folder_of(chosen.cache)
                    _compare(*fix_lines(title, root, Path(folder), cache), chosen)


def _compare(sides: dict[str, Side], lines: Sequence[Line], chosen: argparse.Namespace) -> None:
    compare(sides, [line for line in lines if chosen.only in line.name], chosen.pairs)


def _branches(only: str) -> None:
    name = "100 branches, 40,000 files"
    if only not in name:
        return
    ours, others = branches.measure(100, 40_000, 5)
    print_line(f"{name}: each", f"{ours:.1f} ms", ours, 10)
    for way, each in others.items():
        ratio = ours / each
        told = (f"{ours:.1f} ms", f"{each:.0f} ms")
        print_line(f"{name} ÷ {way}", f"{ratio:.4f}", ratio, 0.02, *told)


def scan_lines(name: str, root: Path) -> tuple[dict[str, Side], list[Line]]:
    """What a scan is compared with."""
    here, python = str(root), sys.executable
    scan = [python, SIDES, "scan", here]
    sides = {
        "scan": Side(scan),
        "parse": Side([python, SIDES, "parse", here]),
        "two jobs": Side([*scan, "2"]),
    }
    aims = AIMS.get(name, {})
    lines = [
        Line(f"{name}: scan ÷ ast.parse", "scan", "parse", "cpu", aims.get("parse")),
        Line(
            f"{name}: scan --jobs 2 ÷ --jobs 1, wall",
            "two jobs",
            "scan",
            "wall",
            aims.get("two jobs"),
        ),
        Line(f"{name}: scan, peak of a process", "scan", None, "memory", 60),
        Line(f"{name}: scan --jobs 2, peak of a process", "two jobs", None, "memory", 60),
    ]
    if ripgrep := _tool("rg"):
        patterns = [part for literal in LITERALS for part in ("-e", literal)]
        options = ["-j1", "-F", "-l", "--no-ignore", "-tpy"]
        sides["ripgrep"] = Side([ripgrep, *options, *patterns, here])
        lines.append(Line(f"{name}: scan ÷ ripgrep", "scan", "ripgrep", "cpu", aims.get("ripgrep")))
    else:
        print("left out: the lines of ripgrep (no rg on the path)", file=sys.stderr)
    if ruff := _tool("ruff"):
        options = ["check", "--no-cache", "--isolated", "-q", f"--select={RUFF_RULES}"]
        sides["ruff"] = Side([ruff, *options, here])
        lines.append(Line(f"{name}: scan ÷ ruff", "scan", "ruff", "cpu", aims.get("ruff")))
    return sides, lines


def cache_lines(name: str, root: Path, folder: Path) -> tuple[dict[str, Side], list[Line]]:
    """The command with what an earlier one saw, which the time of the files' changes tells."""
    copy = Copy(_python_files(root), root, folder / "copy")
    copy.make()
    changing = copy.files[:: max(1, len(copy.files) // CHANGED)][:CHANGED]
    command = [sys.executable, "-m", "codemods", "scan", "-q", "-j1", f"-C{copy.target}"]

    def change() -> None:
        for file in changing:
            target = copy.target / file.relative_to(root)
            target.write_bytes(target.read_bytes() + b"\n# changed\n")

    def fill() -> None:
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)

    # What has just been written is compared by content for two seconds.
    time.sleep(2)
    fill()
    sides = {
        "warm": Side(command),
        "changed": Side(command, change),
        "cold": Side([*command, "--no-cache"]),
        "parse": Side([sys.executable, SIDES, "parse", str(root)]),
    }
    return sides, [
        Line(f"{name}: scan, nothing changed ÷ ast.parse", "warm", "parse", "cpu", 0.15),
        Line(f"{name}: scan, {CHANGED} files changed ÷ ast.parse", "changed", "parse", "cpu", 0.25),
        Line(f"{name}: the command without a cache ÷ ast.parse", "cold", "parse", "cpu", 1.5),
    ]


def memory_lines(name: str, root: Path, folder: Path) -> tuple[dict[str, Side], list[Line]]:
    """What the command takes at its largest: every codemod, everything written, once."""
    copy = Copy(_python_files(root), root, folder / "all")
    command = [sys.executable, "-m", "codemods", "scan", "--fix", "--unsafe-fixes", "-q", "-j1"]
    sides = {"fix all": Side([*command, f"-C{copy.target}"], copy.make, rounds=1)}
    return sides, [Line(f"{name}: scan --fix, peak of a process", "fix all", None, "memory", 120)]


def fix_lines(
    name: str, root: Path, folder: Path, cache: Path
) -> tuple[dict[str, Side], list[Line]]:
    """One codemod against the same rule in other tools, on some of the files."""
    files = _python_files(root)
    step = math.ceil(len(files) / FIXED_FILES)
    copy = Copy(files[::step], root, folder / "copy")
    copy.make()
    sides = {"autofix": autofix_side(copy), "libcst": libcst_side(copy)}
    aims = AIMS.get(name, {})
    aim = aims.get("libcst")
    lines = [
        Line(f"{name}: fix ÷ libcst -j 2", "autofix", "libcst", "cpu", aim),
        Line(f"{name}: fix ÷ libcst -j 2, wall", "autofix", "libcst", "wall", aim),
    ]
    if programs := environment(cache):
        sides["fixit"] = fixit_side(copy, programs)
        sides["codemodder"] = codemodder_side(copy, programs)
        lines += [
            Line(f"{name}: fix ÷ fixit", "autofix", "fixit", "cpu", aims.get("fixit")),
            Line(
                f"{name}: fix ÷ codemodder --dry-run",
                "autofix",
                "codemodder",
                "cpu",
                aims.get("codemodder"),
            ),
        ]
    return sides, lines


def _python_files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*.py") if path.is_file() and not path.is_symlink())


def _tool(name: str) -> str | None:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


if __name__ == "__main__":
    main()
