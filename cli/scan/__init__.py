"""``autofix scan`` and ``autofix baseline``: the patterns, looked for without a report."""

from __future__ import annotations

from pathlib import Path

from ..context import Session
from ..exit import UserError
from ..options import Common, with_common
from .options import (
    BaselineFile,
    BaselineOutput,
    ChangedLines,
    Check,
    Diff,
    Exclude,
    ExitZero,
    FailOnSafety,
    Fix,
    ForceExclude,
    Ignore,
    Jobs,
    NoBaseline,
    OutputFile,
    OutputFormat,
    Paths,
    Select,
    Since,
    Statistics,
    StdinFilename,
    UnsafeFixes,
)


@with_common
def scan(
    common: Common,
    paths: Paths = None,
    select: Select = None,
    ignore: Ignore = None,
    exclude: Exclude = None,
    force_exclude: ForceExclude = False,
    since: Since = None,
    changed_lines: ChangedLines = False,
    stdin_filename: StdinFilename = None,
    fix: Fix = False,
    unsafe_fixes: UnsafeFixes = False,
    diff: Diff = False,
    check: Check = False,
    exit_zero: ExitZero = False,
    fail_on: FailOnSafety = None,
    baseline: BaselineFile = None,
    no_baseline: NoBaseline = False,
    statistics: Statistics = False,
    jobs: Jobs = 0,
    output_file: OutputFile = None,
    format: OutputFormat = None,
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
    from codemods.codemod import Safety

    from .request import Request
    from .run import scan as run

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
        fail_on=Safety(fail_on.value) if fail_on else None,
        baseline=baseline,
        no_baseline=no_baseline,
        statistics=statistics,
        jobs=jobs,
        output_file=output_file,
        format=format,
    )
    return run(Session(common), request)


@with_common
def baseline(
    common: Common,
    paths: Paths = None,
    select: Select = None,
    ignore: Ignore = None,
    exclude: Exclude = None,
    force_exclude: ForceExclude = False,
    jobs: Jobs = 0,
    output_file: BaselineOutput = None,
) -> int:
    """Write down the sites that stand there now, so that a scan counts only new ones.

    A site keeps its entry when lines move, and loses it when its own line is edited. With PATHS
    the entries of other files stay as they are.
    """
    from .request import Request
    from .run import write_baseline

    request = Request(
        paths=tuple(paths or ()),
        select=tuple(select or ()),
        ignore=tuple(ignore or ()),
        exclude=tuple(exclude or ()),
        force_exclude=force_exclude,
        jobs=jobs,
        output_file=output_file,
        no_baseline=True,
    )
    return write_baseline(Session(common), request)
