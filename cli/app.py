"""The Typer app: which commands there are, and how one is run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from .applying import apply, diff
from .catalogue import codemods
from .demonstration import demo
from .exit import DONE, guarded
from .listing import list_findings
from .showing import show
from .undoing import undo

app = typer.Typer(
    name="autofix",
    help="From the findings of a backend audit to merged fixes, one branch a finding.",
    no_args_is_help=True,
    # Plain help: typer's rich one imports a Markdown parser before anything is asked for.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("list")(list_findings)
app.command("show")(show)
app.command("apply")(apply)
app.command("diff")(diff)
app.command("undo")(undo)
app.command("codemods")(codemods)
app.command("demo")(demo)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"autofix {version('autofix-codemods')}")
        raise typer.Exit(DONE)


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """From the findings of a backend audit to merged fixes, one branch a finding."""


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the exit status."""
    return guarded(lambda: app(args=list(arguments), prog_name="autofix", standalone_mode=False))
