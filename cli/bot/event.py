"""``autofix bot event``: what an event of a GitHub workflow asks for."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codemods.reading import read_given

from ..context import Session
from ..exit import DONE, UserError
from ..options import Common, with_common
from .options import ForgeOptions, RunOptions, Summary
from .run import carried_out, explained, is_meant, shown, work_of

if TYPE_CHECKING:
    from codemods.delivery.bot.events import Reaction
    from codemods.delivery.bot.run import Report

    from .work import Work


@with_common
def event(
    common: Common,
    forge: ForgeOptions,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="The event. [default: GITHUB_EVENT_PATH]", show_default=False
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--event-name",
            metavar="NAME",
            help="The name of the event. [default: GITHUB_EVENT_NAME]",
            show_default=False,
        ),
    ] = None,
    summary: Summary = None,
) -> int:
    """Carry out what an event asks for: a command in a comment, a ticked box, a push, a merge.

    It writes, as `bot run --apply` does; events that mean nothing end with 0 and a line.
    """
    session = Session(common)
    work = work_of(session, forge)
    document = _event(file)
    from codemods.delivery.bot.events import react

    kind = name or os.environ.get("GITHUB_EVENT_NAME") or ""
    reaction = react(kind, document, work.github, work.bot_settings)
    session.note(reaction.line)
    if reaction.refused:
        _answer(work, reaction, reaction.refused, content="confused")
        return DONE
    if not reaction.run:
        return DONE
    asked = RunOptions(apply=True, summary=summary)
    report = carried_out(work, asked, dict(reaction.told or {}))
    if reaction.comment is not None:
        _reply(work, reaction, report)
    return shown(session, report)


def _event(file: Path | None) -> Mapping[str, Any]:
    path = file or Path(os.environ.get("GITHUB_EVENT_PATH") or "")
    if path == Path():
        raise UserError("which event? Name its file, or set GITHUB_EVENT_PATH")
    try:
        document = json.loads(read_given(path).decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: not an event ({' '.join(str(error).split())})") from None
    if not isinstance(document, dict):
        raise UserError(f"{path}: not an event")
    return document


def _reply(work: Work, reaction: Reaction, report: Report) -> None:
    """A reaction where it was done, else one comment that says why not."""
    from codemods.delivery.bot.commands import Word

    rows = [row for row in report.rows if is_meant(f"#{reaction.number}", row.item, row.number)]
    word = reaction.command.word if reaction.command else None
    if word is Word.EXPLAIN:
        lines = [text for row in rows for text in explained(row)]
        _answer(work, reaction, "\n".join(lines) or "autofix did not open this pull request")
    elif not rows:
        _answer(work, reaction, "autofix did not open this pull request", content="confused")
    elif undone := "; ".join(filter(None, (row.undone for row in rows))):
        _answer(work, reaction, undone, content="confused")
    elif any(row.decision.line for row in rows):
        _answer(work, reaction, "; ".join(row.decision.line for row in rows))
    else:
        work.github.react(reaction.comment or 0, "+1")


def _answer(work: Work, reaction: Reaction, text: str, content: str = "+1") -> None:
    from codemods.delivery.inert import fenced

    mark = f"<!-- autofix:re {reaction.comment} -->"
    work.github.react(reaction.comment or 0, content)
    work.github.comment(reaction.number or 0, f"{fenced(text, 'text')}\n\n{mark}", mark)
