"""``autofix bowler``: queries of Bowler, hosted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE, NOT_FIXED, UserError
from .options import Common, with_common

if TYPE_CHECKING:
    from codemods.bowler.running import QueryRun

bowler = typer.Typer(
    help="Run Bowler's queries through autofix's checks.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryOptions:
    """Which queries run, and where."""

    script: Annotated[Path, typer.Argument(metavar="FILE", help="The script. Its code runs.")]
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="[PATHS]...",
            help="Files and folders. [default: those of each query]",
            show_default=False,
        ),
    ] = field(default_factory=list)
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Write the files. [default: print a diff]")
    ] = False
    force: Annotated[
        bool, typer.Option("--force", help="Also write files with uncommitted changes.")
    ] = False


@with_common
def run_script(common: Common, asked: QueryOptions) -> int:
    """Run a script's queries in memory: print a diff for `git apply`, or write with --in-place.

    FILE is a script as `bowler run` takes it. Its code runs, its queries only say what the text
    becomes: bytes outside of their hunks, encoding, newlines and byte order mark stay, and every
    file must pass autofix's checks. Files that fissix cannot read are named.

    Exit status: 0 when every file was looked at, 1 when one could not be read or rewritten, 2 for
    wrong use.
    """
    session = Session(common)
    from codemods.bowler.running import QueryRun, run_query
    from codemods.bowler.scripts import ScriptError, queries_of
    from codemods.project.files import WorkTreeFiles
    from codemods.project.project import Project

    arguments = [str(path) for path in asked.paths]
    try:
        queries = queries_of(asked.script, arguments)
    except ScriptError as error:
        raise UserError(str(error)) from None
    top = session.root
    project = Project(WorkTreeFiles(top))
    parts = []
    changed: dict[str, bytes | None] = {}
    for query in queries:
        paths = _chosen(session, asked.paths or [Path(path) for path in query.paths])
        done = run_query(project.with_changes(changed), query, paths)
        changed |= {item.path: item.after for item in done.patches}
        parts.append(done)
    ran = QueryRun.joined(parts)
    return _report(session, ran, asked)


def _chosen(session: Session, paths: list[Path]) -> tuple[str, ...]:
    """The project's Python files among what is named.

    Raises:
        UserError: for what does not exist, or lies elsewhere.
    """
    from codemods.engine.scanning.scope import ScopeError, relative
    from codemods.project.scanned_files import select_files

    top = session.root.resolve()
    folder = session.common.folder.resolve()
    try:
        named = [relative(top, folder / path) for path in paths]
        return select_files(top, named, exclude=session.settings.exclude).paths
    except ScopeError as error:
        raise UserError(str(error)) from None
    except FileNotFoundError as error:
        raise UserError(f"{error}: no such file or folder") from None


def _report(session: Session, ran: QueryRun, asked: QueryOptions) -> int:
    from codemods.output.diff import unified_diff
    from codemods.output.words import counted

    from .rendering import write_diff, write_json

    left = [(item.path, item.reason) for item in ran.left]
    if asked.in_place:
        left += _write(session, ran, asked.force)
    lost = {path for path, _ in left}
    changed = [item.path for item in ran.patches if item.path not in lost]
    if session.json:
        write_json(
            {
                "version": 1,
                "changed": changed,
                "skipped": [{"path": path, "reason": reason} for path, reason in left],
                "again": [*ran.again],
            }
        )
    elif not asked.in_place:
        diff = unified_diff(ran.patches)
        write_diff(session.out, ran.patches, diff, forced=session.forced_color)
    for path, reason in left:
        session.warn(f"{path}: not rewritten: {reason}")
    for path in ran.again:
        session.note(f"{path}: a second run would change it again")
    wrote = "written" if asked.in_place else "would change"
    session.note(
        f"{counted(len(ran.looked), 'file')}: {len(changed)} {wrote}, {len(left)} not rewritten"
    )
    return NOT_FIXED if left else DONE


def _write(session: Session, ran: QueryRun, force: bool) -> list[tuple[str, str]]:
    """Write each file; those that could not be, with the reason."""
    from codemods.delivery.worktree import NotWritten, write_in_place
    from codemods.engine.outcomes import Patch

    patches = [Patch((item,), ()) for item in ran.patches]
    answers = write_in_place(session.root, patches, repository=session.repository, force=force)
    return [
        (patch.files[0].path, answer.reason)
        for patch, answer in zip(patches, answers, strict=True)
        if isinstance(answer, NotWritten)
    ]


bowler.command("run", short_help="Run a script's queries: print a diff, or write.")(run_script)
