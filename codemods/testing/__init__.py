"""Runs the cases of a codemod: folders with a file before and after, for ours and for plug-ins.

``autofix test`` and the project's own tests call the same functions. A case that fails raises a
:class:`CaseError` whose message says what was given in place of what was wanted.
"""

from __future__ import annotations

from codemods.testing.cases import Case, CaseError, Result, cases, changed_by, patched
from codemods.testing.checks import check, check_balance, check_proof, run

__all__ = [
    "Case",
    "CaseError",
    "Result",
    "cases",
    "changed_by",
    "check",
    "check_balance",
    "check_proof",
    "patched",
    "run",
]
