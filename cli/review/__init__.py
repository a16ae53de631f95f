"""``autofix review``: read fixes, decide, and have exactly that applied."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..context import Session
from ..exit import DONE, NOT_FIXED, UserError
from ..options import (
    BaseRef,
    Codemods,
    Common,
    Force,
    Identifiers,
    InPlace,
    Push,
    Severities,
    VerifyCommand,
    VerifyTimeout,
    with_common,
)

if TYPE_CHECKING:
    from ..deciding import Row
    from .state import Reviewing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOptions:
    """What the user asked of ``review``."""

    identifiers: Identifiers = field(default_factory=list)
    severity: Severities = None
    codemod: Codemods = None
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write one self-contained page, which saves decisions for apply --decisions.",
            show_default=False,
        ),
    ] = None
    plain: Annotated[
        bool,
        typer.Option(
            "--plain",
            help="Ask about each Change, as git add -p does; the default without a terminal.",
        ),
    ] = False
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Write each fix when it is accepted, not at the end.")
    ] = False
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Keep the decisions; write nothing else.")
    ] = False
    base: BaseRef = None
    in_place: InPlace = False
    push: Push = False
    verify: VerifyCommand = None
    verify_timeout: VerifyTimeout = 900
    force: Force = False

    @property
    def mistake(self) -> str | None:
        """Which options do not go together, in one line; ``None``: they do."""
        writes = self.push or self.verify is not None
        if self.html is not None and (self.plain or self.at_once or self.dry_run or writes):
            return "--html writes a page: it asks nothing and applies nothing"
        if self.at_once and self.dry_run:
            return "--at-once writes and --dry-run does not: choose one"
        if self.push and (self.dry_run or self.in_place):
            return "--push needs branches: it cannot be combined with --dry-run or --in-place"
        if self.verify is not None and (self.dry_run or self.in_place):
            return "--verify needs branches: it cannot be combined with --dry-run or --in-place"
        return None


@with_common
def review(common: Common, asked: ReviewOptions) -> int:
    """Read the fixes of the reports, accept or skip each, and write what was accepted.

    Decisions are kept in git's folder, and the next review continues from there.

    Exit status: 0 when everything that was accepted is written, 1 when something is not, 2 for
    wrong use or an internal error.
    """
    if asked.mistake is not None:
        raise UserError(asked.mistake)
    session = Session(common)
    session.need_repository("decisions need git, which compares patches")
    from ..deciding import How
    from ..writing import verify_asked
    from .reading import Wanted, opened

    verify = verify_asked(session, asked.verify, asked.verify_timeout)
    how = How(in_place=asked.in_place, push=asked.push, force=asked.force, verify=verify)
    wanted = Wanted(
        named=asked.identifiers, severities=asked.severity or (), codemods=asked.codemod or ()
    )
    found = opened(session, asked.base, how, wanted)
    if asked.html is not None:
        from .page import write_page

        return write_page(session, found, asked.html)
    from .state import Reviewing

    reviewing = Reviewing(session, found)
    for line in reviewing.told:
        session.note(line, "yellow")
    if asked.plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _finished(reviewing, _plain(reviewing, asked))
    from .screen import run_screen

    return _finished(reviewing, run_screen(reviewing, at_once=asked.at_once, dry_run=asked.dry_run))


def _plain(reviewing: Reviewing, asked: ReviewOptions) -> list[Row]:
    from .plain import Plain
    from .writing import write

    rows: list[Row] = []

    def decided(number: int) -> None:
        if asked.at_once:
            name = reviewing.items[number].name
            mine = [item for item in reviewing.decisions() if item.finding == name]
            rows.extend(write(reviewing, mine))

    Plain(reviewing, decided).run()
    if asked.dry_run or asked.at_once:
        return rows
    return write(reviewing, reviewing.decisions())


def _finished(reviewing: Reviewing, rows: Sequence[Row]) -> int:
    from ..decided import tell_rows

    if rows or reviewing.session.json:
        tell_rows(reviewing.session, rows)
    return DONE if all(row.done for row in rows) else NOT_FIXED
