"""``autofix codemods``: the catalogue, and one entry explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from .context import Session
from .exit import DONE, UserError
from .options import Common, complete_codemod, with_common

if TYPE_CHECKING:
    from codemods.codemod import Codemod


@with_common
def codemods(
    common: Common,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="Explain one.",
            show_default=False,
            autocompletion=complete_codemod,
        ),
    ] = None,
) -> int:
    """List the catalogue, or explain one codemod with its options."""
    session = Session(common)
    from codemods.output.json import codemod_json

    from .rendering import write_json

    if name is None:
        if session.json:
            write_json(
                {
                    "version": 1,
                    "codemods": [codemod_json(item) for item in session.codemods.values()],
                }
            )
        else:
            _print_all(session, session.codemods)
        return DONE
    found = session.codemods.get(name.replace("_", "-"))
    if found is None:
        from codemods.project.settings import did_you_mean

        raise UserError(
            f"no codemod is called {name!r}{did_you_mean(name, session.codemods)}; "
            "`autofix codemods` lists them"
        )
    if session.json:
        write_json({"version": 1, "codemods": [codemod_json(found)]})
    else:
        _print_one(session, found)
    return DONE


def _print_all(session: Session, catalogue: Mapping[str, Codemod]) -> None:
    from codemods.output.styled import styled

    from .rendering import print_table

    rows = [(styled(item.name), styled(item.summary)) for item in catalogue.values()]
    print_table(session.out, ("codemod", "what it does"), rows, ("what it does",))


def _print_one(session: Session, codemod: Codemod) -> None:
    from codemods.output.json import plain
    from codemods.output.styled import styled

    session.out.print(styled(codemod.name, style="bold"))
    session.out.print()
    session.out.print(styled(codemod.documentation.strip()))
    if codemod.options:
        session.out.print()
        session.out.print(styled(f"Options, under [tool.autofix.{codemod.name}]:", style="bold"))
        for item in codemod.options:
            session.out.print(styled(f"  {item.name} = {plain(item.default)!r}: {item.help}"))
    if not codemod.scans:
        session.out.print()
        session.out.print(styled("It needs a finding: it does not run in a scan."))
