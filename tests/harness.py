"""Runs the fixtures of every codemod, and checks the contract on each: see CONTRIBUTING.

``fixtures/<codemod>/<case>/`` holds ``before.py`` and ``after.py`` (or folders ``before/`` and
``after/``). No ``after`` means that everything must stay as it is.

* ``finding.md``: a report with exactly one finding that drives the case through the whole engine.
  Without it the case is a scan, fixed with everything but display-only changes.
* ``case.toml``: ``options`` (a table for the codemod), ``path`` (where ``before.py`` stands in
  the project; by default the path that the finding names, else ``before.py``), ``outcome`` (for a
  finding: ``fixed`` with ``after``, or ``partly-fixed`` with ``left``; else it must be given),
  ``refusals`` (the reasons that must be given, in the order of the sites; all of them), ``shown``
  (what is ``display`` only, as refusal reasons do), ``safety`` (of the patch), ``unaddressed``,
  ``left`` (what stays of what the finding asks for, as people are told of it), ``notes`` (a part of
  one must be there for each), ``python`` (the target, ``"3.8"``), ``deleted`` (paths that are gone
  afterwards; ``after/`` has only what changes beside them, and may be missing).
* ``proof.py``: run with the module under the name ``subject``: it must fail on ``before`` and
  pass on ``after``.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codemods.codemod import Codemod, Refusal, Safety
from codemods.engine.outcomes import AlreadyFixed, FilePatch, NotFound, Refused, Resolution
from codemods.engine.run import resolve
from codemods.engine.scanning.fixing import fix
from codemods.engine.scanning.scan import scan
from codemods.findings.model import Finding
from codemods.findings.reports import read_report
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue
from tests import proving
from tests.proving import Proved

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
_KEYS = {
    "options",
    "path",
    "outcome",
    "refusals",
    "safety",
    "unaddressed",
    "left",
    "notes",
    "python",
    "about",
    "deleted",
}


@dataclass(frozen=True)
class Case:
    """One folder of ``fixtures/<codemod>/``."""

    folder: Path
    expected: dict[str, Any] = field(hash=False)

    @property
    def codemod(self) -> Codemod:
        return catalogue()[self.folder.parent.name]

    @property
    def id(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def finding(self) -> Finding | None:
        report = self.folder / "finding.md"
        if not report.exists():
            return None
        reading = read_report(report)
        assert not reading.damaged, reading.damaged
        assert len(reading.findings) == 1, "finding.md must hold exactly one finding"
        return reading.findings[0]

    @property
    def path(self) -> str:
        """Where ``before.py`` stands in the project."""
        if "path" in self.expected:
            return str(self.expected["path"])
        finding = self.finding
        paths = [item.path for item in finding.locations if item.path] if finding else []
        return paths[0] if paths else "before.py"

    def files(self, name: str) -> dict[str, bytes] | None:
        """The project before or after, ``None`` where the case has no such state."""
        deleted = self.expected.get("deleted", [])
        if name == "after" and deleted:
            before = self.files("before") or {}
            assert set(deleted) <= set(before), "what is deleted must be there before"
            kept = {path: data for path, data in before.items() if path not in deleted}
            return kept | (self._read(name) or {})
        return self._read(name)

    def _read(self, name: str) -> dict[str, bytes] | None:
        single, folder = self.folder / f"{name}.py", self.folder / name
        if single.exists():
            return {self.path: single.read_bytes()}
        if folder.is_dir():
            return {
                item.relative_to(folder).as_posix(): item.read_bytes()
                for item in sorted(folder.rglob("*"))
                if item.is_file()
            }
        return None

    def project(self, files: dict[str, bytes]) -> Project:
        python = self.expected.get("python")
        target = tuple(int(part) for part in python.split(".")) if python else None
        return Project(MemoryFiles(files), target_python=target)  # type: ignore[arg-type]


def cases() -> Iterator[Case]:
    """Every case of every codemod, sorted."""
    for folder in sorted(FIXTURES.glob("*/*/")):
        described = folder / "case.toml"
        expected = tomllib.loads(described.read_text("utf-8")) if described.exists() else {}
        unknown = set(expected) - _KEYS
        assert not unknown, f"{described}: unknown keys {sorted(unknown)}"
        yield Case(folder, expected)


@dataclass(frozen=True)
class Result:
    """What running a case gave."""

    files: dict[str, bytes]
    refusals: tuple[Refusal, ...]
    safety: Safety | None
    resolution: Resolution | None = None
    changes: int = 0


def run(case: Case, files: dict[str, bytes]) -> Result:
    """Run the case's codemod over ``files`` as the case says."""
    project = case.project(files)
    finding = case.finding
    options = case.expected.get("options", {})
    if finding is not None:
        resolution = resolve(finding, project, [case.codemod], options=lambda _: options)
        outcome = resolution.outcome
        patch = resolution.patch
        if patch is not None:
            after = patched(files, patch.files)
            return Result(after, patch.refusals, patch.safety, resolution, len(patch.changes))
        refusals: tuple[Refusal, ...] = ()
        if isinstance(outcome, Refused):
            refusals = outcome.refusals
        elif isinstance(outcome, AlreadyFixed):
            refusals = outcome.evidence
        return Result(files, refusals, None, resolution)
    refused: list[Refusal] = []
    safeties: list[Safety] = []
    current = dict(files)
    for path in [name for name in files if name.endswith((".py", ".pyi"))]:
        made = fix(
            case.project(current),
            [case.codemod],
            path,
            options=lambda _: options,
            allow=Safety.REVIEW,
        )
        assert not made.failed, made.failed
        refused += [item for _, item in made.refused]
        safeties += [item.change.safety for item in made.changes]
        current = patched(current, made.files)
    safety = Safety.weakest(safeties) if safeties else None
    return Result(current, tuple(refused), safety, changes=len(safeties))


