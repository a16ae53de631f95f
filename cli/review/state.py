"""What a reviewer decided so far: in a file after every decision, and taken back one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from codemods.delivery.review.candidates import Candidate, Stale, about, decision, verdicts
from codemods.delivery.review.decisions import (
    Decision,
    DecisionsError,
    Verdict,
    decisions_bytes,
    made,
    read_decisions,
)
from codemods.engine.outcomes import FilePatch
from codemods.engine.patching.edited import check_edit
from codemods.output.entries import Entry
from codemods.output.styled import harmless

from ..context import Session
from ..deciding import Item, own_file
from ..files import write_file
from .reading import Review, entry_of


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided about the fix of one finding."""

    verdict: Verdict
    off: frozenset[int] = frozenset()
    """Changes that are left out, by their place in the fix."""
    edits: dict[int, str] = field(default_factory=dict)
    """Diffs of Changes that somebody edited."""


class Reviewing:
    """A review that goes on.

    Args:
        session: the run of the command.
        review: the findings.
    """

    def __init__(self, session: Session, review: Review) -> None:
        self.session = session
        self.review = review
        self.items = _ordered(review.items)
        self.choices: dict[str, Choice] = {}
        self.told: list[str] = []
        """What was decided before and cannot be followed any more, in words."""
        self._past: list[tuple[int, Choice | None]] = []
        self._others: list[Decision] = []
        self._entries: dict[str, Entry] = {}
        self._load()

    @cached_property
    def path(self) -> Path:
        """The file."""
        return own_file(self.session, self.review.names)

    def entry(self, item: Item) -> Entry:
        """A finding as it is shown."""
        if item.name not in self._entries:
            self._entries[item.name] = entry_of(item, self.review)
        return self._entries[item.name]

    def _load(self) -> None:
        if not self.path.exists():
            return
        try:
            decided = read_decisions(self.path, str(self.path)).decisions
        except DecisionsError as error:
            self.told.append(harmless(f"started over: {error}"))
            return
        today = [item.candidate for item in self.items if item.candidate is not None]
        every = [one for item in self.items for one in (item, *item.others)]
        ends = [(item.name, item.result.resolution) for item in every]
        names = {item.name for item in every}
        # What was decided about a finding itself counts before what was about its twin.
        own = {item.name for item in self.items}
        for one in sorted(decided, key=lambda one: one.finding in own):
            now = about(one, today, ends)
            each = now if isinstance(now, Stale) else verdicts(one, now)
            if isinstance(now, Candidate) and not isinstance(each, Stale):
                self.choices[now.name] = Choice(
                    one.decision,
                    frozenset(
                        number
                        for number, item in enumerate(each)
                        if item.decision is Verdict.SKIP and one.decision is Verdict.ACCEPT
                    ),
                    {number: item.edit for number, item in enumerate(each) if item.edit},
                )
                continue
            # Kept: with another base, or without a filter, it may hold again.
            self._others.append(one)
            if isinstance(each, Stale) and (one.finding in names or not self.review.narrowed):
                self.told.append(harmless(f"{one.finding} was decided, and {each.reason}"))

    def decisions(self) -> tuple[Decision, ...]:
        """All that was decided about today's fixes."""
        found = []
        for item in self.items:
            choice = self.choices.get(item.name)
            if choice is not None and item.candidate is not None:
                also = [one.name for one in item.shared]
                found.append(_decision(item.candidate, choice, also))
        return tuple(found)

    def _save(self) -> None:
        now = self.decisions()
        names = {item.finding for item in now}
        kept = [item for item in self._others if item.finding not in names]
        data = decisions_bytes(made(self.review.names, self.review.state.commit, (*now, *kept)))
        write_file(self.path, data, self.session.root)

    def choice(self, item: Item) -> Choice | None:
        """What was decided about a finding."""
        return self.choices.get(item.name)

    def edited(self, item: Item) -> list[FilePatch]:
        """The files of Changes that somebody edited, each Change by itself."""
        choice = self.choices.get(item.name)
        if choice is None or item.candidate is None:
            return []
        changes = item.candidate.patch.changes
        return [
            file
            for number, diff in sorted(choice.edits.items())
            for file in check_edit(changes[number], diff, self.review.state.project).files
        ]

    def decide(self, number: int, choice: Choice | None) -> None:
        """Decide about a finding, or take that back (``None``)."""
        item = self.items[number]
        self._past.append((number, self.choices.get(item.name)))
        self._set(item, choice)

    def _set(self, item: Item, choice: Choice | None) -> None:
        if choice is None:
            self.choices.pop(item.name, None)
        else:
            self.choices[item.name] = choice
        self._save()

    def accept(self, number: int) -> None:
        """Accept a fix, as far as none of its Changes were left out before."""
        was = self.choices.get(self.items[number].name)
        self.decide(number, replace(was, verdict=Verdict.ACCEPT) if was else Choice(Verdict.ACCEPT))

    def skip(self, number: int) -> None:
        """Skip a fix."""
        was = self.choices.get(self.items[number].name)
        self.decide(number, replace(was, verdict=Verdict.SKIP) if was else Choice(Verdict.SKIP))

    def turn(self, number: int, change: int) -> None:
        """Leave one Change of a fix out, or take it again."""
        was = self.choices.get(self.items[number].name) or Choice(Verdict.ACCEPT)
        self.decide(number, replace(was, verdict=Verdict.ACCEPT, off=was.off ^ {change}))

    def edit(self, number: int, change: int, diff: str | None) -> None:
        """Take one Change as somebody edited it, or as it was (``None``)."""
        was = self.choices.get(self.items[number].name) or Choice(Verdict.ACCEPT)
        edits = {key: value for key, value in was.edits.items() if key != change}
        if diff is not None:
            edits[change] = diff
        self.decide(
            number, replace(was, verdict=Verdict.ACCEPT, off=was.off - {change}, edits=edits)
        )

    def undo(self) -> int | None:
        """Take the last decision back; which finding it was about."""
        if not self._past:
            return None
        number, choice = self._past.pop()
        self._set(self.items[number], choice)
        return number

    def is_open(self, number: int) -> bool:
        """Whether something is still to be decided."""
        item = self.items[number]
        return item.candidate is not None and item.name not in self.choices

    def counts(self) -> str:
        """How far it is, in words."""
        fixes = sum(item.candidate is not None for item in self.items)
        words = [choice.verdict for choice in self.choices.values()]
        accepted = words.count(Verdict.ACCEPT)
        left = fixes - len(words)
        return f"{accepted} accepted · {len(words) - accepted} skipped · {left} to decide"


def _decision(candidate: Candidate, choice: Choice, also: Sequence[str]) -> Decision:
    numbers = range(len(candidate.sites))
    each = [
        Verdict.SKIP if choice.verdict is Verdict.SKIP or number in choice.off else Verdict.ACCEPT
        for number in numbers
    ]
    return decision(candidate, each, [choice.edits.get(number) for number in numbers], also)


def _ordered(items: Iterable[Item]) -> Sequence[Item]:
    """What can be decided first, the worst of it first; else as the reports have them."""

    def order(item: Item) -> tuple[bool, int]:
        severity = item.result.resolution.finding.severity
        return item.candidate is None, severity.rank if severity else 9

    return sorted(items, key=order)
