"""Which findings are meant: the reports at hand, and a choice among what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.demands.demands import Demands
from codemods.engine.match import Claim, claim
from codemods.findings.at_hand import ReportsAtHand
from codemods.findings.model import Finding, Severity
from codemods.findings.reports import Reading
from codemods.project.settings import did_you_mean

from .context import Session
from .exit import UserError

if TYPE_CHECKING:
    from codemods.delivery.forge.github import GitHub
    from codemods.delivery.forge.protocol import Issue

    from .bot.work import Work


class Reports(ReportsAtHand):
    """The reports that a command is about: those named, else those of the settings.

    Args:
        work: where issues are read that are named as reports, and with whose token.
    """

    def __init__(
        self,
        session: Session,
        *,
        optional: bool = False,
        quiet: bool = False,
        work: Work | None = None,
    ) -> None:
        common = session.common
        self._session = session
        self._work = work
        self._forges: dict[str, GitHub] = {}
        self._listed: dict[Path, Issue] = {}
        named = [*common.reports, *self._labelled(common.issues)]
        super().__init__(
            session.top,
            named,
            () if named else session.report_patterns,
            folder=common.folder,
            optional=optional,
            tell=session.note,
            quiet=quiet,
        )

    def read(self, path: Path) -> Reading:
        from codemods.delivery.publish.reading import SCHEME, parse, read_issue

        if not str(path).startswith(SCHEME):
            return super().read(path)
        found = self._readings.get(path)
        if found is None:
            name = str(path)
            meant = parse(name)
            assert meant is not None, "it starts like an issue"
            forge = self._forge(meant[0])
            issue = self._listed.get(path) or forge.issue(meant[1])
            found = self._readings[path] = read_issue(forge, issue, name)
        return found

    def _forge(self, repository: str | None) -> GitHub:
        from .bot.options import ForgeOptions
        from .bot.work import Work

        key = repository or ""
        if key not in self._forges:
            work = self._work or Work(self._session, ForgeOptions())
            if repository is not None and repository.lower() != work.place.repository.lower():
                work = Work(self._session, replace(work.asked, repository=repository))
            self._forges[key] = work.github
        return self._forges[key]

    def _labelled(self, wanted: Sequence[str]) -> Iterator[Path]:
        """The open issues with a label, each as a report."""
        from codemods.delivery.bot import dashboard

        for text in wanted:
            kind, colon, label = text.partition(":")
            if kind != "label" or not colon or not label.strip():
                raise UserError(f"{text!r} is not label:NAME")
            forge = self._forge(None)
            name = forge.repository().name
            listed = forge.issues(labels=[label.strip()])
            # The bot's page has our label, too, and tells of every finding.
            opened = [item for item in listed if item.open and dashboard.find([item]) is None]
            if not opened:
                raise UserError(f"no open issue of {name} has the label {label.strip()}")
            for issue in opened:
                path = Path(f"github:{name}#{issue.number}")
                self._listed[path] = issue
                yield path


def named_findings(reports: Reports, selectors: Sequence[str]) -> list[Finding]:
    """The findings with these names, each once."""
    found = {finding.key: finding for finding in map(reports.pick, selectors)}
    return list(found.values())


def of_severity(findings: Sequence[Finding], wanted: Sequence[str]) -> list[Finding]:
    """Those with one of the severities.

    Raises:
        UserError: for a word that is none.
    """
    severities = severities_of(wanted)
    return [item for item in findings if item.severity in severities]


def severities_of(wanted: Sequence[str]) -> set[Severity]:
    """The severities that are meant, of which ``HIGH+`` is that one and the worse ones.

    Raises:
        UserError: for a word that is none.
    """
    severities: set[Severity] = set()
    for word in wanted:
        name = word.strip().upper()
        try:
            least = Severity(name.removesuffix("+"))
        except ValueError:
            known = ", ".join(Severity)
            raise UserError(
                f"{word!r} is not a severity: choose from {known}; HIGH+ is HIGH and worse"
            ) from None
        worse = (item for item in Severity if item.rank < least.rank and name.endswith("+"))
        severities |= {least, *worse}
    return severities


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


def narrowed(
    session: Session,
    findings: Sequence[Finding],
    severities: Sequence[str] | None,
    codemods: Sequence[str] | None,
) -> list[Finding]:
    """Those of the severities, and of the codemods, that were asked for; without any all.

    Raises:
        UserError: for a word that is no severity, or a name that is not in the catalogue.
    """
    found = of_severity(findings, severities) if severities else list(findings)
    return claimed_by(session, found, codemods) if codemods else found
