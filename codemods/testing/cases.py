"""Cases as folders: what one holds, and what running it gave.

``<codemod>/<case>/`` holds ``before.py`` and ``after.py`` (or folders ``before/`` and ``after/``).
Without an ``after`` everything must stay as it is.

* ``finding.md``: a report with exactly one finding that drives the case through the whole engine.
  Without it the case is a scan, fixed with everything but display-only changes.
* ``case.toml``: ``options`` (a table for the codemod), ``path`` (where ``before.py`` stands in
  the project; by default the path that the finding names, else ``before.py``), ``outcome`` (for a
  finding: ``fixed`` with ``after``, or ``partly-fixed`` with ``left``; else it must be given),
  ``refusals`` (the reasons that must be given, in the order of the sites; all of them),
  ``safety`` (of the patch), ``unaddressed``, ``left`` (what stays of what the finding asks for, as
  people are told of it), ``notes`` (a part of one must be there for each), ``python`` (the target,
  ``"3.8"``), ``deleted`` (paths that are gone afterwards; ``after/`` has only what changes beside
  them, and may be missing), ``about`` (one sentence for the page).
* ``proof.py``: run with the module under the name ``subject``: it must fail on ``before`` and
  pass on ``after``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from codemods.codemod import Codemod, Refusal, Safety
from codemods.engine.outcomes import FilePatch, Resolution
from codemods.findings.model import Finding
from codemods.findings.reports import ReportError, read_report
from codemods.project.files import MemoryFiles
from codemods.project.project import Project

KEYS = frozenset(
    {
        *("options", "path", "outcome", "refusals", "safety", "unaddressed", "left", "notes"),
        *("python", "about", "deleted"),
    }
)
"""What ``case.toml`` may say."""


class CaseError(AssertionError):
    """A case that does not hold, or is not written as a case; the message says what differs."""


@dataclass(frozen=True)
class Case:
    """One folder of ``fixtures/<codemod>/``."""

    folder: Path
    expected: Mapping[str, Any] = field(hash=False)
    """What ``case.toml`` says."""
    codemods: Mapping[str, Codemod] = field(hash=False, repr=False, default_factory=dict)
    """The catalogue that the codemod is looked up in."""

    @property
    def name(self) -> str:
        """The codemod's."""
        return self.folder.resolve().parent.name

    @property
    def codemod(self) -> Codemod:
        """The codemod that the case is about.

        Raises:
            CaseError: when the catalogue has none of that name.
        """
        try:
            return self.codemods[self.name]
        except KeyError:
            raise CaseError(f"there is no codemod named {self.name}") from None

    @property
    def id(self) -> str:
        """``warn-to-warning/method``."""
        return f"{self.name}/{self.folder.name}"

    @cached_property
    def finding(self) -> Finding | None:
        """The finding that drives the case; ``None``: it is a scan.

        Raises:
            CaseError: when ``finding.md`` does not hold exactly one.
        """
        report = self.folder / "finding.md"
        if not report.exists():
            return None
        try:
            reading = read_report(report)
        except ReportError as error:
            raise CaseError(str(error)) from None
        if reading.damaged or len(reading.findings) != 1:
            damaged = "".join(f"; {item}" for item in reading.damaged)
            raise CaseError(f"finding.md contains {len(reading.findings)} findings, not 1{damaged}")
        return reading.findings[0]

    @property
    def path(self) -> str:
        """Where ``before.py`` stands in the project."""
        if "path" in self.expected:
            return str(self.expected["path"])
        finding = self.finding
        paths = [item.path for item in finding.locations if item.path] if finding else []
        return paths[0] if paths else "before.py"

    @property
    def changes(self) -> bool:
        """Whether the case has an ``after``."""
        return self.files("after") is not None

    def files(self, name: str) -> dict[str, bytes] | None:
        """The project ``before`` or ``after``, ``None`` where the case has no such state.

        What ``after`` does not hold is as before, but for what is deleted.
        """
        found, deleted = self._read(name), self.expected.get("deleted", [])
        if name != "after" or (found is None and not deleted):
            return found
        before = self._read("before") or {}
        if not set(deleted) <= set(before):
            raise CaseError("case.toml: `deleted` names files that before/ does not have")
        return {path: data for path, data in before.items() if path not in deleted} | (found or {})

    def _read(self, name: str) -> dict[str, bytes] | None:
        single, folder = self.folder / f"{name}.py", self.folder / name
        if single.exists():
            return {self.path: single.read_bytes()}
        if folder.is_dir():
            return {
                item.relative_to(folder).as_posix(): item.read_bytes()
                for item in sorted(folder.rglob("*"))
                if item.is_file() and "__pycache__" not in item.parts
            }
        return None

    def project(self, files: dict[str, bytes]) -> Project:
        """The files as a project, with the Python that the case asks for."""
        python = self.expected.get("python")
        if python is None:
            return Project(MemoryFiles(files))
        major, minor = (int(part) for part in python.split("."))
        return Project(MemoryFiles(files), target_python=(major, minor))


def cases(fixtures: Path, codemods: Mapping[str, Codemod]) -> Iterator[Case]:
    """Every case of every codemod below ``fixtures``, sorted.

    Raises:
        CaseError: when a ``case.toml`` cannot be read or holds an unknown key.
    """
    for folder in sorted(fixtures.glob("*/*/")):
        yield case_of(folder, codemods)


def case_of(folder: Path, codemods: Mapping[str, Codemod]) -> Case:
    """The case of one folder.

    Raises:
        CaseError: when its ``case.toml`` cannot be read or holds an unknown key.
    """
    described = folder / "case.toml"
    try:
        expected = tomllib.loads(described.read_text("utf-8")) if described.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(f"{described}: {error}") from None
    unknown = sorted(set(expected) - KEYS)
    if unknown:
        raise CaseError(f"{described}: unknown keys {', '.join(unknown)}")
    return Case(folder, expected, codemods)


@dataclass(frozen=True)
class Result:
    """What running a case gave."""

    files: dict[str, bytes]
    refusals: tuple[Refusal, ...]
    safety: Safety | None
    resolution: Resolution | None = None
    changes: int = 0


def patched(files: dict[str, bytes], patches: Iterable[FilePatch]) -> dict[str, bytes]:
    """``files`` with the patches done to them."""
    changed = files | {item.path: item.after or b"" for item in patches}
    gone = {item.path for item in patches if item.after is None}
    return {path: data for path, data in changed.items() if path not in gone}


def changed_by(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """The paths that are not as they were."""
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
