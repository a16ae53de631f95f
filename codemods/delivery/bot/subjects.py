"""What the bot decides about: defects, each once, whichever reports name it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from codemods.codemod import Safety
from codemods.delivery.bot.seen import Found
from codemods.engine.outcomes import (
    AlreadyFixed,
    Fixed,
    Left,
    PartlyFixed,
    Patch,
    Refused,
    Resolution,
)
from codemods.findings.model import Finding, Severity

Where = tuple[str, str]
"""A path and a qualified name."""
LENGTH = 12
"""Hexadecimal digits of a key."""


@dataclass(frozen=True, slots=True)
class Member:
    """One finding of a subject."""

    selector: str
    resolution: Resolution = field(repr=False)
    repeated: bool = False
    """Whether the report has the finding's id more than once."""

    @property
    def finding(self) -> Finding:
        """The finding itself."""
        return self.resolution.finding

    @property
    def patch(self) -> Patch | None:
        """What is changed for it."""
        outcome = self.resolution.outcome
        return outcome.patch if isinstance(outcome, Fixed | PartlyFixed) else None


@dataclass(frozen=True, slots=True)
class Subject:
    """A defect, with all findings that name it; the worst one comes first, and its patch counts."""

    key: str
    members: tuple[Member, ...]
    places: frozenset[Where] = frozenset()

    @property
    def first(self) -> Member:
        """The member whose words are used."""
        return self.members[0]

    @property
    def finding(self) -> Finding:
        """The finding whose words are used."""
        return self.first.finding

    @property
    def patch(self) -> Patch | None:
        """What is changed."""
        return self.first.patch

    @property
    def codemod(self) -> str:
        """What changes it; ``""`` where nothing does."""
        return self.first.resolution.codemod or ""

    @property
    def selectors(self) -> tuple[str, ...]:
        """The names of all findings."""
        return tuple(item.selector for item in self.members)

    @property
    def found(self) -> Found:
        """What today's code says: of several findings, what leaves most to do."""
        if self.patch is not None:
            partly = isinstance(self.first.resolution.outcome, PartlyFixed)
            return Found.PARTLY if partly else Found.FIXED
        outcomes = (item.resolution.outcome for item in self.members)
        return Found.ALREADY if all(isinstance(o, AlreadyFixed) for o in outcomes) else Found.GONE

    @property
    def is_refused(self) -> bool:
        """Whether it stands there, and the code is left alone for a reason."""
        return isinstance(self.first.resolution.outcome, Refused)

    @property
    def outcome(self) -> str:
        """The name of the outcome, as commands print it."""
        return self.first.resolution.outcome.name

    @property
    def reason(self) -> str:
        """In one line: what was done, or why nothing was."""
        return self.first.resolution.outcome.reason

    @property
    def left(self) -> tuple[str, ...]:
        """What the finding names and the patch does not do; only with ``partly-fixed``."""
        return tuple(str(item) for item in self._left)

    @property
    def left_without_lines(self) -> tuple[str, ...]:
        """The same, as it stays when lines move."""
        return tuple(
            f"{item.site.path}: {item.what}" if item.site else item.what for item in self._left
        )

    @property
    def _left(self) -> tuple[Left, ...]:
        return self.patch.left if self.patch is not None else ()

    @property
    def severity(self) -> Severity | None:
        """The worst of the findings."""
        return min(
            (item.finding.severity for item in self.members if item.finding.severity),
            key=lambda severity: severity.rank,
            default=None,
        )

    @property
    def safety(self) -> Safety | None:
        """Of the patch."""
        return self.patch.safety if self.patch is not None else None

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that change, or in which the finding stands."""
        if self.patch is not None:
            return tuple(file.path for file in self.patch.files)
        return tuple(sorted({path for path, _ in self.places}))

    @property
    def size(self) -> int:
        """Lines that are removed or added, roughly: for the order, and for whoever looks."""
        files = self.patch.files if self.patch is not None else ()
        return sum(_changed(file.before, file.after or b"") for file in files)

    @property
    def order(self) -> tuple[int, int, int, str]:
        """The worst first, then what is safe, then what is small."""
        severity = self.severity.rank if self.severity else len(Severity)
        safety = list(Safety).index(self.safety) if self.safety is not None else len(Safety)
        return (severity, safety, self.size, self.key)


def _changed(before: bytes, after: bytes) -> int:
    old, new = before.splitlines(), after.splitlines()
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    if start is None:
        return abs(len(old) - len(new))
    pairs = zip(reversed(old[start:]), reversed(new[start:]), strict=False)
    end = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)) - start)
    return (len(old) - start - end) + (len(new) - start - end)


def subjects(members: Iterable[tuple[str, Member]]) -> tuple[Subject, ...]:
    """The subjects of a run, in the order in which they are worth a pull request.

    Args:
        members: findings, each with its key.
    """
    groups: dict[str, list[Member]] = {}
    for key, member in members:
        groups.setdefault(key, []).append(member)
    found = (Subject(key, _ordered(group), _places(group)) for key, group in groups.items())
    return tuple(sorted(found, key=lambda subject: subject.order))


def joined(subject: Subject, others: Sequence[Subject]) -> Subject:
    """One subject of several that turn out to be the same defect."""
    every = [subject, *others]
    members = [member for item in every for member in item.members]
    places = frozenset(place for item in every for place in item.places)
    ordered = _ordered(members)
    key = next((item.key for item in every if ordered[0] in item.members), subject.key)
    return Subject(key, ordered, places)


def _ordered(members: Sequence[Member]) -> tuple[Member, ...]:
    """Whoever has a patch goes first, then the worst."""
    return tuple(
        sorted(
            members,
            key=lambda item: (
                item.patch is None,
                item.finding.severity.rank if item.finding.severity else len(Severity),
                item.selector,
            ),
        )
    )


def _places(members: Sequence[Member]) -> frozenset[Where]:
    found: set[Where] = set()
    for member in members:
        if member.patch is not None:
            sites = (change.site for change in member.patch.changes)
            found |= {(site.path, site.function) for site in sites}
        else:
            found |= located(member.resolution)
    return frozenset(found)


def located(resolution: Resolution) -> set[Where]:
    """Where a finding stands, by the names of its definitions."""
    return {(place.source.path, getattr(place.node, "name", "")) for place in resolution.places}


def finding_key(resolution: Resolution, selector: str) -> str:
    """The key of a finding without a patch: where it stands and what it shows, else its name.

    The lines are left out, as they drift.
    """
    evidence = " ".join(
        " ".join(code.text.split()) for code in resolution.finding.evidence_code if code.text
    )
    where = sorted(located(resolution))
    if where and evidence:
        parts = [part for place in where for part in place] + [evidence]
    else:
        parts = [selector]
    data = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(data).hexdigest()[:LENGTH]
