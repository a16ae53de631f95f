"""Other tools that rewrite Python, in an environment of their own: theirs need another libcst."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measuring import Side

HERE = Path(__file__).resolve().parent
PACKAGES = ("fixit==2.2.1", "codemodder==6.5.5")
CODEMODDER_RULE = "pixee:python/use-generator"
"""Of its built-ins one that looks at each call of known functions and rewrites an argument; the
ones for log calls ask semgrep where to look."""
FIXIT_SETTINGS = '[tool.fixit]\nroot = true\nenable = ["fixit_rule"]\ndisable = ["fixit.rules"]\n'
ADDED = b"exc_info=True"


def environment(cache: Path) -> Path | None:
    """The folder with the commands of the other tools, ``None`` where pip does not get them."""
    folder = cache / "peers"
    done = folder / "installed.txt"
    wanted = "\n".join(PACKAGES)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return programs
    print(f"installing {' '.join(PACKAGES)} in {folder}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    command = [str(programs / "python"), "-m", "pip", "install", "--quiet", *PACKAGES]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    if result.returncode:
        why = (result.stderr.strip().splitlines() or ["pip failed"])[-1]
        print(f"left out: the lines of fixit and codemodder ({why})", file=sys.stderr)
        return None
    done.write_text(wanted, encoding="utf-8")
    return programs


@dataclass(slots=True)
class Copy:
    """Some files of a code base, made anew before each run, and what a run added to them."""

    files: Sequence[Path]
    root: Path
    """What the paths of the files are below."""
    target: Path
    known: int = field(default=0, init=False)

    def make(self) -> None:
        """The files as they were, and nothing else."""
        shutil.rmtree(self.target, ignore_errors=True)
        for file in self.files:
            copy = self.target / file.relative_to(self.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        self.known = self._count()

    def added(self) -> int:
        """How many calls log their traceback since."""
        return self._count() - self.known

    def _count(self) -> int:
        return sum(
            (self.target / file.relative_to(self.root)).read_bytes().count(ADDED)
            for file in self.files
        )


def autofix_side(copy: Copy) -> Side:
    """Ours, as one calls it."""
    command = [sys.executable, "-m", "codemods", "scan", "--fix", "--select=add-exc-info", "-q"]
    return Side([*command, f"-C{copy.target}"], copy.make, copy.added)


def libcst_side(copy: Copy) -> Side:
    """The rule as a command of libcst, in two processes; without black, which it calls by itself
    for each file that changes."""
    command = [sys.executable, "-m", "libcst.tool", "codemod", "--no-format", "--hide-progress"]
    return Side(
        [*command, "-x", "libcst_rule.AddExcInfo", str(copy.target), "-j", "2"],
        copy.make,
        copy.added,
        {"PYTHONPATH": str(HERE)},
    )


def fixit_side(copy: Copy, programs: Path) -> Side:
    """The rule as one of fixit, which uses all processors."""
    settings = copy.target.parent / "fixit.toml"
    settings.write_text(FIXIT_SETTINGS, encoding="utf-8")
    command = [str(programs / "fixit"), "--quiet", "--config-file", str(settings)]
    return Side(
        [*command, "fix", "--automatic", str(copy.target)],
        copy.make,
        copy.added,
        {"PYTHONPATH": str(HERE)},
    )


def codemodder_side(copy: Copy, programs: Path) -> Side:
    """A built-in of codemodder that changes calls; it takes minutes, so not in every round."""
    output = copy.target.parent / "codemodder.json"
    command = [str(programs / "codemodder"), "--dry-run", f"--codemod-include={CODEMODDER_RULE}"]
    return Side(
        [*command, "--max-workers=2", f"--output={output}", str(copy.target)],
        copy.make,
        lambda: _changes(output),
        rounds=3,
    )


def _changes(output: Path) -> int:
    """The changes in a report of codemodder."""
    report = json.loads(output.read_text(encoding="utf-8"))
    return sum(len(file["changes"]) for result in report["results"] for file in result["changeset"])
