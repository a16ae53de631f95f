"""What a codemod is: functions, and the data that passes between them.

``recognise`` says whether a finding means it, and with which plan; ``find`` decides, on
:mod:`ast`, what is to be done or why not. What it decides for one place is the payload of an
operation, a value whose ``edit`` carries it out on one libcst node and decides nothing. A codemod
is a module in :mod:`codemods.transforms` (or an entry point of the group ``autofix.codemods``)
that holds a :class:`Codemod` under the name ``codemod``.
"""

from __future__ import annotations

from codemods.codemod.change import (
    NO_NODE,
    NOT_AS_SHOWN,
    AddImport,
    Change,
    DeleteFile,
    DropImport,
    DropLines,
    Edit,
    Edited,
    Node,
    Operation,
    Payload,
    Refusal,
    Safety,
    SetLines,
    Site,
    Unit,
    by_position,
)
from codemods.codemod.entry import AuditWords, Codemod, Option, by_area
from codemods.codemod.match import Match
from codemods.codemod.scope import Hints, Place, Plan, Scope, itself, lines_of, overlaps, site_of

__all__ = [
    "NOT_AS_SHOWN",
    "NO_NODE",
    "AddImport",
    "AuditWords",
    "Change",
    "Codemod",
    "DeleteFile",
    "DropImport",
    "DropLines",
    "Edit",
    "Edited",
    "Hints",
    "Match",
    "Node",
    "Operation",
    "Option",
    "Payload",
    "Place",
    "Plan",
    "Refusal",
    "Safety",
    "Scope",
    "SetLines",
    "Site",
    "Unit",
    "by_area",
    "by_position",
    "itself",
    "lines_of",
    "overlaps",
    "site_of",
]
