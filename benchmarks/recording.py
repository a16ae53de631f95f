"""What ``outcomes.py`` records: findings on commits and scans of folders, asked of a command line.

Nothing of autofix is imported: one copy of this file can ask versions whose modules are in
different places.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, str]
"""One finding, site or output: short texts as they are, long ones as their hash."""
Unit = dict[str, Row]
"""The rows of one report or one tree, by a name that is unique in it."""
Record = dict[str, Unit]
"""By kind and name: ``seed AUDIT_…``, ``report AUDIT_…`` or ``tree django``."""

COVERAGE = Path(__file__).resolve().parents[1] / "docs" / "coverage.py"
REPORTS = "docs/audits/AUDIT_*.md"
"""Where the audited project keeps its reports; other audits there have another format."""
NOT_RUN = "not-run"
JSON = "--output-format=json"
FORMATS = ("json", "sarif", "text", "audit")
TIMEOUT = 3600
"""Seconds for one command."""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    out: bytes
    err: str

    @property
    def failed(self) -> bool:
        """Whether there is no result; status 1 only says that something was not fixed."""
        return self.status not in (0, 1)

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document that was printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Autofix:
    """The command line of one version.

    Args:
        program: the executable.
        audited: the clone that findings are run on; ``None`` where only trees are scanned.
        hidden: paths of this machine, which no record may hold.
    """

    program: Path
    audited: Path | None
    hidden: tuple[Path, ...]

    def run(self, at: Path, *arguments: str) -> Done:
        """Run a command in the folder ``at``."""
        kept = {
            name: value
            for name, value in os.environ.items()
            # The same answers whatever the caller's shell is set up for.
            if not name.startswith(("GIT_", "PYTHON")) and name not in ("FORCE_COLOR", "COLUMNS")
        }
        # The clone may lack blobs, and git would ask the network for them.
        ours = {"GIT_NO_LAZY_FETCH": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C.UTF-8"}
        try:
            done = subprocess.run(
                [str(self.program), *arguments],
                cwd=at,
                env={**kept, **ours},
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            return Done(2, b"", f"no end after {TIMEOUT} s")
        return Done(done.returncode, self._clean(done.stdout), self._clean(done.stderr).decode())

    def _clean(self, data: bytes) -> bytes:
        # The longest first: one path may be the start of another one.
        for path in sorted(map(str, self.hidden), key=len, reverse=True):
            data = data.replace(path.encode(), b"<folder>")
        return data

    def on_commit(self, at: Path, command: str, base: str, *arguments: str) -> Done:
        """Run a command on a commit of the audited project."""
        return self.run(at, command, f"-C{self.audited}", f"--base={base}", *arguments)


def digest(content: bytes | str) -> str:
    """A hash that is short enough to read and long enough never to collide here; ``""`` of
    nothing."""
    # Bytes of a diff that are not UTF-8 arrive as lone surrogates.
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:16] if data else ""


def record_digest(record: Mapping[str, Any]) -> str:
    """The hash of a JSON object, whatever the order of its keys."""
    return digest(json.dumps(record, sort_keys=True))


# Findings


def name_of(finding: Mapping[str, Any]) -> str:
    """``PTS-6@210``: ids repeat within a report, ids with their line do not."""
    return f"{finding['id']}@{finding['line']}"


def findings(
    autofix: Autofix, at: Path, reports: Sequence[str], base: str, only: Sequence[str] = ()
) -> Iterator[tuple[dict[str, Any], Row]]:
    """Each finding of some reports, as read and as it ends.

    Args:
        autofix: the version that is asked.
        at: the folder of the reports.
        reports: their file names.
        base: the commit that the findings are run on.
        only: selectors (``REPORT:ID@LINE``) of the findings that are run; none: all of them.
    """
    named = [f"--report={name}" for name in reports]
    listed = autofix.run(at, "list", "--no-state", JSON, f"-C{autofix.audited}", *named)
    read = [] if listed.failed else listed.document["findings"]
    if only:
        read = [item for item in read if f"{Path(item['report']).stem}:{name_of(item)}" in only]
    done = listed
    if read:
        chosen = only or ["--all"]
        done = autofix.on_commit(at, "apply", base, "--dry-run", JSON, *named, *chosen)
    if done.failed and len(reports) > 1:
        # One report that cannot be run must not hide the others.
        for name in reports:
            yield from findings(autofix, at, [name], base, only)
    elif done.failed:
        for item in read or [_entry(reports[0], "all", "0")]:
            yield item, {"outcome": NOT_RUN if read else "unread", "reason": done.err.strip()}
    else:
        for line in listed.err.splitlines():
            # What the reader could not make a finding of: `AUDIT_….md:405: …`.
            report, number, *_ = (*line.split(":"), "")
            if report in reports and not only:
                yield _entry(report, "damaged", number), {"outcome": "damaged", "reason": line}
        # `apply` answers in the order of the reports, which is how `list` prints them.
        for item, result in zip(read, done.document.get("results", ()), strict=True):
            yield item, row_of(item, result)


def _entry(report: str, name: str, line: str) -> dict[str, Any]:
    """Something of a report that is no finding, as if it were one."""
    return {"report": report, "id": name, "line": line, "locations": []}


def row_of(read: Mapping[str, Any], result: Mapping[str, Any]) -> Row:
    """The row of a finding, from its records of ``list`` and ``apply``."""
    if (read["report"], read["id"]) != (result["report"], result["finding"]):
        raise ValueError(f"{read['report']}:{read['id']}: apply answered {result['finding']}")
    return {
        "outcome": result["outcome"],
        "codemod": result["codemod"] or "",
        "safety": result["safety"] or "",
        "diff": digest(result["diff"]),
        "reason": result["reason"],
        "record": record_digest(result),
        "reading": record_digest(read),
    }


def coverage_facts() -> dict[str, Any]:
    """The constants of ``docs/coverage.py``, read and not imported: it imports the codemods."""
    found = {}
    for node in ast.parse(COVERAGE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue  # computed, as the path of the page is
    return found


def is_python(finding: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether a finding is about Python code, as ``docs/coverage.py`` sees it."""
    paths = [place["path"] for place in finding["locations"] if place["path"]]
    others, folders = facts["OTHER_LANGUAGES"], facts["OTHER_FOLDERS"]
    return not paths or not all(path.endswith(others) or path.startswith(folders) for path in paths)


