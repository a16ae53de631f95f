"""The reports at hand: found, each read once, and asked for findings."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from codemods.findings.globbing import leads_out, matching
from codemods.findings.model import Finding
from codemods.findings.reports import (
    Damage,
    Reading,
    ReportError,
    UnknownFindingError,
    read_report,
    reports_mentioning,
    select,
)

DEFAULT_REPORTS = ("docs/audits/*.md",)


class ReportsAtHand:
    """The reports at hand, each read once.

    A report that was named by itself must be readable and hold findings. One of several is left
    out instead, and said to be: one bad report does not end the work on the others. Where a
    pattern found it, being without findings is no fault: a folder of audits may hold a README.
    """

    def __init__(
        self,
        top: Path,
        named: Sequence[Path] = (),
        patterns: Sequence[str] = (),
        *,
        folder: Path | None = None,
        optional: bool = False,
        tell: Callable[[str], None] = lambda _text: None,
        quiet: bool = False,
    ) -> None:
        """Find them; none is read yet.

        Args:
            top: the top of the project.
            named: the reports, as somebody named them.
            patterns: else globs from ``top``; :data:`DEFAULT_REPORTS` where there are none.
            folder: below which a named one may lie, too.
            optional: whether there may be none.
            tell: gets one line for each report that is left out, and each part that is not read.
            quiet: say nothing of the parts that are not read, nor of a report without findings.

        Raises:
            ReportError: when there is none.
        """
        self._top = top
        self._folder = folder or Path()
        self._tell = tell
        self._quiet = quiet
        self.named = bool(named)
        self._readings: dict[Path, Reading] = {}
        self.left_out: list[str] = []
        """Why reports could not be read, as far as they were tried."""
        if named:
            self.paths = tuple(dict.fromkeys(map(self._given, named)))
            return
        wanted = patterns or DEFAULT_REPORTS
        for pattern in wanted:
            if leads_out(pattern, top):
                self._leave_out(f"reports: {pattern} leads out of {top}")
        self.paths = matching(top, [item for item in wanted if not leads_out(item, top)])
        if not self.paths and not optional:
            raise ReportError(
                f"no reports: {', '.join(wanted)} matches nothing in {top}; pass one with "
                "--report FILE, or set `reports` under [tool.autofix]"
            )

    def _given(self, path: Path) -> Path:
        """As the shell means it, else as the project does: ``-C DIR --report docs/audit.md``."""
        below = self._folder / path
        return below if not path.exists() and below.exists() else path

    def read(self, path: Path) -> Reading:
        """The findings of one report.

        Raises:
            ReportError: when it alone was named, and it cannot be read or has no findings.
        """
        found = self._readings.get(path)
        if found is not None:
            return found
        name = self._name(path)
        try:
            if not self.named:
                self._check(path)
            found = read_report(path, name)
            if not self._quiet:
                self._tell_of(found, name)
        except ReportError as error:
            if self.named and len(self.paths) == 1:
                raise
            self._leave_out(str(error))
            found = Reading()
        self._readings[path] = found
        return found

    def _tell_of(self, found: Reading, name: str) -> None:
        for item in found.damaged:
            self._tell(f"{name}:{item.line}: {item.text}: {item.reason}")
        if not found.findings:
            if self.named and not (found.complete and not found.damaged):
                raise ReportError(f"{name}: contains no finding that autofix can read")
            self._tell(f"{name}: contains no findings")

    def _leave_out(self, why: str) -> None:
        self._tell(f"left out: {why}")
        self.left_out.append(why)

    def _check(self, path: Path) -> None:
        """Raise for what nobody named and a project must not have read: somebody's commit may have
        made it a link to a file, or a device, of whoever runs this."""
        name = path.relative_to(self._top).as_posix()
        if not path.exists():
            raise ReportError(f"{name}: no such file")
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self._top)):
            raise ReportError(f"{name}: leads out of {self._top}")
        if not path.is_file():
            raise ReportError(f"{name}: is not a regular file")

    def _name(self, path: Path) -> str:
        """From the project's top, where it lies below that."""
        try:
            inside = Path(os.path.realpath(path)).relative_to(os.path.realpath(self._top))
            return inside.as_posix()
        except ValueError:
            return str(path)

    def all(self) -> list[Finding]:
        """Every finding of every report.

        Raises:
            ReportError: when reports were named and none of them could be read.
        """
        found = [finding for path in self.paths for finding in self.read(path).findings]
        if self.named and len(self.left_out) == len(self.paths):
            raise ReportError("none of the reports could be read")
        return found

    @property
    def complete(self) -> bool:
        """Whether every report says for sure that it has no more findings than were read."""
        return all(self.read(path).complete for path in self.paths)

    def damaged(self) -> tuple[tuple[str, Damage], ...]:
        """What looks like a finding and was not read, with its report."""
        readings = ((path, self.read(path)) for path in self.paths)
        return tuple(
            (self._name(path), item) for path, reading in readings for item in reading.damaged
        )

    @property
    def unread(self) -> bool:
        """Whether a report, or what looks like a finding of one, could not be read."""
        damaged = self.damaged()
        return bool(damaged or self.left_out)

    def pick(self, selector: str) -> Finding:
        """The finding that a selector names; reports that are not likely to have it are parsed
        only where the likely ones have not.

        Raises:
            SelectionError: when there is none, or several.
        """
        if not self.named:
            # The others may have it all the same: an id within a range (DS-6 to DS-12) is
            # written nowhere.
            with suppress(UnknownFindingError):
                return select(map(self.read, reports_mentioning(self.paths, selector)), selector)
        return select(map(self.read, self.paths), selector)

    def repeated(self, finding: Finding) -> bool:
        """Whether the finding's report has its id more than once."""
        among = (item for reading in self._readings.values() for item in reading.findings)
        same = [item for item in among if (item.report, item.id) == (finding.report, finding.id)]
        return len(same) > 1
