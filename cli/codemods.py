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
            help="The codemod to explain.",
            show_default=False,
            autocompletion=complete_codemod,
        ),
    ] = None,
    page: Annotated[
        bool,
        typer.Option("--page", help="Print its page in Markdown, with the cases of fixtures/NAME."),
    ] = False,
) -> int:
    """List the catalogue, or explain one codemod with its options."""
    session = Session(common)
    if page and (name is None or session.json):
        raise UserError("--page writes the Markdown page of one codemod: name it")
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
    from .selecting import known_codemod

    found = session.codemods[known_codemod(session, name)]
    if page:
        _print_page(session, found)
    elif session.json:
        write_json({"version": 1, "codemods": [codemod_json(found)]})
    else:
        _print_one(session, found)
    return DONE


def _print_page(session: Session, codemod: Codemod) -> None:
    from codemods.output.page import cases_of, page
    from codemods.testing import CaseError
    from codemods.testing.cases import case_of

    from .rendering import write_bytes

    folders = cases_of(session.common.folder / "fixtures" / codemod.name)
    try:
        for folder in folders:
            case_of(folder, session.codemods)
    except CaseError as error:
        raise UserError(str(error)) from None
    write_bytes(page(codemod, folders).encode())


def _print_all(session: Session, catalogue: Mapping[str, Codemod]) -> None:
    from codemods.codemod import by_area
    from codemods.output.styled import styled

    from .tables import print_table

    rows = []
    for area, items in by_area(catalogue.values()).items():
        rows.append((styled(area, style="bold"), styled("")))
        rows += [(styled(item.name), styled(item.summary)) for item in items]
    print_table(session.out, ("codemod", "what it does"), rows, ("what it does",))


def _print_one(session: Session, codemod: Codemod) -> None:
    from codemods.engine.plans import plan_fields
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
    if rows := plan_fields(codemod):
        session.out.print()
        session.out.print(styled("Its plan, for `autofix run` and for reports:", style="bold"))
        for row in rows:
            session.out.print(styled(f"  {row.name}: {row.type}{row.default}  {row.help}"))
    if not codemod.scans:
        session.out.print()
        session.out.print(styled("It needs a finding or a plan: it does not run in a scan."))
