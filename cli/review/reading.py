"""What a review is about: every finding of the reports, as it is today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codemods.codemod import Safety
from codemods.engine.same import also
from codemods.output.entries import Entry, entry

from ..context import Session, State
from ..deciding import Item, items
from ..selecting import Reports, of_severity


@dataclass(frozen=True, slots=True)
class Review:
    """The findings of a review, and where they were read."""

    reports: Reports
    names: tuple[str, ...]
    """The reports, as decisions name them."""
    state: State
    items: tuple[Item, ...]
    in_place: bool
    narrowed: bool
    """Whether the reports hold more findings than those."""
    also: Mapping[str, Sequence[str]]
    """What other reports call the same finding, by name."""


def opened(
    session: Session, base: str | None, *, in_place: bool, severities: Sequence[str] | None
) -> Review:
    """Resolve every finding that is meant."""
    state = session.state(base, in_place)
    reports = Reports(session)
    findings = reports.all()
    names = tuple(dict.fromkeys(item.report for item in findings))
    if severities:
        findings = of_severity(findings, severities)
    found = items(session, reports, findings, state, Safety.REVIEW)
    others = also([one.result.resolution for one in found])
    same = {one.name: named for one, named in zip(found, others, strict=True)}
    return Review(reports, names, state, tuple(found), in_place, bool(severities), same)


def entry_of(item: Item, review: Review) -> Entry:
    """A finding as it is shown."""
    made, project = item.candidate, review.state.project
    if made is None:
        return entry(item.result, project, item.name)
    return entry(
        item.result,
        project,
        item.name,
        also=review.also.get(item.name, ()),
        key=made.key,
        patch_id=made.patch_id,
        marks=[site.mark for site in made.sites],
    )
