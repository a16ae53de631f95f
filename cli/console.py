"""Consoles for results and for people, and text that may come from anywhere."""

from __future__ import annotations

import os
import sys

from rich.console import Console

from .options import Color


def console(color: Color, *, stderr: bool, quiet: bool) -> Console:
    """A console on stdout or stderr.

    ``NO_COLOR`` counts for :attr:`Color.AUTO` only: who says ``--color always`` means it.
    """
    stream = sys.stderr if stderr else sys.stdout
    always = color is Color.ALWAYS
    plain = color is Color.NEVER or (not always and bool(os.environ.get("NO_COLOR")))
    return Console(
        stderr=stderr,
        quiet=quiet,
        force_terminal=True if always else None,
        no_color=False if always else None,
        # Without a colour system nothing is styled at all, not even bold.
        color_system=None if plain else "auto",
        # What is shown comes from reports and code: nothing in it is markup.
        markup=False,
        emoji=False,
        highlight=False,
        # A pipe has no width: what reads it wraps and cuts for itself.
        soft_wrap=not stream.isatty(),
    )
