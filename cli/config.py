"""``autofix config`` and ``autofix init``: what is in force, and what a project could have."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE, UserError
from .options import Common, with_common

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .init_files import Planned

DEFAULT = "default"


@with_common
def config(common: Common) -> int:
    """Print the settings that are in force, and where each comes from.

    Unknown keys and values of a wrong type are told one a line, with what may have been meant.
    """
    session = Session(common)
    rows = list(_rows(session))
    if session.json:
        from .rendering import write_json

        named = [{"name": name, "value": value, "origin": origin} for name, value, origin in rows]
        write_json({"version": 1, "settings": named})
        return DONE
    from codemods.output.styled import styled

    from .rendering import print_table

    session.note(f"project: {session.top}")
    cells = [
        (
            styled(name),
            styled(origin, "dim" if origin == DEFAULT else "green"),
            styled(_shown(value)),
        )
        for name, value, origin in rows
    ]
    print_table(session.out, ("setting", "from", "value"), cells, ("value",))
    return DONE


def _rows(session: Session) -> Iterator[tuple[str, object, str]]:
    """Name, value and origin of each setting."""
    from codemods.engine.scanning.baseline import DEFAULT_NAME
    from codemods.output.json import plain
    from codemods.project.settings import Settings

    from .selecting import DEFAULT_REPORTS

    settings, unset = session.settings, Settings()
    origin = settings.origin or DEFAULT
    scanning = tuple(name for name, item in session.codemods.items() if item.scans)
    known: tuple[tuple[str, object, object, object], ...] = (
        ("reports", settings.reports, unset.reports, DEFAULT_REPORTS),
        ("exclude", settings.exclude, unset.exclude, ()),
        ("select", settings.select, unset.select, scanning),
        ("ignore", settings.ignore, unset.ignore, ()),
        ("branch-prefix", settings.branch_prefix, unset.branch_prefix, unset.branch_prefix),
        ("base", settings.base, unset.base, None),
        ("verify", settings.verify, unset.verify, None),
        ("baseline", settings.baseline, unset.baseline, DEFAULT_NAME),
        ("fail-on", settings.fail_on, unset.fail_on, unset.fail_on),
    )
    for name, value, untouched, default in known:
        if value == untouched:
            yield name, plain(default), DEFAULT
        else:
            yield name, plain(value), origin
    for codemod, options in session.defaults.items():
        given = settings.options(codemod)
        for option, default in options.items():
            where = origin if option in given else DEFAULT
            yield f"{codemod}.{option}", plain(given.get(option, default)), where
    for item in settings.per_path:
        where = f'per-path."{item.pattern}"'
        for key, names in (("select", item.select), ("ignore", item.ignore)):
            if names:
                yield f"{where}.{key}", list(names), origin
        for codemod, table in item.tables.items():
            for option, value in table.items():
                yield f"{where}.{codemod}.{option}", plain(value), origin


def _shown(value: object) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "(none)"
    return str(value)


@with_common
def init(
    common: Common,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", "--write", help="Write without asking; shown is it anyway."),
    ] = False,
) -> int:
    """Set a project up: settings, an entry for pre-commit, a workflow.

    What would be written is shown as a diff first. What is there already stays as it is, with its
    comments.
    """
    session = Session(common)
    from .init_files import plan, written

    planned = plan(session.top)
    for item in planned:
        if item.note:
            session.note(f"{item.path}: {item.note}")
    changes = [item for item in planned if item.changed]
    if not changes:
        session.note("everything is there already")
        return DONE
    _show(session, changes)
    if not (yes or _agreed(session)):
        session.note("nothing was written: --yes writes it")
        return DONE
    for path in written(session.top, changes):
        session.note(f"written: {path}")
    return DONE


def _show(session: Session, changes: list[Planned]) -> None:
    from codemods.engine.outcomes import FilePatch
    from codemods.output.diff import unified_diff

    from .rendering import write_diff

    files = [FilePatch(item.path, item.before or b"", item.after) for item in changes]
    new = {item.path: "100644" for item in changes if item.before is None}
    write_diff(session.out, unified_diff(files, new), forced=session.forced_color)


def _agreed(session: Session) -> bool:
    """Ask, where somebody can answer."""
    if not (sys.stdin.isatty() and session.say.is_terminal):
        return False
    session.say.print("Write this? [y/N] ", end="")
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        raise UserError("no answer: nothing was written") from None
