"""From decisions to branches, or to files: what a review comes to."""

from __future__ import annotations

from collections.abc import Iterable

from codemods.codemod import Safety
from codemods.delivery.review.decisions import Decision

from ..deciding import Row, decided_rows, stacked, write_decided
from .state import Reviewing


def write(reviewing: Reviewing, decisions: Iterable[Decision]) -> list[Row]:
    """Write what was accepted; what became of each decision."""
    review, session = reviewing.review, reviewing.session
    project = review.state.project
    rows = decided_rows(session, review.items, decisions, project, Safety.REVIEW, edits=True)
    if review.in_place:
        rows = stacked(session, rows, project, Safety.REVIEW, edits=True)
    return write_decided(session, review.reports, rows, review.state, in_place=review.in_place)
