"""What autofix costs, as a table in Markdown: ``python benchmarks/costs.py --write docs/costs.md``.

Each line is the median of pairs: both sides run right after each other, so that a busy machine is
busy for both. Processor time counts, of a process with its children, but where a line says `wall`.
The codemods are the first thirty, unless a line says that all of them look.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpora import corpus
from measuring import Line, Side, figure, in_turns
from peers import Copy, autofix_side, libcst_side
from scanning import CHANGED, FIXED_FILES, RUFF_RULES, SIDES, _python_files, _tool

FIRST = (
    "add-exc-info,hide-exception-text,joinedload-to-selectinload,lock-shared-state,"
    "offload-blocking-calls,reentrant-lock,reraise-http-exception,snapshot-iteration"
)
"""Those of the first thirty that scan."""
BEGIN, END = "<!-- costs: begin -->", "<!-- costs: end -->"
COLD = {"homeassistant": 1.5, "django": 0.5, "audited": 1.0}
ONE = "homeassistant/core.py"
"""The file that somebody saves."""
AUDIT = ("AUDIT_BACKEND_2026-02-16.md", "B-02", "1d1a8f47")
"""A report of the audited project, one of its findings, and the commit that it is about."""
PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class Part:
    """Sides that run in turns, and what is made of them."""

    sides: Mapping[str, Side]
    lines: Sequence[Line]
    pairs: int | None = None


def scan(*options: str) -> list[str]:
    """A scan as one calls it, with the first codemods."""
    return [PYTHON, "-m", "codemods", "scan", "-q", f"--select={FIRST}", *options]


def cold(name: str, root: Path) -> Part:
    """A scan in which nothing is known, against what everybody knows."""
    plain = scan("--no-cache", "-j1", f"-C{root}")
    every = [item for item in plain if not item.startswith("--select")]
    sides = {
        "scan": Side(plain),
        "all": Side(every),
        "parse": Side([PYTHON, SIDES, "parse", str(root)]),
    }
    lines = [
        Line(f"cold scan ÷ `ast.parse`: {name}", "scan", "parse", "cpu", COLD.get(name)),
        Line(f"the same, all codemods: {name}", "all", "parse", "cpu"),
        Line(f"peak of a scan: {name}", "scan", None, "memory", 80),
    ]
    if name == "homeassistant":
        sides["two"] = Side(scan("--no-cache", "-j2", f"-C{root}"))
        lines.append(Line("`--jobs 2` ÷ `--jobs 1`, wall", "two", "scan", "wall", 0.6))
        if ruff := _tool("ruff"):
            options = ["check", "--no-cache", "--isolated", "-q", f"--select={RUFF_RULES}"]
            sides["ruff"] = Side([ruff, *options, str(root)])
            lines.append(Line("scan ÷ `ruff check --no-cache`", "scan", "ruff", "cpu", 6))
    return Part(sides, lines)


def kept(name: str, root: Path, folder: Path) -> Part:
    """Scans that know what an earlier one saw, and one file."""
    copy = Copy(_python_files(root), root, folder / "kept")
    copy.make()
    step = max(1, len(copy.files) // CHANGED)
    changing = [copy.target / file.relative_to(root) for file in copy.files[::step][:CHANGED]]
    warm = scan("-j1", f"-C{copy.target}")
    one = [*scan(f"-C{copy.target}"), str(copy.target / ONE)]
    every = [item for item in one if not item.startswith("--select")]

    def change() -> None:
        for path in changing:
            path.write_bytes(path.read_bytes() + b"\n# changed\n")

    # What has just been written is compared by content for two seconds.
    time.sleep(2)
    subprocess.run(warm, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    sides = {
        "warm": Side(warm),
        "one, warm": Side(one),
        "all, warm": Side(every),
        "one, cold": Side([*one, "--no-cache"]),
        "changed": Side(warm, change),
        "parse": Side([PYTHON, SIDES, "parse", str(root)]),
        "libcst": Side([PYTHON, "-c", "import libcst"]),
    }
    against = "÷ `import libcst`"
    return Part(
        sides,
        [
            Line(f"warm scan, nothing changed ÷ `ast.parse`: {name}", "warm", "parse", "cpu", 0.15),
            Line(f"warm, {CHANGED} files of 7,978 changed", "changed", "parse", "cpu", 0.25),
            Line(f"one named file, cold {against}", "one, cold", "libcst", "cpu", 3),
            Line(f"one named file, warm {against}", "one, warm", "libcst", "cpu", 1.5),
            Line(f"the same, all codemods {against}", "all, warm", "libcst", "cpu"),
        ],
    )


def fixing(name: str, root: Path, folder: Path) -> Iterator[Part]:
    """One rule against libcst's own runner, and the memory of a scan that writes everything."""
    files = _python_files(root)
    copy = Copy(files[:: max(1, len(files) // FIXED_FILES)], root, folder / "one-rule")
    copy.make()
    rule = "`scan --fix`, one rule ÷ `libcst.tool -j 2`"
    lines = [
        Line(rule, "ours", "libcst", "cpu", 1 / 30),
        Line(f"{rule}, wall", "ours", "libcst", "wall", 1 / 25),
    ]
    yield Part({"ours": autofix_side(copy), "libcst": libcst_side(copy)}, lines, 1)
    whole = Copy(files, root, folder / "everything")
    command = [*scan("--fix", "--unsafe-fixes", "-j1", "--no-cache"), f"-C{whole.target}"]
    line = Line(f"peak of `scan --fix`: {name}", "fix", None, "memory", 120)
    yield Part({"fix": Side(command, whole.make)}, [line], 1)


def one_finding(clone: Path, reports: Path) -> Part:
    """A finding of the audited project, up to its diff."""
    report, finding, base = AUDIT
    command = [PYTHON, "-m", "codemods", "apply", f"--finding={finding}", "--dry-run"]
    sides = {
        "apply": Side([*command, f"-C{clone}", f"--base={base}", f"--report={reports / report}"]),
        "libcst": Side([PYTHON, "-c", "import libcst"]),
    }
    name = f"`apply --finding {finding} --dry-run` ÷ `import libcst`"
    return Part(sides, [Line(name, "apply", "libcst", "cpu", 2)])


def rows(part: Part, pairs: int) -> Iterator[str]:
    """The lines of the table."""
    costs, _ = in_turns(part.sides, part.lines, part.pairs or pairs)
    for line in part.lines:
        found = figure(line, costs)
        aim = "" if line.aim is None else f"≤ {line.aim:.3g}"
        missed = line.aim is not None and found.value > line.aim
        by = "" if line.aim is None else f"× {found.value / line.aim:.2f}" if missed else "yes"
        yield f"| {line.name} | {aim} | {found.shown} | {by} | {found.ours} | {found.theirs} |"


def parts(chosen: argparse.Namespace, folder: Path) -> Iterator[Part]:
    """All that is measured, one after the other."""
    large = corpus("homeassistant", chosen.cache)
    yield kept("homeassistant", large, folder)
    if chosen.audited is not None and chosen.reports is not None:
        yield one_finding(chosen.audited.resolve(), chosen.reports.resolve())
    yield dataclasses.replace(cold("homeassistant", large), pairs=chosen.large_pairs)
    yield cold("django", corpus("django", chosen.cache))
    if chosen.audited_tree is not None:
        yield cold("audited", chosen.audited_tree.resolve())
    yield from fixing("homeassistant", large, folder)


def main() -> None:
    """Measure, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--large-pairs", type=int, default=3, help="the same of homeassistant")
    parser.add_argument("--cache", type=Path, help="where corpora are kept")
    parser.add_argument("--audited", type=Path, help="a clone of the audited project")
    parser.add_argument("--audited-tree", type=Path, help="its files at a commit")
    parser.add_argument("--reports", type=Path, help="the folder of its reports")
    parser.add_argument("--write", type=Path, help="the page that has the table")
    chosen = parser.parse_args()
    table = ["| operation | to reach | measured | reached | ours | other side |", "|---" * 6 + "|"]
    with tempfile.TemporaryDirectory(prefix="autofix-costs-") as folder:
        for part in parts(chosen, Path(folder)):
            for row in rows(part, chosen.pairs):
                print(row, flush=True)
                table.append(row)
    counted = f"{chosen.pairs} pairs ({chosen.large_pairs} of cold scans of homeassistant)"
    version = platform.python_version()
    table += ["", f"{counted}, Python {version}, {os.cpu_count()} cores."]
    if chosen.write is not None:
        page = chosen.write.read_text(encoding="utf-8")
        head, _, rest = page.partition(BEGIN)
        body = "\n".join(table)
        tail = rest.partition(END)[2]
        chosen.write.write_text(f"{head}{BEGIN}\n{body}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
