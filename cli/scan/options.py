"""The options of ``scan`` and ``baseline``, each declared once."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from codemods.output.formats import ScanFormat

from ..options import complete_codemod


class FailOn(enum.StrEnum):
    """From which safety on a site counts for the exit status; the engine is not imported for it."""

    SAFE = "safe"
    REVIEW = "review"
    DISPLAY = "display"


def complete_scanning(incomplete: str) -> list[str]:
    """For the shell: names of codemods that have a scan, also behind commas."""
    from codemods.transforms import catalogue

    scanning = {name for name, item in catalogue().items() if item.scans}
    return [text for text in complete_codemod(incomplete) if text.rpartition(",")[2] in scanning]


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
        autocompletion=complete_scanning,
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="NAME",
        help="Not these codemods.",
        show_default=False,
        autocompletion=complete_scanning,
    ),
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
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="REF",
        help="Only files that changed since the work tree left REF.",
        show_default=False,
    ),
]
ChangedLines = Annotated[
    bool, typer.Option("--changed-lines", help="With --since: only sites on changed lines.")
]
StdinFilename = Annotated[
    str | None,
    typer.Option(
        "--stdin-filename",
        metavar="NAME",
        help="With `-`: the path that the source on stdin has. The fixed source goes to "
        "stdout, or what another option asks for.",
        show_default=False,
    ),
]
Fix = Annotated[bool, typer.Option("--fix", help="Write fixes that are safe.")]
UnsafeFixes = Annotated[
    bool,
    typer.Option("--unsafe-fixes", help="With --fix or --diff: also those to be reviewed."),
]
Diff = Annotated[
    bool, typer.Option("--diff", help="Print what --fix would write, for `git apply`.")
]
Check = Annotated[bool, typer.Option("--check", help="Print nothing: only the exit status.")]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")]
FailOnSafety = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on",
        help="The weakest safety with which a site counts for the exit status. "
        "[default: the setting `fail-on`, else display: every site]",
        show_default=False,
    ),
]
NoBaseline = Annotated[
    bool, typer.Option("--no-baseline", help="Count the sites of the baseline, too.")
]
Statistics = Annotated[
    bool,
    typer.Option("--statistics", help="Sites by codemod, and where the time went."),
]
Jobs = Annotated[
    int,
    typer.Option("--jobs", "-j", min=0, help="Processes; 0: as many as fit.", metavar="N"),
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--output-file", metavar="FILE", help="Write there, not to stdout.", show_default=False
    ),
]
OutputFormat = Annotated[
    ScanFormat | None,
    typer.Option("--output-format", help="What is written. [default: text]", show_default=False),
]
BaselineOutput = Annotated[
    Path | None,
    typer.Option(
        "--output-file",
        metavar="FILE",
        help="The file. [default: the setting `baseline`, else .autofix-baseline.json]",
        show_default=False,
    ),
]
