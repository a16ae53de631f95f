"""Which findings are meant: the reports at hand, and a choice among what they say."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from codemods.demands.demands import Demands
from codemods.engine.match import Claim, claim
from codemods.findings.model import Finding, Severity
from codemods.findings.reports import (
    Damage,
    Reading,
    ReportError,
    UnknownFindingError,
    find_reports,
    read_report,
    reports_mentioning,
    select,
)
from codemods.project.settings import did_you_mean

from .context import Session
from .exit import UserError

DEFAULT_REPORTS = ("docs/audits/*.md",)


class Reports:
    """The reports at hand, each read once.

    Reports that were named must be readable and hold findings; of those that a pattern found,
    one that does not is only mentioned: a folder of audits may hold a README.
    """

    def __init__(self, session: Session, *, optional: bool = False, quiet: bool = False) -> None:
        self._session = session
        self._quiet = quiet
        self.named = bool(session.common.reports)
        self._readings: dict[Path, Reading] = {}
        if self.named:
            self.paths = tuple(dict.fromkeys(map(self._given, session.common.reports)))
            return
        wanted = session.report_patterns or DEFAULT_REPORTS
        self.paths = find_reports(session.top, wanted)
        if not self.paths and not optional:
            raise UserError(
                f"no reports: {', '.join(wanted)} matches nothing in {session.top}; "
                "name one with --report FILE, or set `reports` under [tool.autofix]"
            )

    def _given(self, path: Path) -> Path:
        """As the shell means it, else as the project does: ``-C DIR --report docs/audit.md``."""
        below = self._session.common.folder / path
        return below if not path.exists() and below.exists() else path

    def read(self, path: Path) -> Reading:
        """The findings of one report.

        Raises:
            ReportError: when it was named and cannot be read.
            UserError: when it was named and has no findings.
        """
        found = self._readings.get(path)
        if found is not None:
            return found
        name = self._name(path)
        try:
            found = read_report(path, name)
        except ReportError as error:
            if self.named:
                raise
            self._session.note(f"left out: {error}")
            found = Reading()
        else:
            for item in () if self._quiet else found.damaged:
                self._session.note(f"{name}:{item.line}: {item.text}: {item.reason}")
            if not found.findings and not self._quiet:
                if self.named and not (found.complete and not found.damaged):
                    raise UserError(f"{name}: holds no findings that can be read")
                self._session.note(f"{name}: holds no findings")
        self._readings[path] = found
        return found

    def _name(self, path: Path) -> str:
        """From the project's top, where it lies below that."""
        try:
            return path.resolve().relative_to(self._session.top.resolve()).as_posix()
        except ValueError:
            return str(path)

    def all(self) -> list[Finding]:
        """Every finding of every report."""
        return [finding for path in self.paths for finding in self.read(path).findings]

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


def named_findings(reports: Reports, selectors: Sequence[str]) -> list[Finding]:
    """The findings with these names, each once."""
    found = {finding.key: finding for finding in map(reports.pick, selectors)}
    return list(found.values())


def of_severity(findings: Sequence[Finding], wanted: Sequence[str]) -> list[Finding]:
    """Those with exactly one of the severities.

    Raises:
        UserError: for a word that is none.
    """
    severities = set()
    for word in wanted:
        try:
            severities.add(Severity(word.strip().upper()))
        except ValueError:
            known = ", ".join(Severity)
            raise UserError(f"{word!r} is no severity: choose from {known}") from None
    return [item for item in findings if item.severity in severities]


def known_codemod(session: Session, name: str) -> str:
    """The name of a codemod, which may be written with underscores.

    Raises:
        UserError: for a name that is not in the catalogue.
    """
    for known in (name, name.replace("_", "-")):
        if known in session.codemods:
            return known
    raise UserError(
        f"no codemod is called {name!r}{did_you_mean(name, session.codemods)}; "
        "`autofix codemods` lists them"
    )


def claimed_by(
    session: Session, findings: Sequence[Finding], names: Sequence[str]
) -> list[Finding]:
    """Those that one of these codemods would take.

    Raises:
        UserError: for a name that is not in the catalogue.
    """
    for name in names:
        known_codemod(session, name)
    codemods = tuple(session.codemods.values())
    asked = ((item, claim(Demands.of(item), codemods)) for item in findings)
    return [
        item for item, taken in asked if isinstance(taken, Claim) and taken.codemod.name in names
    ]
