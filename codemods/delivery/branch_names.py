"""What a finding is called in git, its selector, and what the branch of a fix is called.

Names are made so that ``git check-ref-format`` takes them, whatever the code is called; only the
prefix, which a user chooses, has to be asked about.
"""

from __future__ import annotations

import re
import unicodedata

from codemods.findings.model import Finding

PREFIX = "autofix"
SHORT_KEY = 8
"""Digits of a key in the name of a branch."""
LONGEST_NAME = 60


def selector(finding: Finding, *, repeated: bool = False) -> str:
    """``AUDIT_BACKEND_2026-02-16:B-02``: what the command line takes and the trailer says.

    It holds no word of the title, which gets edited. Args:
        repeated: whether the report has the id more than once; the line then tells them apart.
    """
    name = " ".join(f"{finding.report_name}:{finding.id}".split())
    return f"{name}@{finding.line}" if repeated else name


def branch_name(codemod: str, definition: str, key: str, prefix: str = PREFIX) -> str:
    """The branch of a fix, without ``refs/heads/``: ``autofix/add-exc-info/Shop.pay-3f9a12c7``.

    It is made of code and of no word of a report, so that two runs, or two reports of one defect,
    meet at one branch.

    Args:
        definition: the qualified name of what is changed first, or its module where that is all.
        key: of the fix; as much of it as is given tells its branch from others.
    """
    name = _part(definition) or "code"
    return f"{prefix}/{_part(codemod) or 'fix'}/{name}-{key}"


def _part(text: str) -> str:
    """What git and every file system take of a name; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    mapped = re.sub(r"\.{2,}", ".", re.sub(r"[^A-Za-z0-9._-]+", "-", plain))
    return mapped[:LONGEST_NAME].removesuffix(".lock").strip(".-")
