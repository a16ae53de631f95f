"""``autofix bot run``, ``dashboard`` and ``explain``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ..context import Session
from ..exit import NOT_FIXED, UserError
from ..options import Common, with_common
from .options import ForgeOptions, RunOptions
from .work import Work, limited

if TYPE_CHECKING:
    from codemods.delivery.bot.matching import Matched
    from codemods.delivery.bot.rows import Row
    from codemods.delivery.bot.run import Report, Told
    from codemods.output.documents import BotDocument


@with_common
def run(common: Common, forge: ForgeOptions, asked: RunOptions) -> int:
    """Look at reports, code and pull requests, decide, and print it; with --apply do it.

    Nothing is opened before `enabled = true` stands under [tool.autofix.bot] on the base branch,
    nor by the very first run, which makes the dashboard.

    Exit status: 0 when everything that was to be done is done, 1 when something is not, 2 for
    settings, credentials and permissions.
    """
    session = Session(common)
    report = carried_out(work_of(session, forge), asked, {})
    return shown(session, report)


@with_common
def dashboard(common: Common, forge: ForgeOptions) -> int:
    """Print the dashboard as it would be now; nothing is written."""
    session = Session(common)
    report = carried_out(work_of(session, forge), RunOptions(), {})
    session.out.out(report.page)
    return report.status


@with_common
def explain(
    common: Common,
    what: Annotated[
        str, typer.Argument(metavar="ID|#PR|KEY", help="A finding, a pull request, or a key.")
    ],
    forge: ForgeOptions,
) -> int:
    """Say which rule applies to a finding or pull request, and on what evidence."""
    session = Session(common)
    report = carried_out(work_of(session, forge), RunOptions(), {})
    rows = [row for row in report.rows if is_meant(what, row.item, row.number)]
    if not rows:
        raise UserError(f"no finding, pull request or key is called {what!r}")
    for row in rows:
        for text in explained(row):
            session.out.out(text)
    return 0


def work_of(session: Session, forge: ForgeOptions) -> Work:
    """What a run works on, with the reports and issues that the command names."""
    from ..selecting import Reports

    return Work(session, forge, lambda work: Reports(session, work=work))


def carried_out(work: Work, asked: RunOptions, told: dict[str, Told]) -> Report:
    """One run."""
    from codemods.delivery.bot.run import Report, Request
    from codemods.delivery.forge.protocol import ForgeError, Trouble

    session = work.session
    try:
        settings = limited(work.bot_settings, asked.open_limit, asked.per_run)
        if asked.verify is not None:
            settings = replace(settings, verify=asked.verify)
        only = _only(session, asked)
        subjects = work.subjects()
        bot = work.bot(subjects, settings)
        request = Request(
            apply=asked.apply, told=told, only=only, unreadable=tuple(work.unreadable)
        )
        report = bot.run(subjects, request)
    except ForgeError as error:
        if error.trouble is not Trouble.LIMITED:
            raise
        session.warn(str(error))
        return Report((), "", (), None, NOT_FIXED)
    if asked.summary is not None:
        from ..files import write_file

        write_file(asked.summary, report.page.encode(), session.top)
    for name in asked.only:
        if not any(is_meant(name, row.item, row.number) for row in report.rows):
            session.warn(f"{name!r} is no finding, pull request or key that is known there")
            report = replace(report, status=max(report.status, NOT_FIXED))
    return report


def _only(session: Session, asked: RunOptions) -> Callable[[Matched], bool] | None:
    from ..selecting import known_codemod, severities_of

    if not (asked.only or asked.severity or asked.codemod):
        return None
    codemods = {known_codemod(session, name) for name in asked.codemod}
    severities = severities_of(asked.severity or ())

    def meant(item: Matched) -> bool:
        subject = item.subject
        number = item.open.pull.number if item.open is not None else None
        if asked.only and not any(is_meant(name, item, number) for name in asked.only):
            return False
        if severities and (subject is None or subject.severity not in severities):
            return False
        return not codemods or (subject is not None and subject.codemod in codemods)

    return meant


def is_meant(name: str, item: Matched, number: int | None) -> bool:
    """Whether a name is of a subject: a finding's id, a selector, a key, or ``#41``."""
    if name.startswith("#"):
        past = [old.pull.number for old in item.past]
        return name[1:].isdigit() and int(name[1:]) in (number, *past)
    if len(name) >= 6 and item.key.startswith(name):
        return True
    selectors = item.subject.selectors if item.subject is not None else ()
    return any(name.lower() in (one.lower(), one.rpartition(":")[2].lower()) for one in selectors)


def shown(session: Session, report: Report) -> int:
    """Print what became of a run; its exit status."""
    for note in report.notes:
        session.note(note)
    if session.json:
        from ..rendering import write_json

        write_json(document(report))
        return report.status
    for row in report.rows:
        number = f"#{row.shown_number}" if row.shown_number else "-"
        session.out.print(
            f"{row.state:8} {row.key} {number:>6} {row.name}: {row.words}",
            soft_wrap=True,
            markup=False,
            highlight=False,
        )
        for text in row.written:
            session.note(f"  {text}")
    session.note(_counted(report.rows))
    return report.status


def _counted(rows: Sequence[Row]) -> str:
    names = dict.fromkeys(str(row.state) for row in rows)
    counts = (f"{sum(str(row.state) == name for row in rows)} {name}" for name in names)
    return ", ".join(counts) or "no findings and no open pull requests"


def document(report: Report) -> BotDocument:
    """A run as JSON."""
    return {
        "version": 1,
        "dashboard": report.dashboard,
        "rows": [
            {
                "key": row.key,
                "selectors": list(row.item.subject.selectors) if row.item.subject else [],
                "state": str(row.state),
                "words": row.words,
                "rule": row.decision.rule,
                "outcome": str(row.seen.found),
                "pull_request": row.number,
                "branch": row.seen.branch.name if row.seen.branch else None,
                "asked": str(row.seen.ask) if row.seen.ask else None,
                "written": list(row.written),
                "problem": row.problem or None,
            }
            for row in report.rows
        ],
    }


def explained(row: Row) -> list[str]:
    """The rule that applied to a subject, and what was seen."""
    seen, item = row.seen, row.item
    lines = [f"{row.name} ({row.key}): {row.state}: {row.words}", f"  rule: {row.decision.rule}"]
    if item.subject is not None:
        lines.append(f"  findings: {', '.join(item.subject.selectors)}")
        lines.append(f"  today's code: {item.subject.outcome}: {item.subject.reason}")
    if seen.branch is not None:
        facts = [
            word
            for word, holds in (
                ("differs from today's patch", seen.branch.differs),
                ("conflicts with the base", seen.branch.conflicts),
                ("is based on an older commit", seen.branch.behind),
            )
            if holds
        ]
        facts += [seen.branch.foreign] if seen.branch.foreign else []
        told = "; ".join(facts) or "same as today's fix"
        lines.append(f"  branch {seen.branch.name} at {seen.branch.tip[:10]}: {told}")
    for past in seen.past:
        closed = f"closed by autofix: {past.closing}" if past.closing else ""
        how = "merged" if past.merged else closed
        lines.append(f"  #{past.number}: {how or 'someone closed it'}")
    if row.decision.box is not None:
        lines.append(f"  available on request: {row.decision.box}")
    for step in row.decision.steps:
        lines.append(f"  next: {type(step).__name__.lower()}")
    return lines
