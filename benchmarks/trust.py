"""How far the edits of a scan can be trusted: ``python benchmarks/trust.py COMMAND``.

``fetch`` gets the code bases of ``trust_data/codebases.toml``, ``run`` scans them as ``scan --fix
--unsafe-fixes`` does and writes down every edit and every message, ``sample`` lays out some of them
for reading, ``judge`` keeps the verdicts that a reader gave, and ``table`` counts them. A verdict
belongs to the text of an edit, so the next reading starts with what is new.

Whoever reads says ``right``, ``debatable`` or ``wrong`` of an edit, having seen it and the code
around it; of a message that is only shown, ``right`` where it is true and worth a look.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from corpora import folder_of, release
from trust_records import (
    GIVEN,
    Record,
    Verdict,
    around,
    bound,
    code_bases,
    drawn,
    keep_verdicts,
    laid_out,
    read_verdicts,
    records_of,
    verdicts,
)


def fetch(chosen: argparse.Namespace) -> int:
    """Get what is not there yet."""
    failed = 0
    for name, version in code_bases(chosen.half).items():
        folder = _sources(chosen, name)
        if folder.is_dir() or (chosen.only and name not in chosen.only):
            continue
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            release(f"{name}=={version}", folder)
        except SystemExit as error:
            print(error, file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def run(chosen: argparse.Namespace) -> int:
    """Scan the code bases, and write down what would be written and what is shown."""
    faults = 0
    for name in code_bases(chosen.half):
        folder = _sources(chosen, name)
        if not folder.is_dir() or (chosen.only and name not in chosen.only):
            continue
        records, stopped = scanned(name, folder, tuple(chosen.select))
        faults += len(stopped)
        target = _records_file(chosen, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        kept = [
            item
            for item in records_of(target)
            if item.codemod not in (chosen.select or [item.codemod])
        ]
        lines = (json.dumps(dataclasses.asdict(item)) + "\n" for item in (*kept, *records))
        target.write_text("".join(lines), "utf-8")
        kinds = Counter(item.kind for item in records)
        print(f"{name:24} {kinds['edit']:5} written {kinds['message']:5} shown", flush=True)
        for fault in stopped:
            print(f"   {fault}", flush=True)
    return 1 if faults else 0


def scanned(name: str, folder: Path, select: tuple[str, ...]) -> tuple[list[Record], list[str]]:
    """What a scan of one code base writes and shows, and what the gates stopped.

    Nothing is written into the folder: each edit is made alone, in memory, through every gate.
    """
    # The other commands need no scan.
    from codemods.engine.outcomes import Patch
    from codemods.engine.scanning.fixes import fixes_of
    from codemods.engine.scanning.request import ScanRequest
    from codemods.engine.scanning.run import run_scan
    from codemods.output.diff import unified_diff

    found = run_scan(ScanRequest(folder, select=select))
    faults = [f"{item.path}: not read: {item.reason}" for item in found.unread if item.codemod]
    records = []
    for site, fix in zip(found.sites, fixes_of(found), strict=True):
        where = site.change.site
        text = found.project.source(where.path).text
        diff = ""
        if isinstance(fix, Patch):
            diff = unified_diff(fix.files).decode("utf-8", "replace")
        elif site.fixable:
            faults.append(f"{where.path}:{where.line} {site.codemod}: stopped: {fix.reason}")
            continue
        line = text.splitlines()[where.line - 1].strip()
        said = "".join(letter for letter in site.message if not letter.isdigit())
        place = _hash(site.codemod, where.path, where.function, line)
        edited = [row for row in diff.splitlines() if not row.startswith(("@@", "index "))]
        records.append(
            Record(
                "edit" if diff else "message",
                _hash(site.codemod, *edited) if diff else _hash(place, said),
                place,
                name,
                site.codemod,
                str(site.change.safety),
                where.path,
                where.line,
                where.function,
                site.message,
                diff,
                around(text, where.line, where.end_line),
            )
        )
    return records, faults


def sample(chosen: argparse.Namespace) -> int:
    """Lay out what nobody has read yet, drawn by a seed."""
    read = {item.key for item in verdicts()}
    fresh = {item.key: item for item in _records(chosen) if item.key not in read}
    records = [item for item in fresh.values() if _asked_for(chosen, item)]
    chance = random.Random(chosen.seed)
    taken = [
        *drawn([item for item in records if item.kind == "edit"], chosen.edits, chance),
        *drawn([item for item in records if item.kind == "message"], chosen.messages, chance),
    ]
    for item in taken:
        print(f"{'=' * 20} {item.key} {item.kind} {item.codemod} [{item.safety}]")
        print(f"{item.code_base}: {item.path}:{item.line} {item.function}")
        print(item.message)
        print(item.around)
        if item.diff:
            print("\n".join(item.diff.splitlines()[3:]))
    print(f"{len(taken)} of {len(records)} that nobody has read", file=sys.stderr)
    return 0


def lay(chosen: argparse.Namespace) -> int:
    """Lay out edits and messages that nobody has read as files for readers, drawn by a seed.

    A file holds where an edit stands, the whole function before it, and the edit; ``index.json``
    tells which record each file is about. Verdicts come back as JSON, see ``judge``.
    """
    read = {item.key for item in verdicts()}
    fresh = {i.key: i for i in _records(chosen) if i.key not in read}
    chosen.folder.mkdir(parents=True, exist_ok=True)
    index = {}
    for kind, many in (
        ("safe", chosen.safe),
        ("review", chosen.review),
        ("message", chosen.messages),
    ):
        chance = random.Random(chosen.seed)
        there = [
            item
            for item in fresh.values()
            if kind == (item.safety if item.kind == "edit" else item.kind)
        ]
        if kind == "message":
            # As they come: what is noise in a scan is to be noise in the sample.
            there.sort(key=lambda item: item.key)
            taken = chance.sample(there, min(many, len(there)))
        else:
            taken = drawn(there, many, chance)
        chance.shuffle(taken)
        for number, item in enumerate(taken, 1):
            name = f"{kind}-{number:03}"
            index[name] = {"key": item.key, "code_base": item.code_base, "codemod": item.codemod}
            folder = chosen.folder / f"{kind}-{(number - 1) // 50 + 1:02}"
            folder.mkdir(exist_ok=True)
            text = (_sources(chosen, item.code_base) / item.path).read_bytes()
            before = around(text.decode("utf-8", "replace"), item.line, item.line, whole=True)
            (folder / f"{name}.txt").write_text(laid_out(name, item, before), "utf-8")
        print(f"{kind}: {len(taken)} of {len(there)}", file=sys.stderr)
    (chosen.folder / "index.json").write_text(json.dumps(index, indent=1), "utf-8")
    return 0


def _asked_for(chosen: argparse.Namespace, item: Record) -> bool:
    return not chosen.select or item.codemod in chosen.select


def judge(chosen: argparse.Namespace) -> int:
    """Keep the verdicts of a file of lines ``KEY VERDICT WHY``, or of JSON beside ``index.json``:
    ``{"edit": "safe-001", "verdict": "right", "why": ""}``, one object or a list of them."""
    known = {item.key: item for item in _records(chosen)}
    given = verdicts()
    rows = {item.key: item for item in given}
    for number, (key, verdict, why) in enumerate(read_verdicts(chosen.file), 1):
        if key not in known or verdict not in GIVEN or (verdict != "right" and not why):
            raise SystemExit(
                f"{chosen.file}: verdict {number}: no record, no verdict or no reason: {key}"
            )
        item = known[key]
        rows[key] = Verdict(item.kind, key, item.place, item.code_base, item.codemod, verdict, why)
    keep_verdicts(rows.values())
    print(f"{len(rows) - len(given)} new verdicts, {len(rows)} in all")
    return 0


def table(chosen: argparse.Namespace) -> int:
    """Print what was judged of what is written and shown today, and what became of the rest."""
    records = list(_records(chosen))
    bases = code_bases(chosen.half)
    given = {item.key: item for item in verdicts() if item.code_base in bases}
    head = ("written", "read", "right", "debatable", "wrong", "95 %", "shown", "read", "false")
    print(f"{'':24}" + "".join(f"{word:>10}" for word in head))
    names = sorted({item.codemod for item in records})
    for name in (*names, "all"):
        rows = [item for item in records if name in (item.codemod, "all")]
        print(f"{name:24}" + "".join(f"{cell:>10}" for cell in _cells(rows, given)))
    _print_rates(records, given, names)
    _print_former(records, given.values())
    return 0


def _cells(rows: Sequence[Record], given: dict[str, Verdict]) -> Iterator[str]:
    edits = [item for item in rows if item.kind == "edit"]
    shown = [item for item in rows if item.kind == "message"]
    told = Counter(given[item.key].verdict for item in edits if item.key in given)
    seen = Counter(given[item.key].verdict for item in shown if item.key in given)
    yield str(len(edits))
    yield str(told.total())
    yield from (str(told[word]) for word in GIVEN)
    yield f"≤ {bound(told['wrong'], told.total()):.3f}"
    yield str(len(shown))
    yield str(seen.total())
    yield str(seen["wrong"])


def _print_rates(
    records: Sequence[Record], given: dict[str, Verdict], names: Iterable[str]
) -> None:
    """Wrong edits of 1,000 as they are written: each codemod's rate times its part, of those that
    somebody has read edits of."""
    read = {item.codemod for item in given.values() if item.kind == "edit"}
    written = Counter(i.codemod for i in records if i.kind == "edit" and i.codemod in read)
    total = 0.0
    terms = []
    for name in names:
        keys = [item.key for item in records if item.codemod == name and item.kind == "edit"]
        told = Counter(given[key].verdict for key in keys if key in given)
        if told["wrong"]:
            total += written[name] * told["wrong"] / told.total()
            terms.append(f"{written[name]} × {told['wrong']}/{told.total()}")
    if written.total():
        arithmetic = f" = ({' + '.join(terms)}) / {written.total()}" if terms else ""
        print(f"wrong of 1,000 written: {1000 * total / written.total():.1f}{arithmetic}")


def _print_former(records: Sequence[Record], given: Iterable[Verdict]) -> None:
    """What became of the edits that were judged, by verdict."""
    now: dict[str, set[str]] = defaultdict(set)
    keys = {item.key for item in records}
    for item in records:
        now[item.place].add(item.kind)
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    for former in given:
        if former.kind != "edit":
            continue
        there = now.get(former.place, set())
        if former.key in keys:
            end = "written"
        elif "edit" in there:
            end = "written otherwise"
        else:
            end = "shown" if there else "left"
        ends[former.verdict][end] += 1
    for word in GIVEN:
        told = ", ".join(f"{count} {end}" for end, count in ends[word].most_common())
        print(f"judged {word}, today: {told or 'none'}")


def _records(chosen: argparse.Namespace) -> Iterator[Record]:
    """What the last run of each code base wrote down."""
    for name in code_bases(chosen.half):
        yield from records_of(_records_file(chosen, name))


def _sources(chosen: argparse.Namespace, name: str) -> Path:
    return folder_of(chosen.cache) / "trust" / name


def _records_file(chosen: argparse.Namespace, name: str) -> Path:
    return folder_of(chosen.cache) / "trust" / "records" / f"{name}.jsonl"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:12]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="where code bases and records are kept")
    parser.add_argument("--half", choices=("mending", "measuring", "all"), default="all")
    commands = parser.add_subparsers(required=True)
    made: dict[str, argparse.ArgumentParser] = {}
    functions: tuple[Callable[[argparse.Namespace], int], ...]
    functions = (fetch, run, sample, lay, judge, table)
    for function in functions:
        one = commands.add_parser(function.__name__, help=(function.__doc__ or "").splitlines()[0])
        one.set_defaults(command=function)
        made[function.__name__] = one
    for name in ("fetch", "run"):
        made[name].add_argument("only", nargs="*", help="only these code bases")
    for name in ("run", "sample"):
        made[name].add_argument("--select", action="append", default=[], help="only this codemod")
    made["sample"].add_argument("--edits", type=int, default=100)
    made["sample"].add_argument("--messages", type=int, default=40)
    made["sample"].add_argument("--seed", type=int, default=1)
    made["lay"].add_argument("folder", type=Path)
    made["lay"].add_argument("--safe", type=int, default=400)
    made["lay"].add_argument("--review", type=int, default=400)
    made["lay"].add_argument("--messages", type=int, default=100)
    made["lay"].add_argument("--seed", type=int, default=1)
    made["judge"].add_argument("file", type=Path)
    chosen = parser.parse_args(arguments)
    status: int = chosen.command(chosen)
    return status


if __name__ == "__main__":
    sys.exit(main())