def patched(files: dict[str, bytes], patches: Iterable[FilePatch]) -> dict[str, bytes]:
    """``files`` with the patches done to them."""
    changed = files | {item.path: item.after or b"" for item in patches}
    gone = {item.path for item in patches if item.after is None}
    return {path: data for path, data in changed.items() if path not in gone}


def check(case: Case) -> None:
    """Everything that the contract says of a case."""
    before = case.files("before")
    assert before is not None, "a case needs before.py or before/"
    expected = case.files("after")
    if expected is not None:
        deleted = case.expected.get("deleted", [])
        expected = {path: data for path, data in (before | expected).items() if path not in deleted}
    result = run(case, before)
    _check_outcome(case, result, expected is not None)
    wanted = expected if expected is not None else before
    for path in sorted({*wanted, *result.files}):
        assert _text(result.files.get(path)) == _text(wanted.get(path)), path
        assert result.files.get(path) == wanted.get(path), f"{path}: bytes differ"
    if "refusals" in case.expected:
        given = [item.reason for item in result.refusals]
        assert given == case.expected["refusals"], [
            (item.reason, item.detail) for item in result.refusals
        ]
    if "safety" in case.expected:
        assert result.safety is not None and result.safety.value == case.expected["safety"]
    for item in result.refusals:
        assert item.detail and "\n" not in item.detail, item
    if expected is not None:
        assert expected != before, "after.py is the same as before.py"
        _check_again(case, expected)
        for path, data in expected.items():
            if data != before.get(path) and path.endswith(".py") and _parses(before[path]):
                compile(data, path, "exec", dont_inherit=True)


def _check_outcome(case: Case, result: Result, changes: bool) -> None:
    if result.resolution is None:
        assert "outcome" not in case.expected, "a scan has no outcome"
        if not changes and not case.expected.get("refusals"):
            silent = scan(case.project(result.files), [case.codemod])
            assert "refusals" in case.expected or not silent.found, silent.found
        return
    outcome = result.resolution.outcome
    usual = "partly-fixed" if "left" in case.expected else "fixed"
    wanted = case.expected.get("outcome", usual if changes else None)
    assert wanted is not None, "case.toml must say the outcome of a finding that changes nothing"
    assert outcome.name == wanted, (outcome.name, outcome.reason, result.resolution.steps)
    patch = result.resolution.patch
    if patch is not None:
        assert list(patch.unaddressed) == case.expected.get("unaddressed", [])
        assert [str(item) for item in patch.left] == case.expected.get("left", [])
        for part in case.expected.get("notes", []):
            assert any(part in note for note in patch.notes), patch.notes


def _check_again(case: Case, after: dict[str, bytes]) -> None:
    """The second run must change nothing; a finding must not be found undone."""
    again = run(case, after)
    assert again.files == after, "a second run changes something"
    if again.resolution is not None:
        outcome = again.resolution.outcome
        assert isinstance(outcome, (AlreadyFixed, Refused, NotFound)), outcome.name


def _text(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "backslashreplace").splitlines(keepends=True)


def _parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True


def prove(case: Case, state: str, folder: Path) -> Proved:
    """Run ``proof.py`` on one state of the case in a process of its own."""
    files = case.files(state)
    assert files is not None
    single = (case.folder / f"{state}.py").exists()
    for path, data in files.items():
        target = folder / ("subject.py" if single else path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return proving.prove(case.folder / "proof.py", folder)
