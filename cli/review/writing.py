"""From decisions to branches, or to files: what a review comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from codemods.delivery.repository import RepositoryError
from codemods.delivery.review.decisions import Decision

from ..deciding import Row, decided_rows, stacked, write_decided
from ..exit import UserError
from .state import Reviewing


def write(reviewing: Reviewing, decisions: Iterable[Decision]) -> list[Row]:
    """Write what was accepted; what became of each decision."""
    review, session = reviewing.review, reviewing.session
    project, how = review.state.project, review.how
    rows = decided_rows(session, review.items, decisions, project, how.allow, edits=True)
    if how.in_place:
        rows = stacked(session, rows, project, how.allow, edits=True)
    return write_decided(session, review.reports, rows, review.state, how)


def write_from_screen(
    reviewing: Reviewing,
    decisions: Iterable[Decision],
    suspend: Callable[[], AbstractContextManager[None]],
) -> list[Row]:
    """The same, from a screen: it makes way where others want the terminal. A push may ask for a
    password, and the project's own command takes its time and is told.

    Raises:
        UserError: when nothing can be written at all; the decisions are kept.
    """
    how = reviewing.review.how
    try:
        if how.push or how.verify is not None:
            with suspend():
                return write(reviewing, decisions)
        return write(reviewing, decisions)
    except (RepositoryError, OSError) as error:
        raise UserError(str(error)) from error
