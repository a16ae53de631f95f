"""From what git and the forge say to what the table of :mod:`~codemods.delivery.bot.life` asks."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codemods.codemod import Safety
from codemods.delivery.bot.life import decide
from codemods.delivery.bot.marker import Marker, ticks
from codemods.delivery.bot.matching import Matched, Ours
from codemods.delivery.bot.seen import Ask, Branch, Found, Open, Past, Seen, Stale
from codemods.delivery.bot.seen import Today as Day
from codemods.delivery.bot.settings import BotSettings
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.bot.workshop import Likeness, Workshop
from codemods.delivery.forge.protocol import Forge, Standing

STOP = "autofix:stop"
"""The label with which people keep us off a pull request."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """An entry of the dashboard."""

    who: str
    when: str
    why: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What people asked for."""

    dashboard: Mapping[str, Ask]
    """By key: boxes of the dashboard."""
    ignored: Mapping[str, Ignored]
    """By key."""
    told: Mapping[str, Ask]
    """By key: commands of this very run."""

    def ask(self, item: Matched) -> Ask | None:
        """What was asked for of a subject; the latest way of saying it counts."""
        found = self.told.get(item.key)
        if found is None and item.open is not None:
            found = asked_in(item.open.pull.body)
        return found or self.dashboard.get(item.key)

    def ignores(self, item: Matched) -> str | None:
        """The key of the entry that keeps a subject out."""
        if item.key in self.ignored:
            return item.key
        names = set(item.subject.selectors) if item.subject else set()
        if item.subject is None or item.subject.patch is not None:
            # Its key is known: a name could be another defect's by now.
            return None
        return next((key for key, entry in self.ignored.items() if names & set(entry.names)), None)


def asked_in(body: str) -> Ask | None:
    """What is ticked in the body of a pull request; of several boxes, the one that does least."""
    asked = {name for name, _ in ticks(body)}
    for choice in (Ask.REBASE, Ask.RECREATE, Ask.IGNORE):
        if choice in asked:
            return choice
    return None


