"""autofix: from the findings of a backend audit to merged fixes.

What is named here is the public API, for plug-ins and for other tools; everything else may move.
"""

from __future__ import annotations

from codemods.codemod import (
    AddImport,
    AuditWords,
    Change,
    Codemod,
    DeleteFile,
    DropImport,
    DropLines,
    Edited,
    Hints,
    Match,
    Node,
    Operation,
    Option,
    Payload,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
    Site,
    Unit,
)
from codemods.demands.demands import Demands
from codemods.findings.model import Code, Field, Finding, LineRange, Location, Severity, Status

__all__ = [
    "AddImport",
    "AuditWords",
    "Change",
    "Code",
    "Codemod",
    "DeleteFile",
    "Demands",
    "DropImport",
    "DropLines",
    "Edited",
    "Field",
    "Finding",
    "Hints",
    "LineRange",
    "Location",
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
    "Severity",
    "Site",
    "Status",
    "Unit",
]
