"""Findings that are rows of a table whose head says what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.findings.model import Field
from codemods.findings.readers.entries import Above, Entry, cell_field, first_sentence
from codemods.findings.readers.lexicon import names, says
from codemods.findings.readers.locations import locations_of
from codemods.findings.readers.table_places import Rows, roles_of
from codemods.findings.readers.words import Heading, says_well
from codemods.findings.roles import Role

_TOLD = (Role.TITLE, Role.PROBLEM, Role.FIX, Role.EVIDENCE)


def rows_of(rows: Rows, above: Above, chapter: str) -> Iterator[Entry]:
    """The findings of a table.

    Args:
        rows: lines and cells; the first one is the head.
        above: what the headings above the table say.
        chapter: the title right above, which says the problem where no column does.
    """
    if len(rows) < 2:
        return
    heads = [cell.strip(" *`").lower() for cell in rows[0][1]]
    roles = roles_of(rows)
    if not _is_of_findings(heads, roles, above, chapter):
        return
    for line, cells in rows[1:]:
        entry = _row(line, [cell.strip() for cell in cells], roles, above, chapter)
        if entry is not None and entry.is_finding():
            yield entry


def _is_of_findings(heads: list[str], roles: list[Role | None], above: Above, chapter: str) -> bool:
    said = set(roles)
    if len(set(heads) & names("table", "packages")) > 1 or roles.count(Role.SEVERITY) > 1:
        return False
    if Role.VERDICT in said or set(heads) & (names("table", "counts") | names("table", "logs")):
        return False
    if Role.PLACE not in said and above.place is None:
        return {Role.ID, Role.SEVERITY} <= said and bool(said & {Role.PROBLEM, Role.TITLE})
    if said & {Role.PROBLEM, Role.TITLE} or {Role.FIX, Role.SEVERITY} <= said:
        return True
    # ``File | Line | Fix`` below ``Pattern 1: asyncio.run()``: the chapter says what is wrong.
    if Role.LINE in said:
        return bool(said & set(_TOLD) or says("chapter", "findings", chapter))
    return above.severity is not None and Role.PRIORITY in said


def _row(
    line: int, cells: list[str], roles: list[Role | None], above: Above, chapter: str
) -> Entry | None:
    fields = [
        cell_field(role, cell, line)
        for role, cell in zip(roles, cells, strict=False)
        if role is not None and cell.strip(" -–—*") and role not in (Role.ID, Role.TITLE)
    ]
    fields = [part for item in fields for part in _sides(item)]
    said: dict[Role | None, str] = {}
    for role, cell in zip(roles, cells, strict=False):
        if re.search(r"[^\W\d_]{3}", cell) or role not in (Role.PROBLEM, Role.TITLE):
            said.setdefault(role, cell)
    if {Role.TITLE, Role.PROBLEM} & set(roles):
        chapter = ""
    written = said.get(Role.TITLE) or said.get(Role.PROBLEM) or chapter or said.get(Role.FIX) or ""
    if not re.search(r"[^\W\d_]{3}", written) and not _is_cjk(written):
        return None
    heading = Heading(first_sentence(written))
    own = re.match(r"[*`\s]{0,6}([^\s*`()|,]{1,40})", said.get(Role.ID) or "")
    heading.id = own[1] if own is not None else heading.id
    if not any(item.name == Role.PROBLEM for item in fields):
        fields.append(cell_field(Role.PROBLEM, written, line))
    entry = Entry(line, heading, above, fields)
    if says_well(said.get(Role.SEVERITY, "")):
        return None
    named = any(at.path or at.symbol for at in locations_of(said.get(Role.PLACE, "")))
    if Role.PLACE in roles and not named and heading.id is None and not entry.has_severity:
        # ``All other findings | various`` is a remark on the table.
        return None
    return entry


def _sides(item: Field) -> tuple[Field, ...]:
    """A cell with wrong and right code, ```a` → `b```, as evidence and fix."""
    wrong, arrow, right = item.text.partition("→")
    marked = all(side.strip().startswith("`") for side in (wrong, right))
    if item.name != Role.FIX or not arrow or not marked:
        return (item,)
    return cell_field(Role.EVIDENCE, wrong, item.line), cell_field(Role.FIX, right, item.line)


def _is_cjk(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in text)
