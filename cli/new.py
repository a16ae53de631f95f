"""``autofix new``: the files of a codemod of one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from .context import Session
from .exit import DONE, UserError
from .options import Common, with_common

FOLDER = "autofix_plugins"
"""Where the module goes if ``--plugins`` names no folder."""
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@with_common
def new(
    common: Common,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Lowercase words with hyphens: warn-to-warning.")
    ],
) -> int:
    """Write the files of a new codemod: a module that works, three cases, and its page.

    The module goes into the folder of --plugins, which is made. Files that exist stay as they are:
    nothing is written then.
    """
    session = Session(common)
    if not _NAME.fullmatch(name):
        raise UserError(f"{name!r} is not a name: use lowercase words with hyphens")
    from codemods.output.page import cases_of, page
    from codemods.project.writing import WriteError, place
    from codemods.transforms import Catalogue, catalogue

    from .files import write_below
    from .new_files import files_of

    if name in catalogue():
        raise UserError(f"a codemod named {name} already exists")
    top = session.common.folder.resolve()
    folder = _folder(common, top)
    files = dict(files_of(name, folder))
    shown = f"docs/{name}.md"
    for path in (*files, shown):
        try:
            taken = place(top, path).exists()
        except WriteError as error:
            raise UserError(str(error)) from error
        if taken:
            raise UserError(f"{path} already exists: nothing was written")
    for path, text in files.items():
        write_below(top, path, None, text.encode())
    codemod = Catalogue([top / folder])[name]
    text = page(codemod, cases_of(top / "fixtures" / name))
    write_below(top, shown, None, text.encode())
    for path in (*files, shown):
        session.out.print(path, soft_wrap=True)
    session.note(f"next: change them, then `autofix test {name} --plugins {folder}`")
    return DONE


def _folder(common: Common, top: Path) -> str:
    """Where the module goes, from the top.

    Raises:
        UserError: when that lies elsewhere.
    """
    if not common.plugins:
        return FOLDER
    try:
        inside = common.plugins[0].resolve().relative_to(top)
    except ValueError:
        raise UserError(f"--plugins: {common.plugins[0]} is outside {top}") from None
    if inside == Path():
        raise UserError("--plugins: name a folder for codemods alone, not the project itself")
    return inside.as_posix()
