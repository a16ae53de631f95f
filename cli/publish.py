"""``autofix publish``: findings become issues."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .bot.options import ForgeOptions
from .bot.run import work_of
from .context import Session
from .exit import DONE, NOT_FIXED, UserError
from .options import Common, with_common

if TYPE_CHECKING:
    from codemods.output.documents import PublishedDocument

_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """What is published."""

    apply: Annotated[
        bool, typer.Option("--apply", help="Open the issues; without it autofix only prints them.")
    ] = False
    date: Annotated[
        str | None,
        typer.Option(
            "--date",
            metavar="DATE",
            help="The date that titles start with. [default: the report's date, else today]",
            show_default=False,
        ),
    ] = None
    label: Annotated[
        list[str],
        typer.Option(
            "--label",
            metavar="NAME",
            help="Labels to add to the severity and `autofix`. [default: backend, bug]",
            show_default=False,
        ),
    ] = field(default_factory=list)


@with_common
def publish(common: Common, forge: ForgeOptions, asked: PublishOptions) -> int:
    """Open an issue for each finding that has none, and print the summary table.

    autofix recognizes a finding in any report by its fix, or by its place and evidence, and reads
    all issues that were ever opened for findings. A finding whose issue was closed gets a new issue
    with a link, unless the old one was closed as not planned.

    Exit status: 0 when every issue that was to be opened is open, 1 when one is not, 2 for
    settings, credentials and permissions.
    """
    session = Session(common)
    if asked.date is not None and not _DATE.fullmatch(asked.date):
        raise UserError(f"{asked.date!r} is not a date such as 2026-03-02")
    from codemods.delivery.forge.protocol import LABEL
    from codemods.delivery.publish.publishing import publish as open_issues
    from codemods.delivery.publish.publishing import table

    work = work_of(session, forge)
    facts = work.github.repository()
    if not facts.has_issues:
        raise UserError(f"issues are disabled in {facts.name}: enable them in its settings")
    subjects = work.subjects()
    labels = [LABEL, *(asked.label or ("backend", "bug"))]
    date = asked.date or _date([item.finding.report for item in subjects])
    rows = open_issues(work.github, subjects, date=date, labels=labels, apply=asked.apply)
    if session.json:
        from .rendering import write_json

        write_json({"version": 1, "rows": [_document(row) for row in rows]})
    else:
        for text in table(rows):
            session.out.out(text)
    if not asked.apply and any(row.decision.action.opens for row in rows):
        session.note("nothing was written: pass --apply to open the issues")
    return NOT_FIXED if any(row.problem for row in rows) else DONE


def _date(reports: list[str]) -> str:
    """The date of the newest report, as its name has it."""
    found = [date for report in reports for date in _DATE.findall(report)]
    return max(found, default=datetime.date.today().isoformat())


def _document(row: Any) -> PublishedDocument:
    decision = row.decision
    return {
        "key": decision.subject.key,
        "selectors": list(decision.subject.selectors),
        "action": str(decision.action),
        "of": decision.issue,
        "why": decision.why or None,
        "alike": list(decision.alike),
        "issue": row.issue,
        "problem": row.problem or None,
    }
