"""The options of ``scan`` and ``baseline``: each is a field, and declared nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from codemods.codemod import Safety
from codemods.output.formats import ScanFormat

from ..options import complete_codemod

STDIN = Path("-")


def complete_scanning(incomplete: str) -> list[str]:
    """For the shell: names of codemods that have a scan, also behind commas."""
    from codemods.transforms import catalogue

    scanning = {name for name, item in catalogue().items() if item.scans}
    return [text for text in complete_codemod(incomplete) if text.rpartition(",")[2] in scanning]


Jobs = Annotated[
    int,
    typer.Option("--jobs", "-j", min=0, help="Processes; 0: one for each processor.", metavar="N"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Where is looked, and who looks."""

    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="[PATHS]...",
            help="Files and folders; `-` reads one file from stdin. [default: the project]",
            show_default=False,
        ),
    ] = field(default_factory=list)
    select: Annotated[
        list[str],
        typer.Option(
            "--select",
            metavar="NAME",
            help="Run only these codemods; separate them with commas or repeat the option.",
            show_default=False,
            autocompletion=complete_scanning,
        ),
    ] = field(default_factory=list)
    ignore: Annotated[
        list[str],
        typer.Option(
            "--ignore",
            metavar="NAME",
            help="Do not run these codemods.",
            show_default=False,
            autocompletion=complete_scanning,
        ),
    ] = field(default_factory=list)
    exclude: Annotated[
        list[str],
        typer.Option(
            "--exclude",
            metavar="PATTERN",
            help="Also leave out these files; in the syntax of .gitignore.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    force_exclude: Annotated[
        bool,
        typer.Option(
            "--force-exclude", help="Also leave out files that are named on the command line."
        ),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions(Which):
    """What the user asked of ``scan``."""

    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="REF",
            help="Only files that changed since the work tree left REF.",
            show_default=False,
        ),
    ] = None
    changed_lines: Annotated[
        bool, typer.Option("--changed-lines", help="With --since: only sites on changed lines.")
    ] = False
    stdin_filename: Annotated[
        str | None,
        typer.Option(
            "--stdin-filename",
            metavar="NAME",
            help="With `-`: the path of the source on stdin. The fixed source goes to stdout, "
            "unless another option asks for something else.",
            show_default=False,
        ),
    ] = None
    fix: Annotated[bool, typer.Option("--fix", help="Write the safe fixes.")] = False
    unsafe_fixes: Annotated[
        bool,
        typer.Option("--unsafe-fixes", help="With --fix or --diff: also fixes that need a review."),
    ] = False
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what --fix would write, for `git apply`.")
    ] = False
    add_ignore: Annotated[
        bool,
        typer.Option(
            "--add-ignore",
            help="Write `# autofix: ignore[NAME]` on the line of each site. With a baseline, only "
            "new ones.",
        ),
    ] = False
    check: Annotated[
        bool, typer.Option("--check", help="Print nothing; only set the exit status.")
    ] = False
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 even if the scan finds something.")
    ] = False
    fail_on: Annotated[
        Safety | None,
        typer.Option(
            "--fail-on",
            help="The weakest safety with which a site counts for the exit status. "
            "[default: the setting `fail-on`, else review]",
            show_default=False,
        ),
    ] = None
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline",
            metavar="FILE",
            help="Do not count the sites that this file lists. "
            "[default: the setting `baseline`, else .autofix-baseline.json if it is there]",
            show_default=False,
        ),
    ] = None
    no_baseline: Annotated[
        bool, typer.Option("--no-baseline", help="Also count the sites of the baseline.")
    ] = False
    statistics: Annotated[
        bool,
        typer.Option(
            "--statistics", help="Print the sites of each codemod, and where the time went."
        ),
    ] = False
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Do not read or write the cache.")
    ] = False
    cache_dir: Annotated[
        Path | None,
        typer.Option(
            "--cache-dir",
            metavar="DIR",
            help="Where to keep the cache. [default: .autofix_cache]",
            show_default=False,
        ),
    ] = None
    jobs: Jobs = 0
    output_file: Annotated[
        Path | None,
        typer.Option(
            "--output-file",
            metavar="FILE",
            help="Write to this file, not to stdout.",
            show_default=False,
        ),
    ] = None
    summary: Annotated[
        Path | None,
        typer.Option(
            "--summary",
            metavar="FILE",
            help="Also write the result to this file as Markdown, for a job summary.",
            show_default=False,
        ),
    ] = None
    format: Annotated[
        ScanFormat | None,
        typer.Option(
            "--output-format", help="The format of the result. [default: text]", show_default=False
        ),
    ] = None

    @property
    def allow(self) -> Safety:
        """The weakest safety that is written."""
        return Safety.REVIEW if self.unsafe_fixes else Safety.SAFE

    @property
    def fixes(self) -> bool:
        """Whether anything is rewritten, for the files or for a diff."""
        return self.fix or self.diff or self.prints_source

    @property
    def keeps(self) -> bool:
        """Whether what an earlier scan saw will do. Times are told of what was done, and some
        formats have the fix of each site, which is worked out from what was found."""
        shows_fixes = self.format is not None and self.format.shows_fixes
        return not (self.no_cache or self.statistics or shows_fixes)

    @property
    def prints_source(self) -> bool:
        """Whether stdout gets the fixed source of stdin."""
        quiet = self.check or self.diff or self.format is not None
        return self.stdin_filename is not None and (self.fix or not quiet)

    @property
    def mistake(self) -> str | None:
        """Which options do not go together, in one line; ``None``: they do."""
        if self.changed_lines and self.since is None:
            return "--changed-lines needs --since REF"
        if self.fix and self.diff:
            return "--fix and --diff cannot be combined"
        if self.unsafe_fixes and not (self.fix or self.diff or self.stdin_filename):
            return "--unsafe-fixes needs --fix or --diff"
        if self.check and (self.fix or self.diff):
            return "--check only sets the exit status: it cannot be combined with --fix or --diff"
        if self.add_ignore and (self.fix or self.diff or self.check or self.stdin_filename):
            return "--add-ignore writes comments and nothing else: no --fix, --diff, --check or `-`"
        if self.baseline is not None and self.no_baseline:
            return "--baseline and --no-baseline cannot be combined"
        if self.no_cache and self.cache_dir is not None:
            return "--no-cache and --cache-dir cannot be combined"
        piped = STDIN in self.paths
        if piped != (self.stdin_filename is not None):
            return "`-` and --stdin-filename NAME need each other"
        if piped and (len(self.paths) > 1 or self.since is not None):
            return "`-` cannot be combined with other paths or --since"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineOptions(Which):
    """What the user asked of ``baseline``."""

    jobs: Jobs = 0
    output_file: Annotated[
        Path | None,
        typer.Option(
            "--output-file",
            metavar="FILE",
            help="The file. [default: the setting `baseline`, else .autofix-baseline.json]",
            show_default=False,
        ),
    ] = None
