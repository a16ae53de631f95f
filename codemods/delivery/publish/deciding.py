"""What becomes of a finding: a new issue, the one that is there, or none.

By key alone, which is of the fix where there is one, else of the place and the evidence. That two
titles are alike is only told: nothing is closed, opened again or commented on because of it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codemods.delivery.bot.marker import Marker, read_marker
from codemods.delivery.bot.run import ISSUE
from codemods.delivery.bot.subjects import Subject, finding_key
from codemods.delivery.forge.protocol import Issue
from codemods.engine.outcomes import AlreadyFixed
from codemods.findings.model import Finding, StatusKind

ALIKE = 90
"""Of 100: titles that say the same in other words score below, the same with a typo above."""


class Action(enum.StrEnum):
    """What is done about a finding."""

    CREATED = "CREATED"
    REGRESSION = "REGRESSION"
    """Its issue was closed, and the finding is there again: a new issue, with a link."""
    DUPLICATE = "DUPLICATE"
    """An issue of it is open."""
    EXISTING = "EXISTING"
    """The report itself names the issue."""
    DECLINED = "DECLINED"
    """Its issue was closed as not planned: people have decided."""
    SKIPPED = "SKIPPED"
    """There is nothing to do any more."""

    @property
    def opens(self) -> bool:
        """Whether an issue is opened."""
        return self in (Action.CREATED, Action.REGRESSION)


@dataclass(frozen=True, slots=True)
class Published:
    """An issue that an earlier run opened."""

    issue: Issue
    marker: Marker


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a subject."""

    subject: Subject
    action: Action
    issue: int | None = None
    """The issue that is there."""
    why: str = ""
    alike: tuple[int, ...] = ()
    """Issues with a title like its own."""
    known: Published | None = None


def published(issues: Iterable[Issue]) -> tuple[Published, ...]:
    """Those that have our marker, in the order of their numbers."""
    found = []
    for issue in sorted(issues, key=lambda item: item.number):
        marker = read_marker(issue.body)
        if marker is not None and marker.text("kind") == ISSUE:
            found.append(Published(issue, marker))
    return tuple(found)


def keys(subject: Subject) -> tuple[str, ...]:
    """Every key of a subject: today's fix may be gone tomorrow, and the finding still be there."""
    own = (finding_key(item.resolution, item.selector) for item in subject.members)
    return tuple(dict.fromkeys((subject.key, *own)))


def decide(
    subject: Subject,
    before: Sequence[Published],
    others: Sequence[Issue] = (),
    repository: str = "",
) -> Decision:
    """What becomes of a subject.

    Args:
        repository: ``owner/name``, whose issues may themselves be the reports.
        before: what earlier runs opened, in order.
        others: every issue at hand, for titles that are alike.
    """
    mine = [item for item in before if set(item.marker.texts("keys")) & set(keys(subject))]
    opened = next((item for item in mine if item.issue.open), None)
    last = opened or (mine[-1] if mine else None)
    number = last.issue.number if last is not None else None
    if all(item.finding.status.kind.is_settled for item in subject.members):
        kind = subject.finding.status.kind
        return Decision(subject, Action.SKIPPED, number, f"the report says: {kind}")
    if all(isinstance(item.resolution.outcome, AlreadyFixed) for item in subject.members):
        return Decision(subject, Action.SKIPPED, number, "it is fixed now")
    if opened is not None:
        return Decision(subject, Action.DUPLICATE, number, known=opened)
    findings = [item.finding for item in subject.members]
    if (itself := _itself(findings, repository)) is not None:
        return Decision(subject, Action.EXISTING, itself, "it is an issue")
    named = _named(findings, StatusKind.EXISTING)
    if last is None and named is not None:
        return Decision(subject, Action.EXISTING, named, "the report names it")
    alike = _alike(subject.finding.title, others)
    if last is None:
        regressed = _named(findings, StatusKind.REGRESSION)
        action = Action.CREATED if regressed is None else Action.REGRESSION
        return Decision(subject, action, regressed, alike=alike)
    if last.issue.declined:
        why = "it was closed as not planned"
        return Decision(subject, Action.DECLINED, number, why, known=last)
    return Decision(subject, Action.REGRESSION, number, alike=alike, known=last)


def _itself(findings: Iterable[Finding], repository: str) -> int | None:
    """The issue that a finding was read from: ``github:owner/name#12``."""
    head = f"github:{repository}#".lower()
    for finding in findings:
        name, number = finding.report[: len(head)].lower(), finding.report[len(head) :]
        if repository and name == head and number.isdigit():
            return int(number)
    return None


def _named(findings: Iterable[Finding], kind: StatusKind) -> int | None:
    """The issue that a report says a finding exists as, or has come back from."""
    for finding in findings:
        if finding.status.kind is kind:
            for issue in finding.status.issues:
                if issue.startswith("#") and issue[1:].isdigit():
                    return int(issue[1:])
    return None


def _alike(title: str, issues: Sequence[Issue]) -> tuple[int, ...]:
    from rapidfuzz import fuzz

    own = _plain(title)
    found = [
        issue.number
        for issue in issues
        if issue.open and fuzz.token_sort_ratio(own, _plain(issue.title)) >= ALIKE
    ]
    return tuple(found[:3])


def _plain(title: str) -> str:
    """Without the date and severity that stand before the title of an issue."""
    text = title.rpartition("] ")[2]
    head, dash, rest = text.partition(" - ")
    return (rest if dash and head.isupper() else text).lower()
