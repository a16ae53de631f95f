"""``autofix bot``: fixes become pull requests, and stay true."""

from __future__ import annotations

import typer

from .event import event
from .run import dashboard, explain, run

bot = typer.Typer(
    help="Open pull requests for fixes, and keep them up to date.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
bot.command("run", short_help="Decide what to do; with --apply, do it.")(run)
bot.command("event", short_help="Handle the event that started a workflow.")(event)
bot.command("dashboard", short_help="Print the dashboard.")(dashboard)
bot.command("explain", short_help="Say why a finding has a pull request, or none.")(explain)

__all__ = ["bot"]
