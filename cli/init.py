"""``autofix init``: sets a project up."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE, UserError
from .options import Common, with_common

if TYPE_CHECKING:
    from .init_files import Planned


@with_common
def init(
    common: Common,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", "-y", "--write", help="Write without asking; the diff is shown anyway."
        ),
    ] = False,
    bot: Annotated[
        bool, typer.Option("--bot", help="Also write the workflow of the bot; see docs/bot.md.")
    ] = False,
    requirement: Annotated[
        str | None,
        typer.Option(
            "--requirement",
            metavar="REQUIREMENT",
            help="How the hook and the workflows install autofix, as `pip install` takes it. "
            "[default: what is installed here]",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Set up a project: settings, an entry for pre-commit, a workflow.

    The changes are shown as a diff first. Existing settings and comments are kept. The hook and the
    workflows install the autofix that runs here: the version of the index, or the commit of the
    repository. What came from a folder of this machine nobody else can install; then only the
    settings are written, unless --requirement says more.
    """
    session = Session(common)
    from .init_files import plan, written

    install = _install(session, requirement)
    planned = plan(session.top, bot=bot, install=install)
    for item in planned:
        if item.note:
            session.note(f"{item.path}: {item.note}")
    changes = [item for item in planned if item.changed]
    if not changes:
        session.note("everything is set up already")
        return DONE
    _show(session, changes)
    if not (yes or _agreed(session)):
        session.note("nothing was written: pass --yes to write")
        return DONE
    for path in written(session.top, changes):
        session.note(f"written: {path}")
    if bot and install is not None:
        session.note(
            "the bot opens nothing until [tool.autofix.bot] on the default branch has `enabled "
            "= true`"
        )
    return DONE


def _install(session: Session, requirement: str | None) -> str | None:
    """How others install autofix, ``None`` where they cannot, which is told.

    Raises:
        UserError: for what is no requirement.
    """
    from . import installed

    if requirement is not None and (mistake := installed.mistake(requirement)) is not None:
        raise UserError(mistake)
    found = requirement or installed.requirement()
    if found is None:
        session.warn(
            "autofix was installed from a folder of this machine: no hook and no workflow, which "
            "nobody else could run; --requirement says how they install it"
        )
    return found


def _show(session: Session, changes: list[Planned]) -> None:
    from codemods.engine.outcomes import FilePatch
    from codemods.output.diff import unified_diff

    from .rendering import write_diff

    files = [FilePatch(item.path, item.before or b"", item.after) for item in changes]
    new = {item.path: "100644" for item in changes if item.before is None}
    write_diff(session.out, files, unified_diff(files, new), forced=session.forced_color)


def _agreed(session: Session) -> bool:
    """Ask, where somebody can answer."""
    if not (sys.stdin.isatty() and session.say.is_terminal):
        return False
    session.say.print("Write this? [y/N] ", end="")
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        raise UserError("no answer: nothing was written") from None
