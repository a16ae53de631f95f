"""autofix: from the findings of a backend audit to merged fixes.

What is named here is the public API, for plug-ins and for other tools; everything else may move.
"""

from __future__ import annotations

import os
import sys

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
    # ``python -m codemods``: a module of the repository that is looked at must not pass for one of
    # ours, nor of what we import. One that is called as we are still would: that takes ``-P``.
    _folder = os.getcwd()  # noqa: PTH109 (pathlib could be one of those modules)
    if sys.path[:1] == [_folder] and os.path.dirname(__path__[0]) != _folder:  # noqa: PTH120
        del sys.path[0]

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
