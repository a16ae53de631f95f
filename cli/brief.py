"""``autofix brief``: how a report has to be written, for people and language models."""

from __future__ import annotations

from typing import Annotated

import typer

from .context import Session
from .exit import DONE
from .options import Common, complete_codemod, with_common


@with_common
def brief(
    common: Common,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CODEMOD]",
            help="Print only these codemods.",
            show_default=False,
            autocompletion=complete_codemod,
        ),
    ] = None,
) -> int:
    """Print the form of a finding and the catalogue, for whoever writes an audit.

    Give it to a reviewer, or put it into the prompt of a language model; `autofix check` tells
    what became of the report.
    """
    session = Session(common)
    from codemods.output.brief import brief_of

    from .selecting import known_codemod

    chosen = [session.codemods[known_codemod(session, name)] for name in names or ()]
    text = brief_of(chosen or list(session.codemods.values()))
    session.out.print(text, markup=False, highlight=False, soft_wrap=True, end="")
    return DONE
