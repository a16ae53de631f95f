"""autofix: from the findings of a backend audit to merged fixes.

What is named here is the public API, for plug-ins and for other tools; everything else may move.
"""

from __future__ import annotations

from codemods.codemod import (
    AddImport,
    Change,
    Codemod,
    DeleteFile,
    DropImport,
    Operation,
    Option,
    Place,
    Plan,
    Refusal,
    Safety,
    Scope,
    Site,
    Unit,
)
from codemods.findings.model import Code, Field, Finding, LineRange, Location, Severity, Status

__all__ = [
    "AddImport",
    "Change",
    "Code",
    "Codemod",
    "DeleteFile",
    "DropImport",
    "Field",
    "Finding",
    "LineRange",
    "Location",
    "Operation",
    "Option",
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