class Observer:
    """One look: afterwards nothing is asked again until something is written."""

    def __init__(
        self,
        forge: Forge,
        workshop: Workshop,
        settings: BotSettings,
        day: datetime.date,
        branch: str,
    ) -> None:
        self._forge = forge
        self._workshop = workshop
        self._settings = settings
        self._date = day
        self._branch = branch
        self.day = Day(
            workshop.base, day.toordinal(), update=settings.update, stale_days=settings.stale_days
        )

    def look(self, matched: Sequence[Matched], wishes: Wishes, unread: str) -> list[Seen]:
        """What is seen of each.

        Args:
            unread: why findings may be missing today; ``""``: every report was read.
        """
        pairs = [
            (number, item.subject, item.branch)
            for number, item in enumerate(matched)
            if item.subject is not None and item.branch is not None
        ]
        compared = self._workshop.compare([(subject, branch) for _, subject, branch in pairs])
        likeness = {number: like for (number, *_), like in zip(pairs, compared, strict=True)}
        seen = [
            self._seen(item, wishes, likeness.get(number), unread)
            for number, item in enumerate(matched)
        ]
        seen = self._after(matched, seen)
        return self._with_standing(seen)

    def _seen(self, item: Matched, wishes: Wishes, like: Likeness | None, unread: str) -> Seen:
        subject = item.subject
        found = subject.found if subject is not None else Found.GONE
        reason = subject.reason if subject is not None else "no report names it anymore"
        return Seen(
            key=item.key,
            found=found,
            reason="" if found.has_patch else reason,
            refused=subject is not None and subject.is_refused,
            branch=self._held_branch(item, like),
            pull=self._open(item.open, unread if subject is None else "") if item.open else None,
            past=tuple(map(_past, item.past)),
            ask=wishes.ask(item),
            ignored=wishes.ignores(item) is not None,
            excluded=self._excluded(subject) if subject is not None else "",
            only_asked=self._only_asked(subject) if subject is not None else "",
        )

    def _held_branch(self, item: Matched, like: Likeness | None) -> Branch | None:
        branch = item.branch
        if branch is None:
            return None
        made = Branch(branch.name, branch.tip, branch.foreign)
        elsewhere = item.open is not None and item.open.pull.base not in ("", self._branch)
        if elsewhere and item.open is not None and branch.foreign is None:
            words = f"someone retargeted it to {item.open.pull.base}"
            made = replace(made, foreign=words, retargeted=True)
        if like is None:
            return made
        return replace(made, differs=like.differs, conflicts=like.conflicts, behind=like.behind)

    def _open(self, item: Ours, unread: str) -> Open:
        pull, marker = item.pull, item.marker
        held = ""
        if STOP in pull.labels:
            held = f"the label {STOP}"
        elif pull.locked:
            held = "it is locked"
        elif unread:
            held = unread
        return Open(
            pull.number,
            held,
            closing=marker.text("closing"),
            stale=_stale(marker),
            foreign=marker.text("foreign"),
            drafted=marker.notes.get("drafted") is True,
        )

    def _excluded(self, subject: Subject) -> str:
        for rule in self._settings.ignore:
            if rule.holds(subject.selectors, subject.key, subject.paths, self._date):
                return f"ignored by the settings: {rule.why}"
        if any(path.startswith(".github/") for path in subject.paths):
            # The permission to write workflows is one that nobody should give to a bot.
            return "it changes a file under .github/"
        return ""

    def _only_asked(self, subject: Subject) -> str:
        if subject.severity not in self._settings.severities:
            word = subject.severity or "unknown"
            return f"severity {word} is not in the settings"
        safety = subject.safety
        if safety is not None and safety not in _allowed(self._settings.safety):
            return f"its safety is {safety}"
        return ""

    def _after(self, matched: Sequence[Matched], seen: list[Seen]) -> list[Seen]:
        """No stacks: what would conflict with an open pull request waits for it."""
        standing = [
            (item.open.pull.number, set(_paths(item)), item.branch)
            for item in matched
            if item.open is not None and item.branch is not None
        ]
        found = []
        for item, one in zip(matched, seen, strict=True):
            if one.pull is None and one.found.has_patch and item.subject is not None:
                for number, paths, branch in standing:
                    if paths & set(item.subject.paths) and self._workshop.collides(
                        item.subject, branch
                    ):
                        one = replace(one, after=number)
                        break
            found.append(one)
        return found

    def _with_standing(self, seen: list[Seen]) -> list[Seen]:
        """Approvals and the queue, only of those that something would be written to."""
        wanted = [
            item.pull.number
            for item in seen
            if item.pull is not None and _would_write(item, self.day)
        ]
        if not wanted:
            return seen
        standing = self._forge.standing(wanted)
        return [_standing(item, standing) for item in seen]


def _would_write(item: Seen, day: Day) -> bool:
    decision = decide(item, day)
    return bool(decision.steps) or bool(decision.line)


def _standing(item: Seen, standing: Mapping[int, Standing]) -> Seen:
    if item.pull is None or item.pull.number not in standing:
        return item
    found = standing[item.pull.number]
    held = item.pull.held or ("it is in the merge queue" if found.queued else "")
    return replace(item, pull=replace(item.pull, approved=found.approved, held=held))


def _allowed(weakest: str) -> tuple[Safety, ...]:
    order = tuple(Safety)
    return order[: order.index(Safety(weakest)) + 1]


def _paths(item: Matched) -> tuple[str, ...]:
    if item.subject is not None and item.subject.paths:
        return item.subject.paths
    return tuple(item.open.paths) if item.open is not None else ()


def _stale(marker: Marker) -> Stale | None:
    noted = marker.table("stale")
    day, base = noted.get("day"), noted.get("base")
    if isinstance(day, int) and isinstance(base, str):
        return Stale(day, base)
    return None


def _past(item: Ours) -> Past:
    return Past(
        item.pull.number, item.pull.merged, item.marker.text("closing"), item.marker.texts("left")
    )
