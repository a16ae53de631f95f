"""The tests of public projects, before and after a scan that writes everything:
``python benchmarks/suites.py [NAME …]``.

Each project of ``trust_data/suites.toml`` is fetched as a source distribution, its tests run, then
``scan --fix --unsafe-fixes`` on a copy, and the same tests there. Ends with 1 where a test ends
differently; one that ends differently without any edit is run a second time before and left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from corpora import folder_of, release

SUITES = Path(__file__).with_name("trust_data") / "suites.toml"
LONGEST = 1200
"""Seconds for one run of a project's tests."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one project."""

    name: str
    version: str
    needs: tuple[str, ...]
    tests: tuple[str, ...]
    environment: Mapping[str, str]


def suites() -> dict[str, Suite]:
    """All of them by name."""
    found = tomllib.loads(SUITES.read_text("utf-8"))
    return {
        name: Suite(
            name,
            item["version"],
            tuple(item["needs"]),
            tuple(item["tests"]),
            item.get("environment", {}),
        )
        for name, item in found.items()
    }


def prepared(suite: Suite, cache: Path) -> tuple[Path, Path]:
    """The sources of a project and the Python that has what its tests need, both made once."""
    sources = cache / "suites" / suite.name
    if not sources.is_dir():
        sources.parent.mkdir(parents=True, exist_ok=True)
        release(f"{suite.name}=={suite.version}", sources, source=True)
    python = cache / "suites" / "environments" / suite.name / "bin" / "python"
    if not python.exists():
        home = python.parent.parent
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *suite.needs]
        if subprocess.run(install, check=False).returncode:
            shutil.rmtree(home)
            raise SystemExit(f"{suite.name}: pip could not get what its tests need")
    (top,) = [item for item in sources.iterdir() if item.is_dir()]
    return top, python


def ends(suite: Suite, python: Path, top: Path) -> dict[str, str]:
    """How each test ends, by its name."""
    report = top.parent / f"{top.name}.xml"
    report.unlink(missing_ok=True)
    path = f"{top}{os.pathsep}{top / 'src'}"
    subprocess.run(
        [
            *(str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header"),
            *(f"--junitxml={report}", *suite.tests),
        ],
        cwd=top,
        env={**os.environ, **suite.environment, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=LONGEST,
        check=False,
    )
    if not report.exists():
        raise SystemExit(f"{suite.name}: its tests did not run")
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = [item.tag for item in case if item.tag in ("failure", "error", "skipped")]
        found[f"{case.get('classname')}::{case.get('name')}"] = kinds[0] if kinds else "passed"
    return found


def compared(suite: Suite, cache: Path) -> int:
    """How many tests end differently for the edits; prints each, and the counts."""
    top, python = prepared(suite, cache)
    with tempfile.TemporaryDirectory(prefix="autofix-suite-") as folder:
        copies = [Path(folder) / "before" / top.name, Path(folder) / "after" / top.name]
        for copy in copies:
            shutil.copytree(top, copy, symlinks=True)
        before = ends(suite, python, copies[0])
        done = subprocess.run(
            [
                *(sys.executable, "-m", "codemods", "scan", "--fix", "--unsafe-fixes"),
                *("-C", str(copies[1]), "--exit-zero"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        after = ends(suite, python, copies[1])
        different = {name for name in before | after if before.get(name) != after.get(name)}
        if different:
            again = ends(suite, python, copies[0])
            # What differs from run to run says nothing of the edits.
            different -= {name for name in different if before.get(name) != again.get(name)}
    fixed = next(
        (line for line in done.stderr.splitlines() if line.startswith("fixed ")), "fixed 0"
    )
    told = ", ".join(f"{count} {kind}" for kind, count in Counter(before.values()).most_common())
    print(f"{suite.name:12} {told}; {fixed}; {len(different)} end differently", flush=True)
    for name in sorted(different):
        print(f"   {name}: {before.get(name)} → {after.get(name)}")
    return len(different)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the suites; 1 where a test ends differently."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these projects")
    parser.add_argument("--cache", type=Path, help="where projects and environments are kept")
    chosen = parser.parse_args(arguments)
    known = suites()
    names = chosen.names or list(known)
    return 1 if sum(compared(known[name], folder_of(chosen.cache)) for name in names) else 0


if __name__ == "__main__":
    sys.exit(main())
