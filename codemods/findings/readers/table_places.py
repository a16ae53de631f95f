"""The places that a table names: by a column that says so, or one of nothing but files."""

from __future__ import annotations

from collections.abc import Sequence

from codemods.findings.readers.blocks import Kind, blocks_of
from codemods.findings.readers.lexicon import severity_of_word
from codemods.findings.readers.locations import locations_of
from codemods.findings.roles import Role, role_of

Rows = Sequence[tuple[int, Sequence[str]]]
"""Lines and cells; the first one is the head."""


def roles_of(rows: Rows) -> list[Role | None]:
    """The role of each column; a column of nothing but files is the place, whatever its name, and
    one of nothing but severities the severity."""
    roles = [role_of(cell) or _of_pair(cell) for cell in rows[0][1]]
    if not {Role.SEVERITY, Role.PRIORITY} & set(roles):
        _name_severities(roles, rows)
    if Role.PLACE in roles:
        return roles
    for index, role in enumerate(roles):
        cells = [cells[index] for _, cells in rows[1:] if index < len(cells)]
        if (
            role in (None, Role.AREA)
            and cells
            and all(
                any(at.path and at.path.endswith(".py") for at in locations_of(cell))
                for cell in cells
            )
        ):
            roles[index] = Role.PLACE
            break
    return roles


def _of_pair(head: str) -> Role | None:
    """The role of a column ``Before → After``, whose cells say what is wrong and what is right."""
    sides = [role_of(side) for side in head.split("→")]
    return Role.FIX if sides == [Role.EVIDENCE, Role.FIX] else None


def _name_severities(roles: list[Role | None], rows: Rows) -> None:
    """Names the column whose cells are severities, if there is one: ``How bad``."""
    for index, role in enumerate(roles):
        cells = [cells[index] for _, cells in rows[1:] if index < len(cells)]
        if role is None and cells and all(severity_of_word(cell) is not None for cell in cells):
            roles[index] = Role.SEVERITY
            return


def places_in_tables(text: str) -> str:
    """The places of all tables of a text, as they are written."""
    if "|" not in text:
        return ""
    tables = (item.rows for item in blocks_of(text.split("\n")) if item.kind is Kind.TABLE)
    return ", ".join(filter(None, map(_places, tables)))


def _places(rows: Rows) -> str:
    """The places that the rows of a table name, if a column of it says where; with their lines,
    where another one has them."""
    roles = roles_of(rows) if len(rows) > 1 else []
    if Role.PLACE not in roles:
        return ""
    found = []
    for _, cells in rows[1:]:
        said = dict(zip(roles, cells, strict=False))
        place, line = said.get(Role.PLACE, "").strip(), said.get(Role.LINE, "").strip("`*~ ")
        at = locations_of(place)
        if len(at) == 1 and at[0].path and not at[0].lines and line[:1].isdigit():
            place = f"`{at[0].path}:{line}`"
        if any(item.path for item in at):
            found.append(place)
    return ", ".join(found)
