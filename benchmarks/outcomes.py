"""Records how findings and scans end, and compares two records: for moves that must change nothing.

    python benchmarks/outcomes.py record --autofix BIN --out FILE \\
        [--seeds DIR] [--audited CLONE] [--trees DIR…]
    python benchmarks/outcomes.py compare BEFORE AFTER

A record has these units, each with a row for every finding, site and output:

* ``seed``: a report of ``docs/coverage.py``, its findings on the commits that they are about;
* ``report``: an audit report in the history of the audited project, as it was when it was added,
  on the commit before that one;
* ``tree``: what a scan of a folder prints, in several formats.

It holds no path of the machine and no time: two runs of one version write the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from recording import (
    Autofix,
    Record,
    Row,
    Unit,
    coverage_facts,
    history,
    report_units,
    seed_unit,
    tree_unit,
)

DECISIVE = ("outcome", "codemod", "safety", "diff")
"""What a fix is. All other fields of a row only say something about it."""
HASHED = ("diff", "record", "reading", "shown", "text", "notes")
Task = Callable[[], Record]


def record(chosen: argparse.Namespace) -> int:
    """Write the record."""
    given = [path for path in (chosen.audited, chosen.seeds, *chosen.trees) if path]
    units: Record = {}
    with tempfile.TemporaryDirectory(prefix="outcomes-") as folder:
        autofix = Autofix(chosen.autofix, chosen.audited, (*given, Path(folder)))
        with ThreadPoolExecutor(chosen.jobs) as pool:
            for done in pool.map(_timed, tasks(chosen, autofix, Path(folder))):
                units.update(done)
                save(units, chosen.out)
        # One at a time: a scan has processes of its own.
        for root in chosen.trees if chosen.only in (None, "trees") else ():
            units.update(_timed(partial(tree_unit, autofix, root, chosen.jobs)))
            save(units, chosen.out)
    print_counts(units)
    return 0


def save(units: Record, path: Path) -> None:
    """Write a record; after each unit, so that an interrupted run leaves what it did."""
    document = {"version": 1, "units": units}
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="ascii")


def tasks(chosen: argparse.Namespace, autofix: Autofix, scratch: Path) -> list[Task]:
    """What can run side by side: seeds and reports."""
    found: list[Task] = []
    if chosen.seeds and chosen.only in (None, "seeds"):
        facts = coverage_facts()
        # The largest report first, so that no process is left alone with it.
        for stem in sorted(facts["COMMITS"], key=lambda stem: "COMPREHENSIVE" not in stem):
            found.append(
                partial(seed_unit, autofix, chosen.seeds, stem, facts, every=chosen.sample)
            )
    if chosen.audited and chosen.only in (None, "reports"):
        together: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for path, commits in list(history(chosen.audited).items())[:: chosen.sample]:
            together[commits].append(path)
        for commits, paths in together.items():
            found.append(partial(report_units, autofix, scratch, paths, commits))
    return found


def _timed(task: Task) -> Record:
    start = time.perf_counter()
    done = task()
    first, *more = done
    told = f"{first} and {len(more)} more" if more else first
    print(f"{time.perf_counter() - start:7.1f} s  {told}", file=sys.stderr, flush=True)
    return done


def compare(chosen: argparse.Namespace) -> int:
    """Print the counts of two records and every difference; 1 when there is one."""
    before, after = (load(path) for path in (chosen.before, chosen.after))
    # A quick record has some of the units: what was not asked for is no difference.
    both = [name for name in before if name in after]
    print_counts({name: before[name] for name in both}, {name: after[name] for name in both})
    different = 0
    for name in both:
        for line in differences(before[name], after[name], only_decisive=chosen.ignore_texts):
            print(f"{name}: {line}")
            different += 1
    print(f"differences: {different}; compared {len(both)} of {len(before)} reports and trees")
    new = [name for name in after if name not in before]
    if new:
        print(f"not in {chosen.before}: {', '.join(new)}")
    return 1 if different or new or not both else 0


def load(path: Path) -> Record:
    """The units of a record."""
    units: Record = json.loads(path.read_text(encoding="ascii"))["units"]
    return units


def differences(before: Unit, after: Unit, *, only_decisive: bool) -> Iterator[str]:
    """One line for each row that is gone, new or different."""
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield f"{name}: only {'after' if old is None else 'before'}: {_told(new or old or {})}"
            continue
        fields = [
            field
            for field in dict.fromkeys((*old, *new))
            if old.get(field) != new.get(field)
            and (field in DECISIVE or not only_decisive)
            # A quick record has the texts of some seeds only.
            and (field != "shown" or (field in old and field in new))
        ]
        if fields:
            changes = (_change(field, old.get(field, ""), new.get(field, "")) for field in fields)
            yield f"{name}: {'; '.join(changes)}"


def _told(row: Row) -> str:
    return ", ".join(row[field] for field in DECISIVE if row.get(field))


def _change(field: str, old: str, new: str) -> str:
    return f"{field} differs" if field in HASHED and old and new else f"{field} {old!r} → {new!r}"


def print_counts(*records: Record) -> None:
    """One line for each kind and outcome, one column for each record."""
    counts = [Counter(_kinds(units)) for units in records]
    for kind, outcome in sorted({key for count in counts for key in count}):
        numbers = "".join(f"{count[kind, outcome]:8}" for count in counts)
        print(f"{kind:24} {outcome:16}{numbers}")


def _kinds(units: Record) -> Iterator[tuple[str, str]]:
    for name, unit in units.items():
        kind = name if name.startswith("tree ") else f"{name.split()[0]}s"
        for row in unit.values():
            site = row["outcome"] == "site"
            yield kind, f"{row['safety']} site" if site else row["outcome"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True)
    adding = commands.add_parser("record", help="run everything, and write the record")
    adding.set_defaults(command=record)
    adding.add_argument("--autofix", type=_absolute, required=True, help="the executable")
    adding.add_argument("--out", type=Path, required=True, help="the record")
    adding.add_argument("--audited", type=_absolute, help="a clone of the audited project")
    adding.add_argument("--seeds", type=_absolute, help="the folder of the seed reports")
    adding.add_argument("--trees", type=_absolute, nargs="*", default=[], help="folders to scan")
    adding.add_argument("--only", choices=("seeds", "reports", "trees"))
    adding.add_argument(
        "--sample", type=int, default=1, help="every Nth report, and the texts of every Nth seed"
    )
    adding.add_argument("--jobs", type=int, default=2, help="commands at a time")
    holding = commands.add_parser("compare", help="print every difference of two records")
    holding.set_defaults(command=compare)
    holding.add_argument("before", type=Path)
    holding.add_argument("after", type=Path)
    holding.add_argument("--ignore-texts", action="store_true", help="only outcomes and diffs")
    chosen = parser.parse_args(arguments)
    if chosen.command is record and chosen.seeds and not chosen.audited:
        parser.error("--seeds needs --audited: the findings are run on commits of that clone")
    status: int = chosen.command(chosen)
    return status


def _absolute(text: str) -> Path:
    # Links stay: an executable of a virtual environment may be one.
    return Path(text).absolute()


if __name__ == "__main__":
    sys.exit(main())
