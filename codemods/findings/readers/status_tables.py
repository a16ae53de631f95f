"""What a table says came of findings that are told elsewhere in the report: ``| ID | Status |``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from codemods.findings.model import Finding, Status
from codemods.findings.readers.blocks import Block, Kind
from codemods.findings.readers.status import parse_status
from codemods.findings.readers.table_places import roles_of
from codemods.findings.roles import Role

_ID = re.compile(r"(?=[\w.#/-]{0,39}\d)(?=[\w.#/-]{0,39}[^\W\d_])[\w.#/-]{2,40}")
"""Letters and digits: a bare number counts the rows."""
_WORD = re.compile(r"[^\W\d_]{4,}")


def statuses_by_id(blocks: Iterable[Block], findings: Sequence[Finding]) -> dict[int, Status]:
    """The settled statuses that tables give to findings by their ids, by the findings' lines.

    A row that calls something else by that id is of another audit. Nothing is said of a finding
    whose id two findings have, or whose rows do not agree.
    """
    ids = Counter(item.id.lower() for item in findings)
    by_id = {item.id.lower(): item for item in findings if ids[item.id.lower()] == 1}
    said: dict[int, list[Status]] = {}
    for block in blocks:
        if block.kind is not Kind.TABLE or len(block.rows) < 2:
            continue
        roles = roles_of(block.rows)
        if roles.count(Role.ID) > 1 or roles.count(Role.STATUS) != 1:
            continue
        for line, cells in block.rows[1:]:
            row = dict(zip(roles, (cell.strip(" *`~") for cell in cells), strict=False))
            id, named = _named(row)
            finding = by_id.get(id.lower())
            if finding is None or finding.line == line or not _is_same(named, finding.title):
                continue
            said.setdefault(finding.line, []).append(parse_status(row.get(Role.STATUS, "")))
    return {
        line: found[0]
        for line, found in said.items()
        if found[0].kind.is_settled and len({item.kind for item in found}) == 1
    }


def _named(row: Mapping[Role | None, str]) -> tuple[str, str | None]:
    """The id that a row is about, empty for none, and its words: they may share a cell
    (``B-1: a race``)."""
    named = row.get(Role.TITLE) or row.get(Role.PROBLEM)
    id = row.get(Role.ID, "").strip("[]")
    if not id and named:
        id, _, named = (part.strip(" *`[]") for part in named.partition(":"))
    return (id if _ID.fullmatch(id) else ""), named


def _is_same(named: str | None, title: str) -> bool:
    """Whether a row that says what it is of has half of the words of the finding's title, or the
    title half of the row's: long texts share some ``without`` or ``file``, whatever they say."""
    if not named:
        return True
    said, meant = (set(_WORD.findall(text.lower())) for text in (named, title))
    return len(said & meant) * 2 >= max(1, min(len(said), len(meant)))