def seed_unit(
    autofix: Autofix, at: Path, stem: str, facts: Mapping[str, Any], *, every: int = 1
) -> Record:
    """The findings of one seed report, with what ``list`` and ``show`` print for people.

    Args:
        autofix: the version that is asked.
        at: the folder of the reports.
        stem: the report's name, without its suffix.
        facts: what :func:`coverage_facts` gives.
        every: ``show`` is a run for each finding, which takes most of the time: 5 shows every
            fifth one.
    """
    report, usual = f"{stem}.md", facts["COMMITS"][stem]
    before: Mapping[str, str] = facts["FIXED_BEFORE"] if "COMPREHENSIVE" in stem else {}
    shown = autofix.on_commit(at, "list", usual, f"--report={report}")
    unit = {"list": _output_row(shown)}
    for finding, usual_row in findings(autofix, at, [report], usual):
        if not is_python(finding, facts):
            continue
        name, row, base = name_of(finding), usual_row, before.get(finding["id"], usual)
        selector = f"{stem}:{name}"
        if base != usual:
            ((_, row),) = findings(autofix, at, [report], base, [selector])
        unit[name] = {**row, "base": base}
        if len(unit) % every == 0:
            text = autofix.on_commit(at, "show", base, f"--report={report}", selector)
            unit[name]["shown"] = digest(text.out + text.err.encode())
    return {f"seed {stem}": unit}


def history(audited: Path) -> dict[str, tuple[str, str]]:
    """The audit reports that were ever added: by path, the commit and the one before it."""
    log = ("log", "--diff-filter=A", "--format=@%H %P", "--name-only", "--", REPORTS)
    found: dict[str, tuple[str, str]] = {}
    commit = parent = ""
    for line in _git(audited, *log).decode().splitlines():
        if line.startswith("@"):
            commit, *parents = line[1:].split()
            parent = parents[0] if parents else commit
        elif line:
            # Newest first: what was added twice counts as it first was.
            found[line] = (commit, parent)
    return dict(sorted(found.items()))


def _git(repository: Path, *arguments: str) -> bytes:
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1"}
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


def report_units(
    autofix: Autofix, scratch: Path, paths: Sequence[str], commits: tuple[str, str]
) -> Record:
    """The reports that one commit added, in one run: they share what is read of the project."""
    assert autofix.audited is not None
    commit, base = commits
    at = scratch / commit
    at.mkdir()
    units: Record = {f"report {Path(path).stem}": {} for path in paths}
    for path in paths:
        try:
            (at / Path(path).name).write_bytes(_git(autofix.audited, "show", f"{commit}:{path}"))
        except subprocess.CalledProcessError:
            units[f"report {Path(path).stem}"]["all"] = {
                "outcome": NOT_RUN,
                "reason": "the report is missing in the clone",
            }
    there = sorted(item.name for item in at.iterdir())
    for finding, row in findings(autofix, at, there, base) if there else ():
        units[f"report {Path(finding['report']).stem}"][name_of(finding)] = {
            **row,
            "base": base[:8],
        }
    return units


# Trees


def tree_unit(autofix: Autofix, root: Path, jobs: int) -> Record:
    """What a scan of a folder prints: each site, each changed file, each output as a whole."""
    unit: Unit = {}
    scan = ("scan", f"--jobs={jobs}")
    for kind in FORMATS:
        done = autofix.run(root, *scan, f"--output-format={kind}")
        unit[f"output {kind}"] = _output_row(done)
        if kind == "json" and not done.failed:
            for site in done.document["sites"]:
                _put(unit, "{path}:{line}:{column} {codemod}".format(**site), _site_row(site))
    done = autofix.run(root, *scan, "--diff", "--unsafe-fixes")
    unit["output diff"] = _output_row(done)
    # Lines of a file start with a blank, a sign or a backslash, so this is always a header.
    for part in re.split(rb"^(?=diff --git )", done.out, flags=re.MULTILINE)[1:]:
        header = part.split(b"\n", 1)[0].decode("utf-8", "replace")
        _put(unit, header, {"outcome": "changed", "diff": digest(part)})
    return {f"tree {root.name}": unit}


def _site_row(site: Mapping[str, Any]) -> Row:
    return {
        "outcome": "site",
        "codemod": site["codemod"],
        "safety": site["safety"],
        "lines": f"{site['line']}-{site['end_line']}",
        "message": site["message"],
        "record": record_digest(site),
    }


def _output_row(done: Done) -> Row:
    # The one number that differs from run to run.
    text = re.sub(rb'^  "seconds": [0-9.]+$', b'  "seconds": 0', done.out, flags=re.MULTILINE)
    return {"outcome": f"exit {done.status}", "text": digest(text), "notes": digest(done.err)}


def _put(unit: Unit, name: str, row: Row) -> None:
    """Add a row; the second one of a name gets a number."""
    number = 2
    key = name
    while key in unit:
        key, number = f"{name} #{number}", number + 1
    unit[key] = row
