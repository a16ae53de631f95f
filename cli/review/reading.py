"""What a review is about: every finding of the reports, as it is today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from codemods.engine.same import same_fixes
from codemods.output.entries import Entry, entry, other

from ..context import Session, State
from ..deciding import How, Item, items
from ..fixing import chosen
from ..selecting import Reports


@dataclass(frozen=True, slots=True)
class Review:
    """The findings of a review, and where they were read."""

    reports: Reports
    names: tuple[str, ...]
    """The reports, as decisions name them."""
    state: State
    items: tuple[Item, ...]
    """One for each defect: what several findings say of it stands together."""
    how: How
    """How what is accepted is written."""
    narrowed: bool
    """Whether the reports hold more findings than those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which findings are to be reviewed; nothing said: all of them."""

    named: Sequence[str] = ()
    severities: Sequence[str] = ()
    codemods: Sequence[str] = ()

    @property
    def narrowed(self) -> bool:
        """Whether it may leave some out."""
        return bool(self.named or self.severities or self.codemods)


def opened(
    session: Session, base: str | None = None, how: How | None = None, wanted: Wanted | None = None
) -> Review:
    """Resolve every finding that is meant."""
    how, wanted = how or How(), wanted or Wanted()
    state = session.state(base, how.in_place)
    reports = Reports(session)
    names = tuple(dict.fromkeys(item.report for item in reports.all()))
    findings = chosen(session, reports, wanted.named, wanted.severities, wanted.codemods)
    found = items(session, reports, findings, state, how.allow)
    return Review(reports, names, state, tuple(_one_each(found)), how, wanted.narrowed)


def _one_each(found: Sequence[Item]) -> Iterator[Item]:
    """The findings, those that one fix answers as one: the worst of them with the others."""
    for members in same_fixes([one.result.resolution for one in found]):
        first, *others = members
        yield replace(found[first], others=tuple(found[number] for number in sorted(others)))


def entry_of(item: Item, review: Review) -> Entry:
    """A finding as it is shown."""
    made, project = item.candidate, review.state.project
    if made is None:
        return entry(item.result, project, item.name)
    return entry(
        item.result,
        project,
        item.name,
        also=[other(one.result, one.name, same=one in item.shared) for one in item.others],
        key=made.key,
        patch_id=made.patch_id,
        marks=[site.mark for site in made.sites],
    )
