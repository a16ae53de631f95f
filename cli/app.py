"""The Typer app: which commands there are, and how one is run."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from .apply import apply
from .baseline import baseline
from .bot import bot
from .bowler import bowler
from .brief import brief
from .check import check
from .codemods import codemods
from .config import config
from .demo import demo
from .diff import diff
from .exit import DONE, WRONG, guarded, say
from .init import init
from .list import list_findings
from .new import new
from .outlets import outlets
from .publish import publish
from .review import review
from .run import run_codemod
from .scan import scan
from .show import show
from .status import status
from .test import test
from .undo import undo

app = typer.Typer(
    name="autofix",
    help="From the findings of a backend audit to merged fixes, one branch a finding.",
    invoke_without_command=True,
    # Plain help: typer's rich one imports a Markdown parser before anything is asked for.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("list", short_help="List the findings and their state in today's code.")(list_findings)
app.command("show", short_help="Show one finding with its diff, or why there is none.")(show)
app.command("apply", short_help="Rewrite the code for findings, on branches.")(apply)
app.command("diff", short_help="Print what apply would write.")(diff)
app.command("review", short_help="Read the fixes, accept or skip each, write the accepted ones.")(
    review
)
app.command("run", short_help="Run one codemod at one place, without a report.")(run_codemod)
app.command("undo", short_help="Delete the branch of a finding.")(undo)
app.command("scan", short_help="Find the patterns without a report.")(scan)
app.command("baseline", short_help="Record the current sites, so that scans report only new ones.")(
    baseline
)
app.command("status", short_help="Show which findings are open and which are fixed, by what.")(
    status
)
app.command("check", short_help="Show what autofix reads in a report, and what is missing.")(check)
app.command("brief", short_help="Print how to write a report.")(brief)
app.add_typer(bot, name="bot", short_help="Open pull requests for fixes, and keep them up to date.")
app.command("publish", short_help="Open an issue for each finding that has none.")(publish)
app.command("codemods", short_help="List the catalogue, or explain one codemod.")(codemods)
app.command("new", short_help="Write the files of a new codemod.")(new)
app.command("test", short_help="Run the cases of codemods.")(test)
app.add_typer(bowler, name="bowler", short_help="Run Bowler's queries through autofix's checks.")
app.command("config", short_help="Print the effective settings and where each comes from.")(config)
app.command("init", short_help="Set up a project: settings, pre-commit, a workflow.")(init)
app.command("demo", short_help="Run autofix on a sample project.")(demo)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"autofix {version('autofix-codemods')}")
        raise typer.Exit(DONE)


@app.callback()
def _main(
    context: typer.Context,
    _version_asked: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """From the findings of a backend audit to merged fixes, one branch a finding."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(WRONG)


SHOWN = "autofix-shown"
"""The name of how stdout shows what its encoding does not know."""


def _shown(error: UnicodeError) -> tuple[str, int]:
    """A byte of a file's name that is no text is escaped; in place of a dash or ellipsis that a
    terminal does not know stands a question mark."""
    assert isinstance(error, UnicodeEncodeError)
    character = error.object[error.start]
    number = ord(character)
    shown = f"\\x{number - 0xDC00:02x}" if 0xDC80 <= number <= 0xDCFF else "?"
    return shown, error.start + 1


VALUE_OPTIONAL = frozenset({"--verify"})
"""Options that mean something without their value, too."""


def with_values(arguments: Sequence[str]) -> list[str]:
    """The arguments, with an empty value where one is left out: typer has no such options."""
    found: list[str] = []
    for number, argument in enumerate(arguments):
        following = arguments[number + 1 : number + 2]
        if argument == "--":
            return [*found, *arguments[number:]]
        bare = argument in VALUE_OPTIONAL and (not following or following[0].startswith("-"))
        found.append(f"{argument}=" if bare else argument)
    return found


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the exit status."""
    with outlets() as lost:
        if isinstance(sys.stdout, io.TextIOWrapper):
            codecs.register_error(SHOWN, _shown)
            sys.stdout.reconfigure(errors=SHOWN)
        status = guarded(
            lambda: app(args=with_values(arguments), prog_name="autofix", standalone_mode=False)
        )
        reason = lost()
        if reason is not None:
            say(f"stdout: {reason}")
            return WRONG
        return status
