"""``autofix scan`` and ``autofix baseline``: the patterns, looked for without a report."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import UserError
from .options import Common, with_common

if TYPE_CHECKING:
    pass


class ScanFormat(enum.StrEnum):
    """How the sites of a scan are written."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    AUDIT = "audit"


Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[PATHS]...",
        help="Files and folders; `-` reads one file from stdin. [default: the project]",
        show_default=False,
    ),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="NAME",
        help="Only these codemods; several with commas, or given several times.",
        show_default=False,
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar="NAME", help="Not these codemods.", show_default=False),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="PATTERN",
        help="Files to leave out, in the syntax of .gitignore, besides those of the settings.",
        show_default=False,
    ),
]
BaselineFile = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help="Sites that are known and do not count. "
        "[default: the setting `baseline`, else .autofix-baseline.json if it is there]",
        show_default=False,
    ),
]
ForceExclude = Annotated[
    bool,
    typer.Option("--force-exclude", help="Leave files out even when they are named outright."),
]


@with_common
def scan(
    common: Common,
    paths: Paths = None,
    select: Select = None,
    ignore: Ignore = None,
    exclude: Exclude = None,
    force_exclude: ForceExclude = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="REF",
            help="Only files that changed since the work tree left REF.",
            show_default=False,
        ),
    ] = None,
    changed_lines: Annotated[
        bool, typer.Option("--changed-lines", help="With --since: only sites on changed lines.")
    ] = False,
    stdin_filename: Annotated[
        str | None,
        typer.Option(
            "--stdin-filename",
            metavar="NAME",
            help="With `-`: the path that the source on stdin has. The fixed source goes to "
            "stdout, or what another option asks for.",
            show_default=False,
        ),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Write fixes that are safe.")] = False,
    unsafe_fixes: Annotated[
        bool,
        typer.Option("--unsafe-fixes", help="With --fix or --diff: also those to be reviewed."),
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what --fix would write, for `git apply`.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Print nothing: only the exit status.")
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")
    ] = False,
    baseline: BaselineFile = None,
    no_baseline: Annotated[
        bool, typer.Option("--no-baseline", help="Count the sites of the baseline, too.")
    ] = False,
    statistics: Annotated[
        bool,
        typer.Option("--statistics", help="Sites by codemod, and where the time went (one job)."),
    ] = False,
    jobs: Annotated[
        int,
        typer.Option("--jobs", "-j", min=0, help="Processes; 0: as many as fit.", metavar="N"),
    ] = 0,
    output_file: Annotated[
        Path | None,
        typer.Option(
            "--output-file", metavar="FILE", help="Write there, not to stdout.", show_default=False
        ),
    ] = None,
    format: Annotated[
        ScanFormat | None,
        typer.Option(
            "--output-format", help="What is written. [default: text]", show_default=False
        ),
    ] = None,
) -> int:
    """Look for the patterns without a report.

    Exit status: 0 when nothing stands there (any more), 1 when something does or a file could not
    be read, 2 for wrong use or an internal error.
    """
    if common.reports:
        raise UserError("scan looks for patterns without a report: --report goes with apply")
    if changed_lines and since is None:
        raise UserError("--changed-lines goes with --since REF")
    if fix and diff:
        raise UserError("--fix writes and --diff only shows: choose one")
    if unsafe_fixes and not (fix or diff or stdin_filename):
        raise UserError("--unsafe-fixes goes with --fix or --diff")
    if check and (fix or diff):
        raise UserError("--check writes and prints nothing: it does not go with --fix or --diff")
    if baseline is not None and no_baseline:
        raise UserError("--baseline and --no-baseline exclude each other")
    given = list(paths or [])
    piped = Path("-") in given
    if piped != (stdin_filename is not None):
        raise UserError("`-` and --stdin-filename NAME go together")
    if piped and (len(given) > 1 or since is not None):
        raise UserError("`-` is the only file then: no other path and no --since")
    from .scan_command import run_scan
    from .scan_request import Request

    request = Request(
        paths=tuple(path for path in given if path != Path("-")),
        select=tuple(select or ()),
        ignore=tuple(ignore or ()),
        exclude=tuple(exclude or ()),
        force_exclude=force_exclude,
        since=since,
        changed_lines=changed_lines,
        stdin_name=stdin_filename,
        fix=fix,
        unsafe=unsafe_fixes,
        diff=diff,
        check=check,
        exit_zero=exit_zero,
        baseline=baseline,
        no_baseline=no_baseline,
        statistics=statistics,
        jobs=jobs,
        output_file=output_file,
        format=format.value if format else None,
    )
    return run_scan(Session(common), request)


@with_common
def baseline(
    common: Common,
    paths: Paths = None,
    select: Select = None,
    ignore: Ignore = None,
    exclude: Exclude = None,
    force_exclude: ForceExclude = False,
    output_file: Annotated[
        Path | None,
        typer.Option(
            "--output-file",
            metavar="FILE",
            help="The file. [default: the setting `baseline`, else .autofix-baseline.json]",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Write down the sites that stand there now, so that a scan counts only new ones.

    A site keeps its entry when lines move, and loses it when its own line is edited. With PATHS
    the entries of other files stay as they are.
    """
    from .scan_command import run_baseline
    from .scan_request import Request

    request = Request(
        paths=tuple(paths or ()),
        select=tuple(select or ()),
        ignore=tuple(ignore or ()),
        exclude=tuple(exclude or ()),
        force_exclude=force_exclude,
        output_file=output_file,
        no_baseline=True,
    )
    return run_baseline(Session(common), request)
