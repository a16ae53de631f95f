"""``autofix apply --decisions``: exactly what was accepted in a review."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.output.json import result_json
from codemods.output.styled import styled

from .context import Session
from .deciding import (
    How,
    Row,
    decided_items,
    decided_rows,
    is_own,
    read_for,
    stacked,
    write_decided,
)
from .exit import DONE, NOT_FIXED
from .fixing import tell_failed
from .rendering import outcome_text, write_diff, write_json
from .selecting import Reports
from .tables import print_table

if TYPE_CHECKING:
    from codemods.output.finding_documents import DecidedDocument


def apply_decisions(
    session: Session, path: Path, base: str | None, how: How, *, dry_run: bool
) -> int:
    """Write what a file accepts, as it was shown; the exit status."""
    session.need_repository("decisions need git, which compares patches")
    session, decisions = read_for(session, path)
    edits = is_own(session, path)
    state = session.state(base, how.in_place)
    reports = Reports(session)
    allow = how.allow
    found = decided_items(session, reports, decisions.decisions, state, allow)
    rows = decided_rows(session, found, decisions.decisions, state.project, allow, edits=edits)
    if how.in_place:
        rows = stacked(session, rows, state.project, allow, edits=edits)
    if not dry_run:
        rows = write_decided(session, reports, rows, state, how)
    tell_rows(session, rows, dry_run=dry_run)
    return DONE if all(row.done for row in rows) else NOT_FIXED


def tell_rows(session: Session, rows: Sequence[Row], *, dry_run: bool = False) -> None:
    """The branches, or the diff, to stdout, and what became of each decision as a table."""
    if session.json:
        write_json({"version": 1, "decisions": [row_json(row) for row in rows]})
        return
    for row in rows:
        result = row.result
        if result is None or not row.accepted or row.stale:
            continue
        if dry_run and result.patch is not None:
            files = result.patch.files
            write_diff(session.out, files, result.diff, forced=session.forced_color)
        elif result.branch and not result.problem:
            session.out.print(result.branch, soft_wrap=True)
    headers = ("finding", "decision", "outcome", "branch or reason")
    cells = [
        (
            styled(", ".join((row.decision.finding, *row.decision.also))),
            styled(row.decision.decision.value),
            outcome_text(row.outcome, written=True),
            styled(row.reason),
        )
        for row in rows
    ]
    if cells:
        print_table(session.say, headers, cells, ("finding", "branch or reason"))
    tell_failed([row.result for row in rows if row.result], session)
    names = dict.fromkeys(row.outcome for row in rows)
    counts = [f"{sum(row.outcome == name for row in rows)} {name}" for name in names]
    session.note(", ".join(counts) or "that file contains no decisions")


def row_json(row: Row) -> DecidedDocument:
    """What became of a decision."""
    decision = row.decision
    return {
        "finding": decision.finding,
        "also": list(decision.also),
        "key": decision.key,
        "patch": decision.patch,
        "decision": decision.decision.value,
        "outcome": row.outcome,
        "reason": row.reason,
        "result": result_json(row.result) if row.result else None,
    }
